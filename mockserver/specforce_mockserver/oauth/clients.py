"""Which app asks: client id and secret from the body or from HTTP Basic.

Source: specs/reference/auth.md section 1, "Client authentication", and section 4.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from specforce_mockserver.oauth.formats import OAuthError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from specforce_mockserver.oauth.apps import Apps
    from specforce_mockserver.settings import App


def authenticated(apps: Apps, form: Mapping[str, Any], headers: Mapping[str, str]) -> App:
    """The app that a request proves to come from.

    Raises:
        OAuthError: the app is unknown, or the secret isn't its own.
    """
    client_id, client_secret = form.get("client_id"), form.get("client_secret")
    if not client_id:
        client_id, client_secret = _basic(headers.get("authorization", ""))
    app = apps.find(client_id) if client_id else None
    if app is None:
        raise OAuthError("invalid_client_id", "client identifier invalid")
    if not apps.proves(app, client_secret):
        raise OAuthError("invalid_client", "invalid client credentials")
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
