"""The pytest plugin: the fixtures `fake_org` and `fake_org_factory`, and the mark `fake_org`.

Standard library only, until a test takes a fixture. Objects of the org's own come from the ini option
`fake_org_schema`: files in the short form, or describe documents, by their paths from the root of the tests.

    def test_loading(fake_org):                                   # as new for each test, one server per process
        with Salesforce(fake_org.auth()) as sf: ...

    @pytest.mark.fake_org(clock="manual", users=["ann@example.com"], faults=[{"operation": "query", "status": 503}])
    def test_otherwise(fake_org): ...

    def test_two_orgs(fake_org_factory):
        source, target = fake_org_factory(), fake_org_factory(schema="target.toml")

Every process of pytest-xdist has its own orgs on ports of their own, so that tests run side by side.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .fake_org import FakeOrg
    from .marks import FakeOrgFactory

_MARK = (
    "fake_org(*, schema=None, clock=None, settings=None, tls=False, proxy=False, users=(), faults=(), records=None): "
    "what the org of this test is like. schema: files beside those of fake_org_schema, from the test's folder; clock: "
    "auto, manual or real; settings: those of OrgSettings; tls, proxy: how it is reached; users: names, or mappings "
    "with `username`; faults: members of Fault; records: lists by object, to begin with."
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Make the org's objects a setting of the project."""
    parser.addini("fake_org_schema", "files that describe the objects of the fake org, one per line", type="paths")


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark known."""
    config.addinivalue_line("markers", _MARK)


@pytest.fixture(scope="session")
def fake_org_of_the_run(pytestconfig: pytest.Config) -> Iterator[FakeOrg]:
    """One fake org for all tests of a process; `fake_org` gives it to a test as new."""
    from .fake_org import FakeOrg  # noqa: PLC0415 - an extra, and only if a test takes the fixture

    with FakeOrg(schema=_schema(pytestconfig)) as org:
        yield org


@pytest.fixture
def fake_org(request: pytest.FixtureRequest) -> Iterator[FakeOrg]:
    """A fake Salesforce org as new: `Salesforce(fake_org.auth())` talks to it.

    It is the same server for every test of a process, reset before each; a test whose mark asks for objects, a clock or
    settings of its own gets a server of its own.
    """
    from .marks import mark_of  # noqa: PLC0415 - as above

    mark = mark_of(request.node)
    with ExitStack() as stack:
        if mark.needs_own_org:
            org = stack.enter_context(mark.org(_schema(request.config)))
        else:
            org = request.getfixturevalue("fake_org_of_the_run")
            org.reset()
        mark.prepare(org)
        yield org
        org.faults.clear()


@pytest.fixture
def fake_org_factory(request: pytest.FixtureRequest) -> Iterator[FakeOrgFactory]:
    """Makes running fake orgs, as many as a test wants; they end with the test.

    Takes what the mark `fake_org` takes. Orgs share nothing; one more costs about thirty milliseconds.
    """
    from .marks import OrgMark  # noqa: PLC0415 - as above

    with ExitStack() as stack:

        def make(**wanted: Any) -> FakeOrg:
            mark = OrgMark.of(wanted, request.path.parent)
            org = stack.enter_context(mark.org(_schema(request.config)))
            mark.prepare(org)
            return org

        yield make


def _schema(config: pytest.Config) -> list[Path]:
    return [*config.getini("fake_org_schema")]
