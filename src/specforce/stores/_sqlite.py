"""The SQLite store's file: one table, a connection per call, so that threads, forks and crashes leave nothing behind.

Every call is one statement, which SQLite makes atomic between processes and writes to the disk before it returns.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import closing
from typing import TYPE_CHECKING, Any

from specforce_api.runtime.errors import StoreError

from ._entry import Entry, check_key, check_lease, check_put, conflict

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_TABLE = """CREATE TABLE IF NOT EXISTS specforce_store (
    key TEXT PRIMARY KEY, value BLOB, generation INTEGER NOT NULL DEFAULT 0, owner TEXT NOT NULL DEFAULT '',
    lease_owner TEXT, lease_until REAL NOT NULL DEFAULT 0
) WITHOUT ROWID"""
_GET = "SELECT value, generation, owner FROM specforce_store WHERE key = :key AND generation > 0"
_FIRST = """INSERT INTO specforce_store (key, value, generation, owner) VALUES (:key, :value, 1, :owner)
ON CONFLICT (key) DO UPDATE SET value = :value, generation = 1, owner = :owner
WHERE generation = 0 AND (lease_owner IS NULL OR lease_owner = :owner OR lease_until <= :now)"""
_NEXT = """UPDATE specforce_store SET value = :value, generation = generation + 1, owner = :owner
WHERE key = :key AND generation = :generation
AND (lease_owner IS NULL OR lease_owner = :owner OR lease_until <= :now)"""
_LEASE = """INSERT INTO specforce_store (key, lease_owner, lease_until) VALUES (:key, :owner, :now + :seconds)
ON CONFLICT (key) DO UPDATE SET lease_owner = :owner, lease_until = :now + :seconds
WHERE lease_owner IS NULL OR lease_owner = :owner OR lease_until <= :now"""
_RELEASE = "UPDATE specforce_store SET lease_owner = NULL WHERE key = :key AND lease_owner = :owner"


class SQLiteFile:
    """Entries and leases in a file that only its owner may read.

    Args:
        path: made on first use if it isn't there, with its folder.
        now: seconds since the epoch; all processes that share the file are on one machine, so its clock will do.
        timeout_s: how long to wait for another process's write.
    """

    def __init__(self, path: Path, *, now: Callable[[], float], timeout_s: float) -> None:
        self.path = path
        self._now = now
        self._timeout_s = timeout_s
        self._made = False

    def get(self, key: str) -> Entry | None:
        """See `Store.get`."""
        check_key(key)
        rows, _ = self._run(_GET, key=key)
        return Entry(bytes(rows[0][0]), rows[0][1], rows[0][2]) if rows else None

    def put(self, key: str, value: bytes, generation: int, owner: str) -> Entry:
        """See `Store.put`."""
        check_put(key, value, generation, owner)
        statement = _NEXT if generation else _FIRST
        _, written = self._run(statement, key=key, value=value, generation=generation, owner=owner, now=self._now())
        if not written:
            raise conflict(key, generation)
        return Entry(value, generation + 1, owner)

    def lease(self, key: str, owner: str, seconds: float) -> bool:
        """See `Store.lease`."""
        check_lease(key, owner, seconds)
        _, written = self._run(_LEASE, key=key, owner=owner, seconds=seconds, now=self._now())
        return written > 0

    def release(self, key: str, owner: str) -> None:
        """See `Store.release`."""
        check_lease(key, owner, 1)
        self._run(_RELEASE, key=key, owner=owner)

    def _run(self, statement: str, **values: object) -> tuple[list[Any], int]:
        """The rows of one statement, and how many it wrote.

        Raises:
            StoreError: the file can't be made, isn't a store, or can't be kept from others.
        """
        try:
            first = not self._made
            if first:
                self._make()
            with closing(sqlite3.connect(self.path, timeout=self._timeout_s, isolation_level=None)) as connection:
                if first:
                    connection.execute(_TABLE)
                    self._made = True
                cursor = connection.execute(statement, values)
                return cursor.fetchall(), cursor.rowcount
        except OSError as error:
            raise StoreError(f"the store {self.path} can't be used: {error.strerror}") from error
        except sqlite3.Error as error:
            raise StoreError(f"the store {self.path} can't be used: {error}") from error

    def _make(self) -> None:
        """Make the file where there is none, and close it to others before there is anything in it to read."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if stat.S_IMODE(os.fstat(file).st_mode) & 0o077:
                os.fchmod(file, 0o600)
        finally:
            os.close(file)
