"""Job plans: which of the next jobs behave unlike others, put in place by a test, from Python or over HTTP.

A plan names members of `Behaviour` and, if it must, which jobs it is for; the first plan that fits a new job decides.
Over HTTP a plan is one JSON object, for example:

    {"object": "Contact", "times": 1, "fail_message": "TooManyLockFailure : try again", "fail_after_records": 400}
    {"row_rules": [{"column": "LastName", "equals": "Byron", "code": "UNABLE_TO_LOCK_ROW"}]}
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Final, cast

from specforce_mockserver.bulk.behaviour import PLAIN, Behaviour, RowRule

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from specforce_mockserver.bulk.states import Kind

_MATCHES: Final = ("kind", "object", "operation", "times", "skip")


@dataclass(slots=True)
class JobPlan:
    """One plan.

    Attributes:
        behaviour: what the job does.
        kind: `ingest` or `query`; None for both.
        object: the job's object; None for any.
        operation: the job's operation; None for any.
        times: how many jobs it is for; None for all.
        skip: how many fitting jobs pass before it begins.
        hits: how many it has decided.
    """

    behaviour: Behaviour
    kind: str | None = None
    object: str | None = None
    operation: str | None = None
    times: int | None = 1
    skip: int = 0
    hits: int = 0

    def fits(self, kind: Kind, sobject: str, operation: str) -> bool:
        """Whether a job is of those that the plan is for."""
        return (
            self.kind in {None, kind}
            and self.operation in {None, operation}
            and (self.object is None or self.object.lower() == sobject.lower())
        )


class JobPlans:
    """The plans of one org."""

    def __init__(self) -> None:
        self.default = PLAIN
        self._plans: list[JobPlan] = []
        self._lock = threading.Lock()

    def set_default(self, **members: Any) -> None:
        """Change how jobs without a plan behave.

        Raises:
            ValueError: an unknown member.
        """
        self.default = _behaviour(self.default, members)

    def add(self, plan: Mapping[str, Any]) -> JobPlan:
        """Put a plan in place.

        Raises:
            ValueError: an unknown member.
        """
        behaviour = _behaviour(self.default, {name: each for name, each in plan.items() if name not in _MATCHES})
        made = JobPlan(behaviour, **{name: each for name, each in plan.items() if name in _MATCHES})
        with self._lock:
            self._plans.append(made)
        return made

    def take(self, kind: Kind, sobject: str, operation: str) -> Behaviour:
        """How a new job behaves."""
        with self._lock:
            for plan in self._plans:
                if not plan.fits(kind, sobject, operation) or plan.hits == plan.times:
                    continue
                if plan.skip:
                    plan.skip -= 1
                    continue
                plan.hits += 1
                return plan.behaviour
        return self.default

    def clear(self) -> None:
        """Take all plans away."""
        with self._lock:
            self._plans.clear()
            self.default = PLAIN


def _behaviour(base: Behaviour, members: Mapping[str, Any]) -> Behaviour:
    """A behaviour with some members changed.

    Raises:
        ValueError: an unknown member, named with what there is.
    """
    _refuse_unknown("job plan", members, [*(each.name for each in fields(Behaviour)), *_MATCHES])
    changes = dict(members)
    if "row_rules" in changes:
        rules = cast("Sequence[RowRule | Mapping[str, Any]]", changes["row_rules"])
        changes["row_rules"] = tuple(_row_rule(rule) for rule in rules)
    return replace(base, **changes)


def _row_rule(rule: RowRule | Mapping[str, Any]) -> RowRule:
    if isinstance(rule, RowRule):
        return rule
    _refuse_unknown("row rule", rule, [each.name for each in fields(RowRule)])
    return RowRule(**{**rule, "fields": tuple(rule.get("fields", ()))})


def _refuse_unknown(what: str, members: Mapping[str, Any], known: Sequence[str]) -> None:
    if unknown := sorted(set(members) - set(known)):
        message = f"a {what} has no {', '.join(unknown)}; it has {', '.join(sorted(known))}"
        raise ValueError(message)
