"""What the org fills in: defaults, owners, names put together, auto-numbers, system fields.

Source: specs/reference/rest.md sections 4 and 6; that a custom object's text name falls back to the record's Id is [E].
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from specforce_mockserver.ids import short
from specforce_mockserver.records.batch import ABSENT
from specforce_mockserver.records.lookup import rows_by_id
from specforce_mockserver.values import to_rest

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from specforce_mockserver.counters import Counters
    from specforce_mockserver.records.batch import Batch, Column
    from specforce_mockserver.schema import Field, SObjectType

CREATED = ("CreatedDate", "CreatedById")
MODIFIED = ("LastModifiedDate", "LastModifiedById", "SystemModstamp")
_FALL_TO_USER = frozenset({"OwnerId", "AuthorId"})
_NAME_PARTS = ("FirstName", "MiddleName", "LastName", "Suffix")
_NUMBER_MASK = re.compile(r"\{(0+)\}")


def fill_defaults(batch: Batch, user_id: str) -> None:
    """Give fields that a row doesn't mention their default; a boolean is never null."""
    for field in batch.sobject.columns:
        value = user_id if field.name in _FALL_TO_USER else default_of(field)
        column = batch.columns.get(field.name)
        if field.type == "boolean":
            if column is not None or value:
                batch.columns[field.name] = [
                    value if given is ABSENT else given or 0 for given in batch.column(field.name)
                ]
        elif value is not None:
            batch.columns[field.name] = [value if given is ABSENT else given for given in batch.column(field.name)]


def default_of(field: Field) -> Any:
    """The stored value that a new record has where nothing is given; None when there is none."""
    if field.type == "boolean":
        return int(bool(field.default))
    if field.default is not None:
        return field.default
    return next((each.value for each in field.picklist if each.default), None)


def start_value(field: Field, user_id: str) -> Any:
    """What REST shows of a new record's field before anything is given; None where that is nothing."""
    stored = user_id if field.name in _FALL_TO_USER else default_of(field)
    show = to_rest(field)
    return stored if stored is None or show is None else show(stored)


def system_values(sobject: SObjectType, names: Sequence[str], now: str, user_id: str) -> dict[str, Any]:
    """The values of those of the named system fields that the object has."""
    return {name: user_id if name.endswith("ById") else now for name in names if sobject.field(name) is not None}


def number(batch: Batch, counters: Counters) -> None:
    """Give auto-number fields their next values, in their display format."""
    for field in batch.sobject.columns:
        if field.auto_number:
            first = counters.take(f"{batch.sobject.name}.{field.name}", batch.size)
            batch.columns[field.name] = [formatted(field, first + row) for row in range(batch.size)]


def formatted(field: Field, value: int) -> str:
    """An auto-number as its display format writes it: `F-{0000}` makes `F-0012`."""
    template = field.display_format or "{00000000}"
    return _NUMBER_MASK.sub(lambda mask: str(value).zfill(len(mask.group(1))), template)


def name_from_id(batch: Batch, ids: Sequence[str | None]) -> None:
    """Name records of custom objects after their Id where the name may be left out and was."""
    field = batch.sobject.name_field
    if (
        field is None
        or not batch.sobject.custom
        or field.auto_number
        or not field.createable
        or field.required
        or field.type != "string"
    ):
        return
    column = batch.column(field.name)
    for row, value in enumerate(column):
        record_id = ids[row]
        if (value is None or value is ABSENT) and record_id is not None:
            column[row] = short(record_id)


def compose_names(connection: sqlite3.Connection, batch: Batch, ids: Sequence[str | None], *, on_insert: bool) -> None:
    """Put a person's `Name` together from its parts, as Contact, Lead and User have it."""
    sobject = batch.sobject
    parts = [name for name in _NAME_PARTS if (found := sobject.field(name)) is not None and found.compound_field_name]
    if not parts or (not on_insert and not any(name in batch.columns for name in parts)):
        return
    kept: dict[str, tuple[Any, ...]] = {}
    if not on_insert:
        kept = rows_by_id(connection, sobject, (each for each in ids if each is not None), parts)
    nothing = (None,) * len(parts)
    given: list[Column] = [batch.columns.get(name) or [ABSENT] * batch.size for name in parts]
    names: Column = []
    for record_id, *row in zip(ids, *given, strict=True):
        before = kept.get(record_id or "", nothing)
        values = (old if new is ABSENT else new for old, new in zip(before, row, strict=True))
        names.append(" ".join(value for value in values if value))
    batch.columns["Name"] = names
