"""What was asked of the org, for tests and people to look at: newest last, the oldest dropped when it grows too long.

Bodies are kept in part, and of the newest requests only. What would let somebody log in is masked wherever it stands:
in headers, in the query, in what was sent and in what was answered.
"""

from __future__ import annotations

import re
import threading
from collections import deque
from dataclasses import dataclass, field, fields
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

KEPT = 10_000
KEPT_BODIES = 1_000
BODY_BYTES = 4_096
NO_STATUS = 0
MASK = "***"
_SECRET_HEADERS = frozenset({"authorization", "x-sfdc-session", "cookie", "set-cookie", "proxy-authorization"})
_NAMES = (
    r"(?:(?:\w+_)?token|(?:access|refresh|id|security)token|client_?(?:secret|assertion)|assertion|code_?verifier"
    r"|device_?code|hybrid_auth_code|(?:old|new)?_?password|session_?ids?|sid|otp|frontdoor_ur[il])"
)
# Each also where the text ends within the secret.
_IN_A_FORM = re.compile(rf"((?:^|[&?])(?:{_NAMES}|(?:user_)?code)=)[^&\s]*", re.IGNORECASE)
_IN_A_URL = re.compile(rf'([&?](?:{_NAMES}|code)=)[^&\s"<]*', re.IGNORECASE)
_IN_JSON = re.compile(rf'("{_NAMES}"\s*:\s*")(?:[^"\\]|\\.)*', re.IGNORECASE)
_IN_XML = re.compile(rf"(<(?:\w+:)?{_NAMES}(?:\s[^>]*)?>)[^<]*", re.IGNORECASE)
_IN_A_PART = re.compile(rf'(name="{_NAMES}"[^\r\n]*\r?\n(?:[^\r\n]+\r?\n)*\r?\n)[^\r\n]*', re.IGNORECASE)
_BEGIN_DOCUMENTS = ("{", "[", "<", "--")


def without_secrets(text: str) -> str:
    """A text with what follows the names of secrets masked: a query or a form, else JSON, XML or a multipart body."""
    is_document = text.lstrip("\ufeff \t\r\n").startswith(_BEGIN_DOCUMENTS)
    for pattern in (_IN_JSON, _IN_XML, _IN_A_PART, _IN_A_URL) if is_document else (_IN_A_FORM,):
        text = pattern.sub(rf"\1{MASK}", text)
    return text


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
    fault: str | None = None
    at_ms: int = 0
    sent: bytes | None = field(default=None, repr=False)
    answered: bytes | None = field(default=None, repr=False)

    @property
    def body(self) -> str | None:
        """The beginning of what was sent, without secrets; None where there was nothing, or it is kept no more."""
        return _shown(self.sent)

    @property
    def answer(self) -> str | None:
        """The beginning of what was answered, without secrets; None as for `body`."""
        return _shown(self.answered)

    def public(self) -> dict[str, Any]:
        """As JSON over `/__mock/requests`."""
        plain = {each.name: getattr(self, each.name) for each in fields(self) if each.name not in {"sent", "answered"}}
        return {**plain, "body": self.body, "answer": self.answer}


class RequestLog:
    """The requests of one org."""

    def __init__(self) -> None:
        self._entries: deque[LoggedRequest] = deque(maxlen=KEPT)
        self._count = 0
        self._lock = threading.Lock()

    def begin(self, method: str, path: str, query: str, headers: Mapping[str, str], at_ms: int) -> LoggedRequest:
        """Note a request that has come in."""
        shown = {name: MASK if name in _SECRET_HEADERS else value for name, value in headers.items()}
        safe_query = without_secrets(query) if query else query
        with self._lock:
            self._count += 1
            entry = LoggedRequest(self._count, method, path, safe_query, None, shown, at_ms=at_ms)
            self._entries.append(entry)
            if len(self._entries) > KEPT_BODIES:
                old = self._entries[-KEPT_BODIES - 1]
                old.sent = old.answered = None
        return entry

    def __iter__(self) -> Iterator[LoggedRequest]:
        with self._lock:
            return iter(tuple(self._entries))

    def __len__(self) -> int:
        return len(self._entries)

    def of(self, operation: str) -> list[LoggedRequest]:
        """The requests for one operation."""
        return [each for each in self if each.operation == operation]

    def find(
        self,
        *,
        operation: str | None = None,
        method: str | None = None,
        path: str | None = None,
        status: int | None = None,
        after: int = 0,
        limit: int | None = None,
    ) -> list[LoggedRequest]:
        """The requests that fit everything that is given, oldest first.

        Args:
            operation: an operationId; `*` and `?` stand for any text and any character.
            method: in any case.
            path: without the query; `*` and `?` as above.
            status: of the answer; 0 for requests without one.
            after: only requests with a higher number.
            limit: how many at most, the newest.
        """
        found = [
            each
            for each in self
            if each.number > after
            and (operation is None or fnmatchcase(each.operation or "", operation))
            and (method is None or each.method == method.upper())
            and (path is None or fnmatchcase(each.path, path))
            and (status is None or (each.status or NO_STATUS) == status)
        ]
        return found if limit is None else found[-limit:]

    def clear(self, **wanted: Any) -> None:
        """Forget all requests, or those that `find` finds by the same arguments."""
        found = {each.number for each in self.find(**wanted)} if wanted else None
        with self._lock:
            left = [] if found is None else [each for each in self._entries if each.number not in found]
            self._entries.clear()
            self._entries.extend(left)
            if found is None:
                self._count = 0


def _shown(content: bytes | None) -> str | None:
    return None if content is None else without_secrets(content.decode("utf-8", "replace"))
