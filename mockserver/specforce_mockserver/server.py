"""`MockServer`: orgs behind a port of this process, served by uvicorn's protocol in a thread of its own.

Starting and stopping wait for events, never for time. It binds to loopback unless told otherwise. One port speaks all
that the server does: HTTP, with an authority TLS too, and to clients of the proxy both. The proxy ends here: it answers
for Salesforce's hosts itself and never passes anything on to the network.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self, cast

from uvicorn.config import Config

from specforce_mockserver.network.door import Door
from specforce_mockserver.network.gate import Gate
from specforce_mockserver.network.hosts import LOCAL_NAMES
from specforce_mockserver.network.limits import Patience, connection_limit
from specforce_mockserver.org import Org
from specforce_mockserver.orgs import Orgs
from specforce_mockserver.web.front import Front

if TYPE_CHECKING:
    from collections.abc import Callable

    from specforce_mockserver.journal import Journal
    from specforce_mockserver.network.authority import Authority
    from specforce_mockserver.network.hosts import Hosts

LOOPBACK = "127.0.0.1"
BACKLOG = 512
PATIENCE = Patience()
GRACE_S = 5.0
STOP_TIMEOUT_S = 10.0


class MockServer:
    """A fake org on a port. `start` returns when it answers; also a context manager."""

    def __init__(
        self,
        org: Org | Orgs | None = None,
        *,
        host: str = LOOPBACK,
        port: int = 0,
        authority: Authority | None = None,
        tls: bool = False,
        proxied: Hosts | None = None,
        patience: Patience = PATIENCE,
        max_connections: int | None = None,
        grace_s: float = GRACE_S,
        journal: Journal | None = None,
        check_answers: bool = False,
    ) -> None:
        """Bind a port.

        Args:
            org: what to serve, one or several; a new org with the standard objects, closed by `stop`, unless given.
            host: the address to bind; loopback unless the caller wants others in.
            port: the port; 0 takes a free one.
            authority: vouches for the server; without one it speaks plain HTTP only.
            tls: whether `url` says https.
            proxied: the hosts that the server answers for as a proxy; needs an authority; no proxy unless given.
            patience: how long clients are waited for.
            max_connections: how many there may be; as many as the machine lets the process, unless given.
            grace_s: how long `stop` waits for calls that are under way.
            journal: takes a line for each request.
            check_answers: answer 500 with the reason where an answer breaks the spec; for the fake org's own tests.

        Raises:
            OSError: the port is taken, or the address is none of this machine.
            ValueError: there is no authority where one is needed.
        """
        if authority is None and (tls or proxied is not None):
            raise ValueError("TLS and the proxy need an authority")
        self.orgs = org if isinstance(org, Orgs) else Orgs(org or Org())
        self._owns_org = org is None
        self._authority = authority
        self._proxied = proxied
        self._patience = patience
        self._max_connections = max_connections or connection_limit()
        self._grace_s = grace_s
        self._journal = journal
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        # With the protocol named, asyncio switches Nagle's algorithm off: otherwise every answer waits 40 ms.
        self._socket = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((host, port))
        except OSError as error:
            self._socket.close()
            raise OSError(error.errno, f"can't listen at {host}:{port}: {error.strerror}") from error
        address: tuple[str, int] = self._socket.getsockname()[:2]
        bound_host, self.port = address
        further = authority.names if authority is not None else frozenset[str]()
        self._names = LOCAL_NAMES | {bound_host, host.lower()} | further
        shown = f"[{bound_host}]" if family == socket.AF_INET6 else bound_host
        self.plain_url = f"http://{shown}:{self.port}"
        self.url = f"https://{shown}:{self.port}" if tls else self.plain_url
        self.proxy_url = self.plain_url if proxied is not None else None
        self._check_answers = check_answers
        self._answering = threading.Event()
        self._thread: threading.Thread | None = None
        self._failure: BaseException | None = None
        self._stop: Callable[[], object] | None = None
        self._hurry: Callable[[], object] | None = None

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
        """Let go of calls that hang, wait for the others, close all connections, end the thread."""
        for org in self.orgs:
            org.faults.clear()
        if self._thread is not None:
            if self._stop is not None:
                self._stop()
            self._thread.join(self._grace_s + STOP_TIMEOUT_S)
            self._thread = None
        self._socket.close()
        if self._owns_org:
            self.orgs.close()

    def hurry(self) -> None:
        """Let a `stop` that waits for calls wait no longer; for signal handlers, so also when it is over."""
        if self._hurry is not None:
            with suppress(RuntimeError):  # the loop is closed
                self._hurry()

    @property
    def org(self) -> Org:
        """The first org."""
        return self.orgs.first

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
        app = Front(self.orgs, journal=self._journal, check_answers=self._check_answers)
        config = Config(
            cast("Any", app),
            lifespan="off",
            ws="none",
            access_log=False,
            log_config=None,
            timeout_keep_alive=cast("int", self._patience.keep_alive_s),
        )
        config.load()
        logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
        loop = asyncio.get_running_loop()
        gate = Gate(
            config,
            own=frozenset((name, self.port) for name in self._names),
            authority=self._authority,
            proxied=self._proxied,
            patience=self._patience,
            max_connections=self._max_connections,
        )
        stopped, hurried = asyncio.Event(), asyncio.Event()
        server = await loop.create_server(lambda: Door(gate), sock=self._socket, backlog=BACKLOG)
        self._stop = lambda: loop.call_soon_threadsafe(stopped.set)
        self._hurry = lambda: loop.call_soon_threadsafe(hurried.set)
        self._answering.set()
        await stopped.wait()
        server.close()
        await gate.close(self._grace_s, hurried)
        app.close()
