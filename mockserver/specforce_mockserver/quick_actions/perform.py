"""Performing a quick action: the values it starts with, and the record it makes or changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specforce_mockserver import rows
from specforce_mockserver.calls import Answer, ApiError
from specforce_mockserver.ids import to_18
from specforce_mockserver.quick_actions.standard import parent_field
from specforce_mockserver.records import batch_from_json
from specforce_mockserver.records.defaults import start_value
from specforce_mockserver.records.lookup import rows_by_id
from specforce_mockserver.records.read import some_fields
from specforce_mockserver.records.results import unknown_id

if TYPE_CHECKING:
    from specforce_mockserver.calls import Call
    from specforce_mockserver.quick_actions.action import QuickAction
    from specforce_mockserver.schema import SObjectType

Json = Any


def context_of(call: Call, action: QuickAction, text: str) -> tuple[SObjectType, str]:
    """The object and Id of the record that an action starts from.

    Raises:
        ApiError: no such record, or one of an object that the action doesn't belong to.
    """
    record_id = to_18(text) or ""
    sobject = call.org.schema.by_id(record_id)
    if sobject is None or (action.context is not None and sobject.name != action.context):
        raise ApiError(400, "MALFORMED_ID", f"Context ID: id value of incorrect type: {text}", ["contextId"])
    found = rows_by_id(call.org.database.reader(), sobject, (record_id,), ("IsDeleted",)).get(record_id)
    if found is None or found[0]:
        raise rows.api_error(unknown_id())
    return sobject, record_id


def start_values(call: Call, action: QuickAction, context_id: str | None) -> Json:
    """What an action starts with: an unsaved record, or for a change the fields of the record as they are.

    Raises:
        ApiError: the record that it starts from isn't one that it can start from.
    """
    target = call.org.schema[action.target]
    context = None if context_id is None else context_of(call, action, context_id)
    if action.kind == "Update" and context is not None:
        reader = some_fields(target, action.fields)
        return {**(reader.read(call.org.database.reader(), context[1], call.data_path) or {}), **action.values}
    values: Json = {"attributes": {"type": target.name}}
    for name in action.fields:
        field = target.field(name)
        if field is not None:
            values[field.name] = start_value(field, call.user_id)
    return {**values, **action.values, **_parent(action, target, context)}


def perform(call: Call, action: QuickAction) -> Answer:
    """Make or change a record.

    Raises:
        ApiError: the record is refused, or the action lacks the record it starts from.
    """
    target = call.org.schema[action.target]
    given: Json = {name: value for name, value in call.body["record"].items() if name != "attributes"}
    text: str | None = call.body.get("contextId")
    with call.org.database.write():
        context = None if text is None else context_of(call, action, text)
        if action.kind == "Update":
            if context is None:
                raise ApiError(400, "MISSING_ARGUMENT", "contextId is required to update a record", ["contextId"])
            values = {**action.values, **given}
            batch = batch_from_json(call.org.schema, target, [values])
            rows.refuse(call, batch.errors.get(0))
            batch.columns["Id"] = [context[1]]
            record_id = rows.saved(call, call.org.records.update(batch, user_id=call.user_id)[0])
        else:
            values = {**action.values, **_parent(action, target, context), **given}
            batch = batch_from_json(call.org.schema, target, [values])
            rows.refuse(call, batch.errors.get(0))
            record_id = rows.saved(call, call.org.records.insert(batch, user_id=call.user_id)[0])
    created = action.kind != "Update"
    body = {
        "contextId": None if context is None else context[1],
        "created": created,
        "errors": [],
        "feedItemIds": [],
        "id": record_id,
        "ids": [record_id],
        "success": True,
        "successMessage": None,
    }
    return Answer(body, 201 if created else 200)


def _parent(action: QuickAction, target: SObjectType, context: tuple[SObjectType, str] | None) -> Json:
    """The new record's field that refers to the record it starts from."""
    if context is None:
        return {}
    name = action.parent_field or parent_field(target, context[0])
    return {} if name is None else {name: context[1]}
