"""What sends requests over a pool of connections, for either half."""

from __future__ import annotations

import os
import weakref
from collections.abc import AsyncGenerator, Iterator
from contextlib import closing
from typing import TYPE_CHECKING, TypeAlias

from specforce import _threads
from specforce._http_request import HttpRequest, onward
from specforce._proxies import origin, route
from specforce_api.runtime.errors import InputError
from specforce_api.runtime.operation import Reply, StreamBody

from .replies import AsyncStreamedReply, StreamedReply
from .wire import failures, outgoing, translated, transport_arguments

if TYPE_CHECKING:
    import httpx

    from specforce._http_options import HttpOptions

    AsyncTransport: TypeAlias = httpx.AsyncBaseTransport
    Transport: TypeAlias = httpx.BaseTransport

_INHERITED: list[object] = []
"""Connections of the parent process, which must stay open here."""


class AsyncHttp:
    """Sends requests asynchronously over a pool of connections.

    Args:
        options: how to connect.
        transport: the caller's own httpx transport, used for every URL and left open at the end.
    """

    def __init__(self, options: HttpOptions, transport: AsyncTransport | None = None) -> None:
        if transport is not None and not hasattr(transport, "handle_async_request"):
            raise InputError(f"transport is a {type(transport).__name__}: AsyncSalesforce takes an AsyncBaseTransport")
        self.options = options
        self._given = transport
        self._transports: dict[tuple[str, str | None], AsyncTransport] = {}
        self._by_origin: dict[str, AsyncTransport] = {}

    async def send(self, request: HttpRequest) -> Reply:
        """Send it and read the whole answer, whatever its status."""
        reply = await self.open(request)
        try:
            return await reply.read(self.options.max_response_bytes)
        finally:
            await reply.aclose()

    async def open(self, request: HttpRequest) -> AsyncStreamedReply:
        """Send it and return the answer as soon as its headers are there, whatever its status; the caller closes it."""
        reply = await self._open(request)
        hops = 0
        while target := onward(request, reply.status, reply.headers, hops):
            await reply.aclose()
            request, hops = target, hops + 1
            reply = await self._open(request)
        return reply

    async def aclose(self) -> None:
        """Close the connections."""
        transports, self._transports, self._by_origin = self._transports, {}, {}
        for transport in transports.values():
            await transport.aclose()

    async def _open(self, request: HttpRequest) -> AsyncStreamedReply:
        from specforce import _aio  # noqa: PLC0415 - asyncio is slow to import, and the sync half has no use for it

        body = request.body
        content = _aio.pieces(body.open) if isinstance(body, StreamBody) else body
        sent = outgoing(request, content, self.options)
        try:
            response = await self._transport(request.url).handle_async_request(sent)
        except failures() as error:
            raise translated(error, request, self._proxy(request.url)) from error
        finally:
            if isinstance(content, AsyncGenerator):
                await content.aclose()
        return AsyncStreamedReply(response, request)

    def _transport(self, url: str) -> AsyncTransport:
        if self._given is not None:
            return self._given
        place = origin(url)
        found = self._by_origin.get(place)
        if found is None:
            key = route(url, self.options)
            if key not in self._transports:
                self._transports[key] = self._connected(key)
            found = self._by_origin[place] = self._transports[key]
        return found

    def _connected(self, key: tuple[str, str | None]) -> AsyncTransport:
        """A pool of connections for a scheme and a proxy."""
        arguments = transport_arguments(key, self.options)
        if key[1] is None and not self.options.http2:
            from .free_list import FreeListTransport  # noqa: PLC0415 - not before the first request

            return FreeListTransport(arguments["verify"], self.options)
        import httpx  # noqa: PLC0415

        return httpx.AsyncHTTPTransport(**arguments)

    def _proxy(self, url: str) -> str | None:
        return None if self._given is not None else route(url, self.options)[1]


class Http:
    """Sends requests over a pool of connections; safe to share between threads. A forked process makes its own.

    Args:
        options: how to connect.
        transport: the caller's own httpx transport, used for every URL and left open at the end.
    """

    def __init__(self, options: HttpOptions, transport: Transport | None = None) -> None:
        if transport is not None and not hasattr(transport, "handle_request"):
            raise InputError(f"transport is a {type(transport).__name__}: Salesforce takes an httpx.BaseTransport")
        self.options = options
        self._given = transport
        self._transports: dict[tuple[str, str | None], Transport] = {}
        self._by_origin: dict[str, Transport] = {}
        self._lock = _threads.Lock()
        self._process = os.getpid()
        # A client that is dropped without `close` leaves no open sockets behind.
        weakref.finalize(self, _close_all, self._transports).atexit = False

    def send(self, request: HttpRequest) -> Reply:
        """Send it and read the whole answer, whatever its status."""
        reply = self.open(request)
        try:
            return reply.read(self.options.max_response_bytes)
        finally:
            reply.close()

    def open(self, request: HttpRequest) -> StreamedReply:
        """Send it and return the answer as soon as its headers are there, whatever its status; the caller closes it."""
        reply = self._open(request)
        hops = 0
        while target := onward(request, reply.status, reply.headers, hops):
            reply.close()
            request, hops = target, hops + 1
            reply = self._open(request)
        return reply

    def close(self) -> None:
        """Close the connections."""
        with self._lock:
            self._by_origin.clear()
            _close_all(self._transports)

    def _open(self, request: HttpRequest) -> StreamedReply:
        body = request.body
        if not isinstance(body, StreamBody):
            return self._handle(request, body)
        with closing(_threads.pieces(body.open)) as content:
            return self._handle(request, content)

    def _handle(self, request: HttpRequest, content: bytes | Iterator[bytes] | None) -> StreamedReply:
        sent = outgoing(request, content, self.options)
        try:
            response = self._transport(request.url).handle_request(sent)
        except failures() as error:
            raise translated(error, request, self._proxy(request.url)) from error
        return StreamedReply(response, request)

    def _transport(self, url: str) -> Transport:
        if self._given is not None:
            return self._given
        if self._process != os.getpid():
            self._leave_to_parent()
        place = origin(url)
        found = self._by_origin.get(place)
        if found is None:
            import httpx  # noqa: PLC0415 - not before the first request

            key = route(url, self.options)
            with self._lock:
                if key not in self._transports:
                    self._transports[key] = httpx.HTTPTransport(**transport_arguments(key, self.options))
                found = self._by_origin[place] = self._transports[key]
        return found

    def _proxy(self, url: str) -> str | None:
        return None if self._given is not None else route(url, self.options)[1]

    def _leave_to_parent(self) -> None:
        """Forget the connections of the process that this one was forked from, but keep them open: it uses them."""
        self._process, self._lock = os.getpid(), _threads.Lock()
        _INHERITED.append(dict(self._transports))
        self._transports.clear()
        self._by_origin.clear()


def _close_all(transports: dict[tuple[str, str | None], Transport]) -> None:
    while transports:
        transports.popitem()[1].close()
