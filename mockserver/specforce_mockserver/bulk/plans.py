"""Job plans: which of the next jobs behave unlike others, put in place by a test, from Python or over HTTP.

A plan names members of `Behaviour` and, if it must, which jobs it is for; the first plan that fits a new job decides.
Over HTTP a plan is one JSON object, for example:

    {"object": "Contact", "fail_message": "TooManyLockFailure : try again", "fail_after_records": 400}
    {"kind": "ingest", "times": null, "row_rules": [{"column": "LastName", "equals": "Byron"}]}
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from specforce_mockserver.bulk.behaviour import PLAIN, Behaviour, Count
from specforce_mockserver.bulk.states import Kind  # noqa: TC001 - msgspec reads the annotations

if TYPE_CHECKING:
    from collections.abc import Mapping

B = TypeVar("B", bound=Behaviour)


class JobPlan(Behaviour, frozen=True, kw_only=True):
    """A behaviour and the jobs that it is for.

    Attributes:
        kind: `ingest` or `query`; None for both.
        object: the job's object; None for any.
        operation: the job's operation; None for any.
        times: how many jobs it is for; None for all.
        skip: how many fitting jobs pass before it begins.
    """

    kind: Kind | None = None
    object: str | None = None
    operation: str | None = None
    times: Count | None = 1
    skip: Count = 0

    def fits(self, kind: Kind, sobject: str, operation: str) -> bool:
        """Whether a job is of those that the plan is for."""
        return (
            self.kind in {None, kind}
            and self.operation in {None, operation}
            and (self.object is None or self.object.lower() == sobject.lower())
        )


@dataclass(slots=True)
class _Standing:
    """A plan in place, and how many fitting jobs it has seen."""

    plan: JobPlan
    seen: int = 0

    @property
    def spent(self) -> bool:
        return self.plan.times is not None and self.seen >= self.plan.skip + self.plan.times


class JobPlans:
    """The plans of one org."""

    def __init__(self, usual: Behaviour = PLAIN) -> None:
        self._usual = usual
        self.default: Behaviour = usual
        self._standing: list[_Standing] = []
        self._lock = threading.Lock()

    def set_default(self, **members: Any) -> Behaviour:
        """Change how jobs without a plan behave.

        Raises:
            ValueError: a member that a behaviour doesn't have, or a value that the member can't have.
        """
        self.default = _made(Behaviour, self.default, members)
        return self.default

    def add(self, members: Mapping[str, Any]) -> JobPlan:
        """Put a plan in place; members that it doesn't name are those of the default.

        Raises:
            ValueError: as `set_default`.
        """
        plan = _made(JobPlan, self.default, members)
        with self._lock:
            self._standing.append(_Standing(plan))
        return plan

    def take(self, kind: Kind, sobject: str, operation: str) -> Behaviour:
        """How a new job behaves."""
        with self._lock:
            for standing in self._standing:
                if standing.spent or not standing.plan.fits(kind, sobject, operation):
                    continue
                standing.seen += 1
                if standing.seen > standing.plan.skip:
                    return standing.plan
        return self.default

    def clear(self) -> None:
        """Take all plans away."""
        with self._lock:
            self._standing.clear()
            self.default = self._usual


def _made(kind: type[B], base: Behaviour, members: Mapping[str, Any]) -> B:
    try:
        return msgspec.convert({**msgspec.to_builtins(base), **members}, kind)
    except msgspec.ValidationError as error:
        known = ", ".join(sorted(each.name for each in msgspec.structs.fields(kind)))
        message = f"{error}; a {kind.__name__} has {known}"
        raise ValueError(message) from error
