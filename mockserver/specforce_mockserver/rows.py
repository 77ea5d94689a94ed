"""One record at a time, as the row resources address it: by Id or by the value of an external id field.

Source: specs/reference/rest.md section 5, errors_and_limits.md section 3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specforce_mockserver.calls import ApiError, not_found
from specforce_mockserver.ids import to_18
from specforce_mockserver.jackson import locate
from specforce_mockserver.records import batch_from_json
from specforce_mockserver.records.convert import FROM_TEXT
from specforce_mockserver.records.lookup import ids_by_value, ids_where, rows_by_id
from specforce_mockserver.records.results import malformed_row_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from specforce_mockserver.calls import Call
    from specforce_mockserver.records import Batch, RowError, RowResult
    from specforce_mockserver.schema import Field, SObjectType


class AmbiguousError(Exception):
    """Several records have the external id; the answer is 300 with their URLs."""

    def __init__(self, ids: list[str]) -> None:
        super().__init__(", ".join(ids))
        self.ids = ids


def no_external_id(name: str) -> ApiError:
    """The field doesn't exist, isn't one that records are found by; or an Id isn't shaped like one. [S]"""
    message = f"Provided external ID field does not exist or is not accessible: {name}"
    return ApiError(404, "NOT_FOUND", message)


def addressed(call: Call, sobject: SObjectType, text: str) -> str:
    """The Id of the live record that a path names.

    Raises:
        ApiError: there is none; the words depend on whether the call reads or writes.
    """
    record_id = to_18(text)
    if record_id is None:
        raise no_external_id(text)
    reading = call.method in {"GET", "HEAD"}
    if sobject.key_prefix is not None and not record_id.startswith(sobject.key_prefix):
        raise not_found() if reading else api_error(malformed_row_id(sobject, text))
    found = rows_by_id(call.org.database.reader(), sobject, (record_id,), ("IsDeleted",)).get(record_id)
    if reading and found is not None and not seen(call, sobject, [record_id]):
        raise not_found()
    if found is None:
        if reading:
            raise not_found()
        raise ApiError(404, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [])
    if found[0]:
        raise ApiError(404, "ENTITY_IS_DELETED", "entity is deleted", [])
    return record_id


def seen(call: Call, sobject: SObjectType, ids: Sequence[str]) -> set[str]:
    """Those of some records that the caller may see."""
    return ids_where(call.org.database.reader(), sobject, ids, call.org.schema.row_filter(sobject, "t"))


def key_field(sobject: SObjectType, name: str) -> Field:
    """The field that a path finds records by.

    Raises:
        ApiError: 404, it is none. [S]
    """
    field = sobject.field(name)
    if field is None or not field.matchable:
        raise no_external_id(name)
    return field


def by_external_id(call: Call, sobject: SObjectType, field: Field, text: str) -> str | None:
    """The Id of the record that has a value; None when there is none.

    Raises:
        AmbiguousError: several records have it.
    """
    if field.type == "id":
        return addressed(call, sobject, text)
    read = FROM_TEXT.get(field.type)
    try:
        value: Any = read(text) if read is not None else text
    except (ValueError, OverflowError):
        return None
    ids = [
        each for found in ids_by_value(call.org.database.reader(), sobject, field, (value,)).values() for each in found
    ]
    if len(ids) > 1:
        raise AmbiguousError(ids)
    return ids[0] if ids else None


def one_row(call: Call, sobject: SObjectType, extra: Mapping[str, Any] | None = None) -> Batch:
    """The request's JSON as a batch of one row.

    Args:
        call: the request.
        sobject: what it is a record of.
        extra: stored values that come from the path.

    Raises:
        ApiError: a field that doesn't exist, a value of the wrong type.
    """
    batch = batch_from_json(call.org.schema, sobject, [call.body])
    refuse(call, batch.errors.get(0))
    for name, value in (extra or {}).items():
        batch.columns[name] = [value]
    return batch


def refuse(call: Call, error: RowError | None) -> None:
    """Raise a row's error, with its place in the body where it has one.

    Raises:
        ApiError: there is an error.
    """
    if error is None:
        return
    if error.at:
        raise ApiError(400, error.code, f"{error.message} at {locate(call.raw_body, error.at)}")
    raise api_error(error)


def saved(call: Call, result: RowResult) -> str:
    """The Id of a saved row.

    Raises:
        ApiError: it was refused.
    """
    refuse(call, result.error)
    return str(result.id)


def api_error(error: RowError) -> ApiError:
    """A row's error as a single-row resource answers it."""
    status = 403 if error.code == "INSUFFICIENT_ACCESS_OR_READONLY" else 400
    return ApiError(status, error.code, error.message, error.fields, duplicate=error.duplicate)


def refuse_in_body(call: Call, *fields: str) -> None:
    """Refuse a body that names a field which the path has said already. [P/S]

    Raises:
        ApiError: 400 INVALID_FIELD.
    """
    for name in call.body:
        for field in fields:
            if name.lower() == field.lower():
                message = f"The {field} field should not be specified in the sobject data."
                raise ApiError(400, "INVALID_FIELD", message)
