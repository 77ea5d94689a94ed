"""The pytest plugin: the fixture `fake_org`.

The standard library only, until a test takes the fixture. Objects of the org's own come from the ini option
`fake_org_schema`: files in the short form, or describe documents, by their paths from the root of the tests.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .fake_org import FakeOrg


def pytest_addoption(parser: pytest.Parser) -> None:
    """Make the org's objects a setting of the project."""
    parser.addini("fake_org_schema", "files that describe the objects of the fake org, one per line", type="paths")


@pytest.fixture(scope="session")
def fake_org_of_the_run(pytestconfig: pytest.Config) -> Iterator[FakeOrg]:
    """One fake org for all tests of a run; `fake_org` gives it to a test as new."""
    from .fake_org import FakeOrg  # noqa: PLC0415 - an extra, and only if a test takes the fixture

    with FakeOrg(schema=pytestconfig.getini("fake_org_schema")) as org:
        yield org


@pytest.fixture
def fake_org(fake_org_of_the_run: FakeOrg) -> FakeOrg:
    """A fake Salesforce org as new: `Salesforce(fake_org.auth())` talks to it."""
    fake_org_of_the_run.reset()
    return fake_org_of_the_run
