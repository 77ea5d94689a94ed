"""The row resources: create, read, change and delete one record, by Id.

Source: specs/reference/rest.md section 5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce_mockserver import conditions, rows, soql
from specforce_mockserver.asking import compiled_for
from specforce_mockserver.calls import Answer, ApiError, Call, empty
from specforce_mockserver.providers.describes import sobject_of
from specforce_mockserver.records.lookup import rows_by_id, whole_rows
from specforce_mockserver.records.read import some_fields, whole_record
from specforce_mockserver.records.results import no_such_column
from specforce_mockserver.registry import provides

if TYPE_CHECKING:
    from collections.abc import Mapping

    from specforce_mockserver.schema import SObjectType

UPSERT_TELLS_CREATED = 46.0


@provides("createRecord", writes=True)
def create_record(call: Call) -> Answer:
    """Insert a record."""
    sobject = sobject_of(call)
    return created(call, sobject, insert(call, sobject))


@provides("createRecordById", writes=True)
def create_record_by_id(call: Call) -> Answer:
    """Insert a record at the path of an upsert, which answers as an upsert does."""
    sobject = sobject_of(call)
    answer = created(call, sobject, insert(call, sobject))
    if call.version >= UPSERT_TELLS_CREATED:
        answer.body["created"] = True
    return answer


def insert(call: Call, sobject: SObjectType, files: Mapping[str, memoryview] | None = None) -> str:
    """Insert the record that the request's body holds, with contents that came beside it; its Id.

    Raises:
        ApiError: it is refused.
    """
    if not sobject.createable:
        raise ApiError(400, "INVALID_TYPE_FOR_OPERATION", f"entity type cannot be inserted: {sobject.label}", [])
    batch = rows.one_row(call, sobject, files)
    return rows.saved(call, call.org.records.insert(batch, user_id=call.user_id, options=call.saving)[0])


def created(call: Call, sobject: SObjectType, record_id: str) -> Answer:
    """The answer of a new record."""
    location = f"{call.data_path}/sobjects/{sobject.name}/{record_id}"
    return Answer({"id": record_id, "success": True, "errors": []}, 201, {"Location": location})


@provides("getRecord")
def get_record(call: Call) -> Answer:
    """Read a record: the named fields, or all."""
    sobject = sobject_of(call)
    record_id = rows.addressed(call, sobject, call.params["record_id"])
    tag, modified = _state(call, sobject, record_id)
    refused = conditions.unmet(call, tag=tag, modified=modified)
    if refused is not None:
        return refused
    headers = {"Last-Modified": conditions.http_date(modified)} | ({"ETag": tag} if tag else {})
    return Answer(read(call, sobject, record_id), headers=headers)


@provides("updateRecord", writes=True)
def update_record(call: Call) -> Answer:
    """Change the named fields of a record."""
    return change(call)


def change(call: Call, files: Mapping[str, memoryview] | None = None) -> Answer:
    """Change the addressed record as the request's body says, and contents that came beside it.

    Raises:
        ApiError: it is refused.
    """
    sobject = sobject_of(call)
    with call.org.database.write():
        record_id = rows.addressed(call, sobject, call.params["record_id"])
        tag, modified = _state(call, sobject, record_id)
        refused = conditions.unmet(call, tag=tag, modified=modified)
        if refused is not None:
            return refused
        rows.refuse_in_body(call, "Id")
        batch = rows.one_row(call, sobject, {**(files or {}), "Id": record_id})
        rows.saved(call, call.org.records.update(batch, user_id=call.user_id, options=call.saving)[0])
    return empty()


@provides("deleteRecord", writes=True)
def delete_record(call: Call) -> Answer:
    """Put a record into the recycle bin."""
    sobject = sobject_of(call)
    with call.org.database.write():
        record_id = rows.addressed(call, sobject, call.params["record_id"])
        delete(call, sobject, record_id)
    return empty()


def delete(call: Call, sobject: SObjectType, record_id: str) -> None:
    """Delete one live record.

    Raises:
        ApiError: others depend on it, or the object's records can't be deleted.
    """
    if not sobject.deletable:
        raise ApiError(403, "INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id", [])
    rows.saved(call, call.org.records.delete(sobject, [record_id], user_id=call.user_id)[0])


def read(call: Call, sobject: SObjectType, record_id: str) -> dict[str, object]:
    """A record's fields as the call asks for them.

    Raises:
        ApiError: a field that the object doesn't have.
    """
    connection = call.org.database.reader()
    names: list[str] = call.params.get("fields") or []
    if any("." in name for name in names):
        return _read_by_query(call, sobject, record_id, names)
    for name in names:
        if sobject.field(name) is None:
            raise rows.api_error(no_such_column(name, sobject))
    reader = some_fields(sobject, tuple(names)) if names else whole_record(sobject)
    return reader.read(connection, record_id, call.data_path) or {}


def _read_by_query(call: Call, sobject: SObjectType, record_id: str, names: list[str]) -> dict[str, object]:
    """Fields of parents go the way of a query."""
    if not any(name.lower() == "id" for name in names):
        names = [*names, "Id"]
    text = f"SELECT {', '.join(names)} FROM {sobject.name} WHERE Id = '{record_id}'"  # noqa: S608 - SOQL
    try:
        query = compiled_for(call.org, text, version=call.api_version, user_id=call.user_id)
        return query.run(call.org.database.reader()).records[0]
    except soql.SoqlError as error:
        raise ApiError(400, error.code, error.message) from error


def _state(call: Call, sobject: SObjectType, record_id: str) -> tuple[str | None, str]:
    """The record's ETag (accounts only) and when it was changed last.

    The tag depends on the values: two changes within a second have one SystemModstamp.
    """
    if sobject.field("SystemModstamp") is None:
        return None, call.org.clock.stored_now()
    connection = call.org.database.reader()
    if sobject.name != "Account":
        ((modified,),) = rows_by_id(connection, sobject, (record_id,), ("SystemModstamp",)).values()
        return None, modified
    values = whole_rows(connection, sobject, (record_id,))[record_id]
    return conditions.entity_tag(record_id, *map(str, values.values())), values["SystemModstamp"]
