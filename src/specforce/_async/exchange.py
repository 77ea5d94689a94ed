"""Requests sent with patience: retries by policy, hooks told, errors raised. Knows nothing of logins."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from specforce import _hooks
from specforce._http import AsyncHttp, AsyncStreamedReply
from specforce._limits import parse_limit_info
from specforce._retry import Retry, delay_before_retry
from specforce_api.runtime.errors import ApiError, SalesforceError
from specforce_api.runtime.operation import OperationInfo, Reply

if TYPE_CHECKING:
    from specforce._aio import Clock, Eventual
    from specforce._http_request import HttpRequest

Refusal = Callable[[OperationInfo, Reply], SalesforceError]
A = TypeVar("A")
B = TypeVar("B", Reply, AsyncStreamedReply)


class AsyncExchange:
    """Sends requests through one `AsyncHttp`.

    Args:
        retry: when to send again.
        hooks: told of requests, answers and retries.
        clock: what waits.
    """

    def __init__(self, http: AsyncHttp, *, retry: Retry, hooks: _hooks.Hooks, clock: Clock) -> None:
        self.http = http
        self.retry = retry
        self.hooks = hooks
        self.clock = clock

    async def reply(
        self, info: OperationInfo, request: HttpRequest, refusal: Refusal, retry: Retry | None = None
    ) -> Reply:
        """Send it and return the whole answer.

        Args:
            refusal: makes the error for a status that isn't one of the operation's successes.
            retry: when to send again, in place of the exchange's own policy.

        Raises:
            SalesforceError: what `refusal` made. TransportError: no whole answer came.
        """

        async def act(attempt: int) -> Reply:
            reply = await self._told(info, request, attempt, self.http.send)
            if reply.status not in info.success:
                raise refusal(info, reply)
            return reply

        return await self._patiently(info, act, retry or self.retry)

    async def open(
        self, info: OperationInfo, request: HttpRequest, refusal: Refusal, retry: Retry | None = None
    ) -> AsyncStreamedReply:
        """Send it and return a successful answer with its body unread; the caller closes it. Errors as for `reply`."""

        async def act(attempt: int) -> AsyncStreamedReply:
            answer = await self._told(info, request, attempt, self.http.open)
            if answer.status in info.success:
                return answer
            try:
                reply = await answer.read(self.http.options.max_response_bytes)
            finally:
                await answer.aclose()
            raise refusal(info, reply)

        return await self._patiently(info, act, retry or self.retry)

    async def _patiently(self, info: OperationInfo, act: Callable[[int], Eventual[A]], retry: Retry) -> A:
        """Repeat `act` while the policy says so."""
        started = self.clock.now()
        attempt = 1
        while True:
            try:
                return await act(attempt)
            except SalesforceError as error:
                delay = delay_before_retry(
                    retry,
                    info,
                    error,
                    attempt=attempt,
                    elapsed_s=self.clock.now() - started,
                    chance=random.random(),  # noqa: S311 - jitter, not a secret
                    now_epoch_s=time.time(),
                )
                if delay is None:
                    raise
                code = error.error_code if isinstance(error, ApiError) else ""
                reason = f"{type(error).__name__} {code}".strip()
                _hooks.tell(self.hooks.retry, _hooks.RetryEvent(info.operation_id, attempt, delay, reason))
            attempt += 1
            await self.clock.sleep(delay)

    async def _told(
        self, info: OperationInfo, request: HttpRequest, attempt: int, send: Callable[[HttpRequest], Eventual[B]]
    ) -> B:
        """Send once, with the hooks told before and after."""
        hooks = self.hooks
        if hooks.request is None and hooks.response is None and hooks.around is None:
            return await send(request)
        url = urlsplit(request.url)
        event = _hooks.RequestEvent(info.operation_id, info.method, url.path, attempt, url.netloc.rpartition("@")[2])
        with _hooks.surround(hooks.around, event):
            _hooks.tell(hooks.request, event)
            started = self.clock.now()
            answer = await send(request)
            if hooks.response is not None:
                _hooks.tell(hooks.response, self._answered(info, answer, attempt, self.clock.now() - started))
        return answer

    def _answered(
        self, info: OperationInfo, answer: Reply | AsyncStreamedReply, attempt: int, elapsed_s: float
    ) -> _hooks.ResponseEvent:
        usage = parse_limit_info(answer.headers.get("sforce-limit-info", ""))
        return _hooks.ResponseEvent(info.operation_id, answer.status, answer.request_id, elapsed_s, attempt, usage)
