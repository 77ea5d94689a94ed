"""Large answers from the wire to where they belong: whole, or not at all.

A body that was cut, or that doesn't add up, is asked for again from its start; what it had brought is taken back first.
So whoever reads a finished download reads all of it, once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from specforce._aio import closing, run
from specforce._retry import ONCE
from specforce_api.runtime.errors import SalesforceError

from .attempts import AsyncAttempts

if TYPE_CHECKING:
    from collections.abc import Callable

    from specforce._async.session import AsyncSession
    from specforce._body import BodyReader
    from specforce._http import AsyncStreamedReply
    from specforce.bulk.sinks import Sink
    from specforce_api.runtime.operation import Operation

_HANDED_OVER_BYTES: Final = 1 << 18


async def download(
    session: AsyncSession, operation: Operation[Any], sink: Sink, *, checked: Callable[[], object] | None = None
) -> None:
    """Send an operation and pour its answer's body into a sink.

    Args:
        checked: called during waits, and now and then between pieces; what it raises ends the download.

    Raises:
        ConnectionCut: it was cut as often as the session's policy tries.
        IntegrityError: it is whole for the transport, but as often not what the server says it is.
        ApiError: the server refused.
    """
    attempts = AsyncAttempts(session, operation.info.operation_id, checked=checked)
    while True:
        try:
            async with session.stream(operation, retry=ONCE) as reply:
                await run(sink.begin, reply.headers)
                await _pour(reply, sink, checked)
            await run(sink.end)
        except SalesforceError as error:
            await run(sink.rewind)
            failure = error
        else:
            return
        await attempts.wait_after(failure)


async def _pour(reply: AsyncStreamedReply, sink: Sink, checked: Callable[[], object] | None) -> None:
    """Hand the pieces over some at a time: a hop to another thread per piece would cost more than the piece.

    They are decoded there too: inflating lets other threads run, so several downloads do it side by side.
    """
    reader = reply.reader()
    held: list[bytes] = []
    size = 0
    async with closing(reply.iter_raw()) as pieces:
        async for piece in pieces:
            held.append(piece)
            size += len(piece)
            if size >= _HANDED_OVER_BYTES:
                await run(_put, reader, sink, held)
                held, size = [], 0
                if checked is not None:
                    checked()
    await run(_put, reader, sink, held)
    reader.end()


def _put(reader: BodyReader, sink: Sink, pieces: list[bytes]) -> None:
    for piece in pieces:
        for decoded in reader.feed(piece):
            sink.put((decoded,))
