"""`specforce mock env`: the environment variables that lead a client to a fake org, in the words of a shell.

    eval "$(specforce mock env --proxy http://127.0.0.1:8080 --ca fake-ca/ca.pem)"

Of the clients, those that read no variables of Salesforce are led by what their HTTP library reads. Nothing here asks
the network: the addresses are those that `specforce mock serve` was given, or printed.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from specforce_mockserver.orgs import settings_for
from specforce_mockserver.settings import OrgSettings

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping

DEFAULT_URL = "http://127.0.0.1:8080"
DIRECT_HOSTS = "localhost,127.0.0.1,::1"


@dataclass(frozen=True, slots=True)
class Place:
    """Where an org is.

    Attributes:
        url: its own address.
        proxy: the address of its proxy, if it is one.
        ca: the bundle of its authority, if it has one.
        settings: who may log in.
    """

    url: str = DEFAULT_URL
    proxy: str | None = None
    ca: str | None = None
    settings: OrgSettings = OrgSettings()  # noqa: RUF009 - it is frozen

    @property
    def login_url(self) -> str:
        """Where a client logs in that takes any address."""
        return self.url if self.proxy is None else self.settings.my_domain_url

    def proxies(self, *, everywhere: bool = False) -> dict[str, str]:
        """What says to use the proxy. Some programs read the names in upper case, some in lower case."""
        if self.proxy is None:
            return {}
        names = ("HTTPS_PROXY", "https_proxy", *(("HTTP_PROXY", "http_proxy") if everywhere else ()))
        return {**dict.fromkeys(names, self.proxy), **dict.fromkeys(("NO_PROXY", "no_proxy"), DIRECT_HOSTS)}

    def trusts(self, *names: str) -> dict[str, str]:
        """What says to trust the bundle, under some names."""
        return {} if self.ca is None else dict.fromkeys(names, self.ca)


def _specforce(place: Place) -> dict[str, str]:
    settings = place.settings
    own = {
        "SALESFORCE_LOGIN_URL": place.login_url,
        "SALESFORCE_CLIENT_ID": settings.client_id,
        "SALESFORCE_CLIENT_SECRET": settings.client_secret,
    }
    proxy = {"SALESFORCE_PROXY": place.proxy} if place.proxy is not None else {}
    return own | proxy | place.trusts("SALESFORCE_VERIFY")


def _sf(place: Place) -> dict[str, str]:
    return (
        {"SF_ORG_INSTANCE_URL": place.login_url} | place.proxies(everywhere=True) | place.trusts("NODE_EXTRA_CA_CERTS")
    )


CLIENTS: Mapping[str, Callable[[Place], dict[str, str]]] = {
    "specforce": _specforce,
    "simple-salesforce": lambda place: place.proxies() | place.trusts("REQUESTS_CA_BUNDLE"),
    "salesforce-bulk": lambda place: place.proxies() | place.trusts("REQUESTS_CA_BUNDLE"),
    "zeep": lambda place: place.proxies() | place.trusts("REQUESTS_CA_BUNDLE"),
    "jsforce": lambda place: place.proxies() | place.trusts("NODE_EXTRA_CA_CERTS"),
    "sf": _sf,
    "curl": lambda place: place.proxies() | place.trusts("CURL_CA_BUNDLE"),
    "openssl": lambda place: place.proxies() | place.trusts("SSL_CERT_FILE"),
}


def variables(place: Place, client: str = "all") -> dict[str, str]:
    """The variables for a client of `CLIENTS`, or for all of them.

    Raises:
        ValueError: clients could not trust what they find there, since no bundle is given.
    """
    if place.ca is None and (place.proxy is not None or place.url.startswith("https:")):
        raise ValueError("clients have to be told of the CA bundle: give --ca (`serve --print-ca` prints its path)")
    chosen = CLIENTS.values() if client == "all" else (CLIENTS[client],)
    return {name: value for each in chosen for name, value in each(place).items()}


def _single_quoted(value: str, quote: str) -> str:
    return "'" + value.replace("'", quote) + "'"


def _fish(value: str) -> str:
    return _single_quoted(value.replace("\\", "\\\\"), "\\'")


SHELLS: Mapping[str, Callable[[str, str], str]] = {
    "bash": lambda name, value: "export {}={}".format(name, _single_quoted(value, "'\\''")),
    "fish": lambda name, value: f"set -gx {name} {_fish(value)}",
    "powershell": lambda name, value: "$Env:{} = {}".format(name, _single_quoted(value, "''")),
    "dotenv": lambda name, value: '{}="{}"'.format(name, value.replace("\\", "\\\\").replace('"', '\\"')),
}


def add_options(env: argparse.ArgumentParser) -> None:
    """Say which options there are."""
    env.add_argument("--url", default=DEFAULT_URL, help="where the org is (%(default)s)")
    env.add_argument("--proxy", metavar="URL", help="where its proxy is; needs --ca")
    env.add_argument("--ca", type=Path, metavar="FILE", help="the bundle of its certificate authority")
    env.add_argument("--org", metavar="NAME", help="which org, where the server has several")
    env.add_argument("--shell", choices=SHELLS, default="bash", help="in whose words (%(default)s)")
    env.add_argument("--client", choices=("all", *CLIENTS), default="all", help="for whom (%(default)s)")


def run(options: argparse.Namespace) -> int:
    """Print the variables; the exit code is answered.

    Raises:
        ValueError: an option can't be used.
    """
    place = Place(
        url=options.url.rstrip("/") + (f"/orgs/{options.org.lower()}" if options.org else ""),
        proxy=options.proxy,
        ca=str(options.ca.resolve()) if options.ca is not None else None,
        settings=settings_for(options.org) if options.org else OrgSettings(),
    )
    line = SHELLS[options.shell]
    sys.stdout.writelines(f"{line(name, value)}\n" for name, value in variables(place, options.client).items())
    return 0
