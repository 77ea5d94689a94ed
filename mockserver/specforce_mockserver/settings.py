"""What can be set about an org before it starts: who may log in, how long a session lasts, which versions there are."""

from __future__ import annotations

from dataclasses import dataclass

LOOPBACK_CALLBACKS = ("http://localhost:*/callback", "http://127.0.0.1:*/callback")


@dataclass(frozen=True, slots=True)
class App:
    """A connected app. A public one has no secret and proves itself otherwise (PKCE).

    `run_as` names the user of client credentials, `certificate` is the PEM text (a public key will do) that assertions
    of the JWT bearer flow are checked with. `admin_approved` is off where each user has to approve the app, by a login
    in person, before it may log in as that user. `callback_urls` are compared to the letter, but for a port of `*`.
    With `revokes_on_reuse`, a refresh token that was rotated away and is sent again ends all that came of it [E?].
    """

    client_id: str
    client_secret: str | None = None
    run_as: str | None = None
    rotates_refresh_tokens: bool = False
    revokes_on_reuse: bool = False
    certificate: str | None = None
    admin_approved: bool = True
    callback_urls: tuple[str, ...] = LOOPBACK_CALLBACKS


@dataclass(frozen=True, slots=True)
class OrgSettings:
    """The settings of one org; the defaults are the identity that documentation and tests use.

    `client_id` to `certificate` make the default app, `apps` are further ones.
    `my_domain_only` and `login_hosts` say when a flow is refused for the host it was sent to: client credentials
    need the org's own host [P]. `password_flow` off refuses the username-password flow as orgs made since Summer
    '23 do; `password_days` is how long a password is good. `automatic_login` spares the login pages: the default user
    has allowed everything. `time_zone` is the default user's and the org's; a fiscal year is named by the calendar year
    in which it ends, or begins with `fiscal_year_named_by_start`. `public_url` is where clients find the org when that
    isn't the host they ask (behind a proxy, say). `apex_rest` off refuses every call of Apex REST, as orgs without it
    do. `records_per_tick` is how fast bulk jobs are under the auto and the manual clock.

    `my_domain` is the org's name: it is at `https://acme.my.salesforce.com`, where those are sent who log in at one of
    the `login_hosts`. `further_domains` are taken for Salesforce's own; `organization_id` is the org's Id, the first
    of its kind unless given.
    """

    client_id: str = "test-client"
    client_secret: str = "test-secret"  # noqa: S105 - the documented secret of a fake org
    username: str = "user@example.com"
    password: str = "password"  # noqa: S105 - as above
    security_token: str = "token"  # noqa: S105 - as above
    refresh_token: str = "test-refresh-token"  # noqa: S105 - as above
    rotates_refresh_tokens: bool = False
    revokes_on_reuse: bool = False
    run_as_enabled: bool = True
    password_flow: bool = True
    password_days: int = 90
    session_timeout_s: float = 7200.0
    login_hosts: frozenset[str] = frozenset({"login.salesforce.com", "test.salesforce.com"})
    my_domain_only: bool = True
    apps: tuple[App, ...] = ()
    certificate: str | None = None
    my_domain: str = "acme"
    further_domains: tuple[str, ...] = ()
    organization_id: str | None = None
    organization_name: str = "Acme"
    scope: str = "refresh_token api id"
    automatic_login: bool = False
    time_zone: str = "UTC"
    fiscal_year_start_month: int = 1
    fiscal_year_named_by_start: bool = False
    daily_api_requests: int = 5_000_000
    page_records: int = 2000
    records_per_tick: int = 10_000
    deprecated_versions: frozenset[str] = frozenset()
    oldest_version: str = "31.0"
    newest_version: str = "67.0"
    replication_days: int = 30
    recycle_bin_days: int = 15
    public_url: str | None = None
    apex_rest: bool = True

    @property
    def my_domain_url(self) -> str:
        """Where the org is, in the names of Salesforce."""
        return f"https://{self.my_domain}.my.salesforce.com"
