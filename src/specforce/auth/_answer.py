"""What the token endpoint's answers mean: a token, a refusal with a hint, or not a token endpoint at all."""

from __future__ import annotations

import json
import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qs

from specforce_api.runtime.errors import AuthError, DecodeError, InputError, SalesforceError, error_from_reply

from ._hints import hint_for
from ._token import Token

if TYPE_CHECKING:
    from collections.abc import Mapping

    from specforce_api.auth.models import TokenResponse
    from specforce_api.runtime.operation import Operation, OperationInfo, Reply

_ABOUT_ASSERTIONS = ("assertion", "token validity")
_SKEW_S = 60


def refusal(info: OperationInfo, reply: Reply) -> SalesforceError:
    """The error for an answer of the token endpoint that isn't a success.

    A server that is down or overloaded (429, 5xx) stays an `ApiError`, so that it is retried like any.
    """
    if reply.status == 429 or reply.status >= 500:
        return error_from_reply(info, reply)
    error, description = _oauth_error(reply)
    if not error:
        return AuthError(
            f"HTTP {reply.status} and no OAuth error from {reply.url}",
            hint="is login_url an org's address? It answered unlike a token endpoint",
            status=reply.status,
        )
    return AuthError(
        f"{error}: {description} (HTTP {reply.status} from {reply.url})"
        if description
        else f"{error} from {reply.url}",
        error=error,
        description=description,
        hint=hint_for(error, description) + _skew(description, reply),
        status=reply.status,
    )


def is_spent(error: AuthError) -> bool:
    """Whether a refusal ends a refresh token for good; one for too many logins asks to come back."""
    return error.error == "invalid_grant" and "retry your request" not in error.description


def token_from_reply(operation: Operation[TokenResponse], reply: Reply, sent: Mapping[str, str]) -> Token:
    """The token of a successful answer.

    Args:
        sent: the form that got it: a refresh token that isn't rotated stays the one to use.

    Raises:
        AuthError: the answer isn't a token response.
    """
    try:
        answer = operation.decode(reply)
        return Token(
            answer.access_token,
            answer.instance_url or None,
            refresh_token=answer.refresh_token or sent.get("refresh_token"),
            identity_url=answer.id or "",
            scope=answer.scope or "",
        )
    except (DecodeError, InputError) as error:
        raise AuthError(
            f"HTTP {reply.status} from {reply.url}, but no token in it: {error}",
            hint="is login_url an org's address, and no proxy's or portal's page in between?",
            status=reply.status,
        ) from None


def _skew(description: str, reply: Reply) -> str:
    """How far this machine's clock is off, where an assertion was refused and the server's Date tells so."""
    if not any(word in description for word in _ABOUT_ASSERTIONS):
        return ""
    try:
        ahead_s = round(time.time() - parsedate_to_datetime(reply.headers.get("date", "")).timestamp())
    except (TypeError, ValueError):
        return ""
    if abs(ahead_s) < _SKEW_S:
        return ""
    return f"; this machine's clock is {abs(ahead_s)} s {'ahead of' if ahead_s > 0 else 'behind'} the server's"


def _oauth_error(reply: Reply) -> tuple[str, str]:
    """`error` and `error_description`, from JSON or from the form-encoded text of older endpoints."""
    text = reply.content.decode("utf-8", errors="replace")
    try:
        fields: Any = json.loads(text)
    except ValueError:
        if "<" in text:
            return "", ""
        fields = {name: values[0] for name, values in parse_qs(text).items()}
    if not isinstance(fields, dict):
        return "", ""
    found = cast("dict[str, Any]", fields)
    return str(found.get("error") or ""), str(found.get("error_description") or "")
