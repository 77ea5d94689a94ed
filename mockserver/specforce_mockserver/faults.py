"""Faults as a resource: what goes wrong, at which operation, how often.

Put in place by a test, from Python or over HTTP.

A plan is matched after routing and login, so a fault hits exactly the operation that it names. Kinds:

    status        answer `status` with Salesforce's error body (or `body` as it is), instead of doing the operation
    cut           do the operation, promise the whole answer, send `after_bytes` of it, close the connection
    truncate      do the operation, answer only `after_bytes` of the body with a Content-Length that fits
    drop_before   close the connection without an answer, before the operation takes effect
    drop_after    close the connection without an answer, after the operation took effect
    hang          don't answer until the client gives up, `seconds` pass, or the server stops
    expire_tokens end every session, then go on: the call itself answers 401
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

FaultKind = Literal["status", "cut", "truncate", "drop_before", "drop_after", "hang", "expire_tokens"]
ANY_OPERATION = "*"
DEFAULT_HANG_S = 300.0
MAINTENANCE_PAGE = (
    "<html><head><title>Service Unavailable</title></head>"
    "<body><h1>We are down for maintenance.</h1><p>Sorry for the inconvenience.</p></body></html>"
)
_DEFAULT_ERRORS: dict[int, tuple[str, str]] = {
    401: ("INVALID_SESSION_ID", "Session expired or invalid"),
    403: ("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."),
    404: ("NOT_FOUND", "The requested resource does not exist"),
    429: ("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."),
    500: (
        "UNKNOWN_EXCEPTION",
        "An unexpected error occurred. Please include this ErrorId if you contact support: 12345-67890 (-123456)",
    ),
}


@dataclass(slots=True)
class Fault:
    """One plan.

    Args:
        kind: what happens.
        operation: the operationId that it hits, or `*` for all.
        times: how many calls it hits; None for every one.
        skip: how many matching calls pass before it begins.
        status: the status of kind `status`.
        error_code: Salesforce's errorCode in the body; a usual one for the status when left out.
        message: its message.
        body: what to send instead of an error array; a maintenance page in HTML for 502 and 503 when left out.
        content_type: the media type of `body`.
        headers: further headers, such as Retry-After.
        after_bytes: where `cut` and `truncate` end the body.
        seconds: how long `hang` lasts at most.
    """

    kind: FaultKind
    operation: str = ANY_OPERATION
    times: int | None = 1
    skip: int = 0
    status: int = 503
    error_code: str | None = None
    message: str | None = None
    body: str | None = None
    content_type: str | None = None
    headers: dict[str, str] = field(default_factory=dict[str, str])
    after_bytes: int = 0
    seconds: float = DEFAULT_HANG_S
    hits: int = 0
    id: int = 0

    def error(self) -> tuple[str, str]:
        """The errorCode and the message of the body."""
        code, message = _DEFAULT_ERRORS.get(self.status, ("SERVER_UNAVAILABLE", "Server unavailable"))
        if self.error_code is not None and self.error_code != code:
            code, message = self.error_code, self.error_code.replace("_", " ").lower()
        return code, self.message if self.message is not None else message

    def page(self) -> tuple[str, str] | None:
        """The body and media type that stand in for an error array; None when there is to be an array."""
        if self.body is not None:
            return self.body, self.content_type or "text/html;charset=UTF-8"
        if self.status in {502, 503} and self.error_code is None:
            return MAINTENANCE_PAGE, self.content_type or "text/html;charset=UTF-8"
        return None

    def public(self) -> dict[str, Any]:
        """As JSON over `/__mock/faults`."""
        return asdict(self)


class Faults:
    """The plans of one org, in the order in which they were made; the first that matches a call hits it."""

    def __init__(self) -> None:
        self._plans: list[Fault] = []
        self._lock = threading.Lock()
        self._hung = threading.Condition(self._lock)
        self._made = 0
        self._releases: set[Callable[[], object]] = set()

    def add(self, plan: Fault | Mapping[str, Any]) -> Fault:
        """Put a plan in place.

        Raises:
            ValueError: an unknown kind or member.
        """
        fault = plan if isinstance(plan, Fault) else fault_from(plan)
        with self._lock:
            self._made += 1
            fault.id = self._made
            self._plans.append(fault)
        return fault

    def take(self, operation: str) -> Fault | None:
        """The plan that hits this call, counted as one hit; None when all goes well."""
        if not self._plans:
            return None
        with self._lock:
            for fault in self._plans:
                if fault.operation not in {ANY_OPERATION, operation}:
                    continue
                if fault.skip > 0:
                    fault.skip -= 1
                    continue
                if fault.times is None or fault.hits < fault.times:
                    fault.hits += 1
                    return fault
        return None

    def remove(self, fault_id: int) -> bool:
        """Take a plan away; whether there was one."""
        with self._lock:
            before = len(self._plans)
            self._plans = [each for each in self._plans if each.id != fault_id]
            return len(self._plans) < before

    def clear(self) -> None:
        """Take all plans away and let go of the calls that hang."""
        with self._lock:
            self._plans.clear()
            releases = tuple(self._releases)
        for release in releases:
            release()

    def wait_until_hanging(self, timeout_s: float = 10.0) -> bool:
        """Wait until some call hangs; whether one does."""
        with self._hung:
            return self._hung.wait_for(lambda: bool(self._releases), timeout_s)

    @contextmanager
    def hanging(self, release: Callable[[], object]) -> Generator[None, None, None]:
        """While a call hangs: `clear` calls `release`, from whatever thread."""
        with self._hung:
            self._releases.add(release)
            self._hung.notify_all()
        try:
            yield
        finally:
            with self._lock:
                self._releases.discard(release)

    def listed(self) -> list[Fault]:
        """The plans, spent ones too."""
        with self._lock:
            return list(self._plans)


def fault_from(members: Mapping[str, Any]) -> Fault:
    """A plan from JSON.

    Raises:
        ValueError: an unknown kind or member, named with what there is.
    """
    known = {each.name for each in fields(Fault)} - {"hits", "id"}
    unknown = sorted(set(members) - known)
    if unknown:
        message = f"a fault has no {', '.join(unknown)}; it has {', '.join(sorted(known))}"
        raise ValueError(message)
    kind = members.get("kind")
    if kind not in get_args(FaultKind):
        message = f"kind {kind!r} is none of {', '.join(get_args(FaultKind))}"
        raise ValueError(message)
    return Fault(**members)
