"""Records of several objects in one call, saved in runs of one object; each row has a result of its own.

Source: specs/reference/rest.md section 10.5. A code for too many runs is [E].
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, cast

from specforce_mockserver.calls import ApiError
from specforce_mockserver.ids import to_18
from specforce_mockserver.records.results import ROLLED_BACK, RowError, RowResult
from specforce_mockserver.records.transactions import together

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from specforce_mockserver.calls import Call
    from specforce_mockserver.records import Batch
    from specforce_mockserver.schema import Schema, SObjectType

    Save = Callable[[SObjectType, Sequence[Any]], list[RowResult]]

Json = Any
MAX_ROWS = 200
MAX_RUNS = 10


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive rows of one object; of none, where the org doesn't have the object that they name."""

    sobject: SObjectType | None
    named: str
    rows: Sequence[Json]


def runs_by_type(schema: Schema, records: Sequence[Mapping[str, Json]]) -> list[Run]:
    """Records in runs by the object that each names.

    Raises:
        ApiError: 400, one names none, or there are too many runs.
    """
    return _runs([(_named(each), each) for each in records], schema.type)


def runs_by_id(schema: Schema, ids: Sequence[str]) -> list[Run]:
    """Ids in runs by the object whose prefix each has.

    Raises:
        ApiError: 400, there are too many runs.
    """
    return _runs([(each[:3], each) for each in ids], schema.by_id)


def _named(record: Mapping[str, Json]) -> str:
    """The object that a record says it is of. The refusal is [E]."""
    attributes: Json = record.get("attributes")
    named = cast("Mapping[str, Json]", attributes).get("type") if isinstance(attributes, dict) else None
    if not isinstance(named, str):
        raise ApiError(400, "INVALID_TYPE", "Each record must have its type in its attributes")
    return named


def _runs(rows: Sequence[tuple[str, Json]], find: Callable[[str], SObjectType | None]) -> list[Run]:
    found = [
        Run(find(named), named, [row for _named, row in run]) for named, run in groupby(rows, key=lambda each: each[0])
    ]
    if len(found) > MAX_RUNS:
        message = f"A call can have at most {MAX_RUNS} chunks of records of one type, this one has {len(found)}"
        raise ApiError(400, "LIMIT_EXCEEDED", message)
    return found


def check_count(rows: Sequence[Json], limit: int = MAX_ROWS) -> None:
    """Refuse calls with too many rows, or with none. [S]

    Raises:
        ApiError: 400.
    """
    if len(rows) > limit:
        message = f"record limit reached. cannot submit more than {limit} records into this call"
        raise ApiError(400, "EXCEEDED_ID_LIMIT", message)
    if not rows:
        raise ApiError(400, "REQUIRED_FIELD_MISSING", "At least 1 record is required")


def save_runs(call: Call, runs: Sequence[Run], save: Save, *, all_or_none: bool) -> list[RowResult]:
    """Save runs one after the other.

    Args:
        call: the request.
        runs: what to save.
        save: saves one run.
        all_or_none: whether one refused row undoes all; the rest is answered as rolled back then.
    """

    def save_all() -> list[RowResult]:
        saved = (save(run.sobject, run.rows) if run.sobject is not None else _unknown(run) for run in runs)
        return [result for results in saved for result in results]

    return together(call.org.database, save_all, all_or_none=all_or_none)


def _unknown(run: Run) -> list[RowResult]:
    """The results of rows, Ids or records, of an object that the org doesn't have. [E]"""
    no_type = RowError("INVALID_TYPE", f"sObject type '{run.named}' is not supported.")
    return [RowResult(None, False, malformed(each) if isinstance(each, str) else no_type) for each in run.rows]


def malformed(record_id: str) -> RowError:
    """A text that is no Id, or one of no object, or of another. [S]"""
    return RowError("MALFORMED_ID", f"malformed id {record_id}")


def fail_malformed_ids(batch: Batch) -> None:
    """Refuse rows whose own Id is no Id of the batch's object, in the words of a collection."""
    for row, text in batch.given("Id"):
        record_id = to_18(text) if isinstance(text, str) else None
        if record_id is None or not record_id.startswith(batch.sobject.key_prefix or ""):
            batch.fail(row, malformed(text))


def row_json(result: RowResult, *, tells_created: bool = False) -> Json:
    """A result as a collection answers it; a row that was only rolled back keeps an Id that it had before."""
    error = result.error
    if error is None:
        created = {"created": result.created} if tells_created else {}
        return {"id": result.id, "success": True, "errors": [], **created}
    known = {"id": result.id} if error is ROLLED_BACK and result.id and not result.created else {}
    return {**known, "success": False, "errors": [error_json(error)]}


def error_json(error: RowError) -> Json:
    """Why a row was refused, as a result says it."""
    found = {"duplicateResult": error.duplicate} if error.duplicate is not None else {}
    return {"statusCode": error.code, "message": error.message, "fields": list(error.fields or ()), **found}
