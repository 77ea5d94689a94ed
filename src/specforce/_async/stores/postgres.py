"""The store in PostgreSQL."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, LiteralString

from specforce._aio import Lock
from specforce._extras import missing
from specforce.stores import _postgres
from specforce.stores._entry import Entry, check_key, check_lease, check_put, conflict
from specforce_api.runtime.errors import InputError, StoreError

from .interface import AsyncStore

if TYPE_CHECKING:
    from psycopg import AsyncConnection


class AsyncPostgresStore(AsyncStore):
    """A store for processes anywhere, in PostgreSQL 10 or newer (needs specforce[postgres]).

    It lives in the table `specforce_store`, made on first use where it isn't there, and holds one connection, which is
    made anew when it was lost.

    Args:
        conninfo: `postgresql://user:password@host/database`, or libpq's `host=... dbname=...`; what it leaves out comes
            from PGHOST and its like.
        timeout_s: seconds to connect, and for a statement.

    Raises:
        InputError: it isn't a connection string, or specforce[postgres] isn't installed.
    """

    def __init__(self, conninfo: str, *, timeout_s: float = 10) -> None:
        try:
            import psycopg  # noqa: PLC0415 - an extra
            from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415
        except ModuleNotFoundError as error:
            raise missing("a store in PostgreSQL", error.name, "postgres") from error
        try:
            conninfo_to_dict(conninfo)
        except psycopg.ProgrammingError:
            raise InputError("that isn't a connection string: postgresql://user@host/database") from None
        self._psycopg = psycopg
        self._conninfo = conninfo
        self._timeout_s = timeout_s
        self._process = os.getpid()
        self._lock = Lock()
        self._connection: AsyncConnection[tuple[Any, ...]] | None = None
        self._inherited: AsyncConnection[tuple[Any, ...]] | None = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    async def get(self, key: str) -> Entry | None:
        check_key(key)
        rows = await self._run(_postgres.GET, {"key": key})
        return Entry(bytes(rows[0][0]), rows[0][1], rows[0][2]) if rows else None

    async def put(self, key: str, value: bytes, *, generation: int, owner: str) -> Entry:
        check_put(key, value, generation, owner)
        values = {"key": key, "value": value, "generation": generation, "owner": owner}
        if not await self._run(_postgres.NEXT if generation else _postgres.FIRST, values, again=False):
            raise conflict(key, generation)
        return Entry(value, generation + 1, owner)

    async def lease(self, key: str, *, owner: str, seconds: float) -> bool:
        check_lease(key, owner, seconds)
        return bool(await self._run(_postgres.LEASE, {"key": key, "owner": owner, "seconds": seconds}))

    async def release(self, key: str, *, owner: str) -> None:
        check_lease(key, owner, 1)
        await self._run(_postgres.RELEASE, {"key": key, "owner": owner})

    async def aclose(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def _run(
        self, statement: LiteralString, values: dict[str, Any], *, again: bool = True
    ) -> list[tuple[Any, ...]]:
        """The rows of one statement.

        Args:
            again: doing it twice is the same as doing it once: where the connection was lost, try on a new one.
        """
        if self._process != os.getpid():  # a forked process leaves its parent's connection alone
            self._process, self._lock, self._inherited = os.getpid(), Lock(), self._connection
            self._connection = None
        async with self._lock:
            try:
                try:
                    return await self._execute(statement, values)
                except self._psycopg.OperationalError:
                    if not again or self._connection is None or not self._connection.closed:
                        raise
                return await self._execute(statement, values)
            except self._psycopg.Error as error:
                raise StoreError(f"the store in PostgreSQL can't be used: {error}") from error

    async def _execute(self, statement: LiteralString, values: dict[str, Any]) -> list[tuple[Any, ...]]:
        connection = self._connection
        if connection is None or connection.closed:
            connection = self._connection = await self._connected()
        cursor = await connection.execute(statement, values)
        return await cursor.fetchall()

    async def _connected(self) -> AsyncConnection[tuple[Any, ...]]:
        connection = await self._psycopg.AsyncConnection.connect(
            self._conninfo, autocommit=True, connect_timeout=max(2, round(self._timeout_s))
        )
        try:
            await connection.execute(f"SET statement_timeout = {round(self._timeout_s * 1000)}".encode())
            found = await (await connection.execute(_postgres.EXISTS)).fetchone()
            if not (found and found[0]):
                await connection.execute(_postgres.TABLE)
        except BaseException:
            await connection.close()
            raise
        return connection
