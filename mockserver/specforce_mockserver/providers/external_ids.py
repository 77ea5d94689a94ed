"""The row resources by external id: read, upsert, delete.

Source: specs/reference/rest.md section 5: 200, 201 and 204 by version, 300 where the value isn't unique.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specforce_mockserver import rows
from specforce_mockserver.calls import Answer, Call, empty, not_found
from specforce_mockserver.providers.describes import sobject_of
from specforce_mockserver.providers.sobject_rows import UPSERT_TELLS_CREATED, delete, read
from specforce_mockserver.records.convert import FROM_TEXT
from specforce_mockserver.registry import provides

if TYPE_CHECKING:
    from specforce_mockserver.schema import Field, SObjectType


@provides("getRecordByExternalId")
def get_record_by_external_id(call: Call) -> Answer:
    """Read the record that has a value."""
    sobject, field = _target(call)
    try:
        record_id = rows.by_external_id(call, sobject, field, call.params["value"])
    except rows.AmbiguousError as ambiguous:
        return _choices(call, sobject, ambiguous.ids)
    if record_id is None or not rows.seen(call, sobject, [record_id]):
        raise not_found()
    return Answer(read(call, sobject, record_id))


@provides("upsertRecord", writes=True)
def upsert_record(call: Call) -> Answer:
    """Change the record that has a value, or create one."""
    sobject, field = _target(call)
    with call.org.database.write():
        rows.refuse_in_body(call, "Id", field.name)
        try:
            record_id = rows.by_external_id(call, sobject, field, call.params["value"])
        except rows.AmbiguousError as ambiguous:
            return _choices(call, sobject, ambiguous.ids)
        if record_id is None and call.params.get("updateOnly") is True:
            raise not_found()
        created = record_id is None
        if record_id is not None:
            batch = rows.one_row(call, sobject, {"Id": record_id})
            rows.saved(call, call.org.records.update(batch, user_id=call.user_id, options=call.saving)[0])
        else:
            batch = rows.one_row(call, sobject, {field.name: _value(field, call.params["value"])})
            record_id = rows.saved(call, call.org.records.insert(batch, user_id=call.user_id, options=call.saving)[0])
    if call.version < UPSERT_TELLS_CREATED and not created:
        return empty()
    body: dict[str, Any] = {"id": record_id, "success": True, "errors": []}
    if call.version >= UPSERT_TELLS_CREATED:
        body["created"] = created
    if not created:
        return Answer(body)
    return Answer(body, 201, {"Location": f"{call.data_path}/sobjects/{sobject.name}/{record_id}"})


@provides("deleteRecordByExternalId", writes=True)
def delete_record_by_external_id(call: Call) -> Answer:
    """Delete the record that has a value."""
    sobject, field = _target(call)
    with call.org.database.write():
        try:
            record_id = rows.by_external_id(call, sobject, field, call.params["value"])
        except rows.AmbiguousError as ambiguous:
            return _choices(call, sobject, ambiguous.ids)
        if record_id is None:
            raise not_found()
        delete(call, sobject, record_id)
    return empty()


def _target(call: Call) -> tuple[SObjectType, Field]:
    sobject = sobject_of(call)
    return sobject, rows.key_field(sobject, call.params["field"])


def _value(field: Field, text: str) -> Any:
    """The value of the path as the field stores it; one that can't be read finds no record and makes none."""
    read_text = FROM_TEXT.get(field.type)
    try:
        return read_text(text) if read_text is not None else text
    except (ValueError, OverflowError):
        raise not_found() from None


def _choices(call: Call, sobject: SObjectType, ids: list[str]) -> Answer:
    return Answer([f"{call.data_path}/sobjects/{sobject.name}/{each}" for each in ids], 300)
