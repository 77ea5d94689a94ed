"""The grants of the token endpoint: what each needs, and how it is refused.

Served: all that the reference lists but asset tokens; unknown ones answer that the flow isn't enabled.
Source: specs/reference/auth.md sections 2, 3 and 4.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from specforce_mockserver.oauth.authorizations import Allowed, Authorizations
from specforce_mockserver.oauth.clients import authenticated, named
from specforce_mockserver.oauth.exchanges import Exchanges, not_enabled
from specforce_mockserver.oauth.formats import OAuthError, needed
from specforce_mockserver.oauth.sessions import signature
from specforce_mockserver.oauth.signing import SigningKey
from specforce_mockserver.oauth.users import (
    REFRESH_SCOPES,
    scope_without_refresh,
    scopes_wanted,
    user_named,
    user_with_password,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from specforce_mockserver.oauth.sessions import Session
    from specforce_mockserver.org import Org
    from specforce_mockserver.settings import App

Grant = tuple["Session", str | None]
_STANDARD = "urn:ietf:params:oauth:grant-type:"
JWT_BEARER, SAML_BEARER, EXCHANGE = (f"{_STANDARD}{name}" for name in ("jwt-bearer", "saml2-bearer", "token-exchange"))
SAML_WEB_SSO = "assertion"
HYBRIDS = {"hybrid_auth_code": "authorization_code", "hybrid_refresh": "refresh_token"}


class TokenEndpoint:
    """The token endpoint of one org, for one request.

    Args:
        org: the org.
        base_url: where it was asked: what `instance_url` is.
        host: the host that was asked.
    """

    def __init__(self, org: Org, *, base_url: str, host: str) -> None:
        self._org = org
        self._base_url = base_url
        self._host = host
        self._nonce: str | None = None

    def token(self, form: Mapping[str, Any], headers: Mapping[str, str]) -> dict[str, str]:
        """Exchange a grant for a token response.

        Raises:
            OAuthError: the grant isn't good.
        """
        asked = str(form.get("grant_type"))
        if asked in {JWT_BEARER, SAML_BEARER, SAML_WEB_SSO}:
            return self._response(*self._asserted(asked, form), None)
        grants: dict[str, Callable[[App, Mapping[str, Any]], Grant]] = {
            "client_credentials": self._client_credentials,
            "refresh_token": self._refresh_token,
            "password": self._password,
            "authorization_code": self._authorization_code,
            "device": self._device,
            EXCHANGE: self._exchange,
        }
        grant = grants.get(HYBRIDS.get(asked, asked))
        if grant is None:
            raise not_enabled()
        if asked == "device":
            app = named(self._org.apps, form)
        else:
            app = authenticated(self._org, form, headers, base_url=self._base_url)
        session, refresh_token = grant(app, form)
        response = self._response(app, session, refresh_token)
        return response | (self._of_pages(session) if asked in HYBRIDS else {})

    def device_code(self, form: Mapping[str, Any]) -> dict[str, Any]:
        """Begin a login by device.

        Raises:
            OAuthError: the app is unknown, or the org doesn't grant the scopes.
        """
        app = named(self._org.apps, form)
        scope = scopes_wanted(self._org, form.get("scope"))
        authorizations = self._org.part(Authorizations)
        device = authorizations.device(app.client_id, scope)
        if authorizations.automatic:
            authorizations.decide(device, Allowed(app.client_id, self._org.identity.admin_id, scope))
        return {
            "device_code": device.device_code,
            "user_code": device.user_code,
            "verification_uri": f"{self._base_url}/setup/connect",
            "interval": device.interval_s,
        }

    def _authorization_code(self, app: App, form: Mapping[str, Any]) -> Grant:
        code, redirect_uri = needed(form, "code"), needed(form, "redirect_uri")
        authorizations = self._org.part(Authorizations)
        return self._in_person(
            authorizations.redeem(
                code, client_id=app.client_id, redirect_uri=redirect_uri, verifier=form.get("code_verifier")
            )
        )

    def _device(self, app: App, form: Mapping[str, Any]) -> Grant:
        return self._in_person(self._org.part(Authorizations).poll(needed(form, "code"), app.client_id))

    def _in_person(self, allowed: Allowed) -> Grant:
        """What a person allowed: a session, and where the scopes say so a refresh token that outlives it."""
        self._nonce = allowed.nonce
        sessions = self._org.sessions
        refresh = None
        if not REFRESH_SCOPES.isdisjoint(allowed.scope.split()):
            refresh = sessions.offer_refresh(allowed.user_id, allowed.client_id, allowed.scope).token
        return sessions.open(allowed.user_id, allowed.client_id, allowed.scope, refresh), refresh

    def _asserted(self, grant_type: str, form: Mapping[str, Any]) -> tuple[App, Session]:
        """What an assertion gets: a session of the user whom it names."""
        exchanges = Exchanges(self._org, self._base_url)
        if grant_type == JWT_BEARER:
            app, user_id = exchanges.jwt(needed(form, "assertion"))
        else:
            app, user_id = exchanges.saml(form, web_sso=grant_type == SAML_WEB_SSO)
        return app, self._org.sessions.open(user_id, app.client_id, scope_without_refresh(self._org))

    def _exchange(self, app: App, form: Mapping[str, Any]) -> Grant:
        self._check_host()
        user_id = Exchanges(self._org, self._base_url).subject(app, form)
        asked: str | None = form.get("scope")
        scope = scopes_wanted(self._org, asked) if asked else scope_without_refresh(self._org)
        return self._in_person(Allowed(app.client_id, user_id, scope))

    def _client_credentials(self, app: App, _form: Mapping[str, Any]) -> Grant:
        self._check_host()
        user_id = user_named(self._org, app.run_as) if app.run_as else None
        if user_id is None:
            raise OAuthError("invalid_grant", "no client credentials user enabled")
        return self._org.sessions.open(user_id, app.client_id, scope_without_refresh(self._org)), None

    def _check_host(self) -> None:
        """Refuse flows that need the org's own host at another one."""
        settings = self._org.settings
        if settings.my_domain_only and self._host.lower() in settings.login_hosts:
            raise OAuthError("invalid_grant", "request not supported on this domain")

    def _refresh_token(self, app: App, form: Mapping[str, Any]) -> Grant:
        token = needed(form, "refresh_token")
        sessions = self._org.sessions
        refresh = sessions.refresh(token)
        if refresh is None and app.revokes_on_reuse:
            sessions.revoke_successors(token)
        if refresh is None or refresh.client_id != app.client_id:
            raise OAuthError("invalid_grant", "expired access/refresh token")
        rotated = None
        if app.rotates_refresh_tokens:
            refresh = rotated = sessions.rotate(refresh)
            if refresh is None:
                raise OAuthError("invalid_grant", "expired access/refresh token")
        session = sessions.open(refresh.user_id, app.client_id, refresh.scope, refresh.token)
        return session, rotated.token if rotated else None

    def _password(self, app: App, form: Mapping[str, Any]) -> Grant:
        org = self._org
        username, password = needed(form, "username"), needed(form, "password")
        user_id = user_with_password(org, username, password, with_token=True)
        if user_id is None or not org.settings.password_flow:
            raise OAuthError("invalid_grant", "authentication failure")
        return org.sessions.open(user_id, app.client_id, scope_without_refresh(org)), None

    def implicit(self, app: App, allowed: Allowed, *, with_token: bool) -> dict[str, str]:
        """What the user-agent flow brings at once: a token without a refresh token."""
        self._nonce = allowed.nonce
        scope = " ".join(each for each in allowed.scope.split() if each not in REFRESH_SCOPES)
        session = self._org.sessions.open(allowed.user_id, allowed.client_id, scope)
        response = self._response(app, session, None)
        return response if with_token else {"id_token": response["id_token"]}

    def _response(self, app: App, session: Session, refresh_token: str | None) -> dict[str, str]:
        identity_url = self._org.identity.identity_url(self._base_url, session.user_id)
        response = {"access_token": session.token}
        if refresh_token is not None:
            response["refresh_token"] = refresh_token
        response |= {
            "signature": signature(app.client_secret, identity_url, session.issued_at_ms),
            "scope": session.scope,
        }
        if "openid" in session.scope.split():
            key = self._org.part(SigningKey)
            response["id_token"] = key.id_token(session, issuer=self._base_url, subject=identity_url, nonce=self._nonce)
        return response | {
            "instance_url": self._base_url,
            "id": identity_url,
            "token_type": "Bearer",
            "issued_at": str(session.issued_at_ms),
        }

    def _of_pages(self, session: Session) -> dict[str, str]:
        """What the hybrid flows add: sessions for pages on other domains, which are here the one and only. [E]"""
        host = self._base_url.partition("://")[2]
        values = {"domain": host, "sid": session.token}
        kinds = ("lightning", "visualforce", "content")
        found = {f"{kind}_{name}": value for kind in kinds for name, value in values.items()}
        return {**found, "csrf_token": secrets.token_urlsafe(24)}
