"""One SOAP request: what is asked stands in its body, and so does who asks.

In this order: the request line's limits, body, envelope, faults, session, the day's limit, version, provider, answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce_mockserver import versions
from specforce_mockserver.calls import Answer, ApiError, Call
from specforce_mockserver.limits import API_REQUESTS
from specforce_mockserver.registry import PROVIDERS
from specforce_mockserver.request_log import BODY_BYTES
from specforce_mockserver.soap import messages
from specforce_mockserver.soap.dialect import BY_ENDPOINT
from specforce_mockserver.soap.faults import XML, client_fault, invalid_session
from specforce_mockserver.web import errors, misfortune
from specforce_mockserver.web.addresses import base_url
from specforce_mockserver.web.bodies import read_whole
from specforce_mockserver.web.calling import asked
from specforce_mockserver.web.exchange import Exchange, oversize
from specforce_mockserver.web.replies import Reply, reply_of

if TYPE_CHECKING:
    from specforce_mockserver.soap.dialect import Dialect
    from specforce_mockserver.soap.messages import Message


class SoapExchange(Exchange):
    """A SOAP request, and what becomes of it."""

    async def _reply(self) -> Reply | None:
        page = oversize(self._request)
        if page is not None:
            return reply_of(page, pretty=False)
        dialect, version = self._endpoint()
        message = await self._message(dialect)
        caller = self._org.sessions.look(message.session_id())
        if await self._withheld(message.operation.spec.id, {}, caller):
            return None
        fault = self._fault
        if fault is not None and fault.kind == "status":
            return reply_of(misfortune.stated(fault), pretty=False)
        if fault is not None and fault.kind == "expire_tokens":
            self._org.sessions.expire_all()
        if message.operation.authenticated:
            self._use_session(message)
        if float(version) > message.operation.until:
            raise ApiError(
                500, "UNSUPPORTED_API_VERSION", f"{message.operation.name}() isn't part of {version}"
            )  # [E?]
        return reply_of(await self._answered(message, dialect, version), pretty=False)

    def _endpoint(self) -> tuple[Dialect, str]:
        """The dialect and the version that the path names.

        Raises:
            ApiError: there is no such endpoint or version, or the request isn't a POST.
        """
        segments = self._request.segments
        dialect = BY_ENDPOINT.get(segments[2].lower()) if len(segments) in (4, 5) else None
        version = versions.in_path(f"v{segments[3]}") if dialect is not None else None
        if dialect is None or version is None or self._request.method != "POST":
            raise client_fault("The SOAP API takes POST requests to /services/Soap/u/{version}")
        if "soapaction" not in self._request.headers:
            raise client_fault("SOAPAction HTTP header missing")
        settings = self._org.settings
        if not float(settings.oldest_version) <= float(version) <= float(settings.newest_version):
            raise ApiError(500, "UNSUPPORTED_API_VERSION", "Invalid Api version specified on URL")
        return dialect, version

    async def _message(self, dialect: Dialect) -> Message:
        """The request's message.

        Raises:
            ApiError: it is too large, or no message.
        """
        try:
            raw = await read_whole(self._request, self._receive, "soap")
        except ApiError as error:
            code = "EXCEEDED_MAX_SIZE_REQUEST" if error.status == 413 else "API_CURRENTLY_DISABLED"
            raise ApiError(500, code, error.message) from error
        self._entry.request_bytes = len(raw)
        self._entry.sent = raw[:BODY_BYTES]
        return await self._app.in_thread(lambda: messages.read_message(raw, dialect))

    def _use_session(self, message: Message) -> None:
        """Find the caller's session and count the call against the day's limit.

        Raises:
            ApiError: the session is no good, or the limit is used up.
        """
        session = self._org.sessions.use(message.session_id())
        if session is None or not session.may_use_apis:
            raise invalid_session()
        self._session = session
        errors.refuse_without_api(self._org, session.user_id)
        if self._org.limits.exhausted():
            raise errors.limit_exceeded()
        self._org.limits.use(API_REQUESTS)

    async def _answered(self, message: Message, dialect: Dialect, version: str) -> Answer:
        """The provider's answer, as an envelope.

        Raises:
            ApiError: it refuses, or there is none.
        """
        provider = PROVIDERS.get(message.operation.spec.id)
        if provider is None:
            raise errors.not_served(message.operation.spec.id)
        session, request = self._session, self._request
        org = self._org if session is None else self._org.seen_by(session.user_id)
        batch_size = message.header("QueryOptions").get("batchSize")
        call = Call(
            org=org,
            operation=message.operation.spec,
            method=request.method,
            path=request.path,
            base_url=base_url(org.settings, request),
            api_version=version,
            params=messages.arguments(message, org.schema, dialect),
            query=[],
            headers={"sforce-query-options": f"batchSize={batch_size}"} if batch_size else {},
            session=session,
            body={name: message.header(name) for name in message.headers},
        )

        def act() -> bytes:
            results = asked(provider, call).body
            used = org.limits.used(API_REQUESTS)
            return messages.answer(message, results, dialect, used=used, limit=org.limits.maximum(API_REQUESTS))

        return Answer(content=await self._app.in_thread(act), media_type=XML)
