"""What a session reports while it works: requests, answers, retries, logins, and loads and exports as a whole.

Events hold no header, no body, no query string and no secret: a hook can write them to a log as they are.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, TypeVar

if TYPE_CHECKING:
    from specforce._limits import ApiUsage

_log = logging.getLogger("specforce")
_NOTHING: Final = nullcontext()
E = TypeVar("E")


@dataclass(frozen=True, slots=True)
class RequestEvent:
    """A request goes out to `host` (and a port). `attempt` counts from 1, and anew after a renewed login."""

    operation_id: str
    method: str
    path: str
    attempt: int
    host: str


@dataclass(frozen=True, slots=True)
class ResponseEvent:
    """An answer's headers (of a streamed answer) or the whole answer is there.

    `api_usage` is the org's quota as this answer states it, `None` where it doesn't.
    """

    operation_id: str
    status: int
    request_id: str
    elapsed_s: float
    attempt: int
    api_usage: ApiUsage | None


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


@dataclass(frozen=True, slots=True)
class TaskEvent:
    """A whole load or export begins. `sobject` is `""` where only the query names it."""

    task: Literal["load", "export"]
    sobject: str
    operation: str


@dataclass(frozen=True, slots=True)
class OutcomeEvent:
    """A load or export ended.

    Attributes:
        task: what began.
        elapsed_s: seconds from its beginning.
        rows: how many, by outcome: of loads `created`, `updated` (or `succeeded` for both), `failed`, `unprocessed` and
            `unknown`, of exports `exported`.
        jobs: how many jobs it took.
        error: the class of the error that ended it, `""` where it went well.
    """

    task: TaskEvent
    elapsed_s: float
    rows: Mapping[str, int] = field(default_factory=dict[str, int])
    jobs: int = 0
    error: str = ""


Around: TypeAlias = Callable[[RequestEvent | TaskEvent], AbstractContextManager[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hooks:
    """Functions that are told what happens. Plain functions in both halves; they shouldn't block.

    A hook that raises is logged to the `specforce` logger and otherwise ignored: what was done stays done.

    Attributes:
        request, response, retry, login, outcome: told of what their event says.
        around: makes a context manager that is entered before a request (each attempt) or a task, and left after it,
            with its error if it failed; the other hooks are told inside. It can't suppress the error.
    """

    request: Callable[[RequestEvent], object] | None = None
    response: Callable[[ResponseEvent], object] | None = None
    retry: Callable[[RetryEvent], object] | None = None
    login: Callable[[LoginEvent], object] | None = None
    outcome: Callable[[OutcomeEvent], object] | None = None
    around: Around | None = None


def surround(hook: Around | None, event: RequestEvent | TaskEvent) -> AbstractContextManager[object]:
    """What `hook` wants entered around that which `event` begins, made harmless; nothing where there is no hook."""
    return _NOTHING if hook is None else _harmless(hook, event)


@contextmanager
def _harmless(hook: Around, event: RequestEvent | TaskEvent) -> Generator[None]:
    try:
        context = hook(event)
        context.__enter__()
    except Exception:  # noqa: BLE001 - as in `tell`
        _log.exception("a hook failed on %s", type(event).__name__)
        yield
        return
    try:
        yield
    finally:
        try:
            context.__exit__(*sys.exc_info())
        except Exception:  # noqa: BLE001 - as in `tell`
            _log.exception("a hook failed on %s", type(event).__name__)


def tell(hook: Callable[[E], object] | None, event: E) -> None:
    """Call a hook, if there is one."""
    if hook is None:
        return
    try:
        hook(event)
    except Exception:  # noqa: BLE001 - a reporting function must not undo a request that went through
        _log.exception("a hook failed on %s", type(event).__name__)
