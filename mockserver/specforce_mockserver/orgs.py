"""`Orgs`: the orgs of one process, by the name of their My Domain. They share nothing but the port.

The first one is there from the start to the end. Where the process has that one only, it answers at every host;
with `strict` hosts, one whose My Domain is nobody's is nobody's host.
"""

from __future__ import annotations

import re
import threading
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

from specforce_mockserver.clock import Clock
from specforce_mockserver.ids import ids_from
from specforce_mockserver.network.hosts import LOCAL_DOMAIN, Hosts, below, label
from specforce_mockserver.org import Org
from specforce_mockserver.settings import OrgSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from specforce_mockserver.clock import ClockKind

_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def settings_for(name: str, settings: OrgSettings | None = None) -> OrgSettings:
    """The settings of an org of a name.

    Args:
        name: the org's My Domain.
        settings: the rest; without them the org has the documented identity, but for a username of its own, such as
            `user@acme.example.com`: no two orgs of Salesforce have a user of the same name.

    Raises:
        ValueError: the name can't be that of a host.
    """
    lowered = name.lower()
    if not _NAME.fullmatch(lowered):
        raise ValueError(f"{name!r} can't be an org's name: it takes letters, digits and hyphens")
    given = settings or OrgSettings(username=f"user@{lowered}.example.com", organization_name=name)
    (organization_id,) = ids_from("00D", zlib.crc32(lowered.encode()), 1)
    return replace(given, my_domain=lowered, organization_id=given.organization_id or organization_id)


def bare_org(settings: OrgSettings, clock: Clock) -> Org:
    """An org with the standard objects, in a temporary file."""
    return Org(settings=settings, clock=clock)


class Orgs:
    """The orgs of one process."""

    def __init__(
        self, first: Org, *, strict: bool = False, new_org: Callable[[OrgSettings, Clock], Org] = bare_org
    ) -> None:
        """Begin with an org.

        Args:
            first: answers wherever no org is named.
            strict: whether hosts below Salesforce's domains have to name an org.
            new_org: makes the others, where they are made by `make`.
        """
        self.first = first
        self.strict = strict
        self._new_org = new_org
        self._hosts = Hosts(first.settings.further_domains)
        self._by_name = {first.settings.my_domain: first}
        self._lock = threading.Lock()
        self._on_remove: list[Callable[[Org], None]] = []

    def __iter__(self) -> Iterator[Org]:
        """All of them, in the order in which they came."""
        return iter(list(self._by_name.values()))

    def __len__(self) -> int:
        return len(self._by_name)

    def named(self, name: str) -> Org | None:
        """The org of a name, in any case."""
        return self._by_name.get(name.lower())

    def at(self, host: str) -> Org | None:
        """The org of a host: the one that it names, the first where it names none; None where it names nobody's."""
        org = self._by_name.get(label(host))
        named = host in self._hosts
        if org is not None and (named or below(host, (LOCAL_DOMAIN,))):
            return org
        return None if self.strict and named else self.first

    def make(self, settings: OrgSettings, *, clock: ClockKind | None = None) -> Org:
        """Make another org.

        Args:
            settings: with its name, as `settings_for` gives them.
            clock: of the kind of the first one's, unless given.

        Raises:
            ValueError: as `add`, or the certificate of an app can't be used.
        """
        if self.named(settings.my_domain) is not None:
            raise ValueError(f"there is an org {settings.my_domain} already")
        org = self._new_org(settings, Clock(clock or self.first.clock.kind))
        try:
            self.add(org)
        except ValueError:
            org.close()
            raise
        return org

    def add(self, org: Org) -> None:
        """Take in another org, by its My Domain.

        Raises:
            ValueError: there is one of that name, or its Id is another's.
        """
        name = org.settings.my_domain
        with self._lock:
            if name in self._by_name:
                raise ValueError(f"there is an org {name} already")
            if any(each.identity.org_id == org.identity.org_id for each in self._by_name.values()):
                raise ValueError(f"the Id of {name} is another org's: give it an organization_id")
            self._by_name = {**self._by_name, name: org}

    def remove(self, name: str) -> None:
        """End an org, with all that it knows.

        Raises:
            KeyError: there is none of that name.
            ValueError: it is the first one.
        """
        with self._lock:
            org = self._by_name[name.lower()]
            if org is self.first:
                raise ValueError(f"{name} is the first org: it ends with the server")
            self._by_name = {key: each for key, each in self._by_name.items() if each is not org}
        for forget in self._on_remove:
            forget(org)
        org.close()

    def on_remove(self, forget: Callable[[Org], None]) -> None:
        """Call a function with each org that ends, before it does."""
        self._on_remove.append(forget)

    def close(self) -> None:
        """Close them all."""
        for org in self:
            org.close()
