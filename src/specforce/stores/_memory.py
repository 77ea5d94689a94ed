"""The memory store's state: a table behind a lock, for threads and tasks of one process."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ._entry import Entry, check_key, check_lease, check_put, conflict

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(slots=True)
class _Row:
    entry: Entry | None = None
    holder: str | None = None
    held_until: float = 0

    def held_by_another(self, owner: str, now: float) -> bool:
        return self.holder not in (None, owner) and now < self.held_until


class MemoryTable:
    """Entries and leases by key. No call blocks for longer than another one's few steps."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._rows: dict[str, _Row] = {}

    def get(self, key: str) -> Entry | None:
        """See `Store.get`."""
        check_key(key)
        with self._lock:
            row = self._rows.get(key)
            return row.entry if row else None

    def put(self, key: str, value: bytes, generation: int, owner: str) -> Entry:
        """See `Store.put`."""
        check_put(key, value, generation, owner)
        with self._lock:
            row = self._rows.setdefault(key, _Row())
            current = row.entry.generation if row.entry else 0
            if current != generation or row.held_by_another(owner, self._now()):
                raise conflict(key, generation)
            row.entry = Entry(value, generation + 1, owner)
            return row.entry

    def lease(self, key: str, owner: str, seconds: float) -> bool:
        """See `Store.lease`."""
        check_lease(key, owner, seconds)
        with self._lock:
            row, now = self._rows.setdefault(key, _Row()), self._now()
            if row.held_by_another(owner, now):
                return False
            row.holder, row.held_until = owner, now + seconds
            return True

    def release(self, key: str, owner: str) -> None:
        """See `Store.release`."""
        check_lease(key, owner, 1)
        with self._lock:
            row = self._rows.get(key)
            if row is not None and row.holder == owner:
                row.holder = None
