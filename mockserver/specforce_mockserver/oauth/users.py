"""The users of an org as logins see them: who has a name and a password, and which scopes there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce_mockserver.oauth.formats import OAuthError
from specforce_mockserver.oauth.passwords import Passwords

if TYPE_CHECKING:
    from specforce_mockserver.database import Database
    from specforce_mockserver.org import Org

REFRESH_SCOPES = frozenset({"refresh_token", "offline_access"})
OPENID_SCOPES = frozenset({"openid", "profile", "email", "address", "phone"})


def user_named(org: Org, username: str) -> str | None:
    """The Id of the active user of a name."""
    row = (
        org.database.reader()
        .execute('SELECT Id FROM "User" WHERE Username = ? COLLATE NOCASE AND IsActive = 1', (username,))
        .fetchone()
    )
    return None if row is None else str(row[0])


def names_of(database: Database, user_id: str | None) -> frozenset[str]:
    """What a user goes by, in lower case: the Id and the name; nothing for nobody."""
    if user_id is None:
        return frozenset()
    row = database.reader().execute('SELECT Username FROM "User" WHERE Id = ?', (user_id,)).fetchone()
    return frozenset({user_id.lower(), *(str(each).lower() for each in row or ())})


def user_with_password(org: Org, username: str, password: str, *, with_token: bool = False) -> str | None:
    """The Id of the user whose name and password these are; None when they are nobody's.

    Args:
        org: the org.
        username: of the user.
        password: as it was given.
        with_token: whether the security token has to follow it; a login in person needs none.
    """
    user_id = user_named(org, username)
    proven = user_id is not None and Passwords(org).proves(user_id, password, with_token=with_token)
    return user_id if proven else None


def scopes_wanted(org: Org, asked: str | None) -> str:
    """The scopes that an app gets when it asks for some, or for none in particular.

    Those of OpenID Connect are granted to whoever asks for them.

    Raises:
        OAuthError: the org doesn't grant one of them.
    """
    granted = org.settings.scope.split()
    if not asked or not asked.strip():
        return " ".join(granted)
    wanted = asked.split()
    allowed = {*granted, *OPENID_SCOPES, *(REFRESH_SCOPES if not REFRESH_SCOPES.isdisjoint(granted) else ())}
    if not allowed.issuperset(wanted):
        raise OAuthError("invalid_scope", "requested scope is not allowed")
    return " ".join(wanted)


def scope_without_refresh(org: Org) -> str:
    """The scopes of logins that bring no refresh token."""
    return " ".join(each for each in org.settings.scope.split() if each not in REFRESH_SCOPES)
