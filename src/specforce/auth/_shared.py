"""The token of one login as a store holds it, and what may be done with it. No I/O.

Where an org rotates refresh tokens, each works once: sending one a second time ends the whole line of tokens. So a
refresh token is marked in the store before it is sent, and the next one is stored before anything else is done with
it. A mark that stays says that its token was sent by somebody who never stored an answer.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import socket
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

from specforce_api.runtime.errors import ApiError, AuthError, InputError, SalesforceError, StoreError, TransportError

from ._answer import is_spent
from ._token import Token

if TYPE_CHECKING:
    from collections.abc import Mapping

_TOKEN_FIELDS = ("access_token", "instance_url", "refresh_token", "identity_url", "scope")
_UNUSED_STATUSES = frozenset({429, 503})


def fingerprint(*parts: str) -> str:
    """What tells texts apart without showing them."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def new_owner() -> str:
    """A name that nobody else has, which says where its bearer runs."""
    host = re.sub(r"[^!-~]", "-", socket.gethostname())[:100]
    return f"{host}/{os.getpid()}/{secrets.token_hex(8)}"


@dataclass(frozen=True, slots=True)
class SharedToken:
    """What is known of one login.

    Attributes:
        token: the newest one, `None` before the first.
        rotates: whether the last answer brought another refresh token than was sent; `None` before the first answer.
        sent: the fingerprint of a refresh token that is on its way, or was lost there.
        spent: the fingerprint of one that the server refused as used up.
        other: what another version of this package stored beside these; it is kept.
    """

    token: Token | None = None
    rotates: bool | None = None
    sent: str = ""
    spent: str = ""
    other: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @classmethod
    def read(cls, value: bytes) -> SharedToken:
        """What `written` wrote.

        Raises:
            StoreError: it is something else.
        """
        try:
            document: Any = json.loads(value)
            fields = {name: document.pop(name) for name in _TOKEN_FIELDS if document.get(name)}
            rotates, sent, spent = (document.pop(name, None) for name in ("rotates", "sent", "spent"))
            token = Token(**fields) if "access_token" in fields else None
            return cls(token, rotates, sent or "", spent or "", cast("dict[str, Any]", document))
        except (ValueError, TypeError, AttributeError, InputError):
            raise StoreError("the store holds something under the login's key that isn't a token of ours") from None

    def written(self) -> bytes:
        """As a store keeps it."""
        token = {name: getattr(self.token, name) for name in _TOKEN_FIELDS} if self.token else {}
        ours = {**token, "rotates": self.rotates, "sent": self.sent, "spent": self.spent}
        return json.dumps({**self.other, **ours}, separators=(",", ":")).encode()

    def check(self, refresh_token: str) -> None:
        """See to it that a refresh token may be sent.

        Raises:
            AuthError: it was sent before, and can't or mustn't be sent again.
        """
        mark = fingerprint(refresh_token)
        if self.spent == mark:
            raise AuthError(
                "the refresh token was refused before as revoked, used or expired, and isn't sent again",
                error="invalid_grant",
                hint="log in anew, and pass the refresh token that this gives",
            )
        if self.sent == mark and self.rotates:
            raise AuthError(
                "the refresh token was sent by a process that ended, or lost its connection, before it could store the "
                "next one; it works once, so it isn't sent again",
                error="invalid_grant",
                hint="log in anew, and pass the refresh token that this gives",
            )

    def sending(self, refresh_token: str) -> SharedToken:
        """A refresh token goes out."""
        return replace(self, sent=fingerprint(refresh_token))

    def answered(self, token: Token, refresh_token: str | None) -> SharedToken:
        """A login went well.

        Args:
            refresh_token: what was sent for it, `None` where the login takes none.
        """
        rotates = None if refresh_token is None else token.refresh_token != refresh_token
        return replace(self, token=token, rotates=rotates, sent="")

    def refused(self, refresh_token: str, error: SalesforceError) -> SharedToken:
        """A refresh token brought nothing: is it as it was, used up, or of unknown fate?"""
        if _used_up(error):
            return replace(self, sent="", spent=fingerprint(refresh_token))
        return replace(self, sent="") if _unused(error) else self.sending(refresh_token)


def _used_up(error: SalesforceError) -> bool:
    """Is the token itself at its end? Other refusals (of the user, of the network) may be lifted meanwhile."""
    return isinstance(error, AuthError) and is_spent(error) and "expired" in error.description


def _unused(error: SalesforceError) -> bool:
    """Is it certain that the server gave no token for the request?"""
    if isinstance(error, TransportError):
        return not error.sent
    if isinstance(error, AuthError):
        return error.error != ""
    return isinstance(error, ApiError) and (error.status in _UNUSED_STATUSES or error.status < 500)
