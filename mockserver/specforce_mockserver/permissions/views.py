"""The schema as a user sees it: objects and fields that may be read, with what may be done with them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from specforce_mockserver.permissions.sharing import row_condition
from specforce_mockserver.schema import Schema

if TYPE_CHECKING:
    from collections.abc import Mapping

    from specforce_mockserver.permissions.access import SharingModel, UserAccess
    from specforce_mockserver.schema import Field, SObjectType


class SeenSchema(Schema):
    """The objects of an org that one user may read."""

    def __init__(self, whole: Schema, access: UserAccess, models: Mapping[str, SharingModel]) -> None:
        readable = {each.name for each in whole.values() if access.may(each.name, "read")}
        types = [_seen(each, access, whole, readable) for each in whole.values() if each.name in readable]
        super().__init__(types, whole.reports, whole.formula_faults)
        self._whole = whole
        self._access = access
        self._models = models

    def row_filter(self, sobject: SObjectType, alias: str) -> str:
        """The condition that a row is the user's to see; empty where all are."""
        return row_condition(self._whole, self._models, self._access, sobject, alias)


def _seen(sobject: SObjectType, access: UserAccess, whole: Schema, readable: set[str]) -> SObjectType:
    rights = access.rights(sobject.name)
    flags = {
        "createable": "create" in rights,
        "updateable": "edit" in rights,
        "deletable": "delete" in rights,
        "undeletable": "delete" in rights,
    }
    document = {**sobject.document, **{name: sobject.document.get(name, True) and may for name, may in flags.items()}}
    fields = (_seen_field(sobject, each, access) for each in sobject.fields)
    children = tuple(
        each
        for each in sobject.child_relationships
        if each.child_sobject in readable and access.field_right(whole[each.child_sobject].name, each.field) != "hidden"
    )
    return replace(
        sobject,
        document=document,
        fields=tuple(each for each in fields if each is not None),
        child_relationships=children,
    )


def _seen_field(sobject: SObjectType, field: Field, access: UserAccess) -> Field | None:
    right = access.field_right(sobject.name, field.name)
    if right == "hidden":
        return None
    if right == "edit":
        return field
    locked = {"createable": False, "updateable": False}
    return replace(field, createable=False, updateable=False, document={**field.document, **locked})
