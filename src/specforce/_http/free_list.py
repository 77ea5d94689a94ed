"""A pool of connections whose cost per request doesn't grow with their number.

httpx's own asynchronous pool looks at all of its connections for each request, which with 64 at a time costs more than
the request itself. Here a free connection is the one that was freed last, and a request that finds none opens one or
waits its turn. The connections are httpcore's.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import httpcore
import httpx

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator

    from specforce._http_options import HttpOptions

Place = tuple[bytes, bytes, int]
_FAILURES = (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError)
_PORTS = {b"http": 80, b"https": 443}


class FreeListTransport(httpx.AsyncBaseTransport):
    """Straight to the servers over HTTP/1.1; proxies and HTTP/2 are for httpx's own transport.

    Args:
        tls: for https.
        options: how many connections, how long they stay open unused, how long to wait for one.
    """

    def __init__(self, tls: ssl.SSLContext, options: HttpOptions) -> None:
        self._tls = tls
        self._options = options
        self._free: dict[Place, list[tuple[float, httpcore.AsyncHTTPConnection]]] = {}
        self._turns = asyncio.Semaphore(options.max_connections)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send it over a free connection, or a new one.

        Raises:
            httpx.PoolTimeout: all connections stay in use for too long. httpx.TransportError: no answer.
        """
        url = request.url
        port = url.port or _PORTS.get(url.raw_scheme)
        if port is None:
            message = f"{url.scheme} is neither http nor https"
            raise httpx.UnsupportedProtocol(message)
        place = (url.raw_scheme, url.raw_host, port)
        await self._turn(request.extensions["timeout"]["pool"])
        connection = None
        try:
            connection = await self._freed(place) or self._new(place)
            answer = await connection.handle_async_request(
                httpcore.Request(
                    request.method.encode("ascii"),
                    httpcore.URL(scheme=place[0], host=place[1], port=place[2], target=url.raw_path),
                    headers=request.headers.raw,
                    content=request.stream,
                    extensions=request.extensions,
                )
            )
        except BaseException as error:
            await self.give_back(place, connection)
            if isinstance(error, _FAILURES):
                raise _as_httpx(error) from error
            raise
        body = _Body(answer.stream, self, place, connection)
        return httpx.Response(answer.status, headers=answer.headers, stream=body)

    async def aclose(self) -> None:
        """Close the connections that are free."""
        while self._free:
            _place, free = self._free.popitem()
            for _until, connection in free:
                await connection.aclose()

    async def _turn(self, timeout_s: float | None) -> None:
        """Wait until one connection more may be in use."""
        if not self._turns.locked():
            await self._turns.acquire()
            return
        try:
            async with asyncio.timeout(timeout_s):
                await self._turns.acquire()
        except TimeoutError:
            message = f"all {self._options.max_connections} connections stayed in use"
            raise httpx.PoolTimeout(message) from None

    async def _freed(self, place: Place) -> httpcore.AsyncHTTPConnection | None:
        """The connection that was freed last and is still good; None when there is none."""
        free = self._free.get(place, [])
        while free:
            _until, connection = free.pop()
            if not connection.has_expired():
                return connection
            await connection.aclose()
        return None

    def _new(self, place: Place) -> httpcore.AsyncHTTPConnection:
        scheme, host, port = place
        return httpcore.AsyncHTTPConnection(
            httpcore.Origin(scheme, host, port),
            ssl_context=self._tls,
            keepalive_expiry=self._options.idle_timeout_s,
        )

    async def give_back(self, place: Place, connection: httpcore.AsyncHTTPConnection | None) -> None:
        """A request is over: its connection is free, or of no more use."""
        self._turns.release()
        if connection is None:
            return
        if not connection.is_idle() or connection.has_expired():
            await connection.aclose()
            return
        free = self._free.setdefault(place, [])
        now = time.monotonic()
        free.append((now + self._options.idle_timeout_s, connection))
        if len(free) > self._options.max_idle_connections or free[0][0] < now:
            _until, oldest = free.pop(0)
            await oldest.aclose()


class _Body(httpx.AsyncByteStream):
    """The body of an answer; closing it, read or not, frees its connection."""

    def __init__(
        self, stream: Any, pool: FreeListTransport, place: Place, connection: httpcore.AsyncHTTPConnection
    ) -> None:
        self._stream = stream
        self._pool: FreeListTransport | None = pool
        self._place = place
        self._connection = connection

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for piece in self._stream:
                yield piece
        except _FAILURES as error:
            raise _as_httpx(error) from error

    async def aclose(self) -> None:
        pool, self._pool = self._pool, None
        if pool is None:
            return
        try:
            await self._stream.aclose()
        finally:
            await pool.give_back(self._place, self._connection)


def _as_httpx(error: Exception) -> httpx.TransportError:
    """httpx's error for httpcore's, which has the same name."""
    kind: type[httpx.TransportError] = getattr(httpx, type(error).__name__)
    return kind(str(error))
