"""Logins by a person, step by step: what a browser brings back, and what a device is told in the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce._aio import Eventual, run
from specforce_api.runtime.errors import AuthError, TransportError

if TYPE_CHECKING:
    from collections.abc import Callable

    from specforce._aio import Clock
    from specforce.auth import DeviceCode, DeviceFlow, Token, WebServer
    from specforce.auth._credentials import Form

SLOWER_S = 5
"""How much longer to wait between two polls, each time that the server asks for it."""


async def authorized_by_browser(login: WebServer, api_version: str) -> Form:
    """Bring a person to the login page; the fields that redeem what the browser brings back.

    Raises:
        AuthError: the person said no, or nothing in time. InputError: the redirect URI's port is taken.
    """
    from specforce.auth._authorization import Authorization  # noqa: PLC0415 - only this login needs it
    from specforce.auth._loopback import Loopback  # noqa: PLC0415 - only this login needs it

    authorization = Authorization()
    loopback = Loopback(login.redirect_uri, authorization.is_answer)
    try:
        await run(login.present, authorization.url(login, loopback.redirect_uri, api_version))
        query = await run(loopback.wait, login.timeout_s, abandon=loopback.abandon)
    finally:
        await run(loopback.close)
    return authorization.form(query, login, loopback.redirect_uri)


async def authorized_on_device(
    login: DeviceFlow, code: DeviceCode, form: Form, ask: Callable[[Form], Eventual[Token]], clock: Clock
) -> Token:
    """Tell a person the code, and ask for the token until it is typed.

    Args:
        code: what to tell.
        form: the fields to ask with.
        ask: requests a token by them.
        clock: what waits between two polls.

    Raises:
        AuthError: the person said no, or nothing in time. TransportError: no answer in time.
    """
    await run(login.present, code)
    interval_s = max(code.interval_s, 1)
    deadline = clock.now() + login.timeout_s
    while True:
        await clock.sleep(interval_s)
        try:
            return await ask(form)
        except AuthError as error:
            if error.error == "slow_down":
                interval_s += SLOWER_S
            elif error.error != "authorization_pending":
                raise
        except TransportError:  # a code that was redeemed by a request that got lost is refused next time
            interval_s *= 2
            if clock.now() + interval_s > deadline:
                raise
        if clock.now() + interval_s > deadline:
            raise AuthError(
                f"nobody typed the code within {login.timeout_s:g} s",
                hint=f"open {code.verification_uri} on any machine, type the code and allow the app",
            )
