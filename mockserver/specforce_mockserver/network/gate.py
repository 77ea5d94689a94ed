"""`Gate`: what all connections to one port share: who is let in, for which hosts, and how they end."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast

from uvicorn.server import ServerState

if TYPE_CHECKING:
    from uvicorn.config import Config

    from specforce_mockserver.network.authority import Authority
    from specforce_mockserver.network.connection import Connection
    from specforce_mockserver.network.door import Door
    from specforce_mockserver.network.hosts import Hosts
    from specforce_mockserver.network.limits import Patience


class Gate:
    """The connections to one port.

    Attributes:
        authority: vouches for this server by TLS; None where it speaks plain HTTP only.
        waiting: the connections that haven't said yet what they speak.
    """

    def __init__(
        self,
        config: Config,
        *,
        own: frozenset[tuple[str, int]],
        authority: Authority | None = None,
        proxied: Hosts | None = None,
        patience: Patience,
        max_connections: int,
    ) -> None:
        """Open the gate, inside the event loop.

        Args:
            config: uvicorn's, with the application.
            own: hosts and ports at which this server itself is found.
            authority: see above.
            proxied: the hosts that the proxy answers for; None where there is no proxy.
            patience: how long clients are waited for.
            max_connections: how many there may be; one more takes the place of the one that has been idle longest.
        """
        self.config = config
        self.loop = asyncio.get_running_loop()
        self.state = ServerState()
        self.authority = authority
        self.patience = patience
        self.waiting: set[Door] = set()
        self._own = own
        self._proxied = proxied
        self._max_connections = max_connections

    @property
    def is_proxy(self) -> bool:
        """Whether it opens tunnels."""
        return self._proxied is not None

    def let_in(self, door: Door) -> None:
        """Take a new connection; if there are too many, another has to go, or else this one."""
        self.waiting.add(door)
        if len(self.waiting) + len(self.state.connections) <= self._max_connections:
            return
        open_ones = cast("set[Connection]", self.state.connections)
        idle = [each for each in open_ones if each.idle]
        leaving = min(idle, key=lambda each: each.heard_s, default=None)
        (leaving.transport if leaving is not None else door).abort()

    def is_salesforce(self, host: str) -> bool:
        """Whether the proxy answers for a host."""
        return self._proxied is not None and host in self._proxied

    def is_own(self, host: str, port: int | None) -> bool:
        """Whether this is where the server itself is; without a proxy, every request is meant for it."""
        return self._proxied is None or (host, port) in self._own

    def answers_for(self, host: str, port: int | None) -> bool:
        """Whether a tunnel to a host may be opened."""
        return self.is_salesforce(host) or self.is_own(host, port)

    def refusal(self, host: str) -> str:
        """Why a request for a host is refused."""
        domains = ", ".join(self._proxied.domains) if self._proxied is not None else ""
        return f"This proxy is a fake org: it answers for {domains} itself, forwards nothing, and refuses {host}"

    async def close(self, grace_s: float, hurried: asyncio.Event) -> None:
        """Close idle connections, wait for running calls, then close what is left.

        Args:
            grace_s: how long calls are waited for.
            hurried: ends the wait.
        """
        for door in list(self.waiting):
            door.abort()
        for connection in list(self.state.connections):
            connection.shutdown()
        if self.state.tasks:
            calls = asyncio.ensure_future(asyncio.wait(list(self.state.tasks)))
            haste = asyncio.ensure_future(hurried.wait())
            await asyncio.wait((calls, haste), timeout=grace_s, return_when=asyncio.FIRST_COMPLETED)
            calls.cancel()
            haste.cancel()
        for connection in list(self.state.connections):
            cast("Any", connection).transport.abort()
        await asyncio.sleep(0)
