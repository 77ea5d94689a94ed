"""`FakeOrg`: an org on a free loopback port, and what a test does to it from outside.

It is the fake org of `specforce mock serve`, started in a thread of this process. Time is the org's own: bulk jobs move
when they are looked at, tokens expire when a test lets time pass with `advance`.
"""

from __future__ import annotations

import json
import os
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self, cast
from urllib.parse import urlsplit

from specforce._extras import missing
from specforce.auth import ClientCredentials

from .faults import Faults

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from specforce_mockserver.apex import ApexEndpoints
    from specforce_mockserver.dashboards.library import Dashboards
    from specforce_mockserver.invocable.library import Actions
    from specforce_mockserver.list_views.library import ListViews
    from specforce_mockserver.network.authority import Authority
    from specforce_mockserver.network.hosts import Hosts
    from specforce_mockserver.org import Org
    from specforce_mockserver.outbox import Message
    from specforce_mockserver.permissions import Permissions
    from specforce_mockserver.quick_actions.library import QuickActions
    from specforce_mockserver.records.assignment import AssignmentRules
    from specforce_mockserver.records.duplicates import DuplicateRules
    from specforce_mockserver.records.validation import ValidationRules
    from specforce_mockserver.reports.library import Reports
    from specforce_mockserver.request_log import LoggedRequest
    from specforce_mockserver.settings import OrgSettings
    from specforce_mockserver.triggers.library import Hook

    from .another_org import AnotherOrg

ClockKind = Literal["auto", "manual", "real"]


class FakeOrg:
    """A fake org. A context manager: inside, it answers at `url`.

    Args:
        schema: files of objects beside the standard ones: TOML in the short form, describe documents in JSON, or
            folders of both.
        clock: `auto`: jobs move whenever they are looked at; `manual`: only with `advance`; `real`: with time.
        settings: who may log in and the like; the documented default identity without them.
        port: 0 takes a free one.
        tls: whether `url` says https; clients have to trust `ca_bundle`.
        proxy: whether it is a proxy too, at `proxy_url`, which answers for Salesforce's own hosts itself and forwards
            nothing: a client that insists on https://login.salesforce.com needs only that and `ca_bundle`.
        ca_dir: a folder that keeps the certificate authority for the next time; a temporary one unless given.

    Attributes:
        url: login URL and instance URL in one.
        proxy_url: for HTTPS_PROXY and the like; None without a proxy.
        ca_bundle: a PEM file of the authority that vouches for it; None where neither TLS nor a proxy is asked for.

    Raises:
        InputError: specforce[mock] isn't installed. OSError: the port is taken. ValueError: there is no such
            clock, or `ca_dir` has something else in the place of an authority.
    """

    def __init__(
        self,
        schema: str | os.PathLike[str] | Sequence[str | os.PathLike[str]] = (),
        *,
        clock: ClockKind = "auto",
        settings: OrgSettings | None = None,
        port: int = 0,
        tls: bool = False,
        proxy: bool = False,
        ca_dir: str | os.PathLike[str] | None = None,
    ) -> None:
        try:
            from specforce_mockserver import clock as clocks  # noqa: PLC0415 - an extra
            from specforce_mockserver.network.hosts import Hosts  # noqa: PLC0415
            from specforce_mockserver.org import Org  # noqa: PLC0415
            from specforce_mockserver.orgs import Orgs  # noqa: PLC0415
            from specforce_mockserver.schema_files import load_schema  # noqa: PLC0415
            from specforce_mockserver.server import MockServer  # noqa: PLC0415
        except ModuleNotFoundError as error:
            raise missing("the fake org", error.name, "mock") from error
        self._authority: Authority | None = None
        self.org: Org = Org(load_schema(paths(schema)), clock=clocks.Clock(clock), settings=settings)
        self._orgs = Orgs(self.org)
        try:
            hosts = Hosts(self.org.settings.further_domains)
            if tls or proxy:
                self._authority = _authority(ca_dir, hosts)
            self._server = MockServer(
                self._orgs, port=port, tls=tls, authority=self._authority, proxied=hosts if proxy else None
            )
        except (OSError, ValueError):
            self._close()
            raise
        self.url: str = self._server.url
        self._admin_url = self._server.plain_url
        self.proxy_url: str | None = self._server.proxy_url
        self.ca_bundle: Path | None = self._authority.bundle if self._authority is not None else None
        self.faults = Faults(self.org)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.url}>"

    def __enter__(self) -> Self:
        try:
            self._server.start()
        except RuntimeError:
            self._close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._server.stop()
        finally:
            self._close()

    def _close(self) -> None:
        self._orgs.close()
        if self._authority is not None:
            self._authority.close()

    def another(
        self,
        name: str,
        schema: str | os.PathLike[str] | Sequence[str | os.PathLike[str]] = (),
        *,
        clock: ClockKind = "auto",
        settings: OrgSettings | None = None,
    ) -> AnotherOrg:
        """Make another org in the same process, which shares nothing with this one but the port.

        It is at `/orgs/NAME` of this one's URL and, for clients of the proxy, at `https://NAME.my.salesforce.com`. It
        ends with this one, or as a context manager with its block.

        Args:
            name: its My Domain: letters, digits and hyphens.
            schema: as for `FakeOrg`.
            clock: as for `FakeOrg`.
            settings: as for `FakeOrg`; without them its user is `user@NAME.example.com`.

        Raises:
            ValueError: the name is taken, or no host can have it.
        """
        from .another_org import AnotherOrg  # noqa: PLC0415 - the modules need each other

        return AnotherOrg(
            self._orgs, self._server, self.ca_bundle, name=name, schema=schema, clock=clock, settings=settings
        )

    def environment(self, client: str = "all") -> dict[str, str]:
        """The environment variables that lead a client to this org, for a process that a test starts.

        Args:
            client: `specforce`, `simple-salesforce`, `salesforce-bulk`, `zeep`, `jsforce`, `sf`, `curl`, `openssl`
                (what programs with OpenSSL read), or `all`.
        """
        from specforce_mockserver.environment import Place, variables  # noqa: PLC0415 - an extra

        bundle = str(self.ca_bundle) if self.ca_bundle is not None else None
        return variables(Place(self.url, self.proxy_url, bundle, self.org.settings), client)

    def auth(self, username: str | None = None) -> ClientCredentials:
        """Credentials that this org accepts.

        Args:
            username: whose they are: the administrator's, unless another user is named, who gets an app of their own.

        Raises:
            ValueError: the org has no such user.
        """
        settings = self.org.settings
        client_id = settings.client_id
        if username is not None:
            from specforce_mockserver.oauth.users import user_named  # noqa: PLC0415 - an extra

            if user_named(self.org, username) is None:
                raise ValueError(f"the org has no active user {username}")
            client_id = f"{client_id}.{username}"
            self.add_app(client_id, client_secret=settings.client_secret, run_as=username)
        return ClientCredentials(client_id, settings.client_secret, login_url=self.url)

    @property
    def requests(self) -> list[LoggedRequest]:
        """What was asked of the org since it was made or reset, oldest first; secrets masked."""
        return list(self.org.requests)

    def find_requests(
        self,
        operation: str | None = None,
        *,
        method: str | None = None,
        path: str | None = None,
        status: int | None = None,
        after: int = 0,
    ) -> list[LoggedRequest]:
        """The requests that fit everything that is given, oldest first; of `requests`, the newest 10,000.

        Args:
            operation: an operationId; `*` and `?` stand for any text and any character.
            method: of HTTP.
            path: without the query; `*` and `?` as above.
            status: of the answer; 0 for requests that weren't answered.
            after: only those with a higher `number` than this.
        """
        return self.org.requests.find(operation=operation, method=method, path=path, status=status, after=after)

    @property
    def apex(self) -> ApexEndpoints:
        """The org's Apex REST endpoints: `org.apex.route("GET", "/Cases/{id}", function)`, or as a decorator."""
        return self.org.apex

    def trigger(self, sobject: str, *events: str) -> Callable[[Hook], Hook]:
        """Make the decorated function a trigger: `@org.trigger("Account", "before insert, after update")`.

        Raises:
            ValueError: there is no such object or event.
        """
        return self.org.trigger(sobject, *events)

    @property
    def duplicate_rules(self) -> DuplicateRules:
        """The org's duplicate rules: `org.duplicate_rules.add("Contact", "Same_email", ["Email"])` adds one."""
        return self.org.duplicate_rules

    @property
    def assignment_rules(self) -> AssignmentRules:
        """The org's assignment rules: `org.assignment_rules.add("Case", "Standard", [("TRUE", owner_id)])` adds one."""
        return self.org.assignment_rules

    @property
    def permissions(self) -> Permissions:
        """What users may do: `org.permissions.set("user@example.com", objects={"Account": ["read"]})`."""
        return self.org.permissions

    @property
    def validation_rules(self) -> ValidationRules:
        """The org's validation rules: `org.validation_rules.add("Account", "Site", "ISBLANK(Site)", "Say where.")`."""
        return self.org.validation_rules

    @property
    def actions(self) -> Actions:
        """The org's invocable actions: `org.actions.register("apex", "Greeter", function)` makes one."""
        return self.org.actions

    @property
    def dashboards(self) -> Dashboards:
        """The org's dashboards: `org.dashboards.add("Sales", [report_id])` saves one."""
        return self.org.dashboards

    @property
    def list_views(self) -> ListViews:
        """The org's list views: `org.list_views.add("Account", "Banks", columns=["Name"])` adds one."""
        return self.org.list_views

    @property
    def outbox(self) -> list[Message]:
        """The e-mails, feed posts and notifications that the org sent since it was made or reset, oldest first."""
        return list(self.org.outbox)

    @property
    def quick_actions(self) -> QuickActions:
        """The org's quick actions: `org.quick_actions.add("Account.NewThing", target="Thing__c")` adds one."""
        return self.org.quick_actions

    @property
    def reports(self) -> Reports:
        """The org's reports: `org.reports.add({"name": "Things", "reportType": {"type": "Thing__c"}})` saves one."""
        return self.org.reports

    def advance(self, seconds: float = 0, *, ticks: int = 0) -> None:
        """Let time pass for the org.

        Args:
            seconds: tokens expire by them.
            ticks: steps that bulk jobs take.
        """
        self.org.clock.advance(seconds)
        self.org.clock.tick(ticks)

    def reset(self) -> None:
        """Make the org as new: records, tokens, jobs, endpoints, actions, limits, faults, requests and time.

        Orgs that were made beside it by `another` end.
        """
        if self.org is self._orgs.first:
            for each in self._orgs:
                if each is not self.org:
                    self._orgs.remove(each.settings.my_domain)
        self.org.reset()

    def snapshot(self) -> bytes:
        """The records as they are now, and what is set up beside them (reports, rules), for `restore`."""
        return self.org.snapshot()

    def restore(self, snapshot: bytes) -> None:
        """Bring back what `snapshot` gave, in milliseconds; jobs and cursors, which look at other records, are gone."""
        self.org.restore(snapshot)

    def expire_tokens(self) -> None:
        """End every access token, as an admin or a timeout does."""
        self.org.sessions.expire_all()

    def seed(self, records: Mapping[str, Iterable[Mapping[str, Any]]]) -> dict[str, list[str]]:
        """Put records into the org: `{"Account": [{"Name": "Acme"}]}`, audit fields such as CreatedDate if given.

        Returns:
            The new ids, by object.

        Raises:
            ValueError: a record breaks a rule of its object; nothing was stored.
        """
        document = {name: [dict(record) for record in rows] for name, rows in records.items()}
        return cast("dict[str, list[str]]", self._admin("seed", document))

    def add_user(self, username: str, *, password: str | None = None, **fields: Any) -> str:
        """Make a user: `Salesforce(org.auth("ann@example.com"))` is logged in as them.

        Args:
            username: must be nobody's yet.
            password: for logins by name, with the org's security token after it; without one there are none.
            fields: of the User record, in place of made up ones and of the administrator's profile.

        Returns:
            The user's Id.

        Raises:
            ValueError: the record, or the password, breaks a rule.
        """
        made = self._admin("users", {"username": username, "password": password, "fields": fields})
        return cast("dict[str, str]", made)["id"]

    def add_app(self, client_id: str, **app: Any) -> None:
        """Add a connected app, or replace the one with this consumer key.

        Args:
            app: `client_secret` (without one the app is public), `run_as`, `certificate` (PEM text, for JWT bearer)
                and what else `specforce_mockserver.settings.App` has.

        Raises:
            ValueError: a key that no app has, or a certificate that can't be used.
        """
        self._admin("apps", {"client_id": client_id, **app})

    def log_in_automatically(self) -> None:
        """Ask nobody at the login pages, until the next reset: the default user allows every app everything."""
        self._admin("logins", {"automatic": True}, method="PATCH")

    def plan_job(self, **plan: Any) -> None:
        """Say how the next bulk job goes, in place of going well: see `/__mock/jobs` of the fake org."""
        self._admin("jobs", plan)

    def _admin(self, resource: str, document: object, *, method: str = "POST") -> object:
        """Ask the org's administration, which answers over HTTP only."""
        address = urlsplit(self._admin_url)
        connection = HTTPConnection(address.netloc)
        try:
            connection.request(method, f"{address.path}/__mock/{resource}", json.dumps(document, default=str))
            reply = connection.getresponse()
            content = reply.read()
        finally:
            connection.close()
        if reply.status >= 400:
            raise ValueError(json.loads(content)[0]["message"])
        return json.loads(content) if content else None


def paths(schema: str | os.PathLike[str] | Sequence[str | os.PathLike[str]]) -> list[Path]:
    """The paths of one file, or of several."""
    return [Path(each) for each in ([schema] if isinstance(schema, str | os.PathLike) else schema)]


def _authority(folder: str | os.PathLike[str] | None, hosts: Hosts) -> Authority:
    """What vouches for the org by TLS."""
    try:
        from specforce_mockserver.network.authority import Authority  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        raise missing("a fake org's TLS", error.name, "mock") from error
    return Authority(Path(folder) if folder is not None else None, hosts=hosts)
