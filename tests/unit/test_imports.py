"""`import specforce` is quick because it loads next to nothing; what is public is listed."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import specforce

HEAVY = ["httpx", "httpcore", "msgspec", "attr", "attrs", "pyarrow", "asyncio", "ssl", "typer", "rich", "starlette"]


def loaded_by(code: str) -> set[str]:
    """The modules that a fresh interpreter has after `code`."""
    program = f"{code}\nimport json, sys; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    return set(json.loads(done.stdout))


def test_importing_specforce_loads_no_dependency_and_no_module_of_its_own() -> None:
    loaded = loaded_by("import specforce")

    assert not loaded & set(HEAVY)
    assert not [name for name in loaded if name.startswith(("specforce.", "specforce_"))]


def test_a_sync_client_is_made_without_httpx_and_without_an_event_loop() -> None:
    code = (
        "from specforce import Salesforce; from specforce.auth import StaticToken\n"
        "Salesforce(StaticToken('t', 'https://acme.my.salesforce.com'))"
    )

    loaded = loaded_by(code)

    assert not loaded & set(HEAVY)
    assert not [name for name in loaded if name.startswith("specforce._async")]


def test_the_sync_half_never_loads_the_async_one() -> None:
    code = (
        "import httpx; from specforce import Salesforce; from specforce.auth import StaticToken\n"
        "answer = httpx.Response(200, json={'totalSize': 0, 'done': True, 'records': []})\n"
        "sf = Salesforce(StaticToken('t', 'https://a.b'), transport=httpx.MockTransport(lambda _: answer))\n"
        "sf.query('SELECT Id FROM Account').all()"
    )

    assert not [name for name in loaded_by(code) if name.startswith("specforce._async") or name == "specforce._aio"]


def test_a_store_loads_the_driver_of_no_other() -> None:
    loaded = loaded_by("from specforce.stores import MemoryStore; MemoryStore()")

    assert not loaded & {*HEAVY, "redis", "psycopg", "sqlite3"}


def test_the_pytest_plugin_loads_the_standard_library_only() -> None:
    loaded = loaded_by("import specforce.testing.plugin") - loaded_by("import pytest")

    assert not loaded & set(HEAVY)
    assert {name for name in loaded if name.startswith("specforce")} == {
        "specforce",
        "specforce.testing",
        "specforce.testing.plugin",
    }


def test_what_is_public_is_sorted_and_there() -> None:
    assert specforce.__all__ == sorted(specforce.__all__)
    for name in specforce.__all__:
        assert getattr(specforce, name) is not None
    assert dir(specforce) == specforce.__all__


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="Sailsforce"):
        specforce.Sailsforce  # noqa: B018 - the access is the test


def test_the_version_is_the_distribution_s() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())

    assert specforce.__version__ == project["project"]["version"]
