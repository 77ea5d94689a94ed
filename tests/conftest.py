"""Settings and servers that every test shares."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from specforce_mockserver.server import MockServer

# Properties are searched alike in every run, on machines of any speed.
settings.register_profile("suite", deadline=None, derandomize=True, database=None)
# For an afternoon: `pytest --hypothesis-profile=thorough`.
settings.register_profile("thorough", deadline=None, max_examples=2000, database=None)
settings.load_profile("suite")

# No test reads or writes the keyring of whoever runs it.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"

# A shell starts background jobs with Ctrl-C ignored, and what they start inherits that: tests of it need it heard.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

SCHEMA = Path(__file__).with_name("schema.toml")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the tests of the contract suite itself serve other documents than those the suite expects."""
    parser.addoption("--prism-documents", metavar="FOLDER", help="OpenAPI files for Prism, in place of the specs'")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail what skips: a test that can't run here says what to install, one that doesn't apply isn't collected."""
    report = yield
    if report.skipped:
        report.outcome = "failed"
        report.longrepr = f"tests don't skip: {report.longrepr}"
    return report


@pytest.fixture
def anyio_backend() -> str:
    """Async tests run on asyncio: what the facade's async half is built on."""
    return "asyncio"


@pytest.fixture(scope="module")
def mock_server() -> Iterator[MockServer]:
    """A fake org on a free loopback port, for the tests of one module; `stage` and the like reset it between them."""
    from specforce_mockserver.org import Org
    from specforce_mockserver.schema_files import load_schema
    from specforce_mockserver.server import MockServer

    org = Org(load_schema([SCHEMA]))
    try:
        with MockServer(org) as server:
            yield server
    finally:
        org.close()


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A Redis server, for all tests of this process."""
    from tests.servers import redis_server

    with redis_server() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server, for all tests of this process: a connection string."""
    from tests.servers import postgres_server

    with postgres_server() as conninfo:
        yield conninfo
