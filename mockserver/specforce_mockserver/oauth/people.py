"""Further users of an org, made with what a User record needs and a test doesn't care about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specforce_mockserver.oauth.passwords import Passwords
from specforce_mockserver.records import batch_from_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from specforce_mockserver.org import Org

_ALIAS_CHARACTERS = 8


def add_user(org: Org, username: str, *, password: str | None = None, fields: Mapping[str, Any] | None = None) -> str:
    """Make an active user.

    Args:
        org: whose user it is.
        username: must be nobody's yet.
        password: for logins by name, with the org's security token after it; without one there are none.
        fields: of the User record, in place of made up ones and of the administrator's profile and locale.

    Returns:
        The user's Id.

    Raises:
        ValueError: the record breaks a rule.
        ApiError: the password does.
    """
    local = username.partition("@")[0]
    settings = org.settings
    usual = {
        "Username": username,
        "Email": username,
        "LastName": local,
        "Alias": local[:_ALIAS_CHARACTERS],
        "CommunityNickname": username[:40],
        "ProfileId": org.identity.profile_id,
        "TimeZoneSidKey": "GMT" if settings.time_zone == "UTC" else settings.time_zone,
        "LocaleSidKey": "en_US",
        "LanguageLocaleKey": "en_US",
        "EmailEncodingKey": "UTF-8",
        "IsActive": True,
    }
    with org.database.write():
        batch = batch_from_json(org.schema, org.schema["User"], [{**usual, **(fields or {})}])
        (made,) = org.records.insert(batch, user_id=org.identity.admin_id)
        if made.error is not None or made.id is None:
            message = f"{username}: {made.error.code}: {made.error.message}" if made.error else username
            raise ValueError(message)
        if password is not None:
            Passwords(org).set(made.id, password)
    return made.id
