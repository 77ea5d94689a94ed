"""The examples of Bulk API 1.0 run against a fake org, as a user runs them, and print what they say."""

from __future__ import annotations

import importlib
import re
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from specforce.testing import FakeOrg

TABLE = "LastName,Department\nByron,Research\nHopper,Research\n,Research\n"


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


def test_contacts_are_inserted_changed_queried_and_deleted(run: Any, tmp_path: Path) -> None:
    source = tmp_path / "contacts.csv"
    source.write_text(TABLE)

    lines = run("bulk_v1_insert", source)
    assert lines[:2] == ["batch Completed: 3 rows, 1 failed", f"1 batch, {len(TABLE)} bytes"]
    assert re.fullmatch(r"1 003\w{15}", lines[2])
    assert lines[4:] == ["3 Required fields are missing: [LastName]", "job Closed"]
    assert run("bulk_v1_update", "Research", "Dr") == ["2 contacts changed"]
    assert run("bulk_v1_query", tmp_path / "out.csv") == ["2 contacts in out.csv", "Byron, Hopper"]
    assert run("bulk_v1_delete", "Research") == ["2 contacts deleted"]


def test_contacts_are_inserted_as_json(run: Any) -> None:
    lines = run("bulk_v1_insert_json")

    assert [line.partition(":")[0] for line in lines] == ["Lovelace", "Hopper"]


def test_contacts_are_upserted_twice(run: Any, org: FakeOrg, tmp_path: Path) -> None:
    (record_id,) = org.seed({"Contact": [{"LastName": "Old"}]})["Contact"]
    source = tmp_path / "contacts.csv"
    source.write_text(f"Id,LastName\n{record_id},New\n,Newer\n")

    assert run("bulk_v1_upsert", source, "Id") == ["1 created, 1 updated"]
