"""`MockServer`: an org behind a port of this process, served by uvicorn in a thread of its own.

Starting and stopping wait for events, never for time. It binds to loopback unless told otherwise.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from typing import TYPE_CHECKING, Any, Self, cast

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from specforce_mockserver.org import Org
from specforce_mockserver.web.app import App
from specforce_mockserver.web.misfortune import TRANSPORT

if TYPE_CHECKING:
    from collections.abc import Callable

LOOPBACK = "127.0.0.1"
BACKLOG = 512
KEEP_ALIVE_S = 120
STOP_TIMEOUT_S = 10.0


class _Connection(HttpToolsProtocol):
    """uvicorn's connection, which hands its transport to the application: faults close it."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        cast("dict[str, Any]", self.scope)[TRANSPORT] = self.transport

    def on_headers_complete(self) -> None:
        # A path that begins with two slashes would be read as a host; Salesforce tolerates it.
        if self.url.startswith(b"//"):
            self.url = b"/" + self.url.lstrip(b"/")
        super().on_headers_complete()


class MockServer:
    """A fake org on a port. `start` returns when it answers; also a context manager."""

    def __init__(
        self, org: Org | None = None, *, host: str = LOOPBACK, port: int = 0, check_answers: bool = False
    ) -> None:
        """Bind a port.

        Args:
            org: what to serve; a new org with the standard objects, closed by `stop`, unless given.
            host: the address to bind; loopback unless the caller wants others in.
            port: the port; 0 takes a free one.
            check_answers: answer 500 with the reason where an answer breaks the spec; for the fake org's own tests.

        Raises:
            OSError: the port is taken.
        """
        self.org = org or Org()
        self._owns_org = org is None
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        # With the protocol named, asyncio switches Nagle's algorithm off: otherwise every answer waits 40 ms.
        self._socket = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((host, port))
        except OSError:
            self._socket.close()
            raise
        bound_host, bound_port = self._socket.getsockname()[:2]
        shown = f"[{bound_host}]" if family == socket.AF_INET6 else bound_host
        self.url = f"http://{shown}:{bound_port}"
        self._check_answers = check_answers
        self._answering = threading.Event()
        self._thread: threading.Thread | None = None
        self._failure: BaseException | None = None
        self._stop: Callable[[], object] | None = None

    def start(self) -> Self:
        """Serve in a thread; returns once requests are answered.

        Raises:
            RuntimeError: the thread ended before it could answer; its error is the cause.
        """
        self._socket.listen(BACKLOG)
        self._thread = threading.Thread(target=self._run, name="specforce-mockserver", daemon=True)
        self._thread.start()
        self._answering.wait()
        if self._failure is not None:
            self.stop()
            raise RuntimeError(f"the fake org didn't start: {self._failure}") from self._failure
        return self

    def stop(self) -> None:
        """Close all connections, let go of calls that hang, end the thread."""
        self.org.faults.clear()
        if self._thread is not None:
            if self._stop is not None:
                self._stop()
            self._thread.join(STOP_TIMEOUT_S)
            self._thread = None
        self._socket.close()
        if self._owns_org:
            self.org.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:
            if self._answering.is_set():
                raise
            self._failure = error
        finally:
            self._answering.set()

    async def _serve(self) -> None:
        app = App(self.org, check_answers=self._check_answers)
        config = Config(
            cast("Any", app),
            lifespan="off",
            ws="none",
            access_log=False,
            log_config=None,
            timeout_keep_alive=KEEP_ALIVE_S,
        )
        config.load()
        logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
        state = ServerState()
        loop = asyncio.get_running_loop()
        stopped = asyncio.Event()
        server = await loop.create_server(
            lambda: _Connection(config, state, {}, loop), sock=self._socket, backlog=BACKLOG
        )
        self._stop = lambda: loop.call_soon_threadsafe(stopped.set)
        self._answering.set()
        await stopped.wait()
        server.close()
        await _end(state)
        app.close()


async def _end(state: ServerState) -> None:
    """Close idle connections, wait for running calls, then close what is left."""
    for connection in list(state.connections):
        connection.shutdown()
    running = [task for task in state.tasks if not task.done()]
    if running:
        await asyncio.wait(running, timeout=STOP_TIMEOUT_S / 2)
    for connection in list(state.connections):
        connection.transport.abort()
    await asyncio.sleep(0)
