"""Which function answers which operation, and how it wants to be called.

An operation of the specs without an entry here answers 501 with its operationId; `coverage` tells which those are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from .calls import Answer, ApiError, Call
from .violations import Allowed, Violation

Served = Literal["stateful", "static", "none"]
Provide = Callable[[Call], Answer]
OnViolation = Callable[[Call, Violation], ApiError | Allowed | None]


@dataclass(frozen=True, slots=True)
class Provider:
    """One registered function; the fields are those of `provides`."""

    provide: Provide
    served: Served
    writes: bool
    blocking: bool
    own_login: bool
    lenient: bool
    own_body: bool
    on_violation: OnViolation | None


PROVIDERS: dict[str, Provider] = {}


def provides(
    operation_id: str,
    *,
    served: Literal["stateful", "static"] = "stateful",
    writes: bool = False,
    blocking: bool = False,
    own_login: bool = False,
    lenient: bool = False,
    own_body: bool = False,
    on_violation: OnViolation | None = None,
) -> Callable[[Provide], Provide]:
    """Register a function as the one that answers an operation.

    Args:
        operation_id: its operationId in the specs.
        served: whether the answer comes from the org's state or is the same whatever happened before.
        writes: runs in a worker thread while somebody else writes, so that it doesn't hold up calls that only read.
        blocking: always runs in a worker thread: big uploads, long results.
        own_login: the provider looks at credentials itself; the app lets every caller through.
        lenient: nothing is checked against the spec: the API's own refusals come from the provider.
        own_body: a body in memory isn't parsed: the provider reads `raw_body` itself, of whatever media type.
        on_violation: turns a breach of the spec into this operation's own error; None from it means the usual one,
            `ALLOWED` that Salesforce lets it pass.

    Raises:
        ValueError: two functions claim one operation.
    """

    def register(function: Provide) -> Provide:
        if operation_id in PROVIDERS:
            message = f"two providers for {operation_id}: {PROVIDERS[operation_id].provide!r} and {function!r}"
            raise ValueError(message)
        PROVIDERS[operation_id] = Provider(
            function, served, writes, blocking, own_login, lenient, own_body, on_violation
        )
        return function

    return register
