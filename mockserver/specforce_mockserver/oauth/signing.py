"""The key that an org signs tokens with: published, used for ID tokens, and known again.

It is made on first use and is the org's own; a reset makes another. Source: specs/reference/auth.md sections 1 and 3;
the claims of ID tokens are OpenID Connect's.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from specforce_mockserver.oauth.assertions import is_signed_by, read_assertion
from specforce_mockserver.oauth.formats import OAuthError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    from specforce_mockserver.oauth.sessions import Session
    from specforce_mockserver.org import Org

KEY_BITS: Final = 2048
EXPONENT: Final = 65_537
ID_TOKEN_LIFETIME_S: Final = 120


class SigningKey:
    """The signing key of one org: a part of it."""

    def __init__(self, org: Org) -> None:
        self._clock = org.clock
        self.kid = str(secrets.randbelow(900) + 100)

    @cached_property
    def _private(self) -> RSAPrivateKey:
        from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415 - slow to import, rarely needed

        return rsa.generate_private_key(EXPONENT, KEY_BITS)

    def public(self) -> dict[str, str]:
        """It as a JSON Web Key."""
        numbers = self._private.public_key().public_numbers()
        return {
            "kty": "RSA",
            "n": _encoded(numbers.n.to_bytes(KEY_BITS // 8, "big")),
            "e": _encoded(numbers.e.to_bytes(3, "big")),
            "alg": "RS256",
            "use": "sig",
            "kid": self.kid,
        }

    def id_token(self, session: Session, *, issuer: str, subject: str, nonce: str | None) -> str:
        """The ID token of a session."""
        now = int(self._clock.now())
        half = hashlib.sha256(session.token.encode()).digest()[:16]
        claims: dict[str, Any] = {
            "iss": issuer,
            "sub": subject,
            "aud": session.client_id,
            "iat": now,
            "exp": now + ID_TOKEN_LIFETIME_S,
            "at_hash": _encoded(half),
        }
        return self._signed(claims | ({} if nonce is None else {"nonce": nonce}))

    def claims(self, token: str) -> dict[str, Any] | None:
        """The claims of a token that it signed and that still holds; None for any other."""
        try:
            found = read_assertion(token)
        except OAuthError:
            return None
        holds = is_signed_by(found, self._private.public_key()) and self._clock.now() < found.claims["exp"]
        return found.claims if holds else None

    def _signed(self, claims: dict[str, Any]) -> str:
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15  # noqa: PLC0415 - as above
        from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415 - as above

        header = {"alg": "RS256", "kid": self.kid, "typ": "JWT"}
        content = ".".join(_encoded(json.dumps(each, separators=(",", ":")).encode()) for each in (header, claims))
        return f"{content}.{_encoded(self._private.sign(content.encode(), PKCS1v15(), SHA256()))}"


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
