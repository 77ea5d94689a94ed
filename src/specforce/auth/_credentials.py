"""The ways to get a token, as values that hold no connection and show no secret.

A `Grant` is a form for the token endpoint; the session sends it by the generated `requestToken` operation. The
others have their token from elsewhere. The session keeps what a login yields and hands the last token to the next
grant, so that a rotated refresh token is used and the first one never again.
"""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from specforce import _urls
from specforce_api.runtime.errors import InputError

from ._retirements import UP_FLOW_ENDS, RetirementWarning
from ._token import Token

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import TypeAlias

    TokenFunction: TypeAlias = Callable[[], Token | str | Awaitable[Token | str]]


class Form(dict[str, str]):
    """The fields of a request for a token. Tools that print local variables see their names alone."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {', '.join(self)}>"


class Credentials(ABC):
    """A way to log in."""

    flow: ClassVar[str]

    def identity(self) -> tuple[str, ...] | None:
        """What tells this login from others without showing a secret; `None` where its tokens can't be shared."""
        return None


@dataclass(frozen=True)
class Grant(Credentials):
    """A login at an org's token endpoint.

    Attributes:
        login_url: where to log in; apart from the audience and from the instance URL that the answer names.
    """

    login_url: str = field(default=_urls.PRODUCTION_LOGIN, kw_only=True)

    repeatable: ClassVar[bool] = True
    """Asking twice does no harm, so an unanswered request may be repeated."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "login_url", _urls.base_url(self.login_url, name="login_url"))

    @abstractmethod
    def form(self, previous: Token | None) -> Form:
        """The fields to send, given the last token that this login yielded."""


@dataclass(frozen=True)
class ClientCredentials(Grant):
    """The app logs in as itself, with its key and secret, on the org's My Domain.

    The org runs it as the user that the app's settings name. No refresh token comes back: the session asks anew.

    Args:
        client_id: the app's consumer key.
        client_secret: its consumer secret.
        login_url: the org's own address; the shared login hosts refuse this grant.

    Raises:
        InputError: something is blank, or the login URL is a shared one.
    """

    client_id: str
    client_secret: str = field(repr=False)
    login_url: str = field(kw_only=True)

    flow: ClassVar[str] = "client_credentials"

    def __post_init__(self) -> None:
        super().__post_init__()
        needed(client_id=self.client_id, client_secret=self.client_secret)
        # reference/auth.md 1, 4: login and test hosts answer `request not supported on this domain`
        if _urls.is_shared_login(self.login_url):
            raise InputError(
                f"client credentials are refused at {self.login_url}: "
                "pass the org's own address as login_url, such as https://acme.my.salesforce.com"
            )

    def form(self, previous: Token | None) -> Form:  # noqa: ARG002 - each login stands alone
        """The fields to send."""
        return Form(grant_type=self.flow, client_id=self.client_id, client_secret=self.client_secret)

    def identity(self) -> tuple[str, ...]:
        """One user runs the app's own logins."""
        return (self.flow, self.login_url, self.client_id)


@dataclass(frozen=True)
class RefreshToken(Grant):
    """A refresh token from an earlier login by a person.

    Where the org rotates refresh tokens, each login yields the next one, which is used from then on: in this client,
    and with `token_store=` in all clients and processes that share the store, also after a restart.

    Args:
        client_id: the app's consumer key.
        refresh_token: as the earlier login gave it.
        client_secret: where the app asks for it.
    """

    client_id: str
    refresh_token: str = field(repr=False)
    client_secret: str | None = field(default=None, repr=False)

    flow: ClassVar[str] = "refresh_token"
    repeatable: ClassVar[bool] = False

    def __post_init__(self) -> None:
        super().__post_init__()
        needed(client_id=self.client_id, refresh_token=self.refresh_token)

    def form(self, previous: Token | None) -> Form:
        """The fields to send, with the newest refresh token."""
        return refresh_form(self.client_id, self.client_secret, self.newest(previous))

    def newest(self, previous: Token | None) -> str:
        """The refresh token that the last token came with, or the first one."""
        return (previous.refresh_token if previous else None) or self.refresh_token

    def identity(self) -> tuple[str, ...]:
        """Each first refresh token begins a login of its own."""
        from ._shared import fingerprint  # noqa: PLC0415 - only a store needs it

        return (self.flow, self.login_url, self.client_id, fingerprint(self.refresh_token))


@dataclass(frozen=True)
class UsernamePassword(Grant):
    """A user's name and password. Salesforce is retiring this login, and new orgs have it switched off.

    Args:
        security_token: appended to the password; needed unless the network is trusted by the org.

    Warns:
        RetirementWarning: always, with what is known of the dates.
    """

    username: str
    password: str = field(repr=False)
    client_id: str
    client_secret: str = field(repr=False)
    security_token: str = field(default="", repr=False)

    flow: ClassVar[str] = "password"

    def __post_init__(self) -> None:
        super().__post_init__()
        needed(username=self.username, password=self.password, client_id=self.client_id)
        warnings.warn(UP_FLOW_ENDS, RetirementWarning, stacklevel=3)

    def form(self, previous: Token | None) -> Form:  # noqa: ARG002 - each login stands alone
        """The fields to send."""
        return Form(
            grant_type=self.flow,
            client_id=self.client_id,
            client_secret=self.client_secret,
            username=self.username,
            password=self.password + self.security_token,
        )

    def identity(self) -> tuple[str, ...]:
        """A user of an app."""
        return (self.flow, self.login_url, self.client_id, self.username)


@dataclass(frozen=True)
class StaticToken(Credentials):
    """A token that somebody else got. It can't be renewed: once it is refused, requests fail with `InvalidSession`."""

    access_token: str = field(repr=False)
    instance_url: str | None = None

    flow: ClassVar[str] = "token"

    def __post_init__(self) -> None:
        object.__setattr__(self, "instance_url", self.token().instance_url)

    def token(self) -> Token:
        """The token."""
        return Token(self.access_token, self.instance_url)


@dataclass(frozen=True)
class TokenSource(Credentials):
    """A function that gets a token: called before the first request, and again when its token is refused.

    Args:
        function: returns a `Token`, or the access token alone (then the client needs `instance_url=`). The async client
            also takes a coroutine function.
    """

    function: TokenFunction

    flow: ClassVar[str] = "function"


def credentials(auth: Credentials | TokenFunction) -> Credentials:
    """What a client was given, as credentials.

    Raises:
        InputError: it is neither credentials nor a function.
    """
    if isinstance(auth, Credentials):
        return auth
    if callable(auth):
        return TokenSource(auth)
    raise InputError(
        f"auth is a {type(auth).__name__}: pass credentials such as specforce.auth.ClientCredentials(...), "
        "or a function that returns a token"
    )


def refresh_form(client_id: str, client_secret: str | None, refresh_token: str) -> Form:
    """The fields that renew a token."""
    fields = Form(grant_type="refresh_token", client_id=client_id, refresh_token=refresh_token)
    if client_secret:
        fields["client_secret"] = client_secret
    return fields


def needed(**values: str) -> None:
    """Refuse what is blank, by its name.

    Raises:
        InputError: a value is blank.
    """
    for name, value in values.items():
        if not value.strip():
            raise InputError(f"{name} is empty")
