"""One request, from its first byte to its last.

In this order: the request line's limits, login and route, the day's limit, faults, body, validation, provider, answer.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from specforce_mockserver.calls import NOTHING, Answer, ApiError, FileSlice
from specforce_mockserver.limits import API_REQUESTS
from specforce_mockserver.request_log import BODY_BYTES
from specforce_mockserver.web import errors, misfortune
from specforce_mockserver.web.bodies import parsed, read_to_file, read_whole
from specforce_mockserver.web.calling import asked, call_of
from specforce_mockserver.web.dispatch import target_of
from specforce_mockserver.web.mounts import HOST, mount_of
from specforce_mockserver.web.pace import slowly_received, slowly_sent
from specforce_mockserver.web.promises import broken_promises
from specforce_mockserver.web.replies import JSON, Reply, reply_of, slice_pieces
from specforce_mockserver.web.request import MAX_HEAD_BYTES, MAX_URI_BYTES, Request
from specforce_mockserver.web.subjects import subject_of
from specforce_mockserver.web.subrequests import Subrequests
from specforce_mockserver.web.xml_answers import in_xml
from specforce_mockserver.web.xml_bodies import XML_APIS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from specforce_mockserver.faults import Fault
    from specforce_mockserver.oauth.sessions import Session
    from specforce_mockserver.web.app import App
    from specforce_mockserver.web.asgi import Receive, Scope, Send
    from specforce_mockserver.web.dispatch import Target
    from specforce_mockserver.web.replies import Content

HTML = "text/html;charset=UTF-8"
DEPRECATED = (
    '299 - "This API is deprecated and will be removed by a coming release. '
    'Please see https://developer.salesforce.com for details."'
)
LOGGED = "specforce.logged"
_log = logging.getLogger("specforce.mockserver")


class Exchange:
    """A request, and what becomes of it."""

    def __init__(self, app: App, request: Request, scope: Scope, receive: Receive, send: Send) -> None:
        self._app = app
        self._org = app.org
        self._request = request
        self._mount = mount_of(request)
        self._scope = scope
        self._receive = receive
        self._send = send
        self._session: Session | None = None
        self._target: Target | None = None
        self._fault: Fault | None = None
        self._upload: Path | None = None
        self._form: bytes | None = None
        self._entry = self._org.requests.begin(
            request.method, request.path, request.query_text, request.headers, self._org.clock.now_ms()
        )
        scope[LOGGED] = self._entry

    async def run(self) -> None:
        """Answer, or do to the connection what a fault says.

        Raises:
            ClientGoneError: the client hung up.
        """
        try:
            reply = await self._reply()
        except ApiError as error:
            self._entry.error_code = error.code
            api = self._target.operation.api if self._target is not None else None
            reply = reply_of(self._mount.refused(self._org, self._request, error, api), pretty=False)
        if reply is not None:
            reply = self._dressed(reply)
            await self._deliver(in_xml(reply, self._entry.operation) if self._in_xml() else reply)

    async def _reply(self) -> Reply | None:
        """The reply; None when a fault withheld it.

        Raises:
            ApiError: the request is refused.
        """
        answer = oversize(self._request)
        if answer is None:
            if self._mount is not HOST:
                self._log_in()
            target = target_of(self._org, self._app.routes, self._request, self._mount, self._session)
            if target.variants:
                self._form = await read_whole(self._request, self._receive, target.operation.api)
                target = target.refined(parsed(target.operation, self._request, self._form))
            self._target = target
            if await self._withheld(target.operation.id, target.path_values, target.session):
                return None
            answer = await self._answer(target)
        return reply_of(answer, pretty=self._request.header("x-prettyprint") == "1")

    def _in_xml(self) -> bool:
        """Whether the answer goes out as XML: of what has it, where that is wanted."""
        target = self._target
        has_xml = self._mount.in_xml_too if target is None else target.operation.api in XML_APIS
        return has_xml and self._request.wants_xml

    async def _withheld(self, operation_id: str, path_values: Mapping[str, str], caller: Session | None) -> bool:
        """Note the operation and take its fault; whether that was one that withholds the answer, as it has by then."""
        self._entry.operation = operation_id
        if not self._org.faults:
            return False
        subject = subject_of(self._org, self._request, operation_id, path_values, caller)
        self._fault = fault = self._org.faults.take(subject)
        if fault is None:
            return False
        self._entry.fault = fault.kind
        await misfortune.delay(fault, self._org)
        if fault.request_bytes_per_s is not None:
            self._receive = slowly_received(self._receive, self._org, fault.request_bytes_per_s)
        if fault.bytes_per_s is not None:
            transport = self._scope[misfortune.TRANSPORT]
            self._send = slowly_sent(self._send, self._org, fault.bytes_per_s, transport)
        if fault.kind == "hang":
            await misfortune.hang(fault, self._org.faults, self._scope, self._receive)
        elif fault.kind == "drop_before":
            await misfortune.drop(self._scope, self._receive)
        return fault.kind in {"hang", "drop_before"}

    def _log_in(self) -> None:
        """Find the caller's session and count the call against the day's limit.

        Raises:
            ApiError: 401, or 403: the limit is used up, or there is no API.
        """
        self._session = session = self._mount.session_of(self._org, self._request)
        errors.refuse_without_api(self._org, session.user_id)
        if self._org.limits.exhausted():
            raise errors.limit_exceeded()
        self._org.limits.use(API_REQUESTS)

    async def _answer(self, target: Target) -> Answer:
        """Read the body, check the request, ask the provider.

        Raises:
            ApiError: the request is refused.
        """
        try:
            raw, body = await self._body(target)
            fault = self._fault
            if fault is not None and fault.kind == "status":
                return misfortune.stated(fault)
            if fault is not None and fault.kind == "expire_tokens":
                self._org.sessions.expire_all()
            subrequests = Subrequests(self._org, self._app.routes, self._request, target.session)
            call, provider = call_of(self._org, self._request, target, raw, body, send=subrequests.send)
            if provider.blocking or (provider.writes and self._org.database.busy):
                return await self._app.in_thread(lambda: asked(provider, call))
            return asked(provider, call)
        finally:
            if self._upload is not None:
                self._upload.unlink(missing_ok=True)

    async def _body(self, target: Target) -> tuple[bytes, Any]:
        """The body: its bytes, or a file of them."""
        operation, entry = target.operation, self._entry
        if operation.body_kind in {"raw", "multipart"}:
            self._upload = self._app.upload_path()
            upload = await read_to_file(self._request, self._receive, operation.api, self._upload)
            entry.request_bytes = upload.size_bytes
            with upload.open() as file:
                entry.sent = file.read(BODY_BYTES)
            return b"", upload
        raw = self._form
        if raw is None:
            raw = await read_whole(self._request, self._receive, operation.api)
        entry.request_bytes = len(raw)
        entry.sent = raw[:BODY_BYTES] or None
        return raw, NOTHING

    def _dressed(self, reply: Reply) -> Reply:
        """The reply with the headers that tell of limits and versions; checked, where that is wanted."""
        if self._session is not None and reply.status != 401:
            reply.headers.setdefault("sforce-limit-info", self._org.limits.header())
        if reply.headers.get("content-type") == JSON:
            reply.headers["content-type"] = self._mount.json_type
        target = self._target
        if target is None:
            return reply
        if target.api_version in self._org.settings.deprecated_versions:
            reply.headers["warning"] = DEPRECATED
        if self._app.check_answers and self._fault is None:
            return _checked(target, reply)
        return reply

    async def _deliver(self, reply: Reply) -> None:
        """Send the reply, or as much of it as a fault lets through."""
        fault, entry = self._fault, self._entry
        if fault is not None and fault.kind == "drop_after":
            await misfortune.drop(self._scope, self._receive)
            return
        entry.status = reply.status
        entry.answered = beginning(reply.content)
        if fault is not None and fault.kind == "cut":
            now_s = self._org.clock.now()
            entry.response_bytes = await misfortune.cut(
                fault, reply, self._scope, self._receive, self._send, now_s=now_s
            )
            return
        if fault is not None and fault.kind == "truncate":
            reply = misfortune.truncated(fault, reply)
        entry.response_bytes = await self._app.send(self._send, self._request, reply)


def beginning(content: Content) -> bytes | None:
    """What the request log keeps of an answer's body; nothing of one that is made while it is sent."""
    if isinstance(content, FileSlice):
        content = next(slice_pieces(content, BODY_BYTES), b"")
    return (content[:BODY_BYTES] or None) if isinstance(content, bytes) else None


def oversize(request: Request) -> Answer | None:
    """The page that a request line or headers of more than 16,384 bytes get. [P]"""
    if request.uri_bytes > MAX_URI_BYTES:
        return Answer(status=414, content=errors.TOO_LONG_PAGE.encode(), media_type=HTML)
    if request.head_bytes > MAX_HEAD_BYTES:
        return Answer(status=431, content=errors.HEADERS_TOO_LARGE_PAGE.encode(), media_type=HTML)
    return None


def _checked(target: Target, reply: Reply) -> Reply:
    """The reply, or what it breaks of the spec."""
    broken = list(broken_promises(target.operation, reply.status, reply.headers, reply.json, has_body=reply.has_body))
    if not broken:
        return reply
    _log.error("the answer breaks the spec: %s", broken)
    return reply_of(Answer({"brokenPromises": broken}, 500), pretty=False)
