"""SOAP logins, and what a session's owner may ask about it.

Source: specs/reference/soap.md sections 2 and 6.
"""

from __future__ import annotations

from typing import Any

from specforce_mockserver.calls import Answer, ApiError, Call
from specforce_mockserver.clock import stored
from specforce_mockserver.ids import short
from specforce_mockserver.oauth.passwords import Passwords
from specforce_mockserver.oauth.userinfo import userinfo
from specforce_mockserver.oauth.users import user_named
from specforce_mockserver.registry import provides
from specforce_mockserver.soap.delegation import ask

CLIENT_ID = "soap"
SCOPE = "full"


@provides("soap.login", writes=True)
def login(call: Call) -> Answer:
    """Make a session for a user who knows the password and the security token."""
    user_id = user_named(call.org, call.params["username"])
    passwords = call.org.part(Passwords)
    if user_id is None or not passwords.proves(user_id, call.params["password"]):
        message = "Invalid username, password, security token; or user locked out."
        raise ApiError(500, "INVALID_LOGIN", message)
    session = call.org.sessions.open(user_id, CLIENT_ID, SCOPE)
    org_id = short(call.org.identity.org_id)
    endpoint = call.path.strip("/").split("/")[2].lower()
    found: dict[str, Any] = {
        "metadataServerUrl": f"{call.base_url}/services/Soap/m/{call.api_version}/{org_id}",
        "passwordExpired": passwords.expired(user_id),
        "sandbox": False,
        "serverUrl": f"{call.base_url}/services/Soap/{endpoint}/{call.api_version}/{org_id}",
        "sessionId": session.token,
        "userId": user_id,
        "userInfo": _user_info(call, user_id),
    }
    return Answer([found])


@provides("soap.logout", writes=True)
def logout(call: Call) -> Answer:
    """End the session, for every API."""
    if call.session is not None:
        call.org.sessions.revoke(call.session.token)
    return Answer([])


@provides("soap.getUserInfo")
def get_user_info(call: Call) -> Answer:
    """The session's user."""
    return Answer([_user_info(call, call.user_id)])


@provides("soap.getServerTimestamp")
def get_server_timestamp(call: Call) -> Answer:
    """The org's time."""
    return Answer([{"timestamp": stored(call.org.clock.now())}])


@provides("soap.setPassword", writes=True)
def set_password(call: Call) -> Answer:
    """Give a user a password."""
    ask(call, "setUserPassword", body={"NewPassword": call.params["password"]}, user_id=call.params["userId"])
    return Answer([{}])


@provides("soap.changeOwnPassword", writes=True)
def change_own_password(call: Call) -> Answer:
    """Give the session's user a password; it takes the one until now. The texts of refusals are [E]."""
    passwords = call.org.part(Passwords)
    if not passwords.proves(call.user_id, call.params["oldPassword"], with_token=False):
        raise ApiError(500, "INVALID_OLD_PASSWORD", "Your old password is invalid.")
    passwords.set(call.user_id, call.params["newPassword"])
    return Answer([{}])


@provides("soap.invalidateSessions", writes=True)
def invalidate_sessions(call: Call) -> Answer:
    """End sessions, for every API. What is said of an unknown one is [E]."""
    return Answer([_ended(call, each) for each in call.params["sessionIds"]])


@provides("soap.resetPassword", writes=True)
def reset_password(call: Call) -> Answer:
    """Give a user a password that the org makes up."""
    return Answer([{"password": ask(call, "resetUserPassword", user_id=call.params["userId"])["NewPassword"]}])


def _ended(call: Call, session_id: str) -> dict[str, Any]:
    if call.org.sessions.revoke(session_id):
        return {"success": True}
    error: dict[str, Any] = {"fields": [], "message": "Session not found", "statusCode": "INVALID_SESSION_ID"}
    return {"errors": [error], "success": False}


def _user_info(call: Call, user_id: str) -> dict[str, Any]:
    org = call.org
    user = userinfo(org, user_id, call.base_url) or {}
    return {
        "currencySymbol": "$",
        "orgAttachmentFileSizeLimit": 5_242_880,
        "orgDefaultCurrencyIsoCode": "USD",
        "orgDefaultCurrencyLocale": "en_US",
        "organizationId": org.identity.org_id,
        "organizationName": org.settings.organization_name,
        "profileId": org.identity.profile_id,
        "sessionSecondsValid": int(org.settings.session_timeout_s),
        "userEmail": user.get("email"),
        "userFullName": user.get("name"),
        "userId": user_id,
        "userLanguage": user.get("language"),
        "userLocale": user.get("locale"),
        "userName": user.get("preferred_username"),
        "userTimeZone": user.get("zoneinfo"),
        "userType": "Standard",
        "userUiSkin": "Theme3",
    }
