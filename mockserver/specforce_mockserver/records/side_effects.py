"""What a delete did beside the records that it was asked for, kept until they are brought back or gone for good.

It lives in the database beside the records, so a restored snapshot or a database on file has it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

_COLUMNS = "id TEXT NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL, root TEXT NOT NULL"
TABLES = (
    f"CREATE TABLE IF NOT EXISTS _deleted_with ({_COLUMNS}, PRIMARY KEY (id, field)) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS _deleted_with_root ON _deleted_with (root)",
)


class Effect(NamedTuple):
    """A record that went along (`field` is empty), or a reference of one that was cleared."""

    record_id: str
    field: str
    value: str


def note(connection: sqlite3.Connection, effects: Iterable[tuple[Effect, str]]) -> None:
    """Keep effects, each with the record that was deleted."""
    rows = ((*effect, root) for effect, root in effects)
    connection.executemany("INSERT OR REPLACE INTO _deleted_with VALUES (?, ?, ?, ?)", rows)


def noted(connection: sqlite3.Connection, root: str) -> list[Effect]:
    """What the delete of a record did to others."""
    found = connection.execute("SELECT id, field, value FROM _deleted_with WHERE root = ? ORDER BY id, field", (root,))
    return [Effect(*row) for row in found]


def went_along(connection: sqlite3.Connection, record_id: str) -> bool:
    """Whether a record was deleted because another was."""
    found = connection.execute("SELECT 1 FROM _deleted_with WHERE id = ? AND field = ''", (record_id,))
    return found.fetchone() is not None


def forget(connection: sqlite3.Connection, root: str) -> None:
    """Drop what the delete of a record did."""
    connection.execute("DELETE FROM _deleted_with WHERE root = ?", (root,))


def clear(connection: sqlite3.Connection) -> None:
    """Drop it all."""
    connection.execute("DELETE FROM _deleted_with")
