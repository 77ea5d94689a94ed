"""The one seam to HTTP, and the only handwritten module that imports httpx (when the first request goes out).

Requests go straight to httpx transports: no cookies, no merging of URLs, no redirect that a caller doesn't know of.
Both halves are here, async and sync, because they differ in every line; what they decide alike is in plain functions.
Redirects are followed on the same host only, so that no header, token included, reaches another. Every failure of the
transport becomes a `TransportError`.
"""

from __future__ import annotations

import weakref
from collections.abc import AsyncGenerator, Generator, Iterator
from contextlib import aclosing, closing
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import urlsplit

from specforce import _threads
from specforce._body import BodyReader, WholeBody
from specforce._http_request import HttpOptions, HttpRequest, onward
from specforce_api.runtime.errors import ConnectFailed, ConnectionCut, InputError, TransportError, TransportTimeout
from specforce_api.runtime.operation import Reply, StreamBody, header_value

if TYPE_CHECKING:
    import httpx

    AsyncTransport: TypeAlias = httpx.AsyncBaseTransport
    Transport: TypeAlias = httpx.BaseTransport


class AsyncStreamedReply:
    """An answer whose body is read as it arrives. `headers` has lower-case names."""

    def __init__(self, response: httpx.Response, request: HttpRequest) -> None:
        self.status = response.status_code
        self.headers = _headers(response)
        self.url = request.url
        self._request = request
        self._stream: Any = response.stream

    @property
    def request_id(self) -> str:
        """The server's id of the request, `""` if it gave none."""
        return Reply(self.status, self.headers, b"").request_id

    async def iter_bytes(self) -> AsyncGenerator[bytes, None]:
        """Yield the body's pieces, decoded, in the sizes they arrive.

        Raises:
            ConnectionCut: it ended early. TransportTimeout: nothing came for too long.
        """
        reader = _reader(self.status, self.headers, self._request)
        try:
            async for piece in self._stream:
                if decoded := reader.feed(piece):
                    yield decoded
        except _failures() as error:
            raise _translated(error, self._request) from error
        reader.end()

    async def read(self, max_bytes: int | None = None) -> Reply:
        """Read the whole body, of at most `max_bytes`."""
        parts = WholeBody(max_bytes, self._request.operation_id)
        async with aclosing(self.iter_bytes()) as pieces:
            async for piece in pieces:
                parts.add(piece)
        return Reply(self.status, self.headers, parts.joined(), self.url)

    async def aclose(self) -> None:
        """Let go of the connection; what wasn't read is dropped."""
        await self._stream.aclose()


class StreamedReply:
    """An answer whose body is read as it arrives. `headers` has lower-case names."""

    def __init__(self, response: httpx.Response, request: HttpRequest) -> None:
        self.status = response.status_code
        self.headers = _headers(response)
        self.url = request.url
        self._request = request
        self._stream: Any = response.stream

    @property
    def request_id(self) -> str:
        """The server's id of the request, `""` if it gave none."""
        return Reply(self.status, self.headers, b"").request_id

    def iter_bytes(self) -> Generator[bytes, None, None]:
        """Yield the body's pieces, decoded, in the sizes they arrive.

        Raises:
            ConnectionCut: it ended early. TransportTimeout: nothing came for too long.
        """
        reader = _reader(self.status, self.headers, self._request)
        try:
            for piece in self._stream:
                if decoded := reader.feed(piece):
                    yield decoded
        except _failures() as error:
            raise _translated(error, self._request) from error
        reader.end()

    def read(self, max_bytes: int | None = None) -> Reply:
        """Read the whole body, of at most `max_bytes`."""
        parts = WholeBody(max_bytes, self._request.operation_id)
        for piece in self.iter_bytes():
            parts.add(piece)
        return Reply(self.status, self.headers, parts.joined(), self.url)

    def close(self) -> None:
        """Let go of the connection; what wasn't read is dropped."""
        self._stream.close()


class AsyncHttp:
    """Sends requests asynchronously over a pool of connections.

    Args:
        options: how to connect.
        transport: the caller's own httpx transport, used for every URL and left open at the end.
    """

    def __init__(self, options: HttpOptions, transport: AsyncTransport | None = None) -> None:
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
        sent = _request(request, content, self.options)
        try:
            response = await self._transport(request.url).handle_async_request(sent)
        except _failures() as error:
            raise _translated(error, request) from error
        finally:
            if isinstance(content, AsyncGenerator):
                await content.aclose()
        return AsyncStreamedReply(response, request)

    def _transport(self, url: str) -> AsyncTransport:
        if self._given is not None:
            return self._given
        origin = _origin(url)
        found = self._by_origin.get(origin)
        if found is None:
            import httpx  # noqa: PLC0415 - not before the first request

            key = _route(url, self.options)
            if key not in self._transports:
                self._transports[key] = httpx.AsyncHTTPTransport(**_transport_arguments(key, self.options))
            found = self._by_origin[origin] = self._transports[key]
        return found


class Http:
    """Sends requests over a pool of connections; safe to share between threads.

    Args:
        options: how to connect.
        transport: the caller's own httpx transport, used for every URL and left open at the end.
    """

    def __init__(self, options: HttpOptions, transport: Transport | None = None) -> None:
        self.options = options
        self._given = transport
        self._transports: dict[tuple[str, str | None], Transport] = {}
        self._by_origin: dict[str, Transport] = {}
        self._lock = _threads.Lock()
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
        sent = _request(request, content, self.options)
        try:
            response = self._transport(request.url).handle_request(sent)
        except _failures() as error:
            raise _translated(error, request) from error
        return StreamedReply(response, request)

    def _transport(self, url: str) -> Transport:
        if self._given is not None:
            return self._given
        origin = _origin(url)
        found = self._by_origin.get(origin)
        if found is None:
            import httpx  # noqa: PLC0415 - not before the first request

            key = _route(url, self.options)
            with self._lock:
                if key not in self._transports:
                    self._transports[key] = httpx.HTTPTransport(**_transport_arguments(key, self.options))
                found = self._by_origin[origin] = self._transports[key]
        return found


def _close_all(transports: dict[tuple[str, str | None], Transport]) -> None:
    while transports:
        transports.popitem()[1].close()


def _origin(url: str) -> str:
    """Scheme, host and port: what a transport is looked up by."""
    end = url.find("/", url.find("://") + 3)
    return url if end < 0 else url[:end]


def _route(url: str, options: HttpOptions) -> tuple[str, str | None]:
    """Which transport a URL takes: its scheme, and the proxy on the way."""
    parts = urlsplit(url)
    if options.proxy is not None or not options.trust_env:
        return parts.scheme, options.proxy
    from urllib.request import getproxies, proxy_bypass  # noqa: PLC0415 - costs time, and only here is it needed

    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if not proxy or proxy_bypass(parts.netloc.rpartition("@")[2]):
        return parts.scheme, None
    return parts.scheme, proxy if "://" in proxy else f"http://{proxy}"


def _transport_arguments(key: tuple[str, str | None], options: HttpOptions) -> dict[str, Any]:
    import httpx  # noqa: PLC0415 - not before the first request

    from specforce import _tls  # noqa: PLC0415

    scheme, proxy = key
    plain = scheme == "http" and not (proxy or "").startswith("https:")
    tls = _tls.unused() if plain else _tls.context(options.verify, options.client_certificate, http2=options.http2)
    return {
        "verify": tls,
        "trust_env": False,
        "http2": options.http2,
        "proxy": httpx.Proxy(proxy, ssl_context=tls if proxy.startswith("https:") else None) if proxy else None,
        "limits": httpx.Limits(
            max_connections=options.max_connections,
            max_keepalive_connections=options.max_idle_connections,
            keepalive_expiry=options.idle_timeout_s,
        ),
    }


def _request(request: HttpRequest, content: Any, options: HttpOptions) -> httpx.Request:
    """The httpx request, its headers checked.

    Raises:
        InputError: a header holds a line break or what no header can hold, or the URL isn't one.
    """
    import httpx  # noqa: PLC0415 - not before the first request

    headers: list[tuple[bytes, bytes]] = []
    for name, value in request.headers:
        try:
            headers.append((name.encode("ascii"), header_value(name, value).encode("latin-1")))
        except UnicodeEncodeError:
            raise InputError(f"the header {name} holds characters that no header can hold") from None
    if isinstance(request.body, StreamBody) and request.body.length is not None:
        headers.append((b"Content-Length", str(request.body.length).encode()))
    timeout = {
        "connect": options.connect_timeout_s,
        "pool": options.connect_timeout_s,
        "read": options.timeout_s,
        "write": options.timeout_s,
    }
    try:
        return httpx.Request(
            request.method, request.url, headers=headers, content=content, extensions={"timeout": timeout}
        )
    except httpx.InvalidURL as error:
        raise InputError(f"{request.url!r} isn't a URL: {error}") from None


def _headers(response: httpx.Response) -> dict[str, str]:
    headers: dict[str, str] = {}
    for raw_name, raw_value in response.headers.raw:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _reader(status: int, headers: dict[str, str], request: HttpRequest) -> BodyReader:
    has_body = request.method != "HEAD" and status not in (204, 304)
    return BodyReader(headers, has_body=has_body, operation_id=request.operation_id)


def _failures() -> tuple[type[Exception], ...]:
    """What a request or answer that doesn't come through raises; httpx lets some of TLS's errors pass as they are."""
    import ssl  # noqa: PLC0415 - loaded with httpx

    import httpx  # noqa: PLC0415 - not before the first request

    return httpx.TransportError, ssl.SSLError, ConnectionError


def _translated(error: Exception, request: HttpRequest) -> TransportError | InputError:
    """The error of our tree for one of httpx's."""
    import httpx  # noqa: PLC0415 - not before the first request

    operation_id = request.operation_id
    host = urlsplit(request.url).netloc.rpartition("@")[2]
    reason = str(error) or type(error).__name__
    if isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout):
        return TransportTimeout(
            f"{operation_id}: no connection to {host} in time ({reason})", operation_id=operation_id, sent=False
        )
    if isinstance(error, httpx.TimeoutException):
        return TransportTimeout(f"{operation_id}: {host} didn't answer in time ({reason})", operation_id=operation_id)
    if isinstance(error, httpx.ConnectError | httpx.ProxyError):
        text = f"{operation_id}: can't connect to {host}: {reason}"
        if "CERTIFICATE_VERIFY_FAILED" in reason:
            text += "\n  hint: pass verify='/path/to/ca.pem' if a proxy or the server has its own certificate authority"
        return ConnectFailed(text, operation_id=operation_id)
    if isinstance(error, httpx.UnsupportedProtocol | httpx.LocalProtocolError):
        return InputError(f"{operation_id}: the request can't be sent: {reason}")
    return ConnectionCut(f"{operation_id}: the connection to {host} was cut: {reason}", operation_id=operation_id)
