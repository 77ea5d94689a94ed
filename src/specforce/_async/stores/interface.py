"""The interface of all stores."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Self

from specforce.stores._entry import split_url

if TYPE_CHECKING:
    from types import TracebackType

    from specforce.stores._entry import Entry


class AsyncStore(ABC):
    """Small state that several share: entries by key, compared and set, and leases. Safe to share between tasks.

    Keys and owners are 1 to 200 printable ASCII characters without a space. An owner is whoever writes or leases, named
    so that no two have one name at a time: say a host, a process and a random number.

    Every method raises InputError for an argument that can't be, and StoreError where the store can't be reached or
    used. Where a StoreError leaves open whether a `put` was done, `get` tells.
    """

    @staticmethod
    def from_url(url: str) -> AsyncStore:
        """The store at a URL: `sqlite:///path`, `redis://host`, `rediss://`, `unix://`, `postgresql://user@host/db`.

        Raises:
            InputError: no backend goes by that URL, or its driver isn't installed.
        """
        scheme, path = split_url(url)
        if scheme == "sqlite":
            from .sqlite import AsyncSQLiteStore  # noqa: PLC0415 - one backend is loaded, not all

            return AsyncSQLiteStore(path)
        if scheme in ("postgresql", "postgres"):
            from .postgres import AsyncPostgresStore  # noqa: PLC0415

            return AsyncPostgresStore(url)
        from .redis import AsyncRedisStore  # noqa: PLC0415

        return AsyncRedisStore(url)

    @abstractmethod
    async def get(self, key: str) -> Entry | None:
        """What was written last, `None` where nothing ever was."""

    @abstractmethod
    async def put(self, key: str, value: bytes, *, generation: int, owner: str) -> Entry:
        """Write a value, if nobody else did since it was read; it outlives a crash once this returns.

        Args:
            generation: the one that was read; 0 where there was nothing.

        Returns:
            The entry as written, one generation on.

        Raises:
            StoreConflict: the key has another generation, or somebody else than `owner` holds its lease.
        """

    @abstractmethod
    async def lease(self, key: str, *, owner: str, seconds: float) -> bool:
        """Take a key's lease, or extend one's own. It ends by itself, so that a crash blocks nobody for ever.

        A lease keeps others from leasing and writing the key, not from reading it. It needs no entry.

        Args:
            seconds: how long from now, by the store's clock.

        Returns:
            Whether `owner` has it now; `False` while somebody else does.
        """

    @abstractmethod
    async def release(self, key: str, *, owner: str) -> None:
        """Give back a lease; nothing happens where `owner` has none."""

    async def aclose(self) -> None:  # noqa: B027 - some backends hold nothing open
        """Let go of connections. A later call makes new ones."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()
