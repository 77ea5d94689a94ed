"""Every operation of the specs as a request that a hostile caller fills in, sent as it is: no path is normalised."""

from __future__ import annotations

from dataclasses import dataclass
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from specforce_mockserver.operations import load_operations
from specforce_mockserver.registry import PROVIDERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from specforce_mockserver.operations import OperationSpec

VERSION = "67.0"
TIMEOUT_S = 20
OPERATIONS = load_operations()


@dataclass(frozen=True, slots=True)
class Seen:
    """One answer."""

    status: int
    body: bytes
    operation: str

    @property
    def unforeseen(self) -> bool:
        """Whether the fake org lost its head."""
        return b"UNKNOWN_EXCEPTION" in self.body or b"brokenPromises" in self.body or b"Internal Server" in self.body


class Stranger:
    """A caller whose requests go out byte for byte."""

    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        self._connection = HTTPConnection(urlsplit(url).netloc, timeout=TIMEOUT_S)
        self.headers = dict(headers)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def call(
        self,
        operation: OperationSpec,
        *,
        value: str = "x",
        query: str = "",
        body: bytes | None = None,
        media_type: str | None = None,
    ) -> Seen:
        """Send a request for an operation, with one value for every variable of its path."""
        segments = (each.replace("{api_version}", VERSION) for each in operation.segments)
        path = "/" + "/".join(value if each.startswith("{") else each for each in segments)
        headers = self.headers | ({"Content-Type": media_type} if media_type else {})
        return self.send(operation.method, path + query, body, headers, operation.id)

    def send(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str], operation: str = "") -> Seen:
        """Send a request as it is."""
        self._connection.putrequest(method, path, skip_accept_encoding=True)
        for name, given in headers.items():
            self._connection.putheader(name, given)
        if body is not None:
            self._connection.putheader("Content-Length", str(len(body)))
        self._connection.endheaders(body)
        answer = self._connection.getresponse()
        return Seen(answer.status, answer.read(), operation)


def sound(seen: list[Seen]) -> None:
    """Nothing but what Salesforce might answer; 501 is said of operations that aren't served, and of no other."""
    bad = [each for each in seen if each.unforeseen or (each.status >= 500 and each.operation in PROVIDERS)]
    assert [(each.operation, each.status, each.body[:200]) for each in bad] == []
