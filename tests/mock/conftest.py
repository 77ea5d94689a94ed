"""A fake org on a port for the tests of one module, reset before each; every answer is held against the spec."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from specforce_mockserver.clock import Clock
from specforce_mockserver.org import Org
from specforce_mockserver.schema_files import schema_of_text
from specforce_mockserver.server import MockServer
from tests.mock.hostile import Stranger
from tests.mock.raw_org import SCHEMA, RawOrg, serving

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def raw_server() -> Iterator[tuple[MockServer, RawOrg]]:
    """The server of a module and a client to it."""
    org = Org(schema_of_text(SCHEMA))
    with MockServer(org, check_answers=True) as server:
        raw = RawOrg(server.url)
        yield server, raw
        raw.http.close()
    org.close()


@pytest.fixture
def raw(raw_server: tuple[MockServer, RawOrg]) -> RawOrg:
    """A client with a token, to an org in its first state."""
    server, client = raw_server
    server.org.reset()
    client.login()
    return client


@pytest.fixture
def org(raw_server: tuple[MockServer, RawOrg], raw: RawOrg) -> Org:
    """The org that `raw` talks to."""
    return raw_server[0].org


@pytest.fixture
def clocked(request: pytest.FixtureRequest) -> Iterator[RawOrg]:
    """A client to an org with a clock of the kind that a test asks for."""
    with serving(Org(clock=Clock(request.param))) as client:
        yield client


@pytest.fixture
def stranger(raw: RawOrg) -> Iterator[Stranger]:
    """A caller with a session."""
    headers = {"Authorization": f"Bearer {raw.token}", "X-SFDC-Session": raw.token}
    with Stranger(raw.url, headers) as caller:
        yield caller
