"""Which hosts are Salesforce's, and whose org a host is.

Source: specs/reference/auth.md section 1; the further domains are those of Experience Cloud, Lightning and Setup [E].
"""

from __future__ import annotations

import re

DOMAINS = (
    "salesforce.com",
    "force.com",
    "salesforce-setup.com",
    "salesforce-sites.com",
    "my.site.com",
)
LOCAL_DOMAIN = "localhost"
LOCAL_NAMES = frozenset({LOCAL_DOMAIN, "127.0.0.1", "::1"})
_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*")


class Hosts:
    """The domains that are answered for in Salesforce's stead."""

    def __init__(self, further: tuple[str, ...] = ()) -> None:
        """Name the domains.

        Args:
            further: domains beside Salesforce's, each with all hosts below it.

        Raises:
            ValueError: one isn't a domain name.
        """
        for each in further:
            if not is_name(each.lower()):
                raise ValueError(f"{each!r} isn't a domain name")
        self.domains = tuple(dict.fromkeys((*DOMAINS, *(each.lower() for each in further))))

    def __contains__(self, host: str) -> bool:
        """Whether a host is one of theirs; its case doesn't matter."""
        return below(host, self.domains)


def is_name(host: str) -> bool:
    """Whether a text in lower case can be the name of a host."""
    return _NAME.fullmatch(host) is not None


def below(host: str, domains: tuple[str, ...]) -> bool:
    """Whether a host is one of some domains, or below one."""
    lowered = host.lower()
    return any(lowered == each or lowered.endswith(f".{each}") for each in domains)


def split_port(authority: str) -> tuple[str, int | None]:
    """Host and port of `host`, `host:port` or `[::1]:port`, the host in lower case and without brackets.

    Raises:
        ValueError: it is none of these.
    """
    host, colon, port = authority.rpartition(":")
    if not colon or port.endswith("]"):
        host, port = authority, ""
    if colon and not (port.isascii() and port.isdigit() and int(port) <= 65_535) and host != authority:
        raise ValueError(f"{authority!r} has no port")
    host = host.lower()
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
        if not re.fullmatch(r"[0-9a-f:.]+", host):
            raise ValueError(f"{authority!r} isn't an address")
    elif not is_name(host):
        raise ValueError(f"{authority!r} isn't a host")
    return host, int(port) if port else None


def label(host: str) -> str:
    """The first part of a host's name, in lower case: the My Domain of `acme.my.salesforce.com`."""
    return host.lower().partition(".")[0]
