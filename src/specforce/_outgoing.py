"""Records on their way out: what was read may be sent back, without what only reading knows. No I/O.

| in the record | create | update | upsert |
|---|---|---|---|
| `attributes` | left out | left out | left out |
| `Id` that is `None` | left out | left out | left out |
| `Id` | refused | left out if it is the record's, else refused | refused |
| the external id field | sent | sent | left out if it is the value asked for, else refused |
| a parent or children that a query read along | refused | refused | refused |
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from specforce._ids import check_id, long_id
from specforce._records import plain_record
from specforce_api.runtime.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

_ID = "id"


def for_create(record: object) -> dict[str, Any]:
    """The fields to create a record with.

    Raises:
        InputError: it has an Id, or relationships that were read; or a value that can't be sent.
    """
    fields, record_id = _split(record)
    if record_id is not None:
        raise InputError(f"the record has an Id, {record_id!r}: update it, or leave the Id out to create a copy")
    return fields


def for_update(record: object, record_id: str | None) -> tuple[str, dict[str, Any]]:
    """The id of the record to change, and its fields.

    Args:
        record_id: which one; `None` leaves it to the record's own Id.

    Raises:
        InputError: the record has another Id, none at all, or relationships that were read.
    """
    fields, own = _split(record)
    if record_id is None:
        if own is None:
            raise InputError("the record has no Id: which one is it?")
        return check_id(own, name="Id"), fields
    if own is not None and _long(own) != _long(record_id):
        raise InputError(f"the record's Id is {own!r}, and {record_id!r} is to be changed")
    return check_id(record_id), fields


def for_upsert(record: object, field: str, value: str | None) -> dict[str, Any]:
    """The fields to upsert a record with.

    Args:
        value: the external id when the URL carries it; `None` when the record must hold it.

    Raises:
        InputError: it has an Id or another external id, lacks the one it needs, or has relationships that were read.
    """
    fields, record_id = _split(record)
    if record_id is not None and field.lower() != _ID:
        raise InputError(f"the record has an Id, {record_id!r}: an upsert by {field} takes none")
    if field.lower() == _ID:
        return fields | ({} if record_id is None or value is not None else {"Id": record_id})
    name = next((key for key in fields if key.lower() == field.lower()), None)
    if value is None:
        if name is None or fields[name] in (None, ""):
            raise InputError(f"the record has no {field}, by which it would be found")
        return fields
    if name is not None and str(fields.pop(name)) != value:
        raise InputError(f"{name} in the record isn't the {field}={value!r} that it is found by")
    return fields


def _split(record: object) -> tuple[dict[str, Any], str | None]:
    """A record's fields without Id and attributes; and the Id."""
    fields: dict[str, Any] = {}
    record_id: str | None = None
    read_along: list[str] = []
    for name, value in plain_record(record).items():
        if name.lower() == _ID:
            record_id = value
        elif _was_read(value):
            read_along.append(name)
        elif name != "attributes":
            fields[name] = value
    if read_along:
        raise InputError(
            f"{', '.join(read_along)} came along with a query and can't be sent back: leave that out; "
            "a parent is named by its id field, or by an external id"
        )
    return fields, record_id


def _was_read(value: object) -> bool:
    """A parent that a query returned says what it is; children are a page."""
    if not isinstance(value, dict):
        return False
    found = cast("Mapping[str, Any]", value)
    attributes = found.get("attributes")
    return (isinstance(attributes, dict) and "url" in attributes) or isinstance(found.get("records"), list)


def _long(record_id: str) -> str:
    return long_id(record_id) if len(record_id) == 15 else record_id
