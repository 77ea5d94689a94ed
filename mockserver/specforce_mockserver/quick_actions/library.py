"""The quick actions of one org: `org.quick_actions`."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, Final, cast, get_args

from specforce_mockserver.calls import not_found
from specforce_mockserver.quick_actions.action import Kind, QuickAction
from specforce_mockserver.quick_actions.standard import asked_fields, child_actions, parent_field, standard_actions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from specforce_mockserver.org import Org
    from specforce_mockserver.schema import SObjectType

DOCUMENT_KIND: Final = "quickAction"


class QuickActions:
    """The quick actions of one org.

    Args:
        org: whose they are.
    """

    def __init__(self, org: Org) -> None:
        self._org = org
        self._standard = {each.name.lower(): each for each in standard_actions(org.schema)}
        self._parents = {each.name for each in org.schema.with_tables()}

    def add(
        self,
        name: str,
        *,
        target: str,
        kind: str = "Create",
        label: str | None = None,
        fields: Sequence[str] = (),
        values: Mapping[str, Any] | None = None,
    ) -> QuickAction:
        """Add an action, or change one.

        Args:
            name: its API name; an object's own has the object before a dot, `Account.NewThing`.
            target: the object whose records it makes or changes; for `Update`, the object before the dot.
            kind: `Create`, `Update` or `LogACall`.
            label: for people; the name unless given.
            fields: what it asks for; what a new record needs and a few more unless given.
            values: what it sets unless told otherwise.

        Raises:
            ValueError: an object or field that isn't there, a kind that there isn't.
        """
        context = self._sobject(name.rpartition(".")[0]) if "." in name else None
        sobject = self._sobject(target)
        if kind not in get_args(Kind):
            message = f"{kind} is none of {', '.join(get_args(Kind))}"
            raise ValueError(message)
        if kind == "Update" and sobject is not context:
            message = "an Update action belongs to the object whose records it changes"
            raise ValueError(message)
        for each in (*fields, *(values or {})):
            if sobject.field(each) is None:
                message = f"{sobject.name} has no field {each}"
                raise ValueError(message)
        parent = parent_field(sobject, context) if context is not None and kind != "Update" else None
        action = QuickAction(
            name if context is None else f"{context.name}.{name.rpartition('.')[2]}",
            label or name.rpartition(".")[2],
            cast("Kind", kind),
            sobject.name,
            context.name if context is not None else None,
            parent,
            tuple(fields) or asked_fields(sobject, parent),
            dict(values or {}),
        )
        self._org.documents.put(DOCUMENT_KIND, action.name, asdict(action))
        return action

    def _sobject(self, name: str) -> SObjectType:
        found = self._org.schema.type(name)
        if found is None:
            message = f"there is no object {name}"
            raise ValueError(message)
        return found

    def all(self) -> list[QuickAction]:
        """Every action, those from the start first."""
        added = self._org.documents.all(DOCUMENT_KIND).values()
        own = [replace(QuickAction(**each), fields=tuple(each["fields"])) for each in added]
        return [*({**self._standard, **{each.name.lower(): each for each in own}}).values()]

    def of(self, sobject: SObjectType | None) -> list[QuickAction]:
        """An object's own actions and then the global ones; the global ones alone for None."""
        if sobject is not None and sobject.name not in self._parents:
            self._parents.add(sobject.name)
            self._standard |= {each.name.lower(): each for each in child_actions(self._org.schema, sobject)}
        found = self.all()
        mine = [each for each in found if sobject is not None and each.context == sobject.name]
        return [*mine, *(each for each in found if each.context is None)]

    def find(self, sobject: SObjectType | None, name: str) -> QuickAction:
        """An action by its name; an object's own with the object before a dot or not.

        Raises:
            ApiError: 404, there is none.
        """
        wanted = name.lower()
        own = "" if sobject is None else f"{sobject.name.lower()}.{wanted}"
        for each in self.of(sobject):
            if each.name.lower() in {wanted, own}:
                return each
        raise not_found()
