"""The ASGI application of a server: finds the org that a request is for, and lets that one's `App` answer.

By the first part of the path (`/orgs/acme/services/data`), or by the host (`acme.my.salesforce.com`, or without a
proxy `acme.localhost`); at the hosts where people of all orgs log in, by what the login says of itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING

from specforce_mockserver.calls import Answer, ApiError
from specforce_mockserver.journal import Line, now
from specforce_mockserver.network.connection import MISDIRECTED
from specforce_mockserver.web import errors
from specforce_mockserver.web.app import ADMIN, App
from specforce_mockserver.web.bodies import ClientGoneError, read_whole
from specforce_mockserver.web.exchange import HTML, LOGGED
from specforce_mockserver.web.orgs_admin import ORGS, OrgsAdmin
from specforce_mockserver.web.replies import reply_of, send_reply
from specforce_mockserver.web.request import Request
from specforce_mockserver.web.whose import org_of_login

if TYPE_CHECKING:
    from specforce_mockserver.journal import Journal
    from specforce_mockserver.org import Org
    from specforce_mockserver.orgs import Orgs
    from specforce_mockserver.request_log import LoggedRequest
    from specforce_mockserver.web.asgi import Message, Receive, Scope, Send

PREFIX = b"/orgs/"
ORG = "specforce.org"
PEEKED_BYTES = 1_000_000
TEXT = "text/plain;charset=UTF-8"
NO_ORG_PAGE = (
    "<html><head><title>404 Not Found</title></head>"
    "<body>There is no org at this address. GET /__mock/orgs lists those that there are.</body></html>"
)


class Front:
    """Serves the orgs of one process."""

    def __init__(self, orgs: Orgs, *, journal: Journal | None = None, check_answers: bool = False) -> None:
        """Make the application.

        Args:
            orgs: what to serve; those that are added later too.
            journal: takes a line for each request.
            check_answers: answer 500 with the reason where an answer breaks the spec; for the fake org's own tests.
        """
        self._orgs = orgs
        self._journal = journal
        self._check_answers = check_answers
        self._apps: dict[Org, App] = {}
        self._app(orgs.first)
        self._admin = OrgsAdmin(orgs)
        orgs.on_remove(self._forget)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        if self._journal is None:
            await self._answer(scope, receive, send)
        else:
            await self._noted(scope, receive, send, self._journal)

    async def _noted(self, scope: Scope, receive: Receive, send: Send, journal: Journal) -> None:
        """Answer one request, and note how that went."""
        status: int | None = None
        sent, at, begun_s = 0, now(), time.perf_counter()

        async def counted(message: Message) -> None:
            nonlocal status, sent
            status = message.get("status", status)
            sent += len(message.get("body", b""))
            await send(message)

        try:
            await self._answer(scope, receive, counted)
        finally:
            logged: LoggedRequest | None = scope.get(LOGGED)
            client = scope.get("client")
            line = Line(
                at=at,
                client=client[0] if client else None,
                org=scope.get(ORG),
                method=scope["method"],
                path=scope["root_path"] + scope["raw_path"].decode("latin-1"),
                operation=logged.operation if logged is not None else None,
                status=status,
                error_code=logged.error_code if logged is not None else None,
                fault=logged.fault if logged is not None else None,
                response_bytes=sent,
                milliseconds=round((time.perf_counter() - begun_s) * 1000, 3),
            )
            journal.note(line)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if MISDIRECTED in scope:
            await _say(scope, receive, send, Answer(status=403, content=scope[MISDIRECTED].encode(), media_type=TEXT))
            return
        org: Org | None = self._orgs.first
        path: bytes = scope["raw_path"]
        if path.startswith(PREFIX):
            org = self._below(scope)
        elif path.startswith(b"/__mock/orgs"):
            request = Request(scope)
            if request.segments[:2] == [ADMIN, ORGS]:
                await self._administer(request, receive, send)
                return
        elif self._orgs.strict or len(self._orgs) > 1:
            try:
                org, receive = await self._at_host(scope, receive)
            except ClientGoneError:
                return
        if org is None:
            await _say(scope, receive, send, Answer(status=404, content=NO_ORG_PAGE.encode(), media_type=HTML))
            return
        scope[ORG] = org.settings.my_domain
        await self._app(org)(scope, receive, send)

    def close(self) -> None:
        """Let go of the apps' threads."""
        for app in list(self._apps.values()):
            app.close()

    def _app(self, org: Org) -> App:
        app = self._apps.get(org)
        if app is None:
            app = self._apps[org] = App(org, check_answers=self._check_answers, orgs=self._orgs)
        return app

    def _forget(self, org: Org) -> None:
        """Stop what works for an org that was removed."""
        app = self._apps.pop(org, None)
        if app is not None:
            app.close()

    def _below(self, scope: Scope) -> Org | None:
        """The org that the path begins with, which is taken off it."""
        name, _slash, rest = scope["raw_path"].removeprefix(PREFIX).partition(b"/")
        scope["root_path"] = (PREFIX + name).decode("latin-1")
        scope["raw_path"] = b"/" + rest
        return self._orgs.named(name.decode("latin-1"))

    async def _at_host(self, scope: Scope, receive: Receive) -> tuple[Org | None, Receive]:
        """The org of the host that was asked, and what is still to be received."""
        request = Request(scope)
        if request.host.lower() not in self._orgs.first.settings.login_hosts:
            return self._orgs.at(request.host), receive
        body = b""
        if request.method == "POST":
            body, receive = await _peeked(receive)
        org = await asyncio.to_thread(org_of_login, self._orgs, request, body)
        return org, receive

    async def _administer(self, request: Request, receive: Receive, send: Send) -> None:
        try:
            raw = await read_whole(request, receive, "mock")
            answer = await asyncio.to_thread(self._admin.answer, request, raw)
        except ClientGoneError:
            return
        except ApiError as error:
            answer = Answer(errors.error_body(error, None), error.status, error.headers)
        await _reply(request, send, answer)


async def _peeked(receive: Receive) -> tuple[bytes, Receive]:
    """The beginning of a body, and what receives all of it once more.

    Raises:
        ClientGoneError: the client hung up.
    """
    messages: list[Message] = []
    size, more = 0, True
    while more and size < PEEKED_BYTES:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        messages.append(message)
        size, more = size + len(message["body"]), message["more_body"]
    body = b"".join(each["body"] for each in messages)

    async def again() -> Message:
        return messages.pop(0) if messages else await receive()

    return body, again


async def _say(scope: Scope, receive: Receive, send: Send, answer: Answer) -> None:
    """Answer a request that no org sees; its body is read to its end, so that its sender gets to see the answer."""
    request = Request(scope)
    with contextlib.suppress(ClientGoneError, ApiError):
        await read_whole(request, receive, "mock")
    await _reply(request, send, answer)


async def _reply(request: Request, send: Send, answer: Answer) -> None:
    await send_reply(send, request, reply_of(answer, pretty=False), time.time(), asyncio.to_thread)
