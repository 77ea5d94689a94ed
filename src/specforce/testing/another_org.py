"""`AnotherOrg`: an org in the process of a `FakeOrg`, with a state, users and tokens of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from specforce_mockserver.clock import Clock
from specforce_mockserver.org import Org
from specforce_mockserver.orgs import settings_for
from specforce_mockserver.schema_files import load_schema

from .fake_org import FakeOrg, paths
from .faults import Faults

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence
    from pathlib import Path

    from specforce_mockserver.clock import ClockKind
    from specforce_mockserver.orgs import Orgs
    from specforce_mockserver.server import MockServer
    from specforce_mockserver.settings import OrgSettings


class AnotherOrg(FakeOrg):
    """An org beside another one: `FakeOrg.another` makes it. It answers while that one's server does."""

    def __init__(
        self,
        orgs: Orgs,
        server: MockServer,
        ca_bundle: Path | None,
        *,
        name: str,
        schema: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
        clock: ClockKind,
        settings: OrgSettings | None,
    ) -> None:
        own = settings_for(name, settings)
        self.org = Org(load_schema(paths(schema)), clock=Clock(clock), settings=own)
        try:
            orgs.add(self.org)
        except ValueError:
            self.org.close()
            raise
        self._orgs = orgs
        self._server = server
        self._admin_url = f"{server.plain_url}/orgs/{own.my_domain}"
        self.url = f"{server.url}/orgs/{own.my_domain}"
        self.proxy_url = server.proxy_url
        self.ca_bundle = ca_bundle
        self.faults = Faults(self.org)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End the org; the others go on."""
        if self._orgs.named(self.org.settings.my_domain) is self.org:
            self._orgs.remove(self.org.settings.my_domain)
