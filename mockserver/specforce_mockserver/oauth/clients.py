"""Which app asks: client id and secret from the body or from HTTP Basic, or an assertion of the app's own.

Source: specs/reference/auth.md section 1, "Client authentication", and section 4.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from specforce_mockserver.oauth.assertions import check_assertion, read_assertion
from specforce_mockserver.oauth.formats import OAuthError, needed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from specforce_mockserver.oauth.apps import Apps
    from specforce_mockserver.org import Org
    from specforce_mockserver.settings import App

ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def authenticated(org: Org, form: Mapping[str, Any], headers: Mapping[str, str], *, base_url: str) -> App:
    """The app that a request proves to come from.

    Raises:
        OAuthError: the app is unknown, or the secret or assertion isn't its own.
    """
    apps = org.apps
    if form.get("client_assertion_type") == ASSERTION_TYPE:
        return _asserted(org, needed(form, "client_assertion"), base_url)
    client_id, client_secret = form.get("client_id"), form.get("client_secret")
    if not client_id:
        client_id, client_secret = _basic(headers.get("authorization", ""))
    app = apps.find(client_id) if client_id else None
    if app is None:
        raise OAuthError("invalid_client_id", "client identifier invalid")
    if not apps.proves(app, client_secret):
        raise OAuthError("invalid_client", "invalid client credentials")
    return app


def _asserted(org: Org, text: str, base_url: str) -> App:
    """The app that an assertion of its own names: its issuer and its subject."""
    assertion = read_assertion(text)
    app = org.apps.find(assertion.issuer)
    key = None if app is None else org.apps.key(app)
    if app is None or key is None or assertion.subject != app.client_id:
        raise OAuthError("invalid_client", "invalid client credentials")
    hosts = [base_url, *(f"https://{host}" for host in org.settings.login_hosts)]
    audiences = {*hosts, *(f"{host}/services/oauth2/token" for host in hosts)}
    try:
        check_assertion(assertion, key, now_s=org.clock.now(), audiences=audiences)
    except OAuthError as error:
        raise OAuthError("invalid_client", "invalid client credentials") from error
    return app


def named(apps: Apps, form: Mapping[str, Any]) -> App:
    """The app that a request names; a device has no secret to prove it with.

    Raises:
        OAuthError: the app is unknown.
    """
    app = apps.find(str(form.get("client_id", "")))
    if app is None:
        raise OAuthError("invalid_client_id", "client identifier invalid")
    return app


def _basic(header: str) -> tuple[str | None, str | None]:
    scheme, _space, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return None, None
    try:
        client_id, colon, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None, None
    return (unquote(client_id), unquote(secret)) if colon else (None, None)
