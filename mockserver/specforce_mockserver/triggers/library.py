"""The triggers of one org, by object and event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from specforce_mockserver.schema import Schema
    from specforce_mockserver.triggers.context import Trigger

    Hook = Callable[[Trigger], object]

EVENTS: Final = (
    "before insert",
    "after insert",
    "before update",
    "after update",
    "before delete",
    "after delete",
    "after undelete",
)


class Triggers:
    """Functions that run when records are saved or deleted, in the order in which they were registered."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._hooks: dict[tuple[str, str], list[Hook]] = {}

    def on(self, sobject: str, *events: str) -> Callable[[Hook], Hook]:
        """Register the decorated function for events of an object.

        Args:
            sobject: the object's name.
            events: `before insert`, `after update` and the like; several may stand in one text, as in Apex.

        Raises:
            ValueError: there is no such object or event.
        """
        found = self._schema.type(sobject)
        wanted = [" ".join(part.split()).lower() for event in events for part in event.split(",")]
        unknown = [each for each in wanted if each not in EVENTS]
        if found is None or unknown or not wanted:
            wrong = ", ".join(unknown) or "no event"
            message = f"there is no object {sobject}" if found is None else f"{wrong}: events are {', '.join(EVENTS)}"
            raise ValueError(message)

        def register(hook: Hook) -> Hook:
            for event in wanted:
                self._hooks.setdefault((found.name, event), []).append(hook)
            return hook

        return register

    def of(self, sobject: str, event: str) -> list[Hook]:
        """The functions of one event."""
        return list(self._hooks.get((sobject, event), ()))

    def any_of(self, sobject: str, operation: str) -> bool:
        """Whether an operation (`insert`, ...) has any before or after it."""
        return (sobject, f"before {operation}") in self._hooks or (sobject, f"after {operation}") in self._hooks

    def clear(self) -> None:
        """Forget them all."""
        self._hooks.clear()


def name_of(hook: Callable[..., Any]) -> str:
    """What messages call a trigger."""
    return getattr(hook, "__name__", type(hook).__name__)
