"""The grants of the token endpoint: what each needs, and how it is refused.

Served: client credentials, refresh token, username-password, JWT bearer, authorization code, device. The others answer
that the flow isn't enabled. Source: specs/reference/auth.md sections 2, 3 and 4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specforce_mockserver.oauth.assertions import check_assertion, read_assertion
from specforce_mockserver.oauth.authorizations import Allowed, Authorizations
from specforce_mockserver.oauth.clients import authenticated, named
from specforce_mockserver.oauth.formats import OAuthError, needed
from specforce_mockserver.oauth.sessions import signature
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
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


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

    def token(self, form: Mapping[str, Any], headers: Mapping[str, str]) -> dict[str, Any]:
        """Exchange a grant for a token response.

        Raises:
            OAuthError: the grant isn't good.
        """
        grant_type = str(form.get("grant_type"))
        if grant_type == JWT_BEARER:
            return self._response(*self._jwt_bearer(form), None)
        grants: dict[str, Callable[[App, Mapping[str, Any]], Grant]] = {
            "client_credentials": self._client_credentials,
            "refresh_token": self._refresh_token,
            "password": self._password,
            "authorization_code": self._authorization_code,
            "device": self._device,
        }
        grant = grants.get(grant_type)
        if grant is None:
            raise _not_enabled()
        apps = self._org.apps
        app = named(apps, form) if grant_type == "device" else authenticated(apps, form, headers)
        session, refresh_token = grant(app, form)
        return self._response(app, session, refresh_token)

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
        sessions = self._org.sessions
        refresh = None
        if not REFRESH_SCOPES.isdisjoint(allowed.scope.split()):
            refresh = sessions.offer_refresh(allowed.user_id, allowed.client_id, allowed.scope).token
        return sessions.open(allowed.user_id, allowed.client_id, allowed.scope, refresh), refresh

    def _jwt_bearer(self, form: Mapping[str, Any]) -> tuple[App, Session]:
        org = self._org
        assertion = read_assertion(needed(form, "assertion"))
        app = org.apps.find(assertion.issuer)
        if app is None:
            raise OAuthError("invalid_client_id", "client identifier invalid")
        key = org.apps.key(app)
        if key is None:
            raise _not_enabled()
        audiences = {self._base_url, *(f"https://{host}" for host in org.settings.login_hosts)}
        check_assertion(assertion, key, now_s=org.clock.now(), audiences=audiences)
        user_id = user_named(org, assertion.subject)
        if user_id is None:
            raise OAuthError("invalid_grant", "user is invalid")
        if not app.admin_approved and not org.part(Authorizations).approved(app.client_id, user_id):
            raise OAuthError("invalid_grant", "user hasn't approved this consumer")
        return app, org.sessions.open(user_id, app.client_id, scope_without_refresh(org))

    def _client_credentials(self, app: App, _form: Mapping[str, Any]) -> Grant:
        settings = self._org.settings
        if settings.my_domain_only and self._host.lower() in settings.login_hosts:
            raise OAuthError("invalid_grant", "request not supported on this domain")
        user_id = user_named(self._org, app.run_as) if app.run_as else None
        if user_id is None:
            raise OAuthError("invalid_grant", "no client credentials user enabled")
        return self._org.sessions.open(user_id, app.client_id, scope_without_refresh(self._org)), None

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

    def _response(self, app: App, session: Session, refresh_token: str | None) -> dict[str, Any]:
        identity_url = self._org.identity.identity_url(self._base_url, session.user_id)
        response = {
            "access_token": session.token,
            "signature": signature(app.client_secret, identity_url, session.issued_at_ms),
            "scope": session.scope,
            "instance_url": self._base_url,
            "id": identity_url,
            "token_type": "Bearer",
            "issued_at": str(session.issued_at_ms),
        }
        if refresh_token is not None:
            response = {"access_token": session.token, "refresh_token": refresh_token, **response}
        return response


def _not_enabled() -> OAuthError:
    return OAuthError("unsupported_grant_type", "grant type not supported")
