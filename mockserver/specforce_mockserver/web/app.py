"""The ASGI application: what all requests of an org share, and the door to `/__mock`.

Short calls run on the event loop's own thread; those that block, and those that write while somebody else does, run
in a thread of the pool. One request, from its first byte to its last, is an `Exchange`.
"""

from __future__ import annotations

import asyncio
import contextlib
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import count
from typing import TYPE_CHECKING, TypeVar

from specforce_mockserver import providers
from specforce_mockserver.admin import Admin
from specforce_mockserver.calls import Answer, ApiError
from specforce_mockserver.operations import load_operations
from specforce_mockserver.page import Page
from specforce_mockserver.pages import page_operations
from specforce_mockserver.web import errors
from specforce_mockserver.web.bodies import ClientGoneError, read_whole
from specforce_mockserver.web.exchange import Exchange
from specforce_mockserver.web.mounts import SOAP
from specforce_mockserver.web.replies import Reply, reply_of, send_reply
from specforce_mockserver.web.request import Request
from specforce_mockserver.web.routes import Routes
from specforce_mockserver.web.soap_exchange import SoapExchange

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from specforce_mockserver.org import Org
    from specforce_mockserver.orgs import Orgs
    from specforce_mockserver.web.asgi import Receive, Scope, Send

T = TypeVar("T")
THREADS = 8
ADMIN = "__mock"


class App:
    """Serves one org."""

    def __init__(self, org: Org, *, check_answers: bool = False, orgs: Orgs | None = None) -> None:
        """Make the application.

        Args:
            org: whose state it serves.
            check_answers: answer 500 with the reason where an answer breaks the spec; for the fake org's own tests.
            orgs: those that the process has besides, for the page that people look at.
        """
        providers.load()
        self.org = org
        self.routes = _routes()
        self.check_answers = check_answers
        self._admin = Admin(org)
        self._page = Page(org, self._admin, orgs)
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="specforce-mock")
        self._uploads = count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        request = Request(scope)
        with contextlib.suppress(ClientGoneError):
            if request.segments[:1] == [ADMIN]:
                await self._administer(request, receive, send)
            elif tuple(each.lower() for each in request.segments[:2]) == SOAP:
                await SoapExchange(self, request, scope, receive, send).run()
            else:
                await Exchange(self, request, scope, receive, send).run()

    async def _administer(self, request: Request, receive: Receive, send: Send) -> None:
        try:
            raw = await read_whole(request, receive, "mock")
            room = self._page if self._page.has(request.segments) else self._admin
            answer = await self.in_thread(lambda: room.answer(request, raw))
        except ApiError as error:
            answer = Answer(errors.error_body(error, None), error.status, error.headers)
        await self.send(send, request, reply_of(answer, pretty=False))

    async def in_thread(self, work: Callable[[], T]) -> T:
        """Do some work in a thread of the pool."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    async def send(self, send: Send, request: Request, reply: Reply) -> int:
        """Send a reply; the number of bytes of its body is answered."""
        return await send_reply(send, request, reply, self.org.clock.now(), self.in_thread)

    def upload_path(self) -> Path:
        """A new file for a request body."""
        return self.org.database.workdir / f"upload-{next(self._uploads)}"

    def close(self) -> None:
        """Let go of the threads."""
        self._pool.shutdown(wait=True, cancel_futures=True)


@cache
def _routes() -> Routes:
    """What all orgs answer, told by path and method."""
    return Routes([*load_operations().values(), *page_operations()])
