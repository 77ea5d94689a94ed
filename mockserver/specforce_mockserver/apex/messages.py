"""What an endpoint's function gets and gives, beside plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class ApexRequest:
    """What Apex calls `RestContext.request`.

    Attributes:
        method: in upper case; GET for a HEAD.
        path: below /services/apexrest, decoded, with a slash before it.
        values: of the path's `{names}`, and under `*` what that stood for.
        params: the query; of a repeated name the first value.
        headers: names in lower case.
        body: as it came, un-gzipped.
        media_type: the body's, in lower case without parameters; empty for none.
        user_id: who calls.
    """

    method: str
    path: str
    values: Mapping[str, str]
    params: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    media_type: str
    user_id: str

    @property
    def json(self) -> Any:
        """The body as JSON.

        Raises:
            ValueError: it isn't.
        """
        return msgspec.json.decode(self.body)


@dataclass(frozen=True, slots=True)
class ApexResponse:
    """What Apex calls `RestContext.response`: an answer of any status and media type.

    Attributes:
        body: text and bytes are sent as they are, anything else as JSON; None is no body.
        status: HTTP's.
        headers: further headers.
        media_type: of the body; by its type without one.
    """

    body: object = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    media_type: str | None = None


class ApexException(Exception):
    """An exception of Apex: `ApexException("Attempt to de-reference a null object", "System.NullPointerException")`."""

    def __init__(self, message: str, type_name: str = "System.HandledException") -> None:
        super().__init__(message)
        self.type_name = type_name
