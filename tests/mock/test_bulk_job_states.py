"""The states of bulk jobs, and what moves them under the three clocks (reference/bulk_v2.md sections 3 and 7)."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from specforce_mockserver.bulk.behaviour import Behaviour
from specforce_mockserver.bulk.dialect import Dialect
from specforce_mockserver.bulk.failure import JobFailure
from specforce_mockserver.bulk.job import IngestJob, Job
from specforce_mockserver.bulk.plans import JobPlans
from specforce_mockserver.bulk.states import (
    Kind,
    State,
    after_abort,
    after_close,
    refuse_delete,
    refuse_upload,
)
from specforce_mockserver.bulk.work import Worker
from specforce_mockserver.calls import ApiError
from specforce_mockserver.clock import Clock, ClockKind


def job_of(behaviour: Behaviour | None = None) -> IngestJob:
    return IngestJob(
        kind="ingest",
        id="750Sf0000000001AAA",
        operation="insert",
        object="Contact",
        api_version="67.0",
        created_by_id="005Sf0000000001AAA",
        created_s=0,
        modified_s=0,
        state="UploadComplete",
        dialect=Dialect(),
        directory=Path(),
        behaviour=behaviour or Behaviour(),
    )


class Steps:
    """Work of a number of steps that a test lets through one by one."""

    def __init__(self, steps: int, failure: Exception | None = None) -> None:
        self.left = steps
        self.failure = failure
        self.gate = threading.Semaphore(0)
        self.settled = threading.Event()
        self.settles = 0

    def step(self) -> bool:
        self.gate.acquire()
        self.left -= 1
        if self.failure is not None:
            raise self.failure
        return self.left > 0

    def settle(self) -> None:
        self.settles += 1
        self.settled.set()


def state_of(job: Job) -> State:
    return job.state


@pytest.mark.parametrize("state", ["UploadComplete", "InProgress", "JobComplete", "Failed", "Aborted"])
def test_only_an_open_job_is_closed_or_loaded(state: State) -> None:
    assert after_close("Open") == "UploadComplete"
    refuse_upload("Open")
    for refuse in (after_close, refuse_upload):
        with pytest.raises(ApiError) as refused:
            refuse(state)
        assert (refused.value.status, refused.value.code) == (400, "INVALIDJOBSTATE")


@pytest.mark.parametrize("state", ["Open", "UploadComplete", "InProgress"])
def test_a_job_that_has_not_ended_is_aborted(state: State) -> None:
    assert after_abort(state) == "Aborted"


def test_a_completed_job_is_not_aborted() -> None:
    """Row: bulk_v2.md section 7, `Aborting already Completed Job not allowed` [P/S]."""
    with pytest.raises(ApiError, match="Aborting already Completed Job not allowed"):
        after_abort("JobComplete")


def test_a_queued_ingest_job_is_deleted_and_a_queued_query_job_is_not() -> None:
    """Row: bulk_v2.md section 3, the paragraph on delete [P]."""
    refuse_delete("ingest", "UploadComplete")
    running: list[tuple[Kind, State]] = [
        ("query", "UploadComplete"),
        ("query", "InProgress"),
        ("ingest", "InProgress"),
        ("ingest", "Open"),
    ]
    for kind, state in running:
        with pytest.raises(ApiError, match="because the job is not terminated"):
            refuse_delete(kind, state)


def test_auto_shows_every_state_and_takes_at_most_one_poll_per_batch_and_one_more() -> None:
    job, work = job_of(), Steps(2)
    worker = Worker(Clock("auto"), lambda _job: work)
    worker.submitted(job)
    assert job.state == "UploadComplete"
    seen: list[State] = []
    for _ in range(2):
        seen.append(worker.poll(job, state_of))
        work.gate.release()
    seen.append(worker.poll(job, state_of))
    assert seen == ["InProgress", "InProgress", "JobComplete"]
    assert work.settles == 1


def test_auto_answers_in_progress_at_first_however_quick_the_job_is() -> None:
    job, work = job_of(), Steps(1)
    work.gate.release()
    worker = Worker(Clock("auto"), lambda _job: work)
    seen: list[State] = [worker.poll(job, state_of), worker.poll(job, state_of)]
    assert seen == ["InProgress", "JobComplete"]


def test_real_works_without_being_asked() -> None:
    job, work = job_of(), Steps(1)
    Worker(Clock("real"), lambda _job: work).submitted(job)
    assert state_of(job) == "InProgress"
    work.gate.release()
    assert job.wait_settled(10)
    assert state_of(job) == "JobComplete"


def test_manual_moves_by_ticks_alone() -> None:
    job, work = job_of(), Steps(2)
    work.gate.release(2)
    worker = Worker(Clock("manual"), lambda _job: work)
    worker.submitted(job)
    seen = [worker.poll(job, state_of)]
    for _ in range(3):
        worker.tick([job])
        seen.append(worker.poll(job, state_of))
    assert seen == ["UploadComplete", "InProgress", "InProgress", "JobComplete"]


def test_a_failure_ends_the_job_with_its_message() -> None:
    job, work = job_of(), Steps(2, JobFailure("InvalidBatch : Field name not found : X"))
    work.gate.release()
    worker = Worker(Clock("manual"), lambda _job: work)
    worker.tick([job])
    worker.tick([job])
    assert (job.state, job.error_message, work.settles) == ("Failed", "InvalidBatch : Field name not found : X", 1)


def test_an_unforeseen_error_ends_the_job_and_not_the_org(caplog: pytest.LogCaptureFixture) -> None:
    job, work = job_of(), Steps(1, RuntimeError("boom"))
    work.gate.release()
    worker = Worker(Clock("manual"), lambda _job: work)
    worker.tick([job])
    worker.tick([job])
    assert job.state == "Failed"
    assert str(job.error_message).startswith("InternalServerError : ")
    assert "boom" in caplog.text


def test_an_aborted_job_is_settled_once_by_what_works_on_it() -> None:
    job, work = job_of(), Steps(5)
    worker = Worker(Clock("real"), lambda _job: work)
    worker.submitted(job)
    job.move("Aborted", 1)
    worker.abort(job)
    work.gate.release(5)
    assert job.wait_settled(10)
    assert (job.state, work.settles) == ("Aborted", 1)


@pytest.mark.parametrize("kind", ["auto", "manual"])
def test_a_job_that_is_aborted_before_its_work_began_is_settled_by_the_abort(kind: ClockKind) -> None:
    job, work = job_of(), Steps(5)
    worker = Worker(Clock(kind), lambda _job: work)
    job.move("Aborted", 1)
    worker.abort(job)
    assert (job.settled, work.settles) == (True, 1)


def test_a_stuck_job_stays_in_progress_until_it_is_aborted() -> None:
    job, work = job_of(Behaviour(stuck=True)), Steps(1)
    work.gate.release()
    worker = Worker(Clock("auto"), lambda _job: work)
    assert [worker.poll(job, state_of) for _ in range(5)] == ["InProgress"] * 5
    job.move("Aborted", 1)
    worker.abort(job)
    assert job.settled


def test_the_first_plan_that_fits_decides_how_a_job_behaves() -> None:
    plans = JobPlans()
    plans.add({"object": "contact", "stuck": True, "skip": 1})
    plans.add({"kind": "query", "retries": 3, "times": None})
    plans.set_default(records_per_tick=7)
    assert [plans.take("ingest", "Contact", "insert").stuck for _ in range(3)] == [False, True, False]
    assert [plans.take("query", "Contact", "query").retries for _ in range(3)] == [3, 3, 3]
    assert plans.take("ingest", "Contact", "insert").records_per_tick == 7


@pytest.mark.parametrize(
    "plan", [{"stucked": True}, {"row_rules": [{"colum": "A"}]}, {"stuck": "yes"}, {"records_per_tick": 0}]
)
def test_a_plan_that_can_t_be_meant_is_refused_with_what_there_is(plan: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="a JobPlan has default_page_records"):
        JobPlans().add(plan)
