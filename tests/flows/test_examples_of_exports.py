"""The examples of exports run against a fake org, as a user runs them, and print what they say."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from specforce.testing import FakeOrg


@pytest.fixture
def run(org: FakeOrg, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run an example by name, logged in by environment; the lines that it prints."""
    monkeypatch.setenv("SALESFORCE_LOGIN_URL", org.url)
    monkeypatch.setenv("SALESFORCE_CLIENT_ID", "test-client")
    monkeypatch.setenv("SALESFORCE_CLIENT_SECRET", "test-secret")

    def call(name: str, *arguments: object) -> list[str]:
        importlib.import_module(f"examples.{name}").main(*arguments)
        return capsys.readouterr().out.splitlines()

    return call


def test_a_table_is_kept_up_to_date_by_its_high_water_mark(run: Any, org: FakeOrg, tmp_path: Path) -> None:
    database = tmp_path / "accounts.duckdb"
    org.seed({"Account": [{"Name": "Acme"}, {"Name": "Bolt"}]})

    (first,) = run("incremental_export", database)
    org.advance(60)
    org.seed({"Account": [{"Name": "Cask"}]})
    (second,) = run("incremental_export", database)
    (third,) = run("incremental_export", database)

    assert first == "2 changed since 1990-01-01, 2 accounts in accounts.duckdb"
    assert second.endswith("3 accounts in accounts.duckdb")
    assert third.startswith("1 changed since")
    with duckdb.connect(str(database)) as db:
        assert sorted(db.execute("SELECT Name FROM accounts").fetchall()) == [("Acme",), ("Bolt",), ("Cask",)]


def test_a_parquet_file_goes_through_salesforce_into_duckdb(run: Any, tmp_path: Path) -> None:
    source = tmp_path / "accounts.parquet"
    pq.write_table(pa.table({"Name": ["Acme", "Bolt", None], "NumberOfEmployees": [3, 4, 5]}), source)

    lines = run("parquet_to_duckdb", source, tmp_path / "accounts.duckdb")

    assert lines == ["2 created, 1 refused", "2 accounts with 7 employees in accounts.duckdb"]
