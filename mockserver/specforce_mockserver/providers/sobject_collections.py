"""The collections: up to 200 records saved in one call, up to 2,000 read.

Source: specs/reference/rest.md section 10.5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specforce_mockserver import rows
from specforce_mockserver.calls import Answer, ApiError, Call
from specforce_mockserver.composite import records
from specforce_mockserver.composite.requests import malformed
from specforce_mockserver.ids import to_18
from specforce_mockserver.providers.describes import sobject_of
from specforce_mockserver.providers.sobject_rows import read
from specforce_mockserver.records import RowError, RowResult, batch_from_json
from specforce_mockserver.records.lookup import rows_by_id
from specforce_mockserver.records.results import no_such_column
from specforce_mockserver.registry import provides

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from specforce_mockserver.composite.records import Save
    from specforce_mockserver.records import Batch
    from specforce_mockserver.schema import Field, SObjectType
    from specforce_mockserver.violations import Violation

Json = Any
MAX_READ = 2_000


def collection_malformed(call: Call, violation: Violation) -> ApiError | None:
    """What is said of a collection that isn't one."""
    if violation.keyword in {"maxItems", "minItems"} and violation.name in {"records", "ids"}:
        limit = MAX_READ if violation.name == "ids" else records.MAX_ROWS
        try:
            records.check_count(violation.value, limit)
        except ApiError as error:
            return error
    return malformed(call, violation)


@provides("createRecords", writes=True, on_violation=collection_malformed)
def create_records(call: Call) -> Answer:
    """Insert records."""

    def insert(sobject: SObjectType, rows: Sequence[Mapping[str, Json]]) -> list[RowResult]:
        batch = _batch(call, sobject, rows)
        if not sobject.createable:
            _fail_all(batch, RowError("INVALID_TYPE_FOR_OPERATION", f"entity type cannot be inserted: {sobject.label}"))
        return call.org.records.insert(batch, user_id=call.user_id, options=call.saving)

    return _saved(call, insert)


@provides("updateRecords", writes=True, on_violation=collection_malformed)
def update_records(call: Call) -> Answer:
    """Change the records that the rows' Ids name."""

    def update(sobject: SObjectType, rows: Sequence[Mapping[str, Json]]) -> list[RowResult]:
        batch = _batch(call, sobject, rows)
        records.fail_malformed_ids(batch)
        return call.org.records.update(batch, user_id=call.user_id, options=call.saving)

    return _saved(call, update)


@provides("upsertRecords", writes=True, on_violation=collection_malformed)
def upsert_records(call: Call) -> Answer:
    """Change the records that have the rows' values of a field, insert the rest."""
    target = sobject_of(call)
    key: Field = rows.key_field(target, call.params["field"])

    def upsert(sobject: SObjectType, given: Sequence[Mapping[str, Json]]) -> list[RowResult]:
        batch = _batch(call, sobject, given)
        if sobject is not target:
            _fail_all(batch, RowError("INVALID_TYPE", f"The records of this call must be of type {target.name}"))
        if key.type == "id":
            records.fail_malformed_ids(batch)
        return call.org.records.upsert(batch, key, user_id=call.user_id, options=call.saving)

    return _saved(call, upsert, tells_created=True)


@provides("deleteRecords", writes=True)
def delete_records(call: Call) -> Answer:
    """Put records into the recycle bin."""
    ids: list[str] = call.params["ids"]
    records.check_count(ids)

    def delete(sobject: SObjectType, given: Sequence[str]) -> list[RowResult]:
        if not sobject.deletable:
            error = RowError("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id")
            return [RowResult(each, False, error) for each in given]
        results = call.org.records.delete(sobject, given, user_id=call.user_id)
        return [
            RowResult(None, False, records.malformed(text)) if to_18(text) is None else result
            for text, result in zip(given, results, strict=True)
        ]

    runs = records.runs_by_id(call.org.schema, ids)
    found = records.save_runs(call, runs, delete, all_or_none=bool(call.params.get("allOrNone")))
    return Answer([records.row_json(each) for each in found])


@provides("retrieveRecords")
def retrieve_records(call: Call) -> Answer:
    """Read records; null stands for one that isn't there."""
    ids: list[str] = call.params["ids"]
    records.check_count(ids, MAX_READ)
    return _read(call, ids)


@provides("retrieveRecordsPost", on_violation=collection_malformed)
def retrieve_records_post(call: Call) -> Answer:
    """Read records that the body names."""
    call.params["fields"] = call.body["fields"]
    return _read(call, call.body["ids"])


def _read(call: Call, ids: Sequence[str]) -> Answer:
    sobject = sobject_of(call)
    wanted = [to_18(each) for each in ids]
    known = rows_by_id(call.org.database.reader(), sobject, (each for each in wanted if each), ("IsDeleted",))
    live = rows.seen(call, sobject, [record_id for record_id, (deleted,) in known.items() if not deleted])
    _refuse_unknown_fields(sobject, call.params["fields"])
    return Answer([read(call, sobject, each) if each in live else None for each in wanted])


def _refuse_unknown_fields(sobject: SObjectType, names: Sequence[str]) -> None:
    """Refuse the call for a field that the object doesn't have, also where no record is found.

    Raises:
        ApiError: 400 INVALID_FIELD.
    """
    for name in names:
        if "." not in name and sobject.field(name) is None:
            raise rows.api_error(no_such_column(name, sobject))


def _batch(call: Call, sobject: SObjectType, given: Sequence[Mapping[str, Json]]) -> Batch:
    return batch_from_json(call.org.schema, sobject, given)


def _fail_all(batch: Batch, error: RowError) -> None:
    for row in range(batch.size):
        batch.fail(row, error)


def _saved(call: Call, save: Save, *, tells_created: bool = False) -> Answer:
    runs = records.runs_by_type(call.org.schema, call.body["records"])
    found = records.save_runs(call, runs, save, all_or_none=bool(call.body.get("allOrNone")))
    return Answer([records.row_json(each, tells_created=tells_created) for each in found])
