"""Answers whose bodies are read as they arrive, for either half."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from specforce._body import BodyReader, WholeBody
from specforce_api.runtime.operation import Reply

from .wire import failures, translated

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator

    import httpx

    from specforce._http_request import HttpRequest


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
        reader = self.reader()
        async with aclosing(self.iter_raw()) as pieces:
            async for piece in pieces:
                for decoded in reader.feed(piece):
                    yield decoded
        reader.end()

    async def iter_raw(self) -> AsyncGenerator[bytes, None]:
        """Yield the body's pieces as they arrive, for `reader` to decode: elsewhere, if that takes long.

        Raises:
            ConnectionCut: the transport noticed that it ended early. TransportTimeout: nothing came for too long.
        """
        try:
            async for piece in self._stream:
                yield piece
        except failures() as error:
            raise translated(error, self._request) from error

    def reader(self) -> BodyReader:
        """What decodes the raw pieces and knows whether they are all."""
        return _reader(self.status, self.headers, self._request)

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
        reader = self.reader()
        for piece in self.iter_raw():
            yield from reader.feed(piece)
        reader.end()

    def iter_raw(self) -> Generator[bytes, None, None]:
        """Yield the body's pieces as they arrive, for `reader` to decode: elsewhere, if that takes long.

        Raises:
            ConnectionCut: the transport noticed that it ended early. TransportTimeout: nothing came for too long.
        """
        try:
            yield from self._stream
        except failures() as error:
            raise translated(error, self._request) from error

    def reader(self) -> BodyReader:
        """What decodes the raw pieces and knows whether they are all."""
        return _reader(self.status, self.headers, self._request)

    def read(self, max_bytes: int | None = None) -> Reply:
        """Read the whole body, of at most `max_bytes`."""
        parts = WholeBody(max_bytes, self._request.operation_id)
        for piece in self.iter_bytes():
            parts.add(piece)
        return Reply(self.status, self.headers, parts.joined(), self.url)

    def close(self) -> None:
        """Let go of the connection; what wasn't read is dropped."""
        self._stream.close()


def _headers(response: httpx.Response) -> dict[str, str]:
    headers: dict[str, str] = {}
    for raw_name, raw_value in response.headers.raw:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _reader(status: int, headers: dict[str, str], request: HttpRequest) -> BodyReader:
    has_body = request.method != "HEAD" and status not in (204, 304)
    return BodyReader(headers, has_body=has_body, operation_id=request.operation_id)
