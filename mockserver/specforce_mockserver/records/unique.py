"""Values that only one record may have, checked against the table and within the batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce_mockserver.records import results
from specforce_mockserver.records.lookup import ids_by_value, match_key

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from specforce_mockserver.records.batch import Batch
    from specforce_mockserver.schema import Field


def check_unique(connection: sqlite3.Connection, batch: Batch, ids: Sequence[str | None]) -> None:
    """Refuse rows whose value of a unique field another record has, or an earlier accepted row of the batch.

    Args:
        connection: the writer.
        batch: the rows.
        ids: the Id that each row has or will have.
    """
    for name in batch.columns:
        field = batch.sobject.field(name)
        if field is not None and field.unique:
            _check_field(connection, batch, field, ids)


def _check_field(connection: sqlite3.Connection, batch: Batch, field: Field, ids: Sequence[str | None]) -> None:
    given = batch.given(field.name)
    taken = ids_by_value(connection, batch.sobject, field, (value for _row, value in given))
    holders: dict[object, str | None] = {}
    for row, value in given:
        if row in batch.errors:
            continue
        key = match_key(field, value)
        other = next((each for each in taken.get(key, ()) if each != ids[row]), None)
        if other is None:
            holder = holders.get(key)
            other = holder if holder != ids[row] else None
        if other is None:
            holders[key] = ids[row]
        else:
            batch.fail(row, results.duplicate_value(field, other))
