"""Logins: from credentials to a token, over the generated token operation.

The last token is remembered here, whatever becomes of it elsewhere: where an org rotates refresh tokens, the one that
came last is the only one that may be sent.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from specforce import _hooks, _urls
from specforce._aio import call, run
from specforce._masked import MaskedBytes, MaskedText
from specforce._requests import build
from specforce.auth import (
    Credentials,
    DeviceCode,
    DeviceFlow,
    RefreshToken,
    SfCli,
    SoapLogin,
    StaticToken,
    Token,
    TokenSource,
    WebServer,
)
from specforce.auth._answer import is_spent, refusal, token_from_reply
from specforce.auth._credentials import Grant
from specforce.auth._soap_login import LOGIN_VERSION, token_of
from specforce.auth._soap_login import refusal as soap_refusal
from specforce_api.runtime.errors import AuthError, InputError, SalesforceError

from .in_person import authorized_by_browser, authorized_on_device

if TYPE_CHECKING:
    from specforce.auth._credentials import Form
    from specforce_api.runtime.operation import Operation, Reply

    from .exchange import AsyncExchange


class AsyncLogin:
    """Gets tokens for one set of credentials. The session sees to it that one login runs at a time.

    Args:
        exchange: sends the token request; its answer's body never reaches a hook.
        api_version: token operations don't depend on it, but every request is built with one.
    """

    def __init__(self, credentials: Credentials, exchange: AsyncExchange, api_version: str) -> None:
        self.credentials = credentials
        self._exchange = exchange
        self._api_version = api_version
        self._last: Token | None = None
        self._refused: set[str] = set()

    @property
    def renewable(self) -> bool:
        """Can a refused token be replaced?"""
        return not isinstance(self.credentials, StaticToken)

    def refresh_token(self, previous: Token | None) -> str | None:
        """The refresh token that a login would send after `previous`, `None` where it sends none."""
        credentials = self.credentials
        return MaskedText(credentials.newest(previous)) if isinstance(credentials, RefreshToken) else None

    async def token(self, previous: Token | None = None) -> Token:
        """Log in, for the first time or anew.

        Args:
            previous: the last token of these credentials, where it is known better elsewhere.

        Raises:
            AuthError: refused, with a hint. TransportError: no answer.
        """
        self._last = previous or self._last
        renewed = self._last is not None
        started = self._exchange.clock.now()
        error = "failed"
        try:
            token = self._last = await self._token()
            error = ""
        except SalesforceError as failure:
            error = type(failure).__name__
            raise
        finally:
            elapsed_s = self._exchange.clock.now() - started
            event = _hooks.LoginEvent(self.credentials.flow, self._host(), renewed, elapsed_s, error)
            _hooks.tell(self._exchange.hooks.login, event)
        return token

    async def _token(self) -> Token:
        credentials = self.credentials
        if isinstance(credentials, StaticToken):
            return credentials.token()
        if isinstance(credentials, SfCli):
            return await run(credentials.token)
        if isinstance(credentials, TokenSource):
            found = await call(credentials.function)
            if isinstance(found, Token):
                return found
            if isinstance(found, str):
                return Token(found)
            raise InputError(f"{credentials.function!r} returned a {type(found).__name__}, not a token")
        if isinstance(credentials, SoapLogin):
            return await self._by_soap(credentials)
        if isinstance(credentials, WebServer) and not self._can_renew():
            return await self._ask(credentials, await authorized_by_browser(credentials, self._api_version))
        if isinstance(credentials, DeviceFlow) and not self._can_renew():
            return await self._by_device(credentials)
        if isinstance(credentials, Grant):
            return await self._ask(credentials, await run(credentials.form, self._last))
        raise InputError(f"{type(credentials).__name__} is no login that a session knows")

    def _can_renew(self) -> bool:
        """Whether there is a refresh token that wasn't refused yet."""
        token = self._last.refresh_token if self._last else None
        return token is not None and token not in self._refused

    async def _by_device(self, login: DeviceFlow) -> Token:
        code, form = await self._device_code(login)
        return await authorized_on_device(login, code, form, partial(self._ask, login), self._exchange.clock)

    async def _device_code(self, login: DeviceFlow) -> tuple[DeviceCode, Form]:
        """What to tell the person, and the fields to ask for the token with."""
        from specforce_api.auth import operations  # noqa: PLC0415 - only a login needs it

        body = {"response_type": "device_code", "client_id": login.client_id, "scope": login.scope}
        operation = operations.request_device_code(body=body)
        codes = operation.decode(await self._reply(login, operation))
        code = DeviceCode(codes.user_code, codes.verification_uri, codes.interval)
        return code, login.first_form(grant_type=login.flow, code=codes.device_code)

    async def _by_soap(self, login: SoapLogin) -> Token:
        operation = login.operation()
        info = replace(operation.info, repeatable=True)  # a second session does no harm
        request = build(operation, base_url=login.login_url, api_version=LOGIN_VERSION, access_token=None)
        if isinstance(request.body, bytes):
            request = replace(request, body=MaskedBytes(request.body))
        reply = await self._exchange.reply(info, request, soap_refusal)
        return token_of(operation.decode(reply), login.login_url)

    async def _ask(self, grant: Grant, form: Form) -> Token:
        """The token for a form.

        Raises:
            AuthError: refused; or it holds a refresh token that was refused before, which is never sent again.
        """
        from specforce_api.auth import operations  # noqa: PLC0415 - only a login needs it

        if form.get("refresh_token") in self._refused:
            raise AuthError(
                "the refresh token was refused before, and isn't sent again",
                error="invalid_grant",
                hint="log in anew: a new client with a new refresh token",
            )
        operation = operations.request_token(body=form)
        try:
            reply = await self._reply(grant, operation)
        except AuthError as error:
            if "refresh_token" in form and is_spent(error):
                self._refused.add(form["refresh_token"])
            raise
        return token_from_reply(operation, reply, form)

    async def _reply(self, grant: Grant, operation: Operation[Any]) -> Reply:
        info = replace(operation.info, repeatable=grant.repeatable)
        request = build(operation, base_url=grant.login_url, api_version=self._api_version, access_token=None)
        if isinstance(request.body, bytes):
            request = replace(request, body=MaskedBytes(request.body))
        return await self._exchange.reply(info, request, refusal)

    def _host(self) -> str:
        credentials = self.credentials
        return _urls.host(credentials.login_url) if isinstance(credentials, Grant | SoapLogin) else ""
