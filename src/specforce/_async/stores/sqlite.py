"""The store in a file."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from specforce._aio import run
from specforce.stores._sqlite import SQLiteFile

from .interface import AsyncStore

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    from specforce.stores._entry import Entry


class AsyncSQLiteStore(AsyncStore):
    """A store for the processes of one machine, in a file that only its owner may read (0600).

    The file belongs on a local disk: SQLite's locks don't hold on most network file systems.

    Args:
        path: the file; made on first use if it isn't there, with its folder.
        timeout_s: seconds to wait while another process writes.
        now: seconds since the epoch, by which leases end.
    """

    def __init__(
        self, path: str | os.PathLike[str], *, timeout_s: float = 10, now: Callable[[], float] = time.time
    ) -> None:
        self._file = SQLiteFile(Path(path), now=now, timeout_s=timeout_s)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._file.path}>"

    async def get(self, key: str) -> Entry | None:
        return await run(self._file.get, key)

    async def put(self, key: str, value: bytes, *, generation: int, owner: str) -> Entry:
        return await run(self._file.put, key, value, generation, owner)

    async def lease(self, key: str, *, owner: str, seconds: float) -> bool:
        return await run(self._file.lease, key, owner, seconds)

    async def release(self, key: str, *, owner: str) -> None:
        await run(self._file.release, key, owner)
