"""Rows as they would be stored, in a table beside the object's own, so that SQL can judge them before they are."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from specforce_mockserver.records.batch import Batch
from specforce_mockserver.records.lookup import quoted
from specforce_mockserver.records.write import insert_rows, update_rows
from specforce_mockserver.tables import table_statement

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Generator, Mapping, Sequence

# The aliases of the row to be stored and of the one that it replaces, which is all null where there is none.
ROW_ALIAS: Final = "n"
OLD_ALIAS: Final = "o"
_TABLE: Final = "_saving"


@contextmanager
def rehearsed(
    connection: sqlite3.Connection, batch: Batch, rows: Mapping[str, int]
) -> Generator[Callable[[Sequence[str]], list[tuple[Any, ...]]], None, None]:
    """A function that works out expressions for each of some rows: the Id, then the values.

    Args:
        connection: the writer.
        batch: the rows; contents of files are left out.
        rows: the numbers of those that are meant, by the Id that each has or will have.
    """
    sobject = batch.sobject

    def judge(expressions: Sequence[str]) -> list[tuple[Any, ...]]:
        statement = (
            f'SELECT {ROW_ALIAS}."Id", {", ".join(expressions)} FROM {_TABLE} AS {ROW_ALIAS} '  # noqa: S608 - compiled
            f'LEFT JOIN {quoted(sobject.name)} AS {OLD_ALIAS} ON {OLD_ALIAS}."Id" = {ROW_ALIAS}."Id"'
        )
        return connection.execute(statement).fetchall()

    try:
        _put(connection, batch, rows)
        yield judge
    finally:
        connection.execute(f"DROP TABLE IF EXISTS temp.{_TABLE}")


def _put(connection: sqlite3.Connection, batch: Batch, rows: Mapping[str, int]) -> None:
    """Put what is stored into the table, then the rows over it."""
    sobject = batch.sobject
    connection.execute(table_statement(sobject, _TABLE, temporary=True))
    kept = [each.name for each in sobject.columns if each.type not in {"id", "base64"}]
    listed = ", ".join(["Id", *map(quoted, kept)])
    stored = f"SELECT {listed} FROM {quoted(sobject.name)} WHERE Id IN (SELECT value FROM json_each(?))"  # noqa: S608
    given = (json.dumps(list(rows)),)
    found = connection.execute(f"INSERT INTO {_TABLE} ({listed}) {stored} RETURNING Id", given).fetchall()
    part = batch.subset(list(rows.values()))
    columns = {name: part.columns[name] for name in kept if name in part.columns}
    put = update_rows if found else insert_rows
    put(connection, Batch(sobject, part.size, columns), list(rows), {}, table=_TABLE)
