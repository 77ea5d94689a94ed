"""What became of each row of a load, kept on disk: by row number, with Salesforce's id or error, and where the row
lies.

A SQLite file in the load's temporary folder, so that memory doesn't grow with the data. join.py fills it.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Sequence
    from pathlib import Path

_PRAGMAS: Final = (
    # The file is scratch: after a crash nobody reads it again, and nothing is rolled back.
    "journal_mode=OFF",
    "synchronous=OFF",
    "locking_mode=EXCLUSIVE",
    "temp_store=FILE",
    "cache_size=-4096",
)
_SCHEMA: Final = """
    CREATE TABLE outcome(
        row INTEGER PRIMARY KEY, kind INTEGER NOT NULL, id TEXT, error TEXT, attempt INTEGER NOT NULL DEFAULT 1
    );
    CREATE TABLE chunk(first_row INTEGER PRIMARY KEY, first_line INTEGER, part INTEGER, start INTEGER, size INTEGER);
    CREATE TEMP TABLE sent(digest BLOB, row INTEGER);
    CREATE TEMP TABLE answered(digest BLOB, kind INTEGER, id TEXT, error TEXT);
    CREATE TEMP TABLE matched(row INTEGER, answer INTEGER);
"""


class Kind(IntEnum):
    """What became of a row."""

    CREATED = 1
    UPDATED = 2
    FAILED = 3
    UNPROCESSED = 4
    UNKNOWN = 5


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows by what became of them.

    Attributes:
        created: rows that made a record.
        updated: rows that changed a record that was there before (for delete: that deleted it).
        failed: rows that Salesforce refused, each with a reason.
        unprocessed: rows that Salesforce never tried, or that were never sent.
        unknown: rows that nobody can tell of; 0 unless an error was raised.
        either: rows that made or changed a record, it isn't known which: an upsert whose results weren't fetched.
    """

    created: int = 0
    updated: int = 0
    failed: int = 0
    unprocessed: int = 0
    unknown: int = 0
    either: int = 0

    @property
    def succeeded(self) -> int:
        """Rows that made or changed a record."""
        return self.created + self.updated + self.either

    @property
    def total(self) -> int:
        """All rows."""
        return self.succeeded + self.failed + self.unprocessed + self.unknown

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.created + other.created,
            self.updated + other.updated,
            self.failed + other.failed,
            self.unprocessed + other.unprocessed,
            self.unknown + other.unknown,
            self.either + other.either,
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row: its number, and Salesforce's id and error text (`""` where there is none).

    Attributes:
        attempt: how often the row had been sent when that became of it.
    """

    row: int
    kind: Kind
    id: str
    error: str
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class ChunkPlace:
    """Where a chunk of records lies: its first row and line in the source, its part, its bytes in the part's file."""

    first_row: int
    first_line: int
    part: int
    start: int
    size: int


class Outcomes:
    """The outcomes of a load's rows. Safe to use from several threads, one at a time.

    Args:
        path: a file to make.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        for pragma in _PRAGMAS:
            self._db.execute(f"PRAGMA {pragma}").close()
        self._db.executescript(_SCHEMA).close()

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._db.close()

    @contextmanager
    def writing(self) -> Generator[sqlite3.Connection]:
        """The database, for one change at a time. An error leaves what was written: writing again replaces it."""
        with self._lock:
            self._db.execute("BEGIN")
            try:
                yield self._db
            finally:
                self._db.execute("COMMIT")

    def keep(self, outcomes: Iterable[Outcome]) -> None:
        """Keep outcomes, in place of earlier ones of the same rows."""
        rows = ((each.row, int(each.kind), each.id, each.error, each.attempt) for each in outcomes)
        with self.writing() as db:
            db.executemany("INSERT OR REPLACE INTO outcome VALUES(?, ?, ?, ?, ?)", rows)

    def read(self, kinds: Sequence[Kind]) -> Iterator[Outcome]:
        """The outcomes of these kinds, by row number."""
        query = (
            "SELECT row, kind, id, error, attempt FROM outcome "
            "WHERE kind IN (SELECT value FROM json_each(?)) ORDER BY row"
        )
        for row, kind, id_, error, attempt in self._pages(query, json.dumps([int(kind) for kind in kinds])):
            yield Outcome(row, Kind(kind), id_ or "", error or "", attempt)

    def errors(self) -> Iterator[tuple[str, int, int]]:
        """Each error text, how many rows have it, and the first of them; the most frequent first."""
        query = "SELECT error, COUNT(*), MIN(row) FROM outcome WHERE kind = ? GROUP BY error ORDER BY 2 DESC, 3"
        yield from self._pages(query, int(Kind.FAILED))

    def place_of(self, row: int) -> ChunkPlace:
        """The chunk that holds a row."""
        with self._lock:
            found = self._db.execute(
                "SELECT first_row, first_line, part, start, size FROM chunk WHERE first_row <= ? "
                "ORDER BY first_row DESC LIMIT 1",
                (row,),
            ).fetchone()
        return ChunkPlace(*found)

    def _pages(self, query: str, value: str | int) -> Iterator[tuple[Any, ...]]:
        """Rows of a query with one parameter, fetched a thousand at a time."""
        with self._lock:
            cursor = self._db.execute(query, (value,))
        while True:
            with self._lock:
                page = cursor.fetchmany(1_000)
            if not page:
                return
            yield from page
