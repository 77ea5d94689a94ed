"""The ASGI application: one request from its first byte to its last.

Order: the request line's limits, login and route, the day's limit, faults, body, validation, provider, answer. Short calls run on
the event loop's own thread; those that block, and those that write while somebody else does, run in a thread of the pool.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar

from specforce_mockserver import providers
from specforce_mockserver.admin import Admin
from specforce_mockserver.calls import NOTHING, Answer, ApiError, Call, Upload
from specforce_mockserver.limits import API_REQUESTS
from specforce_mockserver.oauth.identity_operation import identity_operation
from specforce_mockserver.operations import load_operations
from specforce_mockserver.request_log import BODY_BYTES
from specforce_mockserver.web import checks, errors, misfortune
from specforce_mockserver.web.bodies import ClientGoneError, check_media_type, parsed, read_to_file, read_whole
from specforce_mockserver.web.dispatch import target_of
from specforce_mockserver.web.promises import broken_promises
from specforce_mockserver.web.replies import Reply, reply_of, send_reply
from specforce_mockserver.web.request import MAX_HEAD_BYTES, MAX_URI_BYTES, Request
from specforce_mockserver.web.routes import Routes

if TYPE_CHECKING:
    from collections.abc import Callable

    from specforce_mockserver.faults import Fault
    from specforce_mockserver.org import Org
    from specforce_mockserver.request_log import LoggedRequest
    from specforce_mockserver.web.asgi import Receive, Scope, Send
    from specforce_mockserver.web.dispatch import Target

T = TypeVar("T")
THREADS = 8
HTML = "text/html;charset=UTF-8"
_log = logging.getLogger("specforce.mockserver")


class App:
    """Serves one org."""

    def __init__(self, org: Org, *, check_answers: bool = False) -> None:
        """Make the application.

        Args:
            org: whose state it serves.
            check_answers: answer 500 with the reason where an answer breaks the spec; for the fake org's own tests.
        """
        providers.load()
        self.org = org
        self._routes = Routes([*load_operations().values(), identity_operation()])
        self._admin = Admin(org)
        self._check_answers = check_answers
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="specforce-mock")
        self._uploads = count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        request = Request(scope)
        if request.segments[:1] == ["__mock"]:
            await self._serve_admin(request, receive, send)
            return
        now_ms = self.org.clock.now_ms()
        entry = self.org.requests.begin(request.method, request.path, request.query_text, request.headers, now_ms)
        with contextlib.suppress(ClientGoneError):
            await self._serve(request, entry, scope, receive, send)

    async def _serve_admin(self, request: Request, receive: Receive, send: Send) -> None:
        with contextlib.suppress(ClientGoneError):
            try:
                raw = await read_whole(request, receive, "mock")
                answer = await self._in_thread(lambda: self._admin.answer(request, raw))
            except ApiError as error:
                answer = Answer(errors.error_body(error, None), error.status)
            await self._send(send, request, reply_of(answer, pretty=False))

    async def _serve(self, request: Request, entry: LoggedRequest, scope: Scope, receive: Receive, send: Send) -> None:
        target: Target | None = None
        fault: Fault | None = None
        try:
            oversize = _oversize(request)
            if oversize is not None:
                answer = oversize
            else:
                target = target_of(self.org, self._routes, request)
                entry.operation = target.operation.id
                self._count(target)
                fault = self.org.faults.take(target.operation.id)
                if fault is not None:
                    entry.fault = fault.kind
                    if fault.kind == "hang":
                        await misfortune.hang(fault, self.org.faults, scope, receive)
                        return
                    if fault.kind == "drop_before":
                        await misfortune.drop(scope, receive)
                        return
                answer = await self._answer(target, fault, request, entry, receive)
            reply = reply_of(answer, pretty=request.header("x-prettyprint") == "1")
        except ApiError as error:
            reply = self._refusal(error, target)
            entry.error_code = error.code
        if target is not None and target.session is not None and reply.status != 401:
            reply.headers.setdefault("sforce-limit-info", self.org.limits.header())
        if self._check_answers and target is not None and fault is None:
            reply = _checked(target, reply)
        if fault is not None and fault.kind == "drop_after":
            await misfortune.drop(scope, receive)
            return
        entry.status = reply.status
        if fault is not None and fault.kind == "cut":
            now_s = self.org.clock.now()
            entry.response_bytes = await misfortune.cut(fault, reply, scope, receive, send, now_s)
            return
        if fault is not None and fault.kind == "truncate":
            reply = misfortune.truncated(fault, reply)
        entry.response_bytes = await self._send(send, request, reply)

    def _count(self, target: Target) -> None:
        """Count a call against the day's limit.

        Raises:
            ApiError: 403, the limit is used up.
        """
        counted = target.session is not None and (target.provider is None or target.provider.counted)
        if counted:
            if self.org.limits.exhausted():
                raise errors.limit_exceeded()
            self.org.limits.use(API_REQUESTS)

    async def _answer(
        self, target: Target, fault: Fault | None, request: Request, entry: LoggedRequest, receive: Receive
    ) -> Answer:
        """Read the body, check the request, ask the provider."""
        operation, provider = target.operation, target.provider
        raw, body = b"", NOTHING
        upload: Upload | None = None
        try:
            if operation.body_kind == "raw":
                path = self.org.database.workdir / f"upload-{next(self._uploads)}"
                body = upload = await read_to_file(request, receive, operation.api, path)
                entry.request_bytes = upload.size_bytes
            else:
                raw = await read_whole(request, receive, operation.api)
                entry.request_bytes = len(raw)
                entry.body = raw[:BODY_BYTES].decode("utf-8", "replace") if operation.api != "auth" else None
            if fault is not None:
                if fault.kind == "expire_tokens":
                    self.org.sessions.expire_all()
                    raise errors.session_expired()
                if fault.kind == "status":
                    return misfortune.stated(fault)
            if provider is None:
                raise errors.not_served(operation.id)
            if operation.body_kind != "none" and not provider.lenient:
                check_media_type(operation, request)
            if operation.body_kind not in {"none", "raw"}:
                body = parsed(operation, request, raw)
            call = self._call(target, request, raw, body)
            if provider.blocking or (provider.writes and self.org.database.busy):
                return await self._in_thread(lambda: provider.provide(call))
            return provider.provide(call)
        except (ApiError, ClientGoneError):
            raise
        except Exception as error:
            _log.exception("the provider of %s failed", operation.id)
            raise errors.unexpected() from error
        finally:
            if upload is not None:
                upload.path.unlink(missing_ok=True)

    def _call(self, target: Target, request: Request, raw: bytes, body: Any) -> Call:
        """The call that a provider gets.

        Raises:
            ApiError: the request breaks the spec.
        """
        operation, provider = target.operation, target.provider
        values, violations = checks.query_arguments(operation, request.query, float(target.api_version))
        call = Call(
            org=self.org,
            operation=operation,
            method=request.method,
            path=request.path,
            base_url=self.org.settings.public_url or request.base_url,
            api_version=target.api_version,
            params={**target.path_values, **values},
            query=request.query,
            headers=request.headers,
            session=target.session,
            body=None if body is NOTHING else body,
            raw_body=raw,
        )
        if provider is not None and operation.body_kind in {"json", "form"} and not provider.lenient:
            violations.extend(checks.body_violations(operation, body))
        for violation in violations:
            own = provider.on_violation(call, violation) if provider and provider.on_violation else None
            raise own or checks.usual_error(violation, raw)
        return call

    def _refusal(self, error: ApiError, target: Target | None) -> Reply:
        api = target.operation.api if target is not None else None
        return reply_of(Answer(errors.error_body(error, api), error.status, error.headers), pretty=False)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    async def _send(self, send: Send, request: Request, reply: Reply) -> int:
        return await send_reply(send, request, reply, self.org.clock.now(), self._in_thread)

    def close(self) -> None:
        """Let go of the threads."""
        self._pool.shutdown(wait=True, cancel_futures=True)


def _oversize(request: Request) -> Answer | None:
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
