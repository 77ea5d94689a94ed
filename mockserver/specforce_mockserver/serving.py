"""`specforce mock serve`: its options, and a server that runs until it is interrupted."""

from __future__ import annotations

import contextlib
import gc
import signal
import sqlite3
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from specforce_mockserver.claims import claimed
from specforce_mockserver.clock import CLOCK_KINDS, Clock
from specforce_mockserver.journal import JOURNAL_FORMS, Journal
from specforce_mockserver.network.hosts import LOCAL_NAMES, Hosts
from specforce_mockserver.network.limits import raise_file_limit
from specforce_mockserver.oauth.apps import load_apps
from specforce_mockserver.org import Org
from specforce_mockserver.orgs import Orgs, settings_for
from specforce_mockserver.schema_files import load_schema
from specforce_mockserver.seed_files import seed_of
from specforce_mockserver.server import GRACE_S, LOOPBACK, MockServer
from specforce_mockserver.settings import OrgSettings

if TYPE_CHECKING:
    import argparse
    from types import FrameType

    from specforce_mockserver.network.authority import Authority

MISSING_TOLD = 5
MAX_PORT = 65_535
IDENTITY = ("client_id", "client_secret", "username", "password", "security_token", "refresh_token")


def add_options(serve: argparse.ArgumentParser) -> None:
    """Say which options there are."""
    identity = OrgSettings()
    serve.add_argument("--host", default=LOOPBACK, help="address to bind (%(default)s: only this machine)")
    serve.add_argument("--port", type=port, default=8080, help="port; 0 takes a free one (%(default)s)")
    serve.add_argument("--print-url", action="store_true", help="print the URL, and nothing else, as the first line")
    serve.add_argument("--clock", choices=CLOCK_KINDS, default="real", help="whose time the org has (%(default)s)")
    serve.add_argument(
        "--schema",
        type=Path,
        action="append",
        default=[],
        metavar="PATH",
        help="objects beside the standard ones: TOML, describe documents in JSON, or a folder of both; repeatable",
    )
    serve.add_argument(
        "--org",
        action="append",
        default=[],
        metavar="NAME",
        help="an org of this name, at NAME.my.salesforce.com and below /orgs/NAME; repeatable",
    )
    serve.add_argument(
        "--persist", type=Path, metavar="PATH", help="keep the records in this file; with --org, in this folder"
    )
    serve.add_argument(
        "--seed",
        type=Path,
        action="append",
        default=[],
        metavar="PATH",
        help="records to begin with, and again after a reset: JSON, TOML, Object.csv, or a folder of these; repeatable",
    )
    serve.add_argument("--public-url", metavar="URL", help="where clients find the org, if not at the host they ask")
    for name in IDENTITY:
        default = getattr(identity, name)
        serve.add_argument(f"--{name.replace('_', '-')}", default=default, help="of the default identity (%(default)s)")
    serve.add_argument(
        "--certificate", type=Path, metavar="FILE", help="of the default app, for the JWT bearer flow: PEM"
    )
    serve.add_argument(
        "--apps", type=Path, metavar="FILE", help="further connected apps: TOML, a table per consumer key"
    )
    serve.add_argument(
        "--records-per-tick",
        type=rows,
        default=OrgSettings().records_per_tick,
        metavar="ROWS",
        help="how fast bulk jobs are under the auto and the manual clock (%(default)s)",
    )
    serve.add_argument("--automatic-login", action="store_true", help="login pages ask nobody and allow everything")
    serve.add_argument(
        "--log-format", choices=JOURNAL_FORMS, help="write a line per request to stderr, without secrets (none)"
    )
    serve.add_argument(
        "--grace-s",
        type=float,
        default=GRACE_S,
        metavar="SECONDS",
        help="how long calls are waited for at the end; a second signal ends the wait (%(default)s)",
    )
    _add_network_options(serve)


def port(text: str) -> int:
    """A port, as an option has it.

    Raises:
        ValueError: it isn't one.
    """
    number = int(text)
    if not 0 <= number <= MAX_PORT:
        raise ValueError(text)
    return number


def rows(text: str) -> int:
    """A number of rows, as an option has it.

    Raises:
        ValueError: it isn't one, or nothing would ever move by it.
    """
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _add_network_options(serve: argparse.ArgumentParser) -> None:
    group = serve.add_argument_group("TLS and the proxy")
    group.add_argument("--tls", action="store_true", help="speak https too, by a certificate authority of its own")
    group.add_argument(
        "--proxy",
        action="store_true",
        help="be a proxy too, which answers for Salesforce's hosts itself, forwards nothing and refuses all others",
    )
    group.add_argument(
        "--proxy-domain", action="append", default=[], metavar="DOMAIN", help="a further domain to answer for"
    )
    group.add_argument(
        "--ca-dir", type=Path, metavar="DIR", help="keep the authority here for the next time (a temporary folder)"
    )
    group.add_argument("--tls-name", action="append", default=[], metavar="NAME", help="a further name of this machine")
    group.add_argument(
        "--print-ca", action="store_true", help="print the path of the CA bundle as a line, after the URL if that is"
    )


def run(options: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM; the exit code is answered.

    Raises:
        ValueError, OSError: an option can't be used, the port is taken, a file can't be read.
    """
    raise_file_limit()
    hosts = Hosts(tuple(options.proxy_domain))
    settings = replace(
        OrgSettings(),
        **{name: getattr(options, name) for name in IDENTITY},
        public_url=options.public_url,
        further_domains=tuple(options.proxy_domain),
        certificate=options.certificate.read_text("utf-8") if options.certificate else None,
        apps=load_apps(options.apps) if options.apps else (),
        automatic_login=options.automatic_login,
        records_per_tick=options.records_per_tick,
    )
    with contextlib.ExitStack() as stack:
        authority = None
        if options.tls or options.proxy or options.print_ca:
            authority = _authority(options, hosts)
            stack.callback(authority.close)
        orgs = _orgs(options, settings, stack)
        stack.callback(orgs.close)
        journal = None
        if options.log_format is not None:
            journal = Journal(sys.stderr, options.log_format)
            stack.callback(journal.close)
        server = MockServer(
            orgs,
            host=options.host,
            port=options.port,
            authority=authority,
            tls=options.tls,
            proxied=hosts if options.proxy else None,
            grace_s=options.grace_s,
            journal=journal,
        )
        stopped = threading.Event()

        def stop(_number: int, _frame: FrameType | None) -> None:
            if stopped.is_set():
                server.hurry()
            stopped.set()

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, stop)
        with server:
            gc.freeze()  # what an org is made of stays: later collections needn't look at it
            gc.enable()
            _announce(server, options, authority)
            stopped.wait()
    return 0


def _orgs(options: argparse.Namespace, settings: OrgSettings, stack: contextlib.ExitStack) -> Orgs:
    """The orgs that the options ask for: one that answers everywhere, or one for each name; their files are claimed.

    Raises:
        ValueError, OSError: an option can't be used, a file can't be read.
    """
    seed = seed_of(options.seed) if options.seed else None
    first, *others = [_named(name, settings) for name in options.org] or [settings]
    kept: dict[str, Path] = {}
    if options.persist is not None and options.org:
        options.persist.mkdir(parents=True, exist_ok=True)
        kept = {each.my_domain: options.persist / f"{each.my_domain}.db" for each in (first, *others)}
    elif options.persist is not None:
        kept = {first.my_domain: options.persist}
    for path in kept.values():
        stack.enter_context(claimed(path))

    def made(own: OrgSettings, clock: Clock) -> Org:
        schema = load_schema(options.schema)
        path = kept.get(own.my_domain)
        try:
            return Org(schema, clock=clock, settings=own, database_path=path, first_records=seed)
        except sqlite3.DatabaseError as error:
            raise ValueError(f"{path or own.my_domain}: {error}") from error

    orgs = Orgs(made(first, Clock(options.clock)), strict=bool(options.org), new_org=made)
    try:
        for each in others:
            orgs.make(each)
    except (ValueError, OSError):
        orgs.close()
        raise
    return orgs


def _named(name: str, settings: OrgSettings) -> OrgSettings:
    """The settings of an org of a name, whose user has a name of its own unless one was given."""
    own = settings_for(name, settings)
    return own if own.username != OrgSettings().username else replace(own, username=settings_for(name).username)


def _authority(options: argparse.Namespace, hosts: Hosts) -> Authority:
    try:
        from specforce_mockserver.network.authority import Authority  # noqa: PLC0415 - only where it is asked for
    except ModuleNotFoundError as error:
        raise ValueError(f"TLS and the proxy need the package {error.name}: pip install 'specforce[mock]'") from error
    names = [*options.tls_name, *([options.host] if options.host not in LOCAL_NAMES else [])]
    return Authority(options.ca_dir, hosts=hosts, names=names)


def _announce(server: MockServer, options: argparse.Namespace, authority: Authority | None) -> None:
    """Say where the org is, on stdout, and who can reach it, on stderr."""
    lines = [server.url] if options.print_url else []
    if options.print_ca and authority is not None:
        lines.append(str(authority.bundle))
    if not lines:
        lines = [
            f"fake org at {server.url} ({options.clock} clock)",
            f"  client id {options.client_id}, client secret {options.client_secret}",
            f"  user {options.username}, password {options.password}{options.security_token}",
        ]
        if server.proxy_url is not None:
            lines.append(f"  proxy {server.proxy_url}")
        if authority is not None:
            lines.append(f"  CA bundle {authority.bundle}")
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    missing = server.orgs.first.schema.missing
    if missing:
        told = "; ".join(f"{name} at {', '.join(targets)}" for name, targets in list(missing.items())[:MISSING_TOLD])
        more = f"; and {len(missing) - MISSING_TOLD} more" if len(missing) > MISSING_TOLD else ""
        sys.stderr.write(f"references point at objects that the schema lacks: {told}{more}\n")
    if options.host not in LOCAL_NAMES:
        sys.stderr.write(f"anyone who can reach {options.host} can use this org: it has no secrets to keep\n")
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.flush()
