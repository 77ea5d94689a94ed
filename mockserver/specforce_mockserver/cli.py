"""`python -m specforce_mockserver`: serve an org, or print what is served.

Standard library only, so that the command works wherever the package does; `specforce mock serve` calls it.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import signal
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from specforce_mockserver.clock import CLOCK_KINDS, Clock
from specforce_mockserver.oauth.apps import load_apps
from specforce_mockserver.org import Org
from specforce_mockserver.schema_files import SchemaFileError, load_schema
from specforce_mockserver.served import coverage
from specforce_mockserver.server import LOOPBACK, MockServer
from specforce_mockserver.settings import OrgSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

LOOPBACK_HOSTS = frozenset({LOOPBACK, "localhost", "::1"})


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit code is answered."""
    options = _parser().parse_args(arguments)
    if options.command == "coverage":
        return _coverage(as_json=options.json)
    try:
        return _serve(options)
    except (SchemaFileError, OSError, ValueError) as error:
        sys.stderr.write(f"specforce mock: {error}\n")
        return 2


def _parser() -> argparse.ArgumentParser:
    identity = OrgSettings()
    parser = argparse.ArgumentParser(prog="specforce mock", description="A fake Salesforce org on loopback.")
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="serve an org until interrupted")
    serve.add_argument("--host", default=LOOPBACK, help="address to bind (%(default)s: only this machine)")
    serve.add_argument("--port", type=int, default=8080, help="port; 0 takes a free one (%(default)s)")
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
    serve.add_argument("--persist", type=Path, metavar="FILE", help="keep the records in this file")
    serve.add_argument("--public-url", metavar="URL", help="where clients find the org, if not at the host they ask")
    for name in ("client-id", "client-secret", "username", "password", "security-token", "refresh-token"):
        default = getattr(identity, name.replace("-", "_"))
        serve.add_argument(f"--{name}", default=default, help="of the default identity (%(default)s)")
    serve.add_argument(
        "--certificate", type=Path, metavar="FILE", help="of the default app, for the JWT bearer flow: PEM"
    )
    serve.add_argument(
        "--apps", type=Path, metavar="FILE", help="further connected apps: TOML, a table per consumer key"
    )
    serve.add_argument("--automatic-login", action="store_true", help="login pages ask nobody and allow everything")
    shown = commands.add_parser("coverage", help="print how each operation of the specs is served")
    shown.add_argument("--json", action="store_true", help="as one JSON object")
    return parser


def _coverage(*, as_json: bool) -> int:
    served = coverage()
    if as_json:
        sys.stdout.write(json.dumps(served, indent=2) + "\n")
    else:
        width = max(map(len, served))
        sys.stdout.writelines(f"{name:<{width}}  {how}\n" for name, how in served.items())
    return 0


def _serve(options: argparse.Namespace) -> int:
    identity = ("client_id", "client_secret", "username", "password", "security_token", "refresh_token", "public_url")
    settings = replace(
        OrgSettings(),
        **{name: getattr(options, name) for name in identity},
        certificate=options.certificate.read_text("utf-8") if options.certificate else None,
        apps=load_apps(options.apps) if options.apps else (),
        automatic_login=options.automatic_login,
    )
    org = Org(load_schema(options.schema), clock=Clock(options.clock), settings=settings, database_path=options.persist)
    try:
        server = MockServer(org, host=options.host, port=options.port)
        stopped = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda _number, _frame: stopped.set())
        with server:
            _announce(server, options)
            stopped.wait()
    finally:
        org.close()
    return 0


def _announce(server: MockServer, options: argparse.Namespace) -> None:
    if options.print_url:
        sys.stdout.write(f"{server.url}\n")
    else:
        sys.stdout.write(
            f"fake org at {server.url} ({options.clock} clock)\n"
            f"  client id {options.client_id}, client secret {options.client_secret}\n"
            f"  user {options.username}, password {options.password}{options.security_token}\n"
        )
    if options.host not in LOOPBACK_HOSTS:
        sys.stderr.write(f"anyone who can reach {options.host} can use this org: it has no secrets to keep\n")
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.flush()
