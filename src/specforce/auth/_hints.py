"""What to change when the token endpoint says no: a table over `error` and words of `error_description`.

The rows are those of reference/auth.md 4, and one of its section 6. Wording varies by release, so words are matched
loosely and the error's own row is the fallback.
"""

from __future__ import annotations

_MY_DOMAIN = "use the org's own address as login_url, such as https://acme.my.salesforce.com"
_SANDBOX = "a sandbox has another login_url than production (https://test.salesforce.com, or its My Domain)"
_BLOCKED = "the org may block this login (Setup > OAuth and OpenID Connect Settings)"

_HINTS: tuple[tuple[str, str, str], ...] = (
    (
        "invalid_grant",
        "authentication failure",
        f"check username, password and security token (a reset makes a new one); {_SANDBOX}; {_BLOCKED}",
    ),
    (
        "invalid_grant",
        "expired access/refresh token",
        "the refresh token was revoked, rotated or ran out: log in anew, and let one process use a rotating token",
    ),
    ("invalid_grant", "code verifier", "the code verifier isn't the one of this authorization: start the login again"),
    (
        "invalid_grant",
        "authorization code",
        "an authorization code works once and for 15 minutes: start the login again",
    ),
    (
        "invalid_grant",
        "hasn't approved",
        f"pre-authorize the user for the app (Setup > the app's policies); {_SANDBOX}",
    ),
    ("invalid_grant", "audience", f"the assertion's audience isn't this org's login host; {_SANDBOX}"),
    ("invalid_grant", "token validity", "the assertion is too old or too long-lived: check this machine's clock"),
    ("invalid_grant", "assertion", "the assertion's key isn't the app's certificate, or a claim is wrong"),
    ("invalid_grant", "no client credentials user", "name a Run As user in the app's client credentials settings"),
    ("invalid_grant", "not supported on this domain", _MY_DOMAIN),
    ("invalid_grant", "inactive", "activate the user (or the org)"),
    ("invalid_grant", "user is invalid", f"check the username; {_SANDBOX}"),
    (
        "invalid_grant",
        "ip ",
        "the org's network rules refuse this machine's address: trust it, or relax the app's policy",
    ),
    ("invalid_grant", "retry your request", "too many logins in the last hour: keep one client and share it"),
    ("invalid_grant", "", f"check the credentials; {_SANDBOX}"),
    ("invalid_app_access", "", "an admin must allow the user this app: Setup > the app's policies"),
    (
        "invalid_client_id",
        "",
        f"check client_id, and that login_url is of the app's org (a new app takes minutes to spread); {_SANDBOX}",
    ),
    ("invalid_client", "", "check client_secret (Setup > the app > consumer details)"),
    ("invalid_request", "http post", "login_url must be https: a redirect drops the form"),
    ("invalid_request", "", "a field of this login is missing or malformed"),
    (
        "unsupported_grant_type",
        "",
        "switch this login on in the app's settings; also check that login_url is https and the org's own address",
    ),
    ("unauthorized_client", "", "switch this login on in the app's settings"),
    ("redirect_uri_mismatch", "", "add the redirect URI to the app's callback URLs, to the letter"),
    ("redirect_uri_missing", "", "pass the redirect URI that the app's callback URLs list"),
    ("invalid_scope", "", "add the scope to the app's selected OAuth scopes (api is needed for all calls)"),
    ("unsupported_response_type", "", "the app doesn't offer this login"),
    ("access_denied", "", "the user said no, or isn't allowed the app"),
    ("access-denied", "", "the user said no, or isn't allowed the app"),
    (
        "oauth_app_blocked",
        "",
        "the org blocks this app: an admin must install and unblock it (Setup > Connected Apps OAuth Usage)",
    ),
    ("inactive_user", "", "activate the user"),
    ("inactive_org", "", "activate the org"),
    ("rate_limit_exceeded", "", "too many logins: keep one client and share it"),
    ("immediate_unsuccessful", "", "the user must log in with a browser"),
    ("slow_down", "", "poll no faster than the interval that the server gave"),
    ("server_error", "", "try again later; https://status.salesforce.com says how the org is"),
    ("temporarily_unavailable", "", "try again later; https://status.salesforce.com says how the org is"),
)


def hint_for(error: str, description: str) -> str:
    """What to change, `""` for an error that the table doesn't know."""
    words = description.lower()
    for code, phrase, hint in _HINTS:
        if code == error.lower() and phrase in words:
            return hint
    return ""
