"""SAML 2.0 assertions: whom they are about, and most reasons not to believe them.

An assertion must be signed, but by whom isn't checked: the fake org knows no XML signatures. Its issuer is the consumer
key of an app with a certificate. Source: specs/reference/auth.md section 2; the checks are [E].
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from specforce_mockserver.oauth.formats import OAuthError
from specforce_mockserver.xml_documents import XmlError, read

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from specforce_mockserver.xml_documents import Element

_SAML: Final = "urn:oasis:names:tc:SAML:2.0:assertion"
_SIGNATURE: Final = "http://www.w3.org/2000/09/xmldsig#"


@dataclass(frozen=True, slots=True)
class SamlAssertion:
    """What an assertion says: who says it, of whom, to whom, and until when (seconds since 1970)."""

    issuer: str
    subject: str
    audiences: frozenset[str]
    ends_s: float

    def check(self, *, now_s: float, audiences: Collection[str]) -> None:
        """Believe it, or say why not.

        Raises:
            OAuthError: it is for somebody else, or over.
        """
        if not any(each.rstrip("/") in audiences for each in self.audiences):
            raise OAuthError("invalid_grant", "audience is invalid")
        if now_s >= self.ends_s:
            raise OAuthError("invalid_grant", "token validity expired")


def read_saml(text: str) -> SamlAssertion:
    """A base64 assertion, alone or inside a response, taken apart.

    Raises:
        OAuthError: it is none, or isn't signed.
    """
    try:
        padded = text.strip().replace("+", "-").replace("/", "_")
        content = base64.urlsafe_b64decode(padded + "=" * (-len(padded) % 4))
        root = read(content)
        found = next(each for each in _walked(root) if (each.namespace, each.name) == (_SAML, "Assertion"))
        if not any(each.namespace == _SIGNATURE and each.name == "Signature" for each in _walked(root)):
            raise _invalid()
        named = {each.name: each.text.strip() for each in _walked(found) if each.namespace == _SAML}
        ends = [each.attributes.get(("", "NotOnOrAfter")) for each in _walked(found)]
        moments = [datetime.fromisoformat(each).astimezone(UTC).timestamp() for each in ends if each]
        audiences = frozenset(each.text.strip() for each in _walked(found) if each.name == "Audience")
        return SamlAssertion(named["Issuer"], named["NameID"], audiences, min(moments))
    except (XmlError, binascii.Error, UnicodeError, ValueError, KeyError, StopIteration):
        raise _invalid() from None


def _walked(element: Element) -> Iterator[Element]:
    yield element
    for child in element.children:
        yield from _walked(child)


def _invalid() -> OAuthError:
    return OAuthError("invalid_grant", "invalid assertion")
