"""salesforce-bulk, unmodified, at https://login.salesforce.com, which its environment alone leads to the fake org."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from specforce.testing import FakeOrg
from tests.thirdparty.sessions import SCHEMA, played

if TYPE_CHECKING:
    from collections.abc import Iterator

SCRIPT = Path(__file__).with_name("salesforce_bulk_session.py")
ROWS = 1234


@pytest.fixture(scope="module")
def session() -> Iterator[dict[str, Any]]:
    """What one run of the script saw."""
    with FakeOrg(SCHEMA, proxy=True) as org:
        yield json.loads(played(org.environment("salesforce-bulk"), sys.executable, SCRIPT))


def test_it_logs_in_at_both_shared_hosts(session: dict[str, Any]) -> None:
    assert session["endpoints"] == ["https://acme.my.salesforce.com/services/async/40.0"] * 2


@pytest.mark.parametrize("content_type", ["csv", "json"])
def test_it_brings_records_there_and_back_and_away(session: dict[str, Any], content_type: str) -> None:
    life = session[content_type]

    assert (life["made"], life["found"], life["whole"]) == (ROWS, ROWS, True)
    assert ["REQUIRED_FIELD_MISSING" in each for each in life["failed"]] == [True]
    assert (life["changed"], life["upserted"]) == (5, ["true", "false"])
    assert (life["gone"], life["left"], life["in the bin"]) == (ROWS, 0, ROWS)


def test_it_splits_a_query_by_ids(session: dict[str, Any]) -> None:
    assert session["chunks"] == {"made": ROWS, "batches": 3, "found": ROWS}


def test_it_is_told_of_jobs_and_stops_them(session: dict[str, Any]) -> None:
    jobs = session["jobs"]

    assert jobs["status"] == ["insert", "Account", "Serial", "CSV"]
    assert jobs["states"] == ["Open", "Aborted"]
    assert jobs["request"] == "SELECT Nope FROM Account"


def test_it_reads_every_refusal(session: dict[str, Any]) -> None:
    refused = session["jobs"]["refused"]
    said = {
        "batch of an aborted job": "InvalidJobState",
        "no object": "InvalidJob",
        "no job": "InvalidJob",
        "no session": "InvalidSessionId",
    }

    assert all(f"<exceptionCode>{code}</exceptionCode>" in refused[name][2] for name, code in said.items())
    assert refused["no column"][:2] == ["BulkBatchFailed", "Failed"]
    assert refused["no column"][2].startswith("InvalidBatch : Failed to process query: INVALID_FIELD")
