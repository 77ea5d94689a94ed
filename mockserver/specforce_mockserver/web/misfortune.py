"""Faults carried out on the wire: connections cut, answers withheld, sessions ended.

What a plan says is in `faults.py`; here is how it looks to the client.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from specforce_mockserver.calls import Answer, ApiError
from specforce_mockserver.web.pace import Pace
from specforce_mockserver.web.replies import in_memory, wire_headers

if TYPE_CHECKING:
    from specforce_mockserver.faults import Fault, Faults
    from specforce_mockserver.org import Org
    from specforce_mockserver.web.asgi import Receive, Scope, Send
    from specforce_mockserver.web.replies import Reply

TRANSPORT = "specforce.transport"


def stated(fault: Fault) -> Answer:
    """The answer of a fault of kind `status`.

    Raises:
        ApiError: the answer is an error array.
    """
    page = fault.page()
    if page is None:
        code, message = fault.error()
        raise ApiError(fault.status, code, message, headers=fault.headers)
    body, media_type = page
    return Answer(status=fault.status, content=body.encode(), media_type=media_type, headers=dict(fault.headers))


async def delay(fault: Fault, org: Org) -> None:
    """Hold a call up before anything happens."""
    if fault.delay_s:
        await Pace(org).until(fault.delay_s)


async def drop(scope: Scope, receive: Receive) -> None:
    """Close the connection without an answer."""
    transport: asyncio.Transport = scope[TRANSPORT]
    transport.abort()
    await gone(receive)


async def gone(receive: Receive) -> None:
    """Wait until the connection is closed."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def hang(fault: Fault, faults: Faults, scope: Scope, receive: Receive) -> None:
    """Answer nothing until the client leaves, the plan's time is over, or the plans are cleared; then close."""
    released = asyncio.Event()
    loop = asyncio.get_running_loop()
    waits = [asyncio.ensure_future(gone(receive)), asyncio.ensure_future(released.wait())]
    with faults.hanging(lambda: loop.call_soon_threadsafe(released.set)):
        await asyncio.wait(waits, timeout=fault.seconds, return_when=asyncio.FIRST_COMPLETED)
    for each in waits:
        each.cancel()
    await drop(scope, receive)


async def cut(fault: Fault, reply: Reply, scope: Scope, receive: Receive, send: Send, *, now_s: float) -> int:
    """Promise the whole body, send the beginning of it, close the connection."""
    content = in_memory(reply.content)
    end = fault.kept(content)
    reply.headers["content-length"] = str(max(len(content), end + 1))
    await send({"type": "http.response.start", "status": reply.status, "headers": wire_headers(reply, now_s)})
    sent = content[:end]
    await send({"type": "http.response.body", "body": sent, "more_body": True})
    transport: asyncio.Transport = scope[TRANSPORT]
    transport.close()
    await gone(receive)
    return len(sent)


def truncated(fault: Fault, reply: Reply) -> Reply:
    """The same reply with less of its body, well-formed in the eyes of HTTP."""
    content = in_memory(reply.content)
    reply.content = content[: fault.kept(content)]
    return reply
