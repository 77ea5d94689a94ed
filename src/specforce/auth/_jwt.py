"""The JWT bearer login: an assertion signed with the app's key, for a user who is known beforehand."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

from specforce import _urls
from specforce_api.runtime.errors import InputError

from ._credentials import Form, Grant, needed
from ._signing import private_key, signed

if TYPE_CHECKING:
    from ._signing import Key
    from ._token import Token

LONGEST_S = 180
"""How far ahead an assertion may end, in seconds. Source: reference/auth.md 2."""


@dataclass(frozen=True)
class JwtBearer(Grant):
    """The app logs in as a user by a signed assertion: no password, no browser, no secret that travels.

    The app holds the certificate of `key`, and the user is approved for the app beforehand. No refresh token comes
    back: each login signs a new assertion, with the key as it is then, so that a key's file may be replaced meanwhile.

    Args:
        client_id: the app's consumer key.
        username: of the user to log in as.
        key: the RSA private key: a path to a PEM file, the PEM text or bytes, or a key object of cryptography.
        passphrase: of an encrypted key.
        audience: whom the assertion is for: `https://login.salesforce.com`, `https://test.salesforce.com` for
            sandboxes, or a site's address. It follows from `login_url` unless given, and isn't where it is sent.
        lifetime_s: seconds until an assertion ends, 180 at most.

    Raises:
        InputError: something is blank, or the key can't be used. Needs specforce[jwt].
    """

    client_id: str
    username: str
    key: Key = field(repr=False)
    passphrase: str | bytes | None = field(default=None, repr=False, kw_only=True)
    audience: str | None = field(default=None, kw_only=True)
    lifetime_s: int = field(default=LONGEST_S, kw_only=True)

    flow: ClassVar[str] = "jwt_bearer"

    def __post_init__(self) -> None:
        super().__post_init__()
        needed(client_id=self.client_id, username=self.username)
        if not 0 < self.lifetime_s <= LONGEST_S:
            raise InputError(f"lifetime_s={self.lifetime_s!r}: an assertion lives 1 to {LONGEST_S} seconds")
        audience = self.audience
        chosen = _audience(self.login_url) if audience is None else _urls.base_url(audience, name="audience")
        object.__setattr__(self, "audience", chosen)
        private_key(self.key, self.passphrase)

    def form(self, previous: Token | None) -> Form:  # noqa: ARG002 - each login stands alone
        """The fields to send, with a new assertion."""
        claims = {
            "iss": self.client_id,
            "sub": self.username,
            "aud": self.audience,
            "exp": int(time.time()) + self.lifetime_s,
            "jti": secrets.token_hex(16),
        }
        assertion = signed(claims, private_key(self.key, self.passphrase))
        return Form(grant_type="urn:ietf:params:oauth:grant-type:jwt-bearer", assertion=assertion)

    def identity(self) -> tuple[str, ...]:
        """A user of an app, at one kind of org."""
        return (self.flow, self.login_url, self.client_id, self.username, self.audience or "")


def _audience(login_url: str) -> str:
    """The login host of the kind of org that a login URL is of."""
    host = urlsplit(login_url).hostname or ""
    of_a_sandbox = host == "test.salesforce.com" or ".sandbox." in host
    return _urls.SANDBOX_LOGIN if of_a_sandbox else _urls.PRODUCTION_LOGIN
