"""What a session reports while it works: requests, answers, retries and logins.

Events hold no header, no body, no query string and no secret: a hook can write them to a log as they are.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_log = logging.getLogger("specforce")
E = TypeVar("E")


@dataclass(frozen=True, slots=True)
class RequestEvent:
    """A request goes out. `attempt` counts from 1, and anew after a renewed login."""

    operation_id: str
    method: str
    path: str
    attempt: int


@dataclass(frozen=True, slots=True)
class ResponseEvent:
    """An answer's headers (of a streamed answer) or the whole answer is there."""

    operation_id: str
    status: int
    request_id: str
    elapsed_s: float
    attempt: int


@dataclass(frozen=True, slots=True)
class RetryEvent:
    """A failed request will be sent again after `delay_s`.

    `reason` is the error's class, and Salesforce's code if it gave one.
    """

    operation_id: str
    attempt: int
    delay_s: float
    reason: str


@dataclass(frozen=True, slots=True)
class LoginEvent:
    """A login ended. `renewed` is true where it replaced a token, `error` is `""` where it went well."""

    flow: str
    host: str
    renewed: bool
    elapsed_s: float
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hooks:
    """Functions that are told what happens. Plain functions in both halves; they shouldn't block.

    A hook that raises is logged to the `specforce` logger and otherwise ignored: what was done stays done.
    """

    request: Callable[[RequestEvent], object] | None = None
    response: Callable[[ResponseEvent], object] | None = None
    retry: Callable[[RetryEvent], object] | None = None
    login: Callable[[LoginEvent], object] | None = None


def tell(hook: Callable[[E], object] | None, event: E) -> None:
    """Call a hook, if there is one."""
    if hook is None:
        return
    try:
        hook(event)
    except Exception:  # noqa: BLE001 - a reporting function must not undo a request that went through
        _log.exception("a hook failed on %s", type(event).__name__)
