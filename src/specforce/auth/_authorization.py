"""One authorization by browser, without any I/O: the page's address, what must come back, and what that buys."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, urlencode

from specforce_api.auth import operations
from specforce_api.runtime.errors import AuthError

from ._hints import hint_for

if TYPE_CHECKING:
    from ._credentials import Form
    from ._interactive import WebServer


@dataclass(frozen=True, slots=True)
class Authorization:
    """A login that is under way.

    Attributes:
        state: what the browser must bring back.
        verifier: what the code is redeemed with (PKCE).
    """

    state: str = field(repr=False, default_factory=lambda: secrets.token_urlsafe(32))
    verifier: str = field(repr=False, default_factory=lambda: secrets.token_urlsafe(64))

    def url(self, login: WebServer, redirect_uri: str, api_version: str) -> str:
        """The address of the page to open, from which the browser comes back to `redirect_uri`."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        optional = {"prompt": login.prompt, "login_hint": login.login_hint}
        operation = operations.authorize(
            response_type="code",
            client_id=login.client_id,
            redirect_uri=redirect_uri,
            scope=login.scope,
            state=self.state,
            code_challenge=base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            code_challenge_method="S256",
            **{name: value for name, value in optional.items() if value is not None},
        )
        return f"{login.login_url}{operation.url_path(api_version)}?{urlencode(operation.params, quote_via=quote)}"

    def is_answer(self, query: str) -> bool:
        """Whether a query string is the answer to this login; anything else may be forged."""
        state = parse_qs(query).get("state", [""])[0]
        return secrets.compare_digest(state.encode(), self.state.encode())

    def form(self, query: str, login: WebServer, redirect_uri: str) -> Form:
        """The fields that redeem the code of an answer.

        Raises:
            AuthError: the answer is a refusal, or has no code.
        """
        answer = {name: values[0] for name, values in parse_qs(query).items()}
        error, description = answer.get("error", ""), answer.get("error_description", "")
        if error or "code" not in answer:
            raise AuthError(
                f"{error}: {description}" if error else "the browser brought neither a code nor an error",
                error=error,
                description=description,
                hint=hint_for(error, description),
            )
        return login.first_form(
            grant_type=login.flow, code=answer["code"], redirect_uri=redirect_uri, code_verifier=self.verifier
        )
