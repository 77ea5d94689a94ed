"""Logins by a person: once, in a browser; from then on by the refresh token that came of it."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from specforce._urls import loopback_address
from specforce_api.runtime.errors import InputError

from ._credentials import Form, Grant, needed, refresh_form

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._token import Token


@dataclass(frozen=True)
class Interactive(Grant):
    """What logins by a person have in common: an app, perhaps without a secret, and time for the person to act."""

    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    scope: str = field(default="api refresh_token", kw_only=True)
    timeout_s: float = field(default=300, kw_only=True)

    repeatable: ClassVar[bool] = False

    def __post_init__(self) -> None:
        super().__post_init__()
        needed(client_id=self.client_id)
        if not self.timeout_s > 0:
            raise InputError(f"timeout_s={self.timeout_s!r}: a number of seconds above 0 is wanted")

    def form(self, previous: Token | None) -> Form:
        """The fields that renew a login.

        Raises:
            InputError: it brought no refresh token, so only the person can renew it.
        """
        if previous is None or previous.refresh_token is None:
            raise InputError(f"{type(self).__name__} has no refresh token yet: a person has to log in")
        return refresh_form(self.client_id, self.client_secret, previous.refresh_token)

    def first_form(self, **grant: str) -> Form:
        """The fields that turn what the person allowed into a token: those of the grant, and those of the app."""
        fields = Form(client_id=self.client_id, **grant)
        if self.client_secret:
            fields["client_secret"] = self.client_secret
        return fields


@dataclass(frozen=True)
class WebServer(Interactive):
    """A person logs in with a browser on this machine (authorization code with PKCE), and is not asked again soon.

    The browser comes back to a small server on loopback, which lives as long as the login; what it brings counts only
    with the state that this login made. The refresh token renews the session from then on, and when that is refused the
    next login asks the person again.

    Args:
        client_id: the app's consumer key.
        client_secret: where the app asks for it; public apps have none.
        login_url: where to log in.
        redirect_uri: one of the app's callback URLs, on `localhost` or `127.0.0.1`; port 0 takes a free one.
        scope: wanted scopes, separated by spaces; without `refresh_token` the person is asked for each session.
        prompt: what to ask the person again: `login`, `consent`, `select_account`.
        login_hint: a username to fill in.
        open_browser: open the page; else `show` says where it is.
        show: called with the page's address where no browser is opened; without it, standard error says so.
        timeout_s: seconds that the person has.

    Raises:
        InputError: something is blank, or the redirect URI isn't on loopback.
    """

    redirect_uri: str = field(default="http://localhost:1717/callback", kw_only=True)
    prompt: str | None = field(default=None, kw_only=True)
    login_hint: str | None = field(default=None, kw_only=True)
    open_browser: bool = field(default=True, kw_only=True)
    show: Callable[[str], object] | None = field(default=None, kw_only=True, repr=False)

    flow: ClassVar[str] = "authorization_code"

    def __post_init__(self) -> None:
        super().__post_init__()
        loopback_address(self.redirect_uri)

    def present(self, url: str) -> None:
        """Bring the person to the page."""
        import webbrowser  # noqa: PLC0415 - only this login needs it

        if self.open_browser and webbrowser.open(url):
            return
        if self.show is not None:
            self.show(url)
        else:
            sys.stderr.write(f"Log in at {url}\n")


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """What the user of a device is told.

    Attributes:
        user_code: what to type.
        verification_uri: where to type it, on any machine.
        interval_s: seconds between two questions of the device whether that has happened.
    """

    user_code: str
    verification_uri: str
    interval_s: int


@dataclass(frozen=True)
class DeviceFlow(Interactive):
    """A person logs in on another machine: types a short code there, while this one asks whether that has happened.

    The refresh token renews the session from then on, as with `WebServer`. Salesforce blocks this login for apps that
    the org hasn't installed.

    Args:
        client_id: the app's consumer key.
        client_secret: where the app asks for it.
        login_url: where to log in.
        scope: wanted scopes, separated by spaces; without `refresh_token` the person is asked for each session.
        show: called with the `DeviceCode` to tell the person; without it, standard error says so.
        timeout_s: seconds that the person has; the codes end after about 10 minutes anyway.

    Raises:
        InputError: something is blank.
    """

    timeout_s: float = field(default=600, kw_only=True)
    show: Callable[[DeviceCode], object] | None = field(default=None, kw_only=True, repr=False)

    flow: ClassVar[str] = "device"

    def present(self, code: DeviceCode) -> None:
        """Tell the person what to type where."""
        if self.show is not None:
            self.show(code)
        else:
            sys.stderr.write(f"Open {code.verification_uri} and type {code.user_code}\n")
