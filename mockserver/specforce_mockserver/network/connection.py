"""One HTTP connection: uvicorn's, with what keeps a slow or hostile client from holding on to anything.

The head of a request has its time and its size; a body brings bytes or ends; who sends a thousand requests ahead of
their answers is cut off. A request that names another host than
this one (`GET http://acme.my.salesforce.com/...`, as proxies get it) is taken for that host, or marked as misdirected.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from specforce_mockserver.network.hosts import split_port
from specforce_mockserver.web.misfortune import TRANSPORT

if TYPE_CHECKING:
    import asyncio

    from specforce_mockserver.network.gate import Gate

MISDIRECTED = "specforce.misdirected"
MAX_HEAD_BYTES = 131_072
MAX_WAITING_REQUESTS = 1_000


class Connection(HttpToolsProtocol):
    """A connection that speaks HTTP/1.1. It hands its transport to the application: faults close it."""

    def __init__(self, gate: Gate) -> None:
        super().__init__(gate.config, gate.state, {}, gate.loop)
        self._gate = gate
        self._in_head = False
        self._in_body = False
        self._head_bytes = 0
        self._timer: asyncio.TimerHandle | None = None
        self.heard_s = gate.loop.time()

    @property
    def idle(self) -> bool:
        """Whether no request is under way."""
        cycle = cast("Any", self.cycle)
        return not self._in_head and (cycle is None or cycle.response_complete)

    def connection_lost(self, exc: Exception | None) -> None:
        self._unset_keepalive_if_required()
        self._unset_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._in_head:
            self._head_bytes += len(data)
        self.heard_s = self.loop.time()
        super().data_received(data)
        if self.transport.is_closing():
            return
        if len(self.pipeline) > MAX_WAITING_REQUESTS:
            self.transport.abort()
        elif self._in_head and self._head_bytes > MAX_HEAD_BYTES:
            self._refuse(b"431 Request Header Fields Too Large")
        elif not self._in_head and not self._in_body:
            self._unset_timer()
        elif self._timer is None:
            self._timer = self.loop.call_later(self._patience_s, self._look_at_the_clock)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head, self._head_bytes = True, 0
        cast("dict[str, Any]", self.scope)[TRANSPORT] = self.transport

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._in_head:  # what comes after a body isn't looked at
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._in_head, self._in_body = False, True
        self._unset_timer()
        # A path that begins with two slashes would be read as a host; Salesforce tolerates it.
        if self.url.startswith(b"//"):
            self.url = b"/" + self.url.lstrip(b"/")
        elif not self.url.startswith((b"/", b"*")):
            self._redirect()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._in_body = False
        super().on_message_complete()

    def _redirect(self) -> None:
        """Take a request for the host that its URL names, whatever its Host header says."""
        url = httptools.parse_url(self.url)
        if not url.host:
            return
        authority = url.host if not url.port else b"%s:%d" % (url.host, url.port)
        self.url = (url.path or b"/") + (b"?" + url.query if url.query else b"")
        self.headers[:] = [*((name, value) for name, value in self.headers if name != b"host"), (b"host", authority)]
        host, port = split_port(authority.decode("latin-1"))
        scope = cast("dict[str, Any]", self.scope)
        if self._gate.is_salesforce(host):
            scope["scheme"] = "https"
        elif not self._gate.is_own(host, port):
            scope[MISDIRECTED] = self._gate.refusal(host)

    @property
    def _patience_s(self) -> float:
        return self._gate.patience.head_s if self._in_head else self._gate.patience.body_s

    def _look_at_the_clock(self) -> None:
        """End a request that takes too long: its head as a whole, its body since the last byte."""
        self._timer = None
        left_s = self._gate.patience.body_s - (self.loop.time() - self.heard_s)
        if self._in_head:
            self._refuse(b"408 Request Timeout")
        elif self._in_body and self.flow.read_paused:
            self._timer = self.loop.call_later(self._gate.patience.body_s, self._look_at_the_clock)
        elif self._in_body and left_s > 0:
            self._timer = self.loop.call_later(left_s, self._look_at_the_clock)
        elif self._in_body:
            self.transport.abort()

    def _refuse(self, status: bytes) -> None:
        """Say no and close; without a word while an answer is being sent."""
        cycle = cast("Any", self.cycle)
        if cycle is None or cycle.response_complete:
            self.transport.write(b"HTTP/1.1 %s\r\nConnection: close\r\nContent-Length: 0\r\n\r\n" % status)
            self.transport.close()
        else:
            self.transport.abort()

    def _unset_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
