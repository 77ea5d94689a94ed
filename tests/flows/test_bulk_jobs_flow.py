"""Jobs step by step, in both halves: the steps of the API, one upload per job, what each step refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from specforce.bulk import FailedResult, SuccessfulResult
from specforce.errors import (
    ApiError,
    ConnectionCut,
    InputError,
    IntegrityError,
    JobAborted,
    JobFailed,
    NotFound,
    ServerUnavailable,
)
from specforce.testing import FakeOrg
from tests.covers import covers
from tests.flows.bulk_org import BulkOrg, accounts, aiter_of, good_names, table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from specforce_mockserver.faults import FaultKind


@pytest.fixture(scope="module")
def org() -> Iterator[FakeOrg]:
    with FakeOrg("tests/schema.toml") as org:
        yield org


def ingest_job(bulk: BulkOrg, **options: Any) -> Any:
    """A new job that inserts Accounts."""
    return bulk.half.run(bulk.connect().bulk.ingest_job("Account", **{"operation": "insert", **options}))


@pytest.mark.parametrize("kind", ["path", "bytes", "file", "pieces", "rows"])
@covers("B1", "C4")
def test_a_job_goes_step_by_step(bulk: BulkOrg, kind: str, tmp_path: Path) -> None:
    run, items = bulk.half.run, bulk.half.items
    rows = accounts(20, bad_every=5)
    job = ingest_job(bulk)

    assert run(job.info()).state == "Open"
    assert run(job.upload(bulk.source(kind, table(rows), tmp_path))) == 20
    assert run(job.info()).state == "Open"
    assert run(job.close()).state == "UploadComplete"
    info = run(job.wait(timeout_s=3600))

    assert (info.number_records_processed, info.number_records_failed) == (20, 4)
    successful, failed = items(job.successful()), items(job.failed())
    assert all(isinstance(row, SuccessfulResult) and row.created and row.id.startswith("001") for row in successful)
    assert sorted(row.values["Name"] for row in successful) == sorted(good_names(rows).elements())
    assert [type(row) for row in failed] == [FailedResult] * 4
    assert (failed[0].code, failed[0].fields) == ("REQUIRED_FIELD_MISSING", ("Name",))
    assert items(job.unprocessed()) == []
    run(job.delete())
    with pytest.raises(NotFound):
        run(job.info())


def test_a_job_is_found_again_by_its_id(bulk: BulkOrg) -> None:
    job = ingest_job(bulk)
    bulk.half.run(job.upload(table(accounts(3))))
    bulk.half.run(job.close())

    again = bulk.half.run(bulk.connect().bulk.attach_ingest_job(job.id))
    bulk.half.run(again.wait())

    assert len(bulk.half.items(again.successful())) == 3
    assert again.id in repr(again)


@covers("D7")
def test_a_second_upload_is_refused_by_salesforce(bulk: BulkOrg) -> None:
    job = ingest_job(bulk)
    bulk.half.run(job.upload(b"Name\nAcme\n"))

    with pytest.raises(ApiError, match="only do 'PUT' once"):
        bulk.half.run(job.upload(b"Name\nAcme\n"))


@pytest.mark.parametrize("fault", ["cut", "drop_after", "drop_before"])
def test_an_upload_of_unknown_outcome_isnt_repeated(bulk: BulkOrg, fault: Any) -> None:
    job = ingest_job(bulk)
    bulk.org.faults.add("uploadIngestJobData", fault)

    with pytest.raises(ConnectionCut):
        bulk.half.run(job.upload(b"Name\nAcme\n"))

    assert bulk.asked("uploadIngestJobData") == 1
    assert bulk.half.run(job.abort()).state == "Aborted"
    with pytest.raises(JobAborted, match="was aborted"):
        bulk.half.run(job.wait())
    assert not bulk.held()


def test_records_that_were_never_tried_come_back_as_uploaded(bulk: BulkOrg) -> None:
    bulk.org.plan_job(fail_message="ExceededQuota : no more", fail_after_records=2)
    job = ingest_job(bulk)
    bulk.half.run(job.upload(table(accounts(5))))
    bulk.half.run(job.close())

    with pytest.raises(JobFailed, match="ExceededQuota : no more"):
        bulk.half.run(job.wait())

    assert [row["Name"] for row in bulk.half.items(job.unprocessed())] == ["Acme 3", "Acme 4", "Acme 5"]
    assert len(bulk.half.items(job.successful())) == 2


def test_results_that_dont_fit_the_counters_are_an_integrity_error(bulk: BulkOrg) -> None:
    bulk.org.plan_job(truncate_results=1)
    job = ingest_job(bulk)
    bulk.half.run(job.upload(table(accounts(5))))
    bulk.half.run(job.close())
    bulk.half.run(job.wait())

    with pytest.raises(IntegrityError, match="hold 4 rows, the job's counters say 5"):
        bulk.half.items(job.successful())


@pytest.mark.parametrize(
    ("source", "options", "message"),
    [
        (b"Name\n", {}, "has no rows"),
        (b"Name\r\nAcme\r\n", {}, "make the job with line_ending='CRLF'"),
        (b"Name;Phone\nAcme;1\n", {}, "pass delimiter=';'"),
        (b"Name,Phone\nAcme\n", {"column_delimiter": "COMMA"}, "1 cells, the header has 2"),
        (b"Name\n1\n", {"operation": "upsert", "external_id": "Code__c"}, "isn't among the columns"),
    ],
)
def test_what_doesnt_fit_the_job_is_refused_before_it_is_sent(
    bulk: BulkOrg, source: bytes, options: dict[str, Any], message: str
) -> None:
    job = ingest_job(bulk, **options)

    with pytest.raises(InputError, match=message):
        bulk.half.run(job.upload(source))

    assert not bulk.asked("uploadIngestJobData")


def test_a_job_in_another_dialect(bulk: BulkOrg) -> None:
    job = ingest_job(bulk, column_delimiter="TAB", line_ending="CRLF")
    bulk.half.run(job.upload(b"Name\tPhone\r\nAcme, Inc\t1\r\n"))
    bulk.half.run(job.close())
    bulk.half.run(job.wait())

    (row,) = bulk.half.items(job.successful())
    assert row.values == {"Name": "Acme, Inc", "Phone": "1"}


def test_an_unknown_object_is_salesforces_error(bulk: BulkOrg) -> None:
    with pytest.raises(ApiError, match="Unable to find object: Nope__c"):
        bulk.half.run(bulk.connect().bulk.ingest_job("Nope__c", operation="insert"))


@pytest.mark.parametrize("half", ["async"], indirect=True)  # the sync half takes plain iterators
def test_rows_from_an_async_iterator_can_be_uploaded(bulk: BulkOrg) -> None:
    job = ingest_job(bulk)

    assert bulk.half.run(job.upload(aiter_of(accounts(3)))) == 3


@covers("B4")
def test_a_query_job_goes_step_by_step(bulk: BulkOrg) -> None:
    run, items = bulk.half.run, bulk.half.items
    bulk.org.seed({"Account": accounts(25)})
    job = run(bulk.connect().bulk.query_job("SELECT Name FROM Account"))

    assert run(job.wait(timeout_s=60)).number_records_processed == 25
    found = [(page.number, page.records, page.columns) for page in items(job.pages(max_records=10))]

    assert found == [(1, 10, ("Name",)), (2, 10, ("Name",)), (3, 5, ("Name",))]
    run(job.delete())
    with pytest.raises(NotFound):
        run(job.info())


def test_a_query_job_can_be_aborted(bulk: BulkOrg) -> None:
    bulk.org.plan_job(kind="query", stuck=True)
    job = bulk.half.run(bulk.connect().bulk.query_job("SELECT Name FROM Account"))

    assert bulk.half.run(job.abort()).state == "Aborted"
    with pytest.raises(JobAborted):
        bulk.half.run(job.wait())


@pytest.mark.parametrize("kind", ["status", "drop_before", "truncate"])
def test_an_outage_between_two_polls_doesnt_end_the_wait(bulk: BulkOrg, kind: FaultKind) -> None:
    run = bulk.half.run
    job = ingest_job(bulk)
    run(job.upload(table(accounts(3))))
    run(job.close())
    bulk.org.faults.add("getIngestJob", kind, status=503, after_bytes=20, times=15)

    assert run(job.wait(timeout_s=3600)).state == "JobComplete"


def test_an_outage_that_lasts_ends_the_wait_with_its_error(bulk: BulkOrg) -> None:
    run = bulk.half.run
    job = ingest_job(bulk)
    run(job.upload(table(accounts(3))))
    run(job.close())
    bulk.org.faults.add("getIngestJob", "status", status=503, times=10_000)

    with pytest.raises(ServerUnavailable):
        run(job.wait(timeout_s=None))
