"""What the flow tests share: one fake org per run, as new for each test, and both halves of the facade."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from specforce.testing import FakeOrg
from tests.flows.bulk_org import BulkOrg
from tests.halves import Half, both_halves

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from typer.testing import Result

SCHEMA = Path(__file__).parents[1] / "schema.toml"


@pytest.fixture(scope="session")
def org_of_the_run() -> Iterator[FakeOrg]:
    """The fake org that `org` gives to each test as new."""
    with FakeOrg(SCHEMA) as org:
        yield org


@pytest.fixture
def org(org_of_the_run: FakeOrg) -> FakeOrg:
    """A fake org as new."""
    org_of_the_run.reset()
    return org_of_the_run


@pytest.fixture(params=["sync", "async"])
def half(request: pytest.FixtureRequest) -> Iterator[Half]:
    """One half of the facade."""
    with both_halves(request.param) as half:
        yield half


@pytest.fixture
def bulk(org: FakeOrg, half: Half) -> Iterator[BulkOrg]:
    """The half at the module's fake org, as new, with what the bulk flows share."""
    org.reset()
    bulk = BulkOrg(org, half)
    yield bulk
    org.faults.clear()
    bulk.close()


@pytest.fixture
def specforce(org: FakeOrg, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run the command line, logged in to the fake org by environment."""
    from typer.testing import CliRunner

    from specforce.cli.app import app

    for name in [name for name in os.environ if name.startswith("SALESFORCE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SALESFORCE_LOGIN_URL", org.url)
    monkeypatch.setenv("SALESFORCE_CLIENT_ID", "test-client")
    monkeypatch.setenv("SALESFORCE_CLIENT_SECRET", "test-secret")
    return lambda *arguments: CliRunner().invoke(app, arguments)
