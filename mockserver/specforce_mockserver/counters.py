"""Numbers that are handed out once: of record Ids, auto-number fields and whatever else counts.

They live in the database beside the records, so a restored snapshot or a database on file goes on where it stood.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce_mockserver.ids import ids_from

if TYPE_CHECKING:
    from specforce_mockserver.database import Database

TABLE = "CREATE TABLE IF NOT EXISTS _counter (name TEXT PRIMARY KEY, next INTEGER NOT NULL) WITHOUT ROWID"
_TAKE = (
    "INSERT INTO _counter (name, next) VALUES (:name, 1 + :count) "
    "ON CONFLICT (name) DO UPDATE SET next = next + :count RETURNING next"
)


class Counters:
    """The counters of one org; all start at one."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, name: str, count: int = 1) -> int:
        """Reserve numbers; the first of them is answered."""
        with self._database.write() as writer:
            row: tuple[int] = writer.execute(_TAKE, {"name": name, "count": count}).fetchone()
            return row[0] - count

    def clear(self) -> None:
        """Begin at one again."""
        with self._database.write() as writer:
            writer.execute("DELETE FROM _counter")

    def new_ids(self, key_prefix: str, count: int) -> list[str]:
        """The next Ids of a key prefix, in ascending order."""
        return ids_from(key_prefix, self.take(f"id:{key_prefix}", count), count)

    def new_id(self, key_prefix: str) -> str:
        """The next Id of a key prefix."""
        return self.new_ids(key_prefix, 1)[0]
