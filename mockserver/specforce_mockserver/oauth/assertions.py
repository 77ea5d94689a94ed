"""Assertions of the JWT bearer flow: who they are about, and every reason not to believe them.

Needs cryptography (specforce[jwt]) as soon as an app has a certificate. Source: specs/reference/auth.md sections 2, 4
and 5.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from specforce_mockserver.oauth.formats import OAuthError

if TYPE_CHECKING:
    from collections.abc import Collection

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    PublicKey: TypeAlias = RSAPublicKey

LIFETIME_S = 180.0
SKEW_S = 180.0
"""Salesforce allows clocks to differ by 3 to 5 minutes [E]."""


@dataclass(frozen=True, slots=True)
class Assertion:
    """A JWT as it came, its signature unchecked."""

    content: str
    signature: bytes
    header: dict[str, Any]
    claims: dict[str, Any]

    @property
    def issuer(self) -> str:
        """The consumer key of the app that says so."""
        return str(self.claims.get("iss", ""))

    @property
    def subject(self) -> str:
        """The name of the user whom it is about."""
        return str(self.claims.get("sub") or self.claims.get("prn") or "")


def public_key(pem: str) -> PublicKey:
    """The RSA key of a certificate or of a public key in PEM form.

    Raises:
        ValueError: it is neither, or cryptography isn't installed.
    """
    try:
        from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - an extra
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey  # noqa: PLC0415 - an extra
        from cryptography.hazmat.primitives.serialization import load_pem_public_key  # noqa: PLC0415 - an extra
        from cryptography.x509 import load_pem_x509_certificate  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        message = "an app with a certificate needs cryptography: pip install 'specforce[jwt]'"
        raise ValueError(message) from error
    content = pem.encode()
    try:
        is_certificate = b"BEGIN CERTIFICATE" in content
        found = load_pem_x509_certificate(content).public_key() if is_certificate else load_pem_public_key(content)
    except (ValueError, UnsupportedAlgorithm) as error:
        message = "the certificate isn't a certificate or a public key in PEM form"
        raise ValueError(message) from error
    if not isinstance(found, RSAPublicKey):
        message = "the certificate's key isn't an RSA key"
        raise ValueError(message)  # noqa: TRY004 - the value is wrong, not its type
    return found


def read_assertion(text: str) -> Assertion:
    """A JWT taken apart.

    Raises:
        OAuthError: it isn't one.
    """
    content, _dot, signature = text.rpartition(".")
    header, _dot, claims = content.partition(".")
    try:
        return Assertion(content, _decoded(signature), _object(header), _object(claims))
    except (ValueError, RecursionError):
        raise _invalid() from None


def is_signed_by(assertion: Assertion, key: PublicKey) -> bool:
    """Whether a key's owner signed it, by RS256."""
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - an extra
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15  # noqa: PLC0415 - an extra
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415 - an extra

    try:
        key.verify(assertion.signature, assertion.content.encode(), PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return assertion.header.get("alg") == "RS256"


def check_assertion(assertion: Assertion, key: PublicKey, *, now_s: float, audiences: Collection[str]) -> None:
    """Believe an assertion, or say why not.

    Args:
        assertion: as it came.
        key: of the app that it names.
        now_s: the org's time.
        audiences: whom it may be for.

    Raises:
        OAuthError: forged, for somebody else, expired or too long-lived.
    """
    if not is_signed_by(assertion, key):
        raise _invalid()
    audience = assertion.claims.get("aud")
    named: list[Any] = [*audience] if isinstance(audience, list) else [audience]
    if not any(str(each).rstrip("/") in audiences for each in named):
        raise OAuthError("invalid_grant", "audience is invalid")
    ends_s = assertion.claims.get("exp")
    if isinstance(ends_s, str) and ends_s.isascii() and ends_s.isdigit():  # as simple-salesforce writes it
        ends_s = int(ends_s)
    if isinstance(ends_s, bool) or not isinstance(ends_s, int | float):
        raise _invalid()
    if not now_s < ends_s <= now_s + LIFETIME_S + SKEW_S:
        raise OAuthError("invalid_grant", "token validity expired")


def _invalid() -> OAuthError:
    return OAuthError("invalid_grant", "invalid assertion")


def _object(encoded: str) -> dict[str, Any]:
    found = json.loads(_decoded(encoded))
    if not isinstance(found, dict):
        message = "not an object"
        raise ValueError(message)  # noqa: TRY004 - caught with what json raises
    return cast("dict[str, Any]", found)


def _decoded(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars="-_", validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError(str(error)) from error
