"""The OAuth endpoints: token, revoke, introspect, userinfo, identity.

Source: specs/reference/auth.md sections 1 to 4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from specforce_mockserver.calls import Answer, Call
from specforce_mockserver.oauth.clients import authenticated
from specforce_mockserver.oauth.formats import OAuthError, refused, shaped, wanted_format
from specforce_mockserver.oauth.grants import TokenEndpoint
from specforce_mockserver.oauth.userinfo import identity, userinfo
from specforce_mockserver.registry import provides

if TYPE_CHECKING:
    from specforce_mockserver.oauth.sessions import Session

TEXT = "text/plain;charset=UTF-8"


@provides("requestToken", lenient=True)
def request_token(call: Call) -> Answer:
    """Exchange a grant for an access token."""
    wanted = wanted_format(call.body, call.headers)
    endpoint = TokenEndpoint(call.org, base_url=call.base_url, host=_host(call))
    try:
        return shaped(endpoint.token(call.body, call.headers), wanted)
    except OAuthError as error:
        return refused(error, wanted)


@provides("requestDeviceCode", lenient=True)
def request_device_code(call: Call) -> Answer:
    """Make the codes of a login by device."""
    wanted = wanted_format(call.body, call.headers)
    try:
        return shaped(TokenEndpoint(call.org, base_url=call.base_url, host=_host(call)).device_code(call.body), wanted)
    except OAuthError as error:
        return refused(error, wanted)


@provides("revokeToken", lenient=True)
def revoke_token(call: Call) -> Answer:
    """End a token."""
    token: str | None = call.body.get("token")
    if not token:
        return _not_revoked("unsupported_token_type", "this token type is not supported")
    if not call.org.sessions.revoke(token):
        return _not_revoked("invalid_token", "invalid token")
    return Answer(content=b"", media_type=TEXT)


@provides("introspectToken", lenient=True)
def introspect_token(call: Call) -> Answer:
    """Say whether a token lives, and whose it is."""
    wanted = wanted_format(call.body, call.headers)
    try:
        authenticated(call.org, call.body, call.headers, base_url=call.base_url)
    except OAuthError as error:
        return refused(error, wanted)
    token: str | None = call.body.get("token")
    if not token:
        return refused(OAuthError("invalid_request", "missing required parameter: token"), wanted)
    return Answer(_introspected(call, token))


@provides("postUserInfo", own_login=True)
def post_user_info(call: Call) -> Answer:
    """Who the token's user is, as by GET."""
    return get_user_info(call)


@provides("getUserInfo", own_login=True)
def get_user_info(call: Call) -> Answer:
    """Who the token's user is, in OpenID Connect's words."""
    session = _identified(call)
    if not isinstance(session, str):
        found = userinfo(call.org, session.user_id, call.base_url)
        return _word("No_Access") if found is None else Answer(found)
    return _word(session)


@provides("getIdentity", own_login=True, lenient=True)
def get_identity(call: Call) -> Answer:
    """Who the token's user is, in the identity URL's words."""
    session = _identified(call)
    if isinstance(session, str):
        return _word(session)
    if call.params["org_id"][:15] != call.org.identity.org_id[:15]:
        return _word("Wrong_Org")
    found = identity(call.org, session.user_id, call.base_url, version=_version(call))
    if found is None or call.params["user_id"][:15] != session.user_id[:15]:
        return _word("Bad_Id")
    return Answer(found)


def _identified(call: Call) -> Session | str:
    """The caller's session, or the word that refuses it."""
    scheme, _space, token = call.headers.get("authorization", "").partition(" ")
    token = token.strip() if scheme.lower() in {"bearer", "oauth"} else ""
    token = token or next((value for name, value in call.query if name in {"access_token", "oauth_token"}), "")
    if not token:
        return "Missing_OAuth_Token"
    return call.org.sessions.use(token) or "Bad_OAuth_Token"


def _word(word: str) -> Answer:
    return Answer(status=403, content=word.encode(), media_type=TEXT)


def _not_revoked(error: str, description: str) -> Answer:
    text = f"error={quote(error)}&error_description={quote(description)}"
    return Answer(status=400, content=text.encode(), media_type=TEXT)


def _introspected(call: Call, token: str) -> dict[str, Any]:
    org = call.org
    session = org.sessions.look(token)
    refresh = org.sessions.refresh(token) if session is None else None
    known = session or refresh
    if known is None:
        return {"active": False}
    user = userinfo(org, known.user_id, call.base_url)
    body: dict[str, Any] = {
        "active": True,
        "scope": known.scope,
        "client_id": known.client_id,
        "username": user["preferred_username"] if user else None,
        "sub": org.identity.identity_url(call.base_url, known.user_id),
        "token_type": "access_token" if session else "refresh_token",
    }
    if session is not None:
        issued = session.issued_at_ms // 1000
        body |= {"exp": int(session.expires_at_s), "iat": issued, "nbf": issued}
    return body


def _version(call: Call) -> str | None:
    """The version that URLs are wanted with; None leaves their placeholder."""
    asked: str | None = call.params.get("version")
    return call.org.settings.newest_version if asked == "latest" else asked


def _host(call: Call) -> str:
    host = call.headers.get("host", "")
    return host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() else host
