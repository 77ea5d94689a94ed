"""How often bulk work tries, counted in requests; what it does with an upload that got lost, and at a deadline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from specforce import Hooks, Retry, Salesforce
from specforce.errors import InputError, JobTimeout, RequestLimitExceeded, ServerUnavailable
from tests.flows.bulk_org import BulkOrg, accounts, good_names, table
from tests.halves import FakeClock, Half, ScriptedServer, bulk_job, refusal

if TYPE_CHECKING:
    from tests.halves import Answer

TRIES = 4
BUSY = {"status": 429, "error_code": "REQUEST_LIMIT_EXCEEDED", "message": "ConcurrentRequests Limit exceeded."}


@pytest.mark.parametrize(
    "request_",
    ["createIngestJob", "uploadIngestJobData", "updateIngestJob", "getIngestSuccessfulResults"],
)
@pytest.mark.parametrize("plan", [BUSY, {"status": 503}], ids=["429", "503"])
def test_a_load_tries_each_request_as_often_as_the_policy_says(
    bulk: BulkOrg, request_: str, plan: dict[str, Any]
) -> None:
    bulk.org.faults.add(request_, times=None, **plan)

    with pytest.raises(RequestLimitExceeded if plan is BUSY else ServerUnavailable):
        bulk.load(bulk.connect(retry=Retry(attempts=TRIES)), table(accounts(3)))

    # An upload that failed ends with its job being aborted, and a job that was refused its close is read once more.
    assert bulk.asked(request_) == TRIES


@pytest.mark.parametrize("request_", ["createQueryJob", "getQueryJobResults"])
@pytest.mark.parametrize("plan", [BUSY, {"status": 503}], ids=["429", "503"])
def test_an_export_tries_each_request_as_often_as_the_policy_says(
    bulk: BulkOrg, request_: str, plan: dict[str, Any]
) -> None:
    bulk.org.seed({"Account": accounts(3)})
    bulk.org.faults.add(request_, times=None, **plan)
    export = bulk.connect(retry=Retry(attempts=TRIES)).bulk.export("SELECT Id FROM Account")

    with pytest.raises(RequestLimitExceeded if plan is BUSY else ServerUnavailable):
        bulk.half.items(export.rows())

    assert bulk.asked(request_) == TRIES


def test_making_the_job_and_the_upload_draw_on_one_budget(bulk: BulkOrg) -> None:
    bulk.org.faults.add("createIngestJob", times=2, status=503)
    bulk.org.faults.add("uploadIngestJobData", times=None, status=503)

    with pytest.raises(ServerUnavailable):
        bulk.load(bulk.connect(retry=Retry(attempts=TRIES)), table(accounts(3)))

    # Two tries failed at making the job, so two are left for the upload, each with a job of its own.
    assert (bulk.asked("createIngestJob"), bulk.asked("uploadIngestJobData")) == (4, 2)


def test_giving_a_job_up_takes_one_try(bulk: BulkOrg) -> None:
    bulk.org.faults.add("uploadIngestJobData", "drop_before")
    bulk.org.faults.add("getIngestJob", times=1, status=503)
    abort = bulk.org.faults.add("updateIngestJob", times=1, status=503)

    report = bulk.load(bulk.connect(), table(accounts(3)))

    assert report.created == 3
    assert abort.hits == 1
    assert [job.state for job in report.jobs] == ["Open", "JobComplete"]
    assert bulk.asked("createIngestJob") == 2


def test_a_job_whose_upload_got_lost_and_that_is_at_work_is_waited_for(bulk: BulkOrg) -> None:
    """Its data did arrive, and somebody else closed it."""
    closed: list[str] = []

    def close_elsewhere(event: Any) -> None:
        if event.operation_id == "getIngestJob" and not closed:
            path = bulk.org.org.requests.of("uploadIngestJobData")[-1].path
            closed.append(path.split("/")[-2])
            with Salesforce(bulk.org.auth()) as other:
                other.bulk.attach_ingest_job(closed[0]).close()

    bulk.org.faults.add("uploadIngestJobData", "drop_after")
    rows = accounts(20, bad_every=5)

    report = bulk.load(bulk.connect(hooks=Hooks(request=close_elsewhere)), table(rows))

    assert (report.created, report.failed) == (16, 4)
    assert [job.id for job in report.jobs] == closed
    assert bulk.asked("uploadIngestJobData") == bulk.asked("createIngestJob") == 1
    assert bulk.held() == good_names(rows)


def test_a_job_whose_upload_got_lost_and_that_refuses_its_abort_is_read_again(bulk: BulkOrg) -> None:
    """Somebody else closes it after it was read, and it ends before it is aborted."""
    closed: list[str] = []

    def end_elsewhere(event: Any) -> None:
        if event.operation_id == "updateIngestJob" and not closed:
            closed.append(bulk.org.org.requests.of("uploadIngestJobData")[-1].path.split("/")[-2])
            with Half("sync").client(bulk.org.auth(), clock=FakeClock()) as other:
                job = other.bulk.attach_ingest_job(closed[0])
                job.close()
                job.wait()

    bulk.org.faults.add("uploadIngestJobData", "drop_after")
    rows = accounts(20, bad_every=5)

    report = bulk.load(bulk.connect(hooks=Hooks(request=end_elsewhere)), table(rows))

    assert (report.created, report.failed) == (16, 4)
    assert [job.id for job in report.jobs] == closed
    assert bulk.held() == good_names(rows)


def test_waiting_for_a_job_that_was_never_closed_says_so_at_once(bulk: BulkOrg) -> None:
    sf = bulk.connect()
    job = bulk.half.run(sf.bulk.ingest_job("Account", operation="insert"))
    bulk.half.run(job.upload(table(accounts(2))))

    with pytest.raises(InputError, match=r"is open: call close\(\)"):
        bulk.half.run(job.wait())

    assert not bulk.half.clock.slept
    bulk.half.run(job.close())
    assert bulk.half.run(job.wait()).state == "JobComplete"


def waited(half: Half, kind: str, *answers: Answer, **options: Any) -> tuple[Any, list[str]]:
    """What waiting for a job without patience brings, and the requests that it takes."""
    server = ScriptedServer(bulk_job("InProgress", kind), *answers)
    sf = half.connect(server)
    attach = sf.bulk.attach_ingest_job if kind == "ingest" else sf.bulk.attach_query_job
    job = half.run(attach("750xx0000000001AAA"))
    try:
        found = half.run(job.wait(timeout_s=0, abort_on_timeout=True, **options))
    except JobTimeout as error:
        found = error
    return found, [request.method for request in server.requests[1:]]


@pytest.mark.parametrize("kind", ["ingest", "query"])
def test_a_job_that_ends_by_itself_at_the_deadline_has_ended(half: Half, kind: str) -> None:
    busy, refused, done = bulk_job("InProgress", kind), refusal("INVALIDJOBSTATE"), bulk_job("JobComplete", kind)

    found, asked = waited(half, kind, busy, refused, done)

    assert found.state == "JobComplete"
    assert asked == ["GET", "PATCH", "GET"]


@pytest.mark.parametrize("kind", ["ingest", "query"])
def test_a_job_past_its_deadline_says_whether_it_was_aborted(half: Half, kind: str) -> None:
    busy, aborted = bulk_job("InProgress", kind), bulk_job("Aborted", kind)

    stopped, _ = waited(half, kind, busy, aborted)
    going_on, _ = waited(half, kind, busy, refusal("UNKNOWN_EXCEPTION"), busy)

    assert "it was aborted" in str(stopped)
    assert stopped.state == "Aborted"
    assert "it goes on" in str(going_on)
    assert going_on.state == "InProgress"
