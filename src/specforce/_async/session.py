"""One session for all APIs: token, address, version, connections, limits and hooks in one place.

The token is read for every request and renewed by one login at a time, whoever asks; a request that is refused for its
token, anywhere, is sent again whole with the new one, once. Closing a session ends its connections and nothing else:
the token may be somebody else's too.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from specforce._aio import Clock, Eventual, Home, SingleFlight
from specforce._checks import instance
from specforce._describes import Describes
from specforce._hooks import Hooks
from specforce._http import AsyncHttp, AsyncStreamedReply
from specforce._limits import ApiUsage, check_fraction, parse_limit_info, refuse_over
from specforce._refusals import refusal, token_refused
from specforce._requests import build
from specforce._retry import Retry
from specforce._urls import base_url
from specforce._versions import api_version as normal_version
from specforce.auth._credentials import Grant
from specforce_api.runtime.errors import ApiError, InputError, SalesforceError
from specforce_api.runtime.operation import Operation, OperationInfo, Reply

from .exchange import AsyncExchange, Refusal
from .login import AsyncLogin
from .shared_login import shared_login

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from specforce._http_request import HttpRequest
    from specforce.auth import Credentials, Token
    from specforce.stores import AsyncStore

T = TypeVar("T")
A = TypeVar("A", Reply, AsyncStreamedReply)

LOGIN_PATIENCE_S = 30.0
"""How long a login is tried again, in seconds: others may wait for it."""
MAX_RENEWALS = 3


class AsyncSession:
    """Sends operations for one login; the sender of every generated resource class. Safe to share between tasks.

    Args:
        credentials: how to log in; the first request does.
        http: what connects; the session closes it.
        api_version: `67.0`, also as `67`, `v67.0` or a number.
        instance_url: where the APIs are, instead of where the login says.
        retry: when failed requests are sent again.
        hooks: what is told of requests, answers, retries and logins.
        clock: what time is measured and waited with.
        token_store: where the token is shared with other sessions and processes; a URL is opened here, and closed at
            the end.
        max_api_fraction: the share of the org's requests a day that may be used when a request goes out; those on jobs
            that are there already go out regardless, so that what was begun can be ended.

    Attributes:
        api_version: in the form `67.0`.
        describes: descriptions of objects that were fetched over it.
        clock, hooks, retry, max_api_fraction: as given, or the defaults; work of several requests goes by the same.

    Raises:
        InputError: a setting is of another type.
    """

    def __init__(
        self,
        credentials: Credentials,
        *,
        http: AsyncHttp,
        api_version: str | float,
        instance_url: str | None = None,
        retry: Retry | None = None,
        hooks: Hooks | None = None,
        clock: Clock | None = None,
        token_store: AsyncStore | str | None = None,
        max_api_fraction: float | None = None,
    ) -> None:
        instance("retry", retry, Retry)
        instance("hooks", hooks, Hooks)
        self.api_version = normal_version(api_version)
        self.clock = clock or Clock()
        self.hooks = hooks or Hooks()
        self._instance_url = None if instance_url is None else base_url(instance_url, name="instance_url")
        self._http = http
        self.retry = retry or Retry()
        self.max_api_fraction = check_fraction(max_api_fraction)
        self._exchange = AsyncExchange(http, retry=self.retry, hooks=self.hooks, clock=self.clock)
        patience = replace(self.retry, deadline_s=min(self.retry.deadline_s, LOGIN_PATIENCE_S))
        login_exchange = AsyncExchange(http, retry=patience, hooks=self.hooks, clock=self.clock)
        self._login = AsyncLogin(credentials, login_exchange, self.api_version)
        self._shared = shared_login(self._login, token_store, http.options, self.clock)
        self._flight: SingleFlight[Token] = SingleFlight()
        self._token: Token | None = None
        self._proven: Token | None = None
        self._forgotten: Token | None = None
        self._limit_info = ""
        self.describes = Describes()
        self._home = Home()
        self._closed = False

    def __repr__(self) -> str:
        where = self._instance_url or (self._token.instance_url if self._token else None) or "not logged in yet"
        return f"<{type(self).__name__} {self._login.credentials.flow} {where} v{self.api_version}>"

    @property
    def limits(self) -> ApiUsage | None:
        """The API quota as the last answer stated it, `None` before any did."""
        return parse_limit_info(self._limit_info)

    async def send(self, operation: Operation[T], /, *, retry: Retry | None = None) -> T:
        """Send it and return the decoded answer.

        Args:
            retry: when to send it again, in place of the session's own policy.

        Raises:
            SpecError: not in this API version. AuthError: no token. ApiError: the server refused.
            TransportError: no whole answer. DecodeError: not in the spec's shape.
        """
        return operation.decode(await self.reply(operation, retry=retry))

    async def reply(self, operation: Operation[Any], /, *, retry: Retry | None = None) -> Reply:
        """Send it and return the answer undecoded; arguments and errors as for `send`."""
        return await self._authorized(operation, self._exchange.reply, retry)

    @asynccontextmanager
    async def stream(
        self, operation: Operation[Any], /, *, retry: Retry | None = None
    ) -> AsyncGenerator[AsyncStreamedReply, None]:
        """Send it and hand out the answer with its body unread; arguments and errors as for `send`, on entering.

        Retries and a renewed login end with the headers: a body that is cut raises ConnectionCut while it is read.
        """
        answer = await self._authorized(operation, self._exchange.open, retry)
        try:
            yield answer
        finally:
            await answer.aclose()

    async def token(self) -> Token:
        """The token in use; logs in if there is none yet.

        Raises:
            AuthError: no token could be had.
        """
        return self._token or await self._renewed(None)

    async def instance_url(self) -> str:
        """Where the APIs are; logs in if only the login can tell.

        Raises:
            AuthError: no token could be had. InputError: neither the login nor the client names an address.
        """
        if self._instance_url is not None:
            return self._instance_url
        found = (await self.token()).instance_url
        if found is None:
            raise InputError(
                "the login named no instance URL: pass instance_url=, such as https://acme.my.salesforce.com"
            )
        return found

    async def logout(self, *, revoke: bool = False) -> None:
        """Forget the token, so that the next request logs in anew.

        Args:
            revoke: end it at Salesforce too, for everyone who has it; before the first request, the token store's.
        """
        token, self._token = self._token, None
        if revoke and token is None and self._shared is not None:
            token = await self._shared.stored()
        self._forgotten = token or self._forgotten
        if revoke and token is not None:
            from specforce_api.auth import operations  # noqa: PLC0415 - only needed here

            await self.send(operations.revoke_token(body={"token": token.access_token}))

    async def aclose(self) -> None:
        """Close the connections; a login under way is waited for. The token stays valid."""
        self._closed = True
        await self._flight.settle()
        try:
            await self._http.aclose()
        finally:
            if self._shared is not None:
                await self._shared.aclose()

    async def _authorized(
        self,
        operation: Operation[Any],
        act: Callable[[OperationInfo, HttpRequest, Refusal, Retry | None], Eventual[A]],
        retry: Retry | None,
    ) -> A:
        """Send by `act` with the token in use; where that is refused, renew it and send the whole request again."""
        if self._closed:
            raise InputError("this client is closed")
        self._home.enter()
        operation.check_version(self.api_version)
        if self.max_api_fraction is not None and _begins_something(operation.info):
            refuse_over(self.limits, self.max_api_fraction)
        token = await self.token() if operation.info.authenticated else None
        renewals = 0
        while True:
            try:
                request = await self._request(operation, token)
                answer = await act(operation.info, request, self._refusal, retry)
            except ApiError as error:
                if token is None or not token_refused(error) or not self._may_renew(token, renewals):
                    raise
            else:
                self._proven = token
                return self._noted(answer)
            token = await self._renewed(token)
            renewals += 1

    def _may_renew(self, refused: Token, renewals: int) -> bool:
        """Whether another token may be better: once; again for one that a store had, or that has served others."""
        stale = self._shared is not None and refused is self._shared.adopted
        expired = refused is self._proven
        return self._login.renewable and (renewals == 0 or ((stale or expired) and renewals < MAX_RENEWALS))

    async def _request(self, operation: Operation[Any], token: Token | None) -> HttpRequest:
        return build(
            operation,
            base_url=await self._base_url(operation.info),
            api_version=self.api_version,
            access_token=token.access_token if token else None,
        )

    async def _base_url(self, info: OperationInfo) -> str:
        """Token operations without a token go where the login goes, everything else to the instance."""
        credentials = self._login.credentials
        if info.api == "auth" and not info.authenticated and isinstance(credentials, Grant):
            return credentials.login_url
        return await self.instance_url()

    async def _renewed(self, refused: Token | None) -> Token:
        """A token other than `refused`; many may ask, one login runs."""

        async def log_in() -> Token:
            if self._token is None or self._token is refused:
                if self._shared is None:
                    self._token = await self._login.token()
                else:
                    self._token = await self._shared.token(refused or self._forgotten)
            return self._token

        return await self._flight.do(log_in)

    def _refusal(self, info: OperationInfo, reply: Reply) -> SalesforceError:
        self._note(reply.headers.get("sforce-limit-info"))
        return refusal(info, reply, self.api_version, self.describes)

    def _noted(self, answer: A) -> A:
        self._note(answer.headers.get("sforce-limit-info"))
        return answer

    def _note(self, limit_info: str | None) -> None:
        if limit_info is not None:
            self._limit_info = limit_info


def _begins_something(info: OperationInfo) -> bool:
    """Whether a request is more than the rest of a job that is there already, or of a login."""
    return info.api != "auth" and "{job_id}" not in info.path
