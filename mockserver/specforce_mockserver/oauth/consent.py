"""The authorization endpoint: who asks for what, whether that can be granted, and where the answer goes.

Nothing is sent to a redirect URI before the app is known and the URI is one of its own. Source:
specs/reference/auth.md sections 2 and 4.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

from specforce_mockserver.oauth.formats import OAuthError
from specforce_mockserver.oauth.users import scopes_wanted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from specforce_mockserver.org import Org

_PASSED_ON = (
    "response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge", "code_challenge_method",
)  # fmt: skip


class NowhereToGoError(Exception):
    """A refusal that can only be shown: the app or its redirect URI isn't known."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(error)
        self.text = f"error={quote(error)}&error_description={quote(description)}"


@dataclass(frozen=True, slots=True)
class Request:
    """What an app asks a person for, its app and redirect URI checked."""

    client_id: str
    redirect_uri: str
    state: str | None
    challenge: str | None
    given: Mapping[str, str]

    @property
    def hidden(self) -> dict[str, str]:
        """What the page hands on with the person's answer."""
        return {name: self.given[name] for name in _PASSED_ON if name in self.given}

    @property
    def kinds(self) -> frozenset[str]:
        """What is wanted: a code, or a token or an ID token at once."""
        return frozenset(self.given.get("response_type", "").split())

    @property
    def implicit(self) -> bool:
        """Whether the answer goes into the redirect URI's fragment."""
        return bool(self.kinds) and self.kinds <= {"token", "id_token"}

    def answered(self, **answer: str) -> str:
        """The redirect URI with an answer, and the state as it came."""
        state = {} if self.state is None else {"state": self.state}
        joint = "#" if self.implicit else "&" if urlsplit(self.redirect_uri).query else "?"
        return f"{self.redirect_uri}{joint}{urlencode({**answer, **state}, quote_via=quote)}"

    def refused(self, error: OAuthError) -> str:
        """The redirect URI with a refusal."""
        return self.answered(error=error.error, error_description=error.description)


def read_request(org: Org, given: Mapping[str, Any]) -> Request:
    """What is asked for.

    Raises:
        NowhereToGoError: no such app, or no such callback URL of it.
    """
    app = org.apps.find(str(given.get("client_id", "")))
    if app is None:
        raise NowhereToGoError("invalid_client_id", "client identifier invalid")
    redirect_uri = str(given.get("redirect_uri") or "")
    if not redirect_uri:
        raise NowhereToGoError("redirect_uri_missing", "missing required parameter: redirect_uri")
    if not any(_is_callback(redirect_uri, each) for each in app.callback_urls):
        raise NowhereToGoError("redirect_uri_mismatch", "redirect_uri must match configuration")
    texts = {name: str(value) for name, value in given.items()}
    return Request(app.client_id, redirect_uri, texts.get("state"), texts.get("code_challenge"), texts)


def scope_of(org: Org, request: Request) -> str:
    """The scopes that would be granted.

    Raises:
        OAuthError: the request can't be granted whatever the person says.
    """
    if request.kinds != frozenset({"code"}) and not request.implicit:
        raise OAuthError("unsupported_response_type", "response type not supported")
    if request.challenge is not None and request.given.get("code_challenge_method", "S256") != "S256":
        raise OAuthError("invalid_request", "code challenge method not supported")
    scope = scopes_wanted(org, request.given.get("scope"))
    if "id_token" in request.kinds and "openid" not in scope.split():
        raise OAuthError("invalid_scope", "requested scope is not allowed")
    return scope


def _is_callback(redirect_uri: str, configured: str) -> bool:
    """To the letter, but for a port that is configured as `*`."""
    return re.fullmatch(re.escape(configured).replace(r":\*", r":\d{1,5}"), redirect_uri) is not None
