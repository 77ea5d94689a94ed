"""What was asked of the org, for tests to look at: newest last, the oldest dropped when it grows too long."""

from __future__ import annotations

from collections import deque
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

KEPT = 10_000
BODY_BYTES = 4_096
_SECRET_HEADERS = frozenset({"authorization", "x-sfdc-session", "cookie"})


@dataclass(slots=True)
class LoggedRequest:
    """One request and how it ended; `status` is None while it runs, and when it was dropped instead of answered."""

    number: int
    method: str
    path: str
    query: str
    operation: str | None
    headers: Mapping[str, str]
    status: int | None = None
    error_code: str | None = None
    request_bytes: int = 0
    response_bytes: int = 0
    body: str | None = None
    fault: str | None = None
    at_ms: int = 0

    def public(self) -> dict[str, Any]:
        """As JSON over `/__mock/requests`."""
        return asdict(self)


@dataclass(slots=True)
class RequestLog:
    """The requests of one org."""

    _entries: deque[LoggedRequest] = field(default_factory=lambda: deque[LoggedRequest](maxlen=KEPT))
    _count: int = 0

    def begin(self, method: str, path: str, query: str, headers: Mapping[str, str], at_ms: int) -> LoggedRequest:
        """Note a request that has come in."""
        self._count += 1
        shown = {name: "***" if name in _SECRET_HEADERS else value for name, value in headers.items()}
        entry = LoggedRequest(self._count, method, path, query, None, shown, at_ms=at_ms)
        self._entries.append(entry)
        return entry

    def __iter__(self) -> Iterator[LoggedRequest]:
        return iter(tuple(self._entries))

    def __len__(self) -> int:
        return len(self._entries)

    def of(self, operation: str) -> list[LoggedRequest]:
        """The requests for one operation."""
        return [each for each in self if each.operation == operation]

    def clear(self) -> None:
        """Forget them all."""
        self._entries.clear()
        self._count = 0
