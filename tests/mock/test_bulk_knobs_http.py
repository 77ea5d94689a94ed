"""The knobs of bulk jobs, over raw HTTP: what a test of a client needs an org to do wrong, slowly, or step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from specforce_mockserver.clock import Clock
from specforce_mockserver.org import Org
from specforce_mockserver.server import MockServer
from tests.mock.bulk_client import RESULT_SETS, BulkClient, rows
from tests.mock.reference import row

if TYPE_CHECKING:
    from collections.abc import Iterator

TEN = "LastName\n" + "".join(f"Row {number}\n" for number in range(10))


@pytest.fixture
def client(mock_server: MockServer) -> Iterator[BulkClient]:
    mock_server.org.reset()
    with BulkClient(mock_server.url) as found:
        yield found


@pytest.fixture
def manual() -> Iterator[BulkClient]:
    org = Org(clock=Clock("manual"))
    with MockServer(org) as server, BulkClient(server.url) as found:
        yield found
    org.close()


def test_a_manual_clock_moves_jobs_by_ticks_of_records_per_tick(manual: BulkClient) -> None:
    manual.json("PATCH", "/__mock/jobs", json={"records_per_tick": 4})
    job_id = manual.open_job()
    manual.upload(job_id, TEN.encode())
    manual.close(job_id)
    seen: list[tuple[str, int | None]] = []
    for _ in range(6):
        info = manual.json("GET", f"/jobs/ingest/{job_id}")
        assert info == manual.json("GET", f"/jobs/ingest/{job_id}")
        seen.append((info["state"], info.get("numberRecordsProcessed")))
        manual.tick()
    assert seen == [
        ("UploadComplete", None),
        ("InProgress", 0),
        ("InProgress", 4),
        ("InProgress", 8),
        ("JobComplete", 10),
        ("JobComplete", 10),
    ]


def test_an_abort_between_ticks_leaves_the_rows_not_yet_reached(manual: BulkClient) -> None:
    manual.plan(records_per_tick=4)
    job_id = manual.open_job()
    manual.upload(job_id, TEN.encode())
    manual.close(job_id)
    manual.tick(2)
    manual.abort(f"/jobs/ingest/{job_id}")
    assert [len(rows(manual.result_set(job_id, which))) for which in RESULT_SETS] == [4, 0, 6]


def test_a_query_job_moves_by_ticks_too(manual: BulkClient) -> None:
    job = manual.json("POST", "/jobs/query", json={"operation": "query", "query": "SELECT Id FROM User"})
    states: list[str] = []
    for _ in range(3):
        states.append(manual.json("GET", f"/jobs/query/{job['id']}")["state"])
        manual.tick()
    assert states == ["UploadComplete", "InProgress", "JobComplete"]


def test_a_reset_in_the_middle_of_jobs_forgets_them(manual: BulkClient) -> None:
    manual.plan(records_per_tick=4)
    job_id = manual.open_job()
    manual.upload(job_id, TEN.encode())
    manual.close(job_id)
    manual.tick(2)
    manual.json("POST", "/__mock/reset")
    assert manual.send("GET", f"/jobs/ingest/{job_id}").status_code == 401


def test_a_planned_failure_leaves_what_was_done_and_what_was_not(client: BulkClient) -> None:
    client.plan(fail_message="TooManyLockFailure : too many lock failures", fail_after_records=3)
    loaded = client.load(TEN)
    assert (loaded.state, loaded.info["errorMessage"]) == ("Failed", "TooManyLockFailure : too many lock failures")
    assert loaded.counts == (3, 0, 7)
    assert loaded.info["numberRecordsProcessed"] == 3
    assert client.load(TEN).state == "JobComplete"


def test_a_planned_failure_before_any_row_leaves_all_of_them(client: BulkClient) -> None:
    client.plan(fail_message="InternalServerError : gone")
    assert client.load(TEN).counts == (0, 0, 10)


@row("bulk_v2.md#7", "Failed to process query")
@row("bulk_v2.md#7", "Job-level failure")
def test_a_planned_failure_of_a_query_has_no_results(client: BulkClient) -> None:
    client.plan(kind="query", fail_message="InvalidBatch : Failed to process query: QUERY_TIMEOUT: too long")
    body = {"operation": "query", "query": "SELECT Id FROM User"}
    job_id = client.json("POST", "/jobs/query", json=body)["id"]
    info = client.ended(f"/jobs/query/{job_id}")
    assert info["errorMessage"] == "InvalidBatch : Failed to process query: QUERY_TIMEOUT: too long"
    assert client.refused("GET", f"/jobs/query/{job_id}/results")[:2] == (400, "INVALIDJOBSTATE")


def test_a_stuck_job_stays_in_progress_until_it_is_aborted(client: BulkClient) -> None:
    client.plan(stuck=True)
    job_id = client.open_job()
    client.upload(job_id, TEN.encode())
    client.close(job_id)
    assert {client.json("GET", f"/jobs/ingest/{job_id}")["state"] for _ in range(10)} == {"InProgress"}
    client.abort(f"/jobs/ingest/{job_id}")
    assert len(rows(client.result_set(job_id, "unprocessedrecords"))) == 10


def test_rows_are_refused_by_rule(client: BulkClient) -> None:
    client.plan(row_rules=[{"column": "LastName", "equals": "Row 3"}, {"column": "LastName", "equals": "Row 5"}])
    loaded = client.load(TEN)
    assert [row["LastName"] for row in loaded.failed] == ["Row 3", "Row 5"]
    assert {row["sf__Error"].partition(":")[0] for row in loaded.failed} == {"UNABLE_TO_LOCK_ROW"}
    client.plan(row_rules=[{"code": "X", "message": "no", "fields": ["LastName"]}])
    assert client.load(TEN).errors == ["X:no:LastName --"] * 10


def test_counters_and_files_can_be_made_not_to_add_up(client: BulkClient) -> None:
    client.plan(miscount_processed=1, miscount_failed=2)
    wrong = client.load(TEN)
    assert (wrong.info["numberRecordsProcessed"], wrong.info["numberRecordsFailed"]) == (11, 2)
    assert wrong.counts == (10, 0, 0)
    client.plan(truncate_results=2)
    assert client.load(TEN).counts == (8, 0, 0)
    client.plan(kind="ingest", truncate_bytes=3)
    job_id = client.load(TEN).info["id"]
    assert client.result_set(job_id, "successfulResults").endswith(',"Row ')


def test_query_pages_can_be_short_of_what_their_headers_say(client: BulkClient) -> None:
    client.load(TEN)
    client.plan(kind="query", truncate_results=1, page_records=4)
    job_id = client.query_job("SELECT LastName FROM Contact")
    answer = client.send("GET", f"/jobs/query/{job_id}/results?maxRecords=9")
    assert answer.headers["Sforce-NumberOfRecords"] == "4"
    assert len(rows(answer.content.decode())) == 3
    client.plan(kind="query", truncate_bytes=4)
    job_id = client.query_job("SELECT LastName FROM Contact")
    assert client.send("GET", f"/jobs/query/{job_id}/results").content.endswith(b'"Row')


def test_results_of_a_running_job_can_be_a_header_row(client: BulkClient) -> None:
    """Row: bulk_v2.md section 4: `fakes should make it switchable between header-only 200 and 400 INVALIDJOBSTATE`."""
    client.plan(results_early=True)
    job_id = client.open_job()
    client.upload(job_id, TEN.encode())
    assert [client.result_set(job_id, which) for which in RESULT_SETS] == [
        '"sf__Id","sf__Created",LastName\n',
        '"sf__Id","sf__Error",LastName\n',
        "LastName\n",
    ]


def test_a_plan_that_can_t_be_meant_is_refused(client: BulkClient) -> None:
    answer = client.send("POST", "/__mock/jobs", json={"stucked": True})
    assert answer.status_code == 400
    assert "stucked" in answer.text


def test_plans_are_forgotten_on_request(client: BulkClient) -> None:
    client.plan(stuck=True, times=None)
    client.json("DELETE", "/__mock/jobs")
    assert client.load(TEN).state == "JobComplete"
