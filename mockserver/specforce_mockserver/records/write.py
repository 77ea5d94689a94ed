"""Accepted rows into their table, many per statement; files that aren't in memory, in pieces."""

from __future__ import annotations

import json
from itertools import repeat
from typing import TYPE_CHECKING, Any

from specforce_mockserver.records.batch import ABSENT
from specforce_mockserver.records.lookup import quoted

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from specforce_mockserver.records.batch import Batch
    from specforce_mockserver.schema import SObjectType

PIECE_BYTES = 262_144
_View = tuple[int, str, memoryview]


def insert_rows(
    connection: sqlite3.Connection,
    batch: Batch,
    ids: Sequence[str],
    constants: dict[str, Any],
    *,
    table: str | None = None,
) -> None:
    """Insert every row of a batch, none of which may be refused, into its object's table or another like it."""
    names = _written(batch, constants)
    views = _take_views(batch, names)
    columns: list[Iterable[Any]] = [
        [None if value is ABSENT else value for value in column] if ABSENT in column else column
        for column in (batch.columns[name] for name in names)
    ]
    listed = ", ".join(quoted(name) for name in ("Id", *names, *constants))
    marks = ", ".join("?" * (1 + len(names) + len(constants)))
    statement = f"INSERT INTO {quoted(table or batch.sobject.name)} ({listed}) VALUES ({marks})"  # noqa: S608 - quoted names
    connection.executemany(statement, zip(ids, *columns, *map(repeat, constants.values()), strict=False))
    _write_views(connection, batch.sobject, ids, views)


def update_rows(
    connection: sqlite3.Connection,
    batch: Batch,
    ids: Sequence[str],
    constants: dict[str, Any],
    *,
    table: str | None = None,
) -> None:
    """Update every row of a batch; rows that mention the same fields share a statement.

    Args:
        connection: the writer.
        batch: the rows.
        ids: of the rows' records.
        constants: values that all rows get, by field.
        table: where they are; the object's own table, unless given.
    """
    names = _written(batch, constants)
    views = _take_views(batch, names)
    columns = [batch.columns[name] for name in names]
    if any(ABSENT in column for column in columns):
        _update_in_groups(connection, table or batch.sobject.name, batch, ids, constants)
    else:
        rows = zip(*columns, *map(repeat, constants.values()), ids, strict=False)
        _update(connection, table or batch.sobject.name, names, constants, rows)
    _write_views(connection, batch.sobject, ids, views)


def _written(batch: Batch, constants: dict[str, Any]) -> list[str]:
    """The fields whose values are the rows' own."""
    return [name for name in batch.columns if name not in constants and name != "Id"]


def _update_in_groups(
    connection: sqlite3.Connection, table: str, batch: Batch, ids: Sequence[str], constants: dict[str, Any]
) -> None:
    """Update rows that don't all mention the same fields."""
    names = _written(batch, constants)
    columns = [batch.columns[name] for name in names]
    groups: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
    for record_id, *row in zip(ids, *columns, strict=True):
        given = [(name, value) for name, value in zip(names, row, strict=True) if value is not ABSENT]
        key = tuple(name for name, _value in given)
        groups.setdefault(key, []).append((*(value for _name, value in given), *constants.values(), record_id))
    for key, rows in groups.items():
        _update(connection, table, key, constants, rows)


def _update(
    connection: sqlite3.Connection,
    table: str,
    names: Sequence[str],
    constants: dict[str, Any],
    rows: Iterable[tuple[Any, ...]],
) -> None:
    assignments = ", ".join(f"{quoted(name)} = ?" for name in (*names, *constants))
    if assignments:
        statement = f"UPDATE {quoted(table)} SET {assignments} WHERE Id = ?"  # noqa: S608 - quoted names
        connection.executemany(statement, rows)


def _take_views(batch: Batch, names: Sequence[str]) -> list[_View]:
    """Take the contents that are views of files out of a batch, leaving empty ones in their places."""
    views: list[_View] = []
    for name in names:
        field = batch.sobject.field(name)
        if field is not None and field.type == "base64":
            column = batch.columns[name]
            views += [(row, name, value) for row, value in enumerate(column) if isinstance(value, memoryview)]
            batch.columns[name] = [b"" if isinstance(value, memoryview) else value for value in column]
    return views


def _write_views(
    connection: sqlite3.Connection, sobject: SObjectType, ids: Sequence[str], views: Iterable[_View]
) -> None:
    """Write contents into the database piece by piece, so that none is ever in memory whole."""
    table = quoted(sobject.name)
    for row, name, view in views:
        key = (ids[row],)
        statement = f"UPDATE {table} SET {quoted(name)} = zeroblob({len(view)}) WHERE Id = ?"  # noqa: S608 - quoted names
        connection.execute(statement, key)
        (rowid,) = connection.execute(f"SELECT rowid FROM {table} WHERE Id = ?", key).fetchone()  # noqa: S608
        with connection.blobopen(sobject.name, name, rowid) as blob:
            for start in range(0, len(view), PIECE_BYTES):
                blob.write(view[start : start + PIECE_BYTES])


def set_where_id(
    connection: sqlite3.Connection, sobject: SObjectType, ids: Iterable[str], values: dict[str, Any]
) -> None:
    """Give records the same values, whoever they are."""
    assignments = ", ".join(f"{quoted(name)} = ?" for name in values)
    statement = (
        f"UPDATE {quoted(sobject.name)} SET {assignments} "  # noqa: S608 - quoted names
        "WHERE Id IN (SELECT value FROM json_each(?))"
    )
    connection.execute(statement, (*values.values(), json.dumps(list(ids))))


def remove(connection: sqlite3.Connection, sobject: SObjectType, ids: Iterable[str]) -> None:
    """Delete rows for good."""
    statement = f"DELETE FROM {quoted(sobject.name)} WHERE Id IN (SELECT value FROM json_each(?))"  # noqa: S608
    connection.execute(statement, (json.dumps(list(ids)),))
