"""Who a token's user is, in the two shapes that Salesforce has: OpenID Connect's and the older identity URL's.

Source: specs/reference/auth.md section 3, "Userinfo". URLs hold the literal `{version}`.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from specforce_mockserver.clock import on_the_wire

if TYPE_CHECKING:
    from specforce_mockserver.org import Org

_USER_COLUMNS = (
    "Username, Email, FirstName, LastName, Name, CommunityNickname, TimeZoneSidKey, LanguageLocaleKey, LocaleSidKey, "
    "IsActive, LastModifiedDate, CreatedDate"
)
_APIS = {
    "enterprise": "/services/Soap/c/{version}/",
    "metadata": "/services/Soap/m/{version}/",
    "partner": "/services/Soap/u/{version}/",
    "rest": "/services/data/v{version}/",
    "sobjects": "/services/data/v{version}/sobjects/",
    "search": "/services/data/v{version}/search/",
    "query": "/services/data/v{version}/query/",
    "recent": "/services/data/v{version}/recent/",
    "tooling_soap": "/services/Soap/T/{version}/",
    "tooling_rest": "/services/data/v{version}/tooling/",
    "profile": "/",
    "feeds": "/services/data/v{version}/chatter/feeds",
    "groups": "/services/data/v{version}/chatter/groups",
    "users": "/services/data/v{version}/chatter/users",
    "feed_items": "/services/data/v{version}/chatter/feed-items",
    "feed_elements": "/services/data/v{version}/chatter/feed-elements",
    "custom_domain": "",
}


def userinfo(org: Org, user_id: str, base_url: str) -> dict[str, Any] | None:
    """OpenID Connect's userinfo; None when there is no such user."""
    user = _user(org, user_id)
    if user is None:
        return None
    photos = _photos(base_url)
    return {
        "sub": org.identity.identity_url(base_url, user_id),
        "user_id": user_id,
        "organization_id": org.identity.org_id,
        "preferred_username": user["Username"],
        "nickname": user["CommunityNickname"],
        "name": user["Name"],
        "email": user["Email"],
        "email_verified": True,
        "given_name": user["FirstName"],
        "family_name": user["LastName"],
        "zoneinfo": user["TimeZoneSidKey"],
        "photos": photos,
        "profile": f"{base_url}/{user_id}",
        "picture": photos["picture"],
        "address": {},
        "urls": _urls(base_url, user_id),
        "active": bool(user["IsActive"]),
        "user_type": "STANDARD",
        "language": user["LanguageLocaleKey"],
        "locale": user["LocaleSidKey"],
        "utcOffset": _standard_offset_ms(user["TimeZoneSidKey"]),
        "updated_at": user["LastModifiedDate"],
        "is_app_installed": True,
    }


def identity(org: Org, user_id: str, base_url: str, *, version: str | None = None) -> dict[str, Any] | None:
    """What the identity URL answers, its URLs with an API version where one is given; None: there is no such user."""
    user = _user(org, user_id)
    if user is None:
        return None
    return {
        "id": org.identity.identity_url(base_url, user_id),
        "asserted_user": True,
        "user_id": user_id,
        "organization_id": org.identity.org_id,
        "username": user["Username"],
        "nick_name": user["CommunityNickname"],
        "display_name": user["Name"],
        "email": user["Email"],
        "email_verified": True,
        "first_name": user["FirstName"],
        "last_name": user["LastName"],
        "timezone": user["TimeZoneSidKey"],
        "photos": _photos(base_url),
        "addr_street": None,
        "addr_city": None,
        "addr_state": None,
        "addr_country": None,
        "addr_zip": None,
        "mobile_phone": None,
        "mobile_phone_verified": False,
        "is_lightning_login_user": False,
        "status": {"created_date": None, "body": None},
        "urls": {
            name: url.replace("{version}", version or "{version}") for name, url in _urls(base_url, user_id).items()
        },
        "active": bool(user["IsActive"]),
        "user_type": "STANDARD",
        "language": user["LanguageLocaleKey"],
        "locale": user["LocaleSidKey"],
        "utcOffset": _standard_offset_ms(user["TimeZoneSidKey"]),
        "last_modified_date": on_the_wire(user["LastModifiedDate"]),
        "is_app_installed": True,
    }


def _user(org: Org, user_id: str) -> dict[str, Any] | None:
    cursor = org.database.reader().execute(f'SELECT {_USER_COLUMNS} FROM "User" WHERE Id = ?', (user_id,))  # noqa: S608
    row = cursor.fetchone()
    return None if row is None else dict(zip(_USER_COLUMNS.split(", "), row, strict=True))


def _photos(base_url: str) -> dict[str, str]:
    return {"picture": f"{base_url}/profilephoto/005/F", "thumbnail": f"{base_url}/profilephoto/005/T"}


def _urls(base_url: str, user_id: str) -> dict[str, str]:
    urls = {name: f"{base_url}{path}" for name, path in _APIS.items()}
    return urls | {"profile": f"{base_url}/{user_id}"}


def _standard_offset_ms(zone: str | None) -> int:
    """Milliseconds that a zone's standard time is ahead of UTC, which it has in one half of the year or the other."""
    name = "UTC" if zone in {None, "GMT", "UTC"} else str(zone)
    seen = [ZoneInfo(name).utcoffset(datetime(2026, month, 1)) for month in (1, 7)]  # noqa: DTZ001 - the zone is given
    return int(min(each.total_seconds() for each in seen if each is not None) * 1000)
