"""Grants in which a token of somebody's stands for a user: JWT and SAML assertions, and token exchange.

Source: specs/reference/auth.md sections 2 and 4. A token exchange of Salesforce's asks a handler in Apex; here a token
stands for the user that it names. [E]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from specforce_mockserver.oauth.assertions import check_assertion, read_assertion
from specforce_mockserver.oauth.authorizations import Authorizations
from specforce_mockserver.oauth.formats import OAuthError, needed
from specforce_mockserver.oauth.saml import read_saml
from specforce_mockserver.oauth.signing import SigningKey
from specforce_mockserver.oauth.users import user_named

if TYPE_CHECKING:
    from collections.abc import Mapping

    from specforce_mockserver.oauth.assertions import PublicKey
    from specforce_mockserver.org import Org
    from specforce_mockserver.settings import App

_TOKEN_TYPE: Final = "urn:ietf:params:oauth:token-type:"  # noqa: S105 - the name of a kind
_WEB_SSO: Final = "urn:oasis:names:tc:SAML:2.0:profiles:SSO:browser"


class Exchanges:
    """Whom the tokens and assertions of one request stand for.

    Args:
        org: the org.
        base_url: where it was asked.
    """

    def __init__(self, org: Org, base_url: str) -> None:
        self._org = org
        self._audiences = {base_url, *(f"https://{host}" for host in org.settings.login_hosts)}
        self._audiences |= {f"{each}/services/oauth2/token" for each in self._audiences}

    def jwt(self, text: str) -> tuple[App, str]:
        """The app and the user of a JWT.

        Raises:
            OAuthError: it can't be believed.
        """
        assertion = read_assertion(text)
        app, key = self._signer(assertion.issuer)
        check_assertion(assertion, key, now_s=self._org.clock.now(), audiences=self._audiences)
        return app, self._user(app, assertion.subject)

    def saml(self, form: Mapping[str, Any], *, web_sso: bool) -> tuple[App, str]:
        """The app and the user of a form's SAML assertion.

        Raises:
            OAuthError: it can't be believed.
        """
        if web_sso and needed(form, "assertion_type") != _WEB_SSO:
            raise OAuthError("invalid_request", "assertion type not supported")
        return self._of_saml(needed(form, "assertion"))

    def subject(self, app: App, form: Mapping[str, Any]) -> str:
        """The user whom a form's `subject_token` stands for.

        Raises:
            OAuthError: it stands for nobody, or is of a kind that isn't exchanged.
        """
        token = needed(form, "subject_token")
        kind = needed(form, "subject_token_type").removeprefix(_TOKEN_TYPE)
        if form.get("actor_token"):
            raise not_enabled()
        if kind in {"access_token", "refresh_token"}:
            sessions = self._org.sessions
            known = sessions.use(token) if kind == "access_token" else sessions.refresh(token)
            if known is None:
                raise OAuthError("invalid_grant", "expired access/refresh token")
            return known.user_id
        if kind == "id_token":
            claims = self._org.part(SigningKey).claims(token)
            if claims is None or claims["aud"] != app.client_id:
                raise OAuthError("invalid_grant", "invalid assertion")
            return str(claims["sub"]).rpartition("/")[2]
        if kind == "jwt":
            return self.jwt(token)[1]
        if kind == "saml2":
            return self._of_saml(token)[1]
        raise OAuthError("invalid_request", "subject token type not supported")

    def _of_saml(self, text: str) -> tuple[App, str]:
        assertion = read_saml(text)
        app, _key = self._signer(assertion.issuer)
        assertion.check(now_s=self._org.clock.now(), audiences=self._audiences)
        return app, self._user(app, assertion.subject)

    def _signer(self, issuer: str) -> tuple[App, PublicKey]:
        """The app that says so, with what its assertions are checked with."""
        app = self._org.apps.find(issuer)
        if app is None:
            raise OAuthError("invalid_client_id", "client identifier invalid")
        key = self._org.apps.key(app)
        if key is None:
            raise not_enabled()
        return app, key

    def _user(self, app: App, name: str) -> str:
        user_id = user_named(self._org, name)
        if user_id is None:
            raise OAuthError("invalid_grant", "user is invalid")
        if not app.admin_approved and not self._org.part(Authorizations).approved(app.client_id, user_id):
            raise OAuthError("invalid_grant", "user hasn't approved this consumer")
        return user_id


def not_enabled() -> OAuthError:
    """The flow isn't one of the app's."""
    return OAuthError("unsupported_grant_type", "grant type not supported")
