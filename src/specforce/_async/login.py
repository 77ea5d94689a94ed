"""Logins: from credentials to a token, over the generated token operation.

The last token is remembered here, whatever becomes of it elsewhere: where an org rotates refresh tokens, the one that
came last is the only one that may be sent.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from specforce import _hooks, _urls
from specforce._aio import call, run
from specforce._requests import build
from specforce.auth import Credentials, StaticToken, Token, TokenSource
from specforce.auth._answer import refusal, token_from_reply
from specforce.auth._credentials import Grant
from specforce_api.runtime.errors import InputError, SalesforceError

if TYPE_CHECKING:
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

    @property
    def renewable(self) -> bool:
        """Can a refused token be replaced?"""
        return not isinstance(self.credentials, StaticToken)

    async def token(self) -> Token:
        """Log in, for the first time or anew.

        Raises:
            AuthError: refused, with a hint. TransportError: no answer.
        """
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
        if isinstance(credentials, TokenSource):
            found = await call(credentials.function)
            if isinstance(found, Token):
                return found
            if isinstance(found, str):
                return Token(found)
            raise InputError(f"{credentials.function!r} returned a {type(found).__name__}, not a token")
        if isinstance(credentials, Grant):
            return await self._granted(credentials)
        raise InputError(f"{type(credentials).__name__} is no login that a session knows")

    async def _granted(self, grant: Grant) -> Token:
        from specforce_api.auth import operations  # noqa: PLC0415 - only a login needs it

        form = await run(grant.form, self._last)
        operation = operations.request_token(body=form)
        info = replace(operation.info, repeatable=grant.repeatable)
        request = build(operation, base_url=grant.login_url, api_version=self._api_version, access_token=None)
        reply = await self._exchange.reply(info, request, refusal)
        return token_from_reply(operation, reply, form)

    def _host(self) -> str:
        return _urls.host(self.credentials.login_url) if isinstance(self.credentials, Grant) else ""
