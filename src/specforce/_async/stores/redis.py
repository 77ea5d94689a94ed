"""The store in Redis."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, cast

from specforce._extras import missing
from specforce.stores._entry import Entry, check_key, check_lease, check_put, conflict
from specforce_api.runtime.errors import InputError, StoreError

from .interface import AsyncStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from specforce._aio import Eventual
    from specforce.stores._redis import AsyncRedisClient


class AsyncRedisStore(AsyncStore):
    """A store for processes anywhere, in Redis 5 or newer (needs specforce[redis]).

    What a crash of the server leaves is the server's to say: for rotated tokens switch `appendonly` on, with
    `appendfsync always`.

    Args:
        url: `redis://[user:password@]host:port/database`, `rediss://` over TLS, or `unix://path`.
        prefix: what the names of keys begin with in Redis.
        timeout_s: seconds to connect, and to wait for an answer.

    Raises:
        InputError: it isn't such a URL, or specforce[redis] isn't installed.
    """

    def __init__(self, url: str, *, prefix: str = "specforce:", timeout_s: float = 10) -> None:
        try:
            from specforce.stores import _redis  # noqa: PLC0415 - an extra
        except ModuleNotFoundError as error:
            raise missing("a store in Redis", error.name, "redis") from error
        self._redis = _redis
        self._prefix = prefix
        # A `put` isn't done twice behind our back: the second one would meet what the first one wrote.
        never = _redis.AsyncRetry(_redis.NoBackoff(), 0)
        client: Any = _redis.AsyncRedisClient
        try:
            self._client: AsyncRedisClient = client.from_url(
                url, socket_timeout=timeout_s, socket_connect_timeout=timeout_s, retry=never
            )
        except ValueError:  # its text may hold a part of the password
            raise InputError("that isn't the URL of a Redis server: redis://user:password@host:port/0") from None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._prefix}*>"

    async def get(self, key: str) -> Entry | None:
        check_key(key)
        fields = await self._asked(self._client.hmget, self._prefix + key, list(self._redis.FIELDS))
        value, generation, owner = fields
        return None if generation is None else Entry(value, int(generation), owner.decode())

    async def put(self, key: str, value: bytes, *, generation: int, owner: str) -> Entry:
        check_put(key, value, generation, owner)
        if not await self._script(self._redis.PUT, key, value, generation, owner, again=False):
            raise conflict(key, generation)
        return Entry(value, generation + 1, owner)

    async def lease(self, key: str, *, owner: str, seconds: float) -> bool:
        check_lease(key, owner, seconds)
        return bool(await self._script(self._redis.LEASE, key, owner, math.ceil(seconds * 1000)))

    async def release(self, key: str, *, owner: str) -> None:
        check_lease(key, owner, 1)
        await self._script(self._redis.RELEASE, key, owner)

    async def aclose(self) -> None:
        await self._client.aclose()

    async def _script(self, script: str, key: str, *arguments: object, again: bool = True) -> Any:
        return await self._asked(self._client.eval, script, 1, self._prefix + key, *arguments, again=again)

    async def _asked(self, command: Callable[..., object], *arguments: object, again: bool = True) -> Any:
        """The server's answer.

        Args:
            again: doing it twice is the same as doing it once: where the connection was lost, try on a new one.
        """
        try:
            try:
                return await cast("Eventual[Any]", command(*arguments))
            except self._redis.ConnectionLost:
                if not again:
                    raise
            return await cast("Eventual[Any]", command(*arguments))
        except self._redis.RedisError as error:
            raise StoreError(f"the store in Redis can't be used: {error}") from error
