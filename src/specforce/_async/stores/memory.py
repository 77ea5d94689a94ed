"""The store in memory."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from specforce.stores._memory import MemoryTable

from .interface import AsyncStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from specforce.stores._entry import Entry


class AsyncMemoryStore(AsyncStore):
    """A store for the clients of one process; gone when the process ends.

    Args:
        now: seconds, by which leases end.
    """

    def __init__(self, *, now: Callable[[], float] = time.monotonic) -> None:
        self._table = MemoryTable(now)

    async def get(self, key: str) -> Entry | None:
        return self._table.get(key)

    async def put(self, key: str, value: bytes, *, generation: int, owner: str) -> Entry:
        return self._table.put(key, value, generation, owner)

    async def lease(self, key: str, *, owner: str, seconds: float) -> bool:
        return self._table.lease(key, owner, seconds)

    async def release(self, key: str, *, owner: str) -> None:
        self._table.release(key, owner)
