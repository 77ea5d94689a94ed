"""Who calls: the Authorization header against the org's sessions.

Source: specs/reference/auth.md section 4, "API-side session errors".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce_mockserver.web import errors

if TYPE_CHECKING:
    from specforce_mockserver.oauth.sessions import Session
    from specforce_mockserver.org import Org
    from specforce_mockserver.web.request import Request

_SCHEMES = frozenset({"bearer", "oauth"})


def bearer_token(request: Request) -> str | None:
    """The token of the Authorization header; None when there is none or it is malformed."""
    scheme, _space, token = request.header("authorization").partition(" ")
    token = token.strip()
    return token if scheme.lower() in _SCHEMES and token else None


def session_of(org: Org, request: Request) -> Session:
    """The caller's session.

    Raises:
        ApiError: 401, as Salesforce says it.
    """
    token = bearer_token(request)
    if token is None:
        raise errors.no_authorization()
    session = org.sessions.use(token)
    if session is None:
        raise errors.session_expired()
    if not session.may_use_apis:
        raise errors.session_not_for_rest()
    return session
