"""Logins in person: the authorization endpoint with its page, and the page for the codes of devices.

Source: specs/reference/auth.md sections 1, 2 and 4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce_mockserver.calls import Answer, Call
from specforce_mockserver.oauth.authorizations import Allowed, Authorizations
from specforce_mockserver.oauth.consent import NowhereToGoError, read_request, scope_of
from specforce_mockserver.oauth.formats import OAuthError
from specforce_mockserver.oauth.grants import TokenEndpoint
from specforce_mockserver.oauth.pages import device_page, login_page, notice
from specforce_mockserver.oauth.users import user_with_password
from specforce_mockserver.registry import provides

if TYPE_CHECKING:
    from specforce_mockserver.oauth.consent import Request

HTML = "text/html;charset=UTF-8"
DENIED = OAuthError("access_denied", "end-user denied authorization")
WRONG_LOGIN = "Please check your username and password."


@provides("authorize", lenient=True)
def authorize(call: Call) -> Answer:
    """Show the login page; or, where logins are automatic, go back with a code."""
    try:
        request = read_request(call.org, dict(reversed(call.query)))
    except NowhereToGoError as error:
        return _page(error.text.encode(), 400)
    try:
        scope = scope_of(call.org, request)
    except OAuthError as error:
        return _redirect(request.refused(error))
    if call.org.part(Authorizations).automatic:
        return _allowed(call, request, call.org.identity.admin_id, scope)
    return _page(login_page(request.client_id, request.hidden, username=request.given.get("login_hint", "")))


@provides("submitLogin", lenient=True)
def submit_login(call: Call) -> Answer:
    """Take what a person answered on the login page."""
    form = call.body
    try:
        request = read_request(call.org, form)
    except NowhereToGoError as error:
        return _page(error.text.encode(), 400)
    try:
        scope = scope_of(call.org, request)
        if form.get("decision") == "deny":
            raise DENIED
    except OAuthError as error:
        return _redirect(request.refused(error))
    username = str(form.get("username", ""))
    user_id = user_with_password(call.org, username, str(form.get("password", "")))
    if user_id is None:
        return _page(login_page(request.client_id, request.hidden, username=username, message=WRONG_LOGIN))
    return _allowed(call, request, user_id, scope)


@provides("openDevicePage", lenient=True)
def open_device_page(call: Call) -> Answer:
    """Show the page for the codes of devices."""
    return _page(device_page(user_code=next((value for name, value in call.query if name == "user_code"), "")))


@provides("submitDeviceCode", lenient=True)
def submit_device_code(call: Call) -> Answer:
    """Take a code that a person typed, and what was decided."""
    form = call.body
    user_code, username = str(form.get("user_code", "")), str(form.get("username", ""))
    authorizations = call.org.part(Authorizations)
    device = authorizations.waiting(user_code)
    if device is None:
        return _page(device_page(user_code=user_code, username=username, message="The code isn't valid."))
    if form.get("decision") == "deny":
        authorizations.decide(device, None)
        return _page(notice("You denied access."))
    user_id = user_with_password(call.org, username, str(form.get("password", "")))
    if user_id is None:
        return _page(device_page(user_code=user_code, username=username, message=WRONG_LOGIN))
    authorizations.decide(device, Allowed(device.client_id, user_id, device.scope))
    return _page(notice("You're connected."))


def _allowed(call: Call, request: Request, user_id: str, scope: str) -> Answer:
    """Go back with a code, or in the user-agent flow with the token itself."""
    allowed = Allowed(request.client_id, user_id, scope, request.given.get("nonce"))
    if not request.implicit:
        return _redirect(
            request.answered(code=call.org.part(Authorizations).code(allowed, request.redirect_uri, request.challenge))
        )
    app = call.org.apps.find(request.client_id)
    assert app is not None, "read_request knows the app"
    endpoint = TokenEndpoint(call.org, base_url=call.base_url, host="")
    return _redirect(request.answered(**endpoint.implicit(app, allowed, with_token="token" in request.kinds)))


def _page(content: bytes, status: int = 200) -> Answer:
    return Answer(status=status, content=content, media_type=HTML)


def _redirect(location: str) -> Answer:
    return Answer(status=302, headers={"Location": location})
