"""The asynchronous pool: connections are used again, last freed first, and none is lost or used twice."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import httpx
import pytest

from specforce import _tls
from specforce._http.free_list import FreeListTransport
from specforce._http_options import HttpOptions

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = pytest.mark.anyio
TIMEOUT = {"timeout": {"connect": 5, "read": 5, "write": 5, "pool": 5}}
WHOLE = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


class Server:
    """Answers each request line by what its path says; counts connections."""

    def __init__(self) -> None:
        self.connections = 0
        self.at_once = 0
        self.most_at_once = 0
        self.held = asyncio.Event()
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                path = head.split(b" ", 2)[1]
                self.at_once += 1
                self.most_at_once = max(self.most_at_once, self.at_once)
                if path == b"/held":
                    await self.held.wait()
                await asyncio.sleep(0)
                self.at_once -= 1
                if path == b"/cut":
                    writer.write(WHOLE[:-1])
                    break
                writer.write(WHOLE.replace(b"ok", b"o", 1) if path == b"/half" else WHOLE)
                await writer.drain()
                if path == b"/last":
                    break
        writer.close()


@asynccontextmanager
async def server() -> AsyncIterator[Server]:
    made = Server()
    listening = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    try:
        yield made
    finally:
        listening.close()


def pool(**options: float) -> FreeListTransport:
    return FreeListTransport(_tls.unused(), HttpOptions(**options))  # type: ignore[arg-type]


async def get(transport: FreeListTransport, url: str, timeout_s: float = 5) -> bytes:
    extensions = {"timeout": TIMEOUT["timeout"] | {"pool": timeout_s}}
    response = await transport.handle_async_request(httpx.Request("GET", url, extensions=extensions))
    try:
        return b"".join([piece async for piece in response.stream])  # type: ignore[union-attr]
    finally:
        await response.aclose()


async def test_calls_one_after_the_other_share_a_connection() -> None:
    async with server() as there, pool() as transport:
        assert [await get(transport, f"{there.url}/") for _ in range(5)] == [b"ok"] * 5
        assert there.connections == 1


async def test_no_more_connections_are_open_than_allowed() -> None:
    async with server() as there, pool(max_connections=3) as transport:
        answers = await asyncio.gather(*(get(transport, f"{there.url}/") for _ in range(50)))

        assert answers == [b"ok"] * 50
        assert there.connections <= there.most_at_once + 1 <= 4


async def test_a_call_that_waits_too_long_for_a_connection_says_so() -> None:
    async with server() as there, pool(max_connections=1) as transport:
        holding = asyncio.create_task(get(transport, f"{there.url}/held"))
        while not there.at_once:
            await asyncio.sleep(0)
        with pytest.raises(httpx.PoolTimeout, match="all 1 connections"):
            await get(transport, f"{there.url}/", timeout_s=0.01)
        there.held.set()

        assert await holding == b"ok"
        assert await get(transport, f"{there.url}/") == b"ok"


async def test_a_cancelled_call_frees_its_place_and_drops_its_connection() -> None:
    async with server() as there, pool(max_connections=1) as transport:
        holding = asyncio.create_task(get(transport, f"{there.url}/held"))
        while not there.at_once:
            await asyncio.sleep(0)
        holding.cancel()
        with pytest.raises(asyncio.CancelledError):
            await holding
        there.held.set()

        assert await get(transport, f"{there.url}/") == b"ok"
        assert there.connections == 2


async def test_an_answer_that_is_dropped_unread_frees_its_place() -> None:
    async with server() as there, pool(max_connections=1) as transport:
        request = httpx.Request("GET", f"{there.url}/", extensions=TIMEOUT)
        response = await transport.handle_async_request(request)
        await response.aclose()
        await response.aclose()

        assert await get(transport, f"{there.url}/") == b"ok"


async def test_a_cut_answer_is_httpxs_error_and_frees_its_place() -> None:
    async with server() as there, pool(max_connections=1) as transport:
        with pytest.raises(httpx.RemoteProtocolError):
            await get(transport, f"{there.url}/cut")

        assert await get(transport, f"{there.url}/") == b"ok"


async def test_a_connection_that_the_server_closed_is_not_used_again() -> None:
    async with server() as there, pool() as transport:
        assert await get(transport, f"{there.url}/last") == b"ok"
        for _ in range(10):
            await asyncio.sleep(0)
        with suppress(httpx.RemoteProtocolError):  # the end of the connection may arrive while it is taken
            await get(transport, f"{there.url}/")

        assert await get(transport, f"{there.url}/") == b"ok"


async def test_connections_that_were_idle_too_long_or_are_too_many_are_closed() -> None:
    async with server() as there, pool(idle_timeout_s=1e-9) as transport:
        assert [await get(transport, f"{there.url}/") for _ in range(3)] == [b"ok"] * 3
        assert there.connections == 3
    async with server() as there, pool(max_idle_connections=1) as transport:
        await asyncio.gather(*(get(transport, f"{there.url}/") for _ in range(4)))
        before = there.connections
        await asyncio.gather(*(get(transport, f"{there.url}/") for _ in range(2)))
        assert there.connections == before + 1


async def test_nobody_there_is_httpxs_error() -> None:
    async with server() as there:
        url = there.url
    async with pool(max_connections=1) as transport:
        for _ in range(2):
            with pytest.raises(httpx.ConnectError):
                await get(transport, f"{url}/")


async def test_another_scheme_is_refused_without_taking_a_place() -> None:
    async with server() as there, pool(max_connections=1) as transport:
        with pytest.raises(httpx.UnsupportedProtocol):
            await get(transport, "ftp://127.0.0.1/")

        assert await get(transport, f"{there.url}/") == b"ok"
