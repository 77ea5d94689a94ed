"""Whose a login is: at the hosts that all orgs share, what the request says of itself names the org.

A token or a code names the org that gave it, then a username the org that has such a user, then a consumer key the
first org that has such an app. Source: specs/reference/auth.md section 1.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import unescape

import msgspec

from specforce_mockserver.oauth.authorizations import Authorizations
from specforce_mockserver.oauth.users import user_named
from specforce_mockserver.web.login import bearer_token

if TYPE_CHECKING:
    from collections.abc import Callable

    from specforce_mockserver.org import Org
    from specforce_mockserver.orgs import Orgs
    from specforce_mockserver.web.request import Request

_TOKENS = ("refresh_token", "token", "access_token", "code", "user_code")
_NAMES = ("username", "un", "login_hint")
_IN_XML = re.compile(rb"<(?:\w+:)?username>([^<]{1,255})</")


def org_of_login(orgs: Orgs, request: Request, body: bytes) -> Org:
    """The org that a request to a shared host is for; the first one if it doesn't say."""
    given = _said(request, body)
    tokens = [each for each in (bearer_token(request), *(given.get(name) for name in _TOKENS)) if each]
    names = [given[name] for name in _NAMES if given.get(name)]
    client_id = given.get("client_id")

    def gave(org: Org) -> bool:
        in_path = request.segments[:1] == ["id"] and org.identity.org_id in request.segments
        return in_path or any(_gave(org, each) for each in tokens)

    def has_user(org: Org) -> bool:
        return any(user_named(org, each) is not None for each in names)

    def has_app(org: Org) -> bool:
        return client_id is not None and org.apps.find(client_id) is not None

    reasons: list[Callable[[Org], bool]] = [gave, has_user, has_app]
    return next((org for reason in reasons for org in orgs if reason(org)), orgs.first)


def _gave(org: Org, token: str) -> bool:
    sessions = org.sessions
    is_default = token == org.settings.refresh_token  # every org has it until it says otherwise: it names none
    known = sessions.look(token) is not None or (sessions.refresh(token) is not None and not is_default)
    return known or org.part(Authorizations).knows(token)


def _said(request: Request, body: bytes) -> dict[str, str]:
    """What the query and the form say; the claims of an assertion, and the user of a SOAP login, among it."""
    given = dict(request.query)
    if request.media_type == "application/x-www-form-urlencoded":
        given |= parse_qsl(body.decode("utf-8", "replace"))
    elif (found := _IN_XML.search(body)) is not None:
        given["username"] = unescape(found[1].decode("utf-8", "replace"), {"&apos;": "'", "&quot;": '"'})
    claims = _claims(given.get("assertion", ""))
    for name, claim in (("username", "sub"), ("client_id", "iss")):
        if isinstance(claims.get(claim), str):
            given[name] = claims[claim]
    return given


def _claims(assertion: str) -> dict[str, Any]:
    """What a JWT claims, unchecked."""
    parts = assertion.split(".")
    try:
        return msgspec.json.decode(urlsafe_b64decode(parts[1] + "=="), type=dict[str, Any]) if len(parts) == 3 else {}
    except (ValueError, RecursionError):  # those of msgspec are among them
        return {}
