"""Which records of an object a user sees and may change: one's own, and those that the object's model shares.

A detail record is shared as its master is. Objects without owners are everybody's.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from specforce_mockserver.records.lookup import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from specforce_mockserver.permissions.access import SharingModel, UserAccess
    from specforce_mockserver.schema import Field, Schema, SObjectType

OWNER = "OwnerId"


def row_condition(
    schema: Schema,
    models: Mapping[str, SharingModel],
    access: UserAccess,
    sobject: SObjectType,
    alias: str,
    *,
    editing: bool = False,
) -> str:
    """The SQL condition that a row is the user's to see, or to change; empty where all are.

    Args:
        schema: the org's.
        models: the sharing models that aren't ReadWrite, by object in lower case.
        access: the user's rights.
        sobject: what the rows are.
        alias: of their table.
        editing: whether they are to be changed.
    """
    return _condition(schema, models, access, sobject, alias, editing=editing, aliases=(f"p{n}" for n in count()))


def _condition(
    schema: Schema,
    models: Mapping[str, SharingModel],
    access: UserAccess,
    sobject: SObjectType,
    alias: str,
    *,
    editing: bool,
    aliases: Iterator[str],
) -> str:
    everything = access.modify_all_data or (access.view_all_data and not editing)
    if everything or access.may(sobject.name, "modifyAll" if editing else "viewAll"):
        return ""
    if sobject.field(OWNER) is not None:
        model = models.get(sobject.name.lower(), "ReadWrite")
        shared = model == "ReadWrite" or (model == "Read" and not editing)
        return "" if shared else f"{alias}.{quoted(OWNER)} = '{access.user_id}'"
    reference = _master(sobject)
    parent = schema.type(reference.reference_to[0]) if reference is not None else None
    if reference is None or parent is None or parent is sobject:
        return ""
    master = next(aliases)
    inner = _condition(schema, models, access, parent, master, editing=editing, aliases=aliases)
    if not inner:
        return ""
    found = f'{master}."Id" = {alias}.{quoted(reference.name)}'
    return f"EXISTS (SELECT 1 FROM {quoted(parent.name)} AS {master} WHERE {found} AND {inner})"  # noqa: S608 - quoted


def _master(sobject: SObjectType) -> Field | None:
    """The reference by which an object's records are details."""
    masters = (each for each in sobject.fields if each.cascade_delete and not each.nillable and each.reference_to)
    return next(masters, None)
