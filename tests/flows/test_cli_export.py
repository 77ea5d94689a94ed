"""`specforce export`: what is exported and how, and going on with what broke off."""

from __future__ import annotations

import csv
import gzip
import json
import re
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    from specforce.testing import FakeOrg

    Command = Callable[..., Result]

NAMES = [f"Acme {number:02d}" for number in range(35)]
SOQL = "SELECT Name FROM Account ORDER BY Name"


@pytest.fixture
def paged(org: FakeOrg) -> FakeOrg:
    """An org whose results come in four pages."""
    org.plan_job(kind="query", times=None, default_page_records=10)
    org.seed({"Account": [{"Name": name} for name in NAMES]})
    return org


def names(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return [row["Name"] for row in csv.DictReader(file)]


def test_an_export_that_broke_off_is_gone_on_with(specforce: Command, paged: FakeOrg, tmp_path: Path) -> None:
    target = tmp_path / "accounts.csv"
    paged.faults.add("getQueryJobResults", "status", skip=2, times=None, status=404)

    broken = specforce("export", SOQL, "-o", str(target), "--resumable", "--concurrency", "1")
    told = re.search(r"to go on: specforce export --resume (\S+) --output", broken.stderr)
    assert told is not None
    assert broken.exit_code == 1
    assert not target.exists()
    paged.faults.clear()
    ended = specforce("export", "--resume", told[1], "-o", str(target), "--json")

    assert json.loads(ended.stdout)["records"] == len(NAMES)
    assert names(target) == NAMES
    assert [path.name for path in tmp_path.iterdir()] == ["accounts.csv"]
    assert sum(request.operation == "createQueryJob" for request in paged.requests) == 1


def test_the_token_is_in_the_error_as_json(specforce: Command, paged: FakeOrg, tmp_path: Path) -> None:
    paged.faults.add("getQueryJobResults", "status", times=None, status=404)

    broken = specforce("export", SOQL, "-o", str(tmp_path / "accounts.csv"), "--json")

    assert json.loads(broken.stderr)["resumeToken"].startswith("export-1:bulk:")
    assert list(tmp_path.iterdir()) == []


def test_an_object_is_exported_by_name(specforce: Command, paged: FakeOrg, tmp_path: Path) -> None:
    target = tmp_path / "accounts.csv"
    options = ("--fields", "Id, Name", "--where", "Name < 'Acme 10'", "--unordered", "--concurrency", "2")

    assert specforce("export", "--object", "Account", *options, "-o", str(target)).exit_code == 0

    assert sorted(names(target)) == NAMES[:10]


def test_the_form_is_what_was_asked_for(specforce: Command, paged: FakeOrg, tmp_path: Path) -> None:
    pq: Any = import_module("pyarrow.parquet")  # it has no types

    assert specforce("export", SOQL, "-o", str(tmp_path / "a.dat"), "--to", "parquet").exit_code == 0
    assert specforce("export", SOQL, "-o", str(tmp_path / "b.dat"), "--to", "csv.gz").exit_code == 0

    assert pq.read_table(tmp_path / "a.dat").column("Name").to_pylist() == NAMES
    assert len(gzip.decompress((tmp_path / "b.dat").read_bytes()).splitlines()) == 36


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((SOQL, "--resume", "export-1:bulk:67.0:750000000000001AAA"), "leave the query out"),
        (("--resume", "nonsense"), "isn't a resume token"),
        ((), "what is to be exported?"),
        ((SOQL, "--concurrency", "9"), "--concurrency 9: at most 5"),
        ((SOQL, "--object", "Account"), "not both"),
        ((SOQL, "--to", "xlsx"), "xlsx"),
    ],
)
def test_options_that_dont_fit_are_refused(
    specforce: Command, paged: FakeOrg, tmp_path: Path, options: tuple[str, ...], said: str
) -> None:
    refused = specforce("export", *options, "-o", str(tmp_path / "accounts.csv"))

    assert refused.exit_code == 2
    assert said in refused.stderr
    assert not [request for request in paged.requests if request.operation == "createQueryJob"]


def test_standard_output_gets_csv_alone(specforce: Command, paged: FakeOrg) -> None:
    refused = specforce("export", SOQL, "-o", "-", "--to", "parquet")

    assert refused.exit_code == 2
    assert "standard output gets CSV" in refused.stderr
