"""Which records rows are about: by their Id, or by a value of a field that records are found by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce_mockserver.ids import to_18
from specforce_mockserver.records import results
from specforce_mockserver.records.batch import ABSENT
from specforce_mockserver.records.lookup import ids_by_value, match_key, rows_by_id

if TYPE_CHECKING:
    import sqlite3

    from specforce_mockserver.records.batch import Batch, Column
    from specforce_mockserver.records.results import RowError
    from specforce_mockserver.schema import Field, SObjectType


def addressed(
    connection: sqlite3.Connection, sobject: SObjectType, given: Column, errors: dict[int, RowError]
) -> list[str | None]:
    """The Ids of the rows' records; rows whose Id is missing, malformed, unknown or deleted are failed."""
    ids: list[str | None] = []
    for row, text in enumerate(given):
        record_id = to_18(text) if isinstance(text, str) else None
        if record_id is not None and record_id.startswith(sobject.key_prefix or ""):
            ids.append(record_id)
            continue
        ids.append(None)
        missing = not isinstance(text, str)
        errors.setdefault(row, results.ID_MISSING if missing else results.malformed_row_id(sobject, text))
    wanted = (each for each in ids if each is not None)
    known = rows_by_id(connection, sobject, wanted, ("IsDeleted",))
    for row, record_id in enumerate(ids):
        if record_id is None:
            continue
        found = known.get(record_id)
        if found is None:
            errors.setdefault(row, results.unknown_id())
        elif found[0]:
            errors.setdefault(row, results.ENTITY_IS_DELETED)
    return ids


def matched(connection: sqlite3.Connection, batch: Batch, key: Field) -> dict[int, str]:
    """Which rows have a record already; rows whose key is missing, repeated or ambiguous are failed."""
    column = batch.columns.get(key.name, [ABSENT] * batch.size)
    if key.type == "id":
        return {row: value for row, value in enumerate(column) if isinstance(value, str)}
    rows_by_key: dict[object, list[int]] = {}
    for row, value in enumerate(column):
        if value is None or value is ABSENT:
            batch.fail(row, results.external_id_missing(key))
        else:
            rows_by_key.setdefault(match_key(key, value), []).append(row)
    for rows in rows_by_key.values():
        for row in rows if len(rows) > 1 else ():
            batch.fail(row, results.duplicate_in_call(column[row]))
    wanted = (column[rows[0]] for rows in rows_by_key.values())
    matches: dict[int, str] = {}
    for match, ids in ids_by_value(connection, batch.sobject, key, wanted).items():
        for row in rows_by_key.get(match, ()):
            if len(ids) > 1:
                batch.fail(row, results.ambiguous(ids))
            matches[row] = ids[0]
    return matches
