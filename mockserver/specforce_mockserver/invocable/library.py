"""The invocable actions of one org: `org.actions`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, cast

from specforce_mockserver.calls import not_found
from specforce_mockserver.invocable.action import INVALID_INPUT, Action, ActionError, ActionValue, Invocation
from specforce_mockserver.invocable.standard import STANDARD_ACTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from specforce_mockserver.clock import Clock
    from specforce_mockserver.invocable.action import Values

CUSTOM_TYPES: Final = ("apex", "dynamicSendSurveyInvitation", "emailAlert", "flow", "quickAction", "sendNotification")


class Actions:
    """The actions of one org: the standard ones, and those that were registered.

    Args:
        clock: the org's.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._standard = {each.name.lower(): each for each in STANDARD_ACTIONS}
        self._custom: dict[tuple[str, str], Action] = {}
        self.changed = clock.stored_now()

    def register(
        self,
        category: str,
        name: str,
        function: Callable[[dict[str, Any]], Values | None],
        *,
        inputs: Mapping[str, str] | Iterable[ActionValue] = (),
        outputs: Mapping[str, str] | Iterable[ActionValue] = (),
        label: str | None = None,
        description: str | None = None,
    ) -> Action:
        """Register a custom action, or put it in the place of the one that has its name.

        Args:
            category: its type: `apex`, `flow` and the like.
            name: its API name; an Apex action's is its class.
            function: gets the values of one input and answers the values of the outputs, or None; raises `ActionError`
                for an invocation that fails.
            inputs: what it takes: names to types (`{"customerName": "STRING"}`), or `ActionValue`s.
            outputs: what it gives, likewise.
            label: for people; the name unless given.
            description: what it does.
        """

        def run(invocation: Invocation) -> Values | None:
            return function(dict(invocation.values))

        taken, given = _values(inputs), _values(outputs)
        return self._keep(Action(category, name, label or name, run, taken, given, description))

    def register_canned(
        self,
        category: str,
        name: str,
        *,
        output: Values | None = None,
        error: Mapping[str, str] | None = None,
        inputs: Mapping[str, str] | Iterable[ActionValue] = (),
        outputs: Mapping[str, str] | Iterable[ActionValue] | None = None,
        label: str | None = None,
    ) -> Action:
        """Register a custom action that always answers the same.

        Args:
            category: as in `register`.
            name: as in `register`.
            output: the values of its outputs.
            error: `message` and `statusCode` of the error that it always ends in instead.
            inputs: as in `register`.
            outputs: as in `register`; the names of `output`, as texts, unless given.
            label: as in `register`.
        """
        given = dict(output or {})

        def run(_invocation: Invocation) -> Values | None:
            if error is not None:
                raise ActionError(error["message"], error.get("statusCode", INVALID_INPUT))
            return given

        declared = dict.fromkeys(given, "STRING") if outputs is None else outputs
        return self._keep(Action(category, name, label or name, run, _values(inputs), _values(declared)))

    def _keep(self, action: Action) -> Action:
        self._custom[action.category.lower(), action.name.lower()] = action
        self.changed = self._clock.stored_now()
        return action

    @property
    def standard(self) -> list[Action]:
        """The standard actions that the org performs."""
        return list(self._standard.values())

    @property
    def custom_types(self) -> list[str]:
        """The types of custom actions: those that Salesforce has, and those that were registered."""
        return sorted({*CUSTOM_TYPES, *(each.category for each in self._custom.values())})

    def custom(self, category: str) -> list[Action]:
        """The custom actions of a type.

        Raises:
            ApiError: 404, there is no such type.
        """
        if category.lower() not in {each.lower() for each in self.custom_types}:
            raise not_found()
        return [each for (kind, _name), each in self._custom.items() if kind == category.lower()]

    def find_standard(self, name: str) -> Action:
        """A standard action.

        Raises:
            ApiError: 404, there is none.
        """
        return _found(self._standard.get(name.lower()))

    def find_custom(self, category: str, name: str) -> Action:
        """A custom action.

        Raises:
            ApiError: 404, there is none.
        """
        return _found(self._custom.get((category.lower(), name.lower())))

    def clear(self) -> None:
        """Forget what was registered."""
        self._custom.clear()
        self.changed = self._clock.stored_now()


def _found(action: Action | None) -> Action:
    if action is None:
        raise not_found()
    return action


def _values(declared: Mapping[str, str] | Iterable[ActionValue]) -> tuple[ActionValue, ...]:
    if isinstance(declared, Mapping):
        return tuple(ActionValue(name, kind.upper()) for name, kind in cast("Mapping[str, str]", declared).items())
    return tuple(declared)
