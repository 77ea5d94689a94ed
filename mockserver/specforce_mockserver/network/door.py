"""`Door`: a connection until it is known what it speaks.

Its first bytes say so: a TLS handshake, a CONNECT to a host behind the proxy, or HTTP. A tunnel ends here: what goes
through it is served by this process, and is never passed on to the network.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from specforce_mockserver.network.connection import Connection
from specforce_mockserver.network.hosts import split_port

if TYPE_CHECKING:
    import ssl

    from specforce_mockserver.network.gate import Gate

TLS_HANDSHAKE = b"\x16"
CONNECT = b"CONNECT "
END_OF_HEAD = b"\r\n\r\n"
MAX_CONNECT_BYTES = 16_384
SHUTDOWN_TIMEOUT_S = 5.0


class Door(asyncio.Protocol):
    """A connection that has said little so far."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._transport: asyncio.Transport | None = None
        self._read = b""
        self._may_be_tls = gate.authority is not None
        self._tunnel: str | None = None
        self._handshake: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for the first bytes, but not for ever."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._timer = self._gate.loop.call_later(self._gate.patience.head_s, transport.abort)
        self._gate.let_in(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        del exc
        self._leave()
        if self._handshake is not None:
            self._handshake.cancel()

    def data_received(self, data: bytes) -> None:
        """Look whether enough has been said."""
        self._read += data
        if self._handshake is None:
            self._look()

    def abort(self) -> None:
        """Close the connection at once."""
        if self._transport is not None:
            self._transport.abort()

    def _look(self) -> None:
        read = self._read
        if not read:
            return
        if self._may_be_tls and read.startswith(TLS_HANDSHAKE):
            self._start_tls()
        elif self._gate.is_proxy and self._tunnel is None and CONNECT.startswith(read[: len(CONNECT)]):
            self._connect()
        else:
            self._hand_over()

    def _connect(self) -> None:
        """Open a tunnel, or say why not."""
        head, end, rest = self._read.partition(END_OF_HEAD)
        if not end:
            if len(self._read) > MAX_CONNECT_BYTES:
                self._refuse("431 Request Header Fields Too Large", "")
            return
        target, _space, protocol = head.partition(b"\r\n")[0].removeprefix(CONNECT).partition(b" ")
        try:
            host, port = split_port(target.decode("ascii"))
            well_formed = protocol.startswith(b"HTTP/1.") and port is not None
        except ValueError:
            host, port, well_formed = "", None, False
        if not well_formed:
            self._refuse("400 Bad Request", "CONNECT needs host:port")
        elif not self._gate.answers_for(host, port):
            self._refuse("403 Forbidden", self._gate.refusal(host))
        elif self._transport is not None:
            self._tunnel, self._read, self._may_be_tls = host, rest, True
            self._transport.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            self._look()

    def _refuse(self, status: str, why: str) -> None:
        if self._transport is not None:
            content = f"{why}\n".encode() if why else b""
            head = (
                f"HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\n"
                f"Content-Length: {len(content)}\r\nConnection: close\r\n\r\n"
            )
            self._transport.write(head.encode() + content)
            self._transport.close()

    def _start_tls(self) -> None:
        assert self._transport is not None
        assert self._gate.authority is not None
        begun, self._read = self._read, b""
        loop, context = self._gate.loop, self._gate.authority.context(self._tunnel)
        self._transport.pause_reading()
        self._handshake = loop.create_task(self._shake_hands(self._transport, context))
        # Behind what `start_tls` puts on the loop's list in the task's first step: its protocol must be there by then.
        loop.call_soon(loop.call_soon, _feed, self._transport, begun)

    async def _shake_hands(self, transport: asyncio.Transport, context: ssl.SSLContext) -> None:
        loop = self._gate.loop
        try:
            secured = await loop.start_tls(
                transport,
                self,
                context,
                server_side=True,
                ssl_handshake_timeout=self._gate.patience.head_s,
                ssl_shutdown_timeout=SHUTDOWN_TIMEOUT_S,
            )
        except OSError:  # those of ssl are among them
            secured = None
        if secured is None:
            transport.abort()
            self._leave()
            return
        self._transport, self._may_be_tls, self._handshake = secured, False, None
        self._look()

    def _hand_over(self) -> None:
        """Let HTTP begin with what has been read."""
        assert self._transport is not None
        self._leave()
        connection = Connection(self._gate)
        self._transport.set_protocol(connection)
        connection.connection_made(self._transport)
        connection.data_received(self._read)

    def _leave(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._gate.waiting.discard(self)


def _feed(transport: asyncio.Transport, begun: bytes) -> None:
    """Give TLS the bytes that were read before it took the transport over."""
    protocol = transport.get_protocol()
    if not isinstance(protocol, asyncio.BufferedProtocol):  # the client has gone
        return
    while begun:
        buffer = memoryview(protocol.get_buffer(len(begun)))
        taken = min(len(buffer), len(begun))
        buffer[:taken] = begun[:taken]
        protocol.buffer_updated(taken)
        begun = begun[taken:]
