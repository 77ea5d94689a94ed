"""Waits that a fault plan asks for: until some time has passed, or the plans are cleared.

Under the manual clock the time is the org's, so that a test lets a call go by `advance`; else it is the machine's.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from specforce_mockserver.org import Org
    from specforce_mockserver.web.asgi import Message, Receive, Send

PIECES_PER_S = 20


class Pace:
    """Time since a moment, in which a call is held up."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._generation = org.faults.cleared
        self._begun_s = self._now()

    def _now(self) -> float:
        return self._org.clock.now() if self._org.clock.kind == "manual" else time.monotonic()

    async def until(self, elapsed_s: float) -> None:
        """Wait until so much time has passed since this was made."""
        due_s = self._begun_s + elapsed_s
        released = asyncio.Event()
        loop = asyncio.get_running_loop()

        def release() -> None:
            loop.call_soon_threadsafe(released.set)

        with self._org.faults.hanging(release):
            left_s = due_s - self._now()
            if left_s <= 0 or self._org.faults.cleared != self._generation:
                return
            if self._org.clock.kind == "manual":
                with self._org.clock.alarm(due_s, release):
                    await released.wait()
            else:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(released.wait(), left_s)


def slowly_sent(send: Send, org: Org, bytes_per_s: int, transport: asyncio.Transport) -> Send:
    """A `send` whose bodies take their time; what a client that left doesn't want is dropped at once."""
    pace, sent = Pace(org), 0
    size = max(1, bytes_per_s // PIECES_PER_S)

    async def slow(message: Message) -> None:
        nonlocal sent
        body: bytes = message.get("body", b"")
        for start in range(0, len(body), size):
            piece = body[start : start + size]
            sent += len(piece)
            await pace.until(sent / bytes_per_s)
            if transport.is_closing():
                return
            more = message.get("more_body", False) or start + size < len(body)
            await send({**message, "body": piece, "more_body": more})
        if not body:
            await send(message)

    return slow


def slowly_received(receive: Receive, org: Org, bytes_per_s: int) -> Receive:
    """A `receive` that takes bodies in at a rate; what the client sends ahead fills the connection's buffers."""
    pace, received = Pace(org), 0

    async def slow() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        await pace.until(received / bytes_per_s)
        return message

    return slow
