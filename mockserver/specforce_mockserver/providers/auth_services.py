"""What an org's OAuth server offers beside grants: keys, registration of apps, doors into the user interface.

Source: specs/reference/auth.md section 1; bodies beyond the names there are OpenID Connect's, or [E].
"""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec

from specforce_mockserver.calls import Answer, Call
from specforce_mockserver.oauth.doors import Doors
from specforce_mockserver.oauth.formats import OAuthError, needed, refused
from specforce_mockserver.oauth.signing import SigningKey
from specforce_mockserver.registry import provides
from specforce_mockserver.settings import App

JSON = "json"
HOME = "/"
HTML = "text/html;charset=UTF-8"


@provides("listSigningKeys", blocking=True)
def list_signing_keys(call: Call) -> Answer:
    """The key that ID tokens are signed with."""
    return Answer({"keys": [call.org.part(SigningKey).public()]})


@provides("getAuthConfiguration", served="static")
def get_auth_configuration(call: Call) -> Answer:
    """How the login page is set up, which is as plain as can be."""
    return Answer({"OrganizationId": call.org.identity.org_id})


@provides("registerClient", writes=True, lenient=True, own_body=True)
def register_client(call: Call) -> Answer:
    """Make an app of the caller's."""
    try:
        wanted = _registration(call.raw_body)
    except OAuthError as error:
        return refused(error, JSON)
    app = App(
        client_id=f"3MVG9{secrets.token_urlsafe(60)}",
        client_secret=None if wanted.get("token_endpoint_auth_method") == "none" else secrets.token_hex(32).upper(),
        callback_urls=tuple(wanted["redirect_uris"]),
    )
    call.org.apps.put(app)
    secret = {} if app.client_secret is None else {"client_secret": app.client_secret, "client_secret_expires_at": 0}
    issued = {"client_id": app.client_id, "client_id_issued_at": int(call.org.clock.now())}
    return Answer({**wanted, **issued, **secret}, 201)


@provides("requestSingleAccess", lenient=True)
def request_single_access(call: Call) -> Answer:
    """Make a door for the holder of a token."""
    try:
        token, path = _wanted_door(call)
    except OAuthError as error:
        return refused(error, JSON)
    key = call.org.part(Doors).make(token, path)
    return Answer({"frontdoor_uri": f"{call.base_url}/secur/frontdoor.jsp?otp={quote(key)}"})


@provides("openFrontdoor", lenient=True)
def open_frontdoor(call: Call) -> Answer:
    """Let in who has a key: the session goes into a cookie, the browser to the page."""
    door = call.org.part(Doors).open(dict(call.query).get("otp", ""))
    if door is None:
        return Answer(status=400, content=b"The link has expired.", media_type=HTML)
    cookie = f"sid={door.token}; Path=/; HttpOnly; SameSite=Lax"
    return Answer(status=302, headers={"Location": door.path, "Set-Cookie": cookie})


def _wanted_door(call: Call) -> tuple[str, str]:
    """A live token and a path of the org.

    Raises:
        OAuthError: the form has none, or the path leads elsewhere.
    """
    token, path = needed(call.body, "access_token"), str(call.body.get("redirect_uri") or HOME)
    if call.org.sessions.use(token) is None:
        raise OAuthError("invalid_grant", "expired access/refresh token")
    if urlsplit(path).netloc or not path.startswith("/") or "\\" in path:
        raise OAuthError("invalid_request", "redirect_uri must be a path of the org")
    return token, path


def _registration(content: bytes) -> dict[str, Any]:
    """What is asked for, with redirect URIs.

    Raises:
        OAuthError: it isn't a registration.
    """
    try:
        found = msgspec.json.decode(content, type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise OAuthError("invalid_client_metadata", "the body must be a JSON object") from None
    try:
        uris = msgspec.convert(found.get("redirect_uris"), list[str])
    except msgspec.ValidationError:
        uris = []
    if not uris or not all(urlsplit(each).scheme for each in uris):
        raise OAuthError("invalid_redirect_uri", "redirect_uris must be a list of absolute URIs")
    return found
