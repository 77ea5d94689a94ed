"""The three addresses of an org, read as people write them: login URL, instance URL, and none built twice over.

Scheme, host, port and path prefix are the caller's; what is left out is filled in: `acme`, `acme.my.salesforce.com`
and `https://acme.my.salesforce.com/` are the same.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from specforce_api.runtime.errors import InputError

PRODUCTION_LOGIN = "https://login.salesforce.com"
SANDBOX_LOGIN = "https://test.salesforce.com"
_SHARED_LOGINS = frozenset({"login.salesforce.com", "test.salesforce.com"})
_LOOPBACK = frozenset({"localhost", "127.0.0.1"})
_MY_DOMAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.sandbox)?")


def base_url(text: str, *, name: str) -> str:
    """An address as `scheme://host[:port][/prefix]`, without a slash at the end.

    Args:
        text: a URL, a host, a My Domain name (`acme`, `acme--dev.sandbox`), or `login` / `test` for the shared login
            hosts.
        name: the setting, for the message.

    Raises:
        InputError: it is blank, or not an address.
    """
    given = text.strip()
    if not given:
        raise InputError(f"{name} is empty: pass the org's address, such as https://acme.my.salesforce.com")
    if given in ("login", "test"):
        return PRODUCTION_LOGIN if given == "login" else SANDBOX_LOGIN
    if "://" not in given:
        given = f"https://{given}.my.salesforce.com" if _is_my_domain(given) else f"https://{given}"
    try:
        parts = urlsplit(given)
        port = parts.port
    except ValueError as error:
        raise InputError(f"{name}={text!r} isn't an address: {error}") from None
    host = parts.hostname or ""
    if parts.scheme.lower() not in ("http", "https") or not host or "://" in parts.path or host in ("http", "https"):
        raise InputError(f"{name}={text!r} isn't an address: it should look like https://acme.my.salesforce.com")
    if parts.username is not None or parts.query or parts.fragment:
        raise InputError(f"{name} takes scheme, host, port and path only: no user, query or fragment")
    if not re.fullmatch(r"[A-Za-z0-9._~:-]+", host) or re.search(r"[\s\x00-\x1f\x7f]", given):
        raise InputError(f"{name}={text!r} holds characters that no address has")
    if host.endswith(".lightning.force.com"):
        raise InputError(f"{name}={text!r} is the user interface's address: APIs answer at https://….my.salesforce.com")
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme.lower()}://{shown}{f':{port}' if port is not None else ''}{parts.path.rstrip('/')}"


def _is_my_domain(name: str) -> bool:
    return _MY_DOMAIN.fullmatch(name) is not None and name.lower() != "localhost"


def is_shared_login(url: str) -> bool:
    """Is it a login host of all orgs, instead of one org's own?"""
    return urlsplit(url).hostname in _SHARED_LOGINS


def loopback_address(redirect_uri: str) -> tuple[int, str]:
    """Port and path of a redirect URI.

    Raises:
        InputError: it isn't one on loopback.
    """
    try:
        parts = urlsplit(redirect_uri)
        port = parts.port if parts.port is not None else 80
    except ValueError:
        parts, port = urlsplit(""), 0
    if parts.scheme != "http" or parts.hostname not in _LOOPBACK or parts.query or parts.fragment or parts.username:
        raise InputError(
            f"redirect_uri={redirect_uri!r}: it must be on this machine, such as http://localhost:1717/callback"
        )
    return port, parts.path or "/"


def host(url: str) -> str:
    """Host and port, for messages."""
    return urlsplit(url).netloc.rpartition("@")[2]
