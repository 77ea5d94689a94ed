"""OpenID Connect discovery: where the org's OAuth endpoints are.

Source: specs/reference/auth.md section 1, "Discovery document keys seen".
"""

from __future__ import annotations

from specforce_mockserver.calls import Answer, Call
from specforce_mockserver.registry import provides

_ENDPOINTS = {
    "authorization_endpoint": "/services/oauth2/authorize",
    "token_endpoint": "/services/oauth2/token",
    "revocation_endpoint": "/services/oauth2/revoke",
    "userinfo_endpoint": "/services/oauth2/userinfo",
    "jwks_uri": "/id/keys",
    "registration_endpoint": "/services/oauth2/register",
    "introspection_endpoint": "/services/oauth2/introspect",
    "end_session_endpoint": "/services/auth/idp/oidc/logout",
}
_ABILITIES = {
    "response_types_supported": ["code", "token", "token id_token"],
    "subject_types_supported": ["public"],
    "id_token_signing_alg_values_supported": ["RS256"],
    "display_values_supported": ["page", "popup", "touch"],
    "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic", "private_key_jwt"],
    "claims_supported": ["sub", "name", "email"],
    "frontchannel_logout_supported": True,
    "frontchannel_logout_session_supported": True,
}


@provides("getOpenIdConfiguration", served="static")
def get_open_id_configuration(call: Call) -> Answer:
    """Say where the endpoints are."""
    base_url = call.base_url
    endpoints = {name: f"{base_url}{path}" for name, path in _ENDPOINTS.items()}
    return Answer({"issuer": base_url, **endpoints, "scopes_supported": call.org.settings.scope.split(), **_ABILITIES})
