"""Many jobs are waited for in one loop: each at its own pace, and every end is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from specforce.errors import InputError, JobAborted, JobFailed, JobTimeout, NotFound

if TYPE_CHECKING:
    from tests.flows.bulk_org import BulkOrg


def ingest_jobs(bulk: BulkOrg, sf: Any, count: int) -> list[Any]:
    """Jobs that hold a row each and are closed."""
    jobs = [bulk.half.run(sf.bulk.ingest_job("Account", operation="insert")) for _ in range(count)]
    for number, job in enumerate(jobs):
        bulk.half.run(job.upload(f"Name\nAcme {number}\n".encode()))
        bulk.half.run(job.close())
    return jobs


def test_jobs_of_both_kinds_end_in_one_loop(bulk: BulkOrg) -> None:
    sf = bulk.connect()
    jobs = [*ingest_jobs(bulk, sf, 3), bulk.half.run(sf.bulk.query_job("SELECT Id FROM Account"))]

    infos = bulk.half.run(sf.bulk.wait(jobs))

    assert [info.id for info in infos] == [job.id for job in jobs]
    assert {str(info.state.value) for info in infos} == {"JobComplete"}
    assert bulk.half.run(sf.bulk.wait([])) == []


def test_a_job_that_takes_long_doesnt_hold_up_the_others_polls(bulk: BulkOrg) -> None:
    bulk.org.plan_job(stuck=True)
    sf = bulk.connect()
    stuck, *others = ingest_jobs(bulk, sf, 4)

    with pytest.raises(JobTimeout, match=f"job {stuck.id} .* isn't done after 60"):
        bulk.half.run(sf.bulk.wait([stuck, *others], timeout_s=60))

    asked = [request.path.rpartition("/")[2] for request in bulk.org.requests if request.operation == "getIngestJob"]
    assert asked.count(stuck.id) > 8
    assert all(asked.count(job.id) <= 3 for job in others)
    assert max(asked.index(job.id) for job in others) < 4
    assert bulk.half.clock.now() == pytest.approx(60)


def test_all_ends_are_told_and_the_first_is_raised(bulk: BulkOrg) -> None:
    bulk.org.plan_job(fail_message="InternalServerError : first")
    bulk.org.plan_job(stuck=True)
    sf = bulk.connect()
    jobs = ingest_jobs(bulk, sf, 4)
    bulk.half.run(jobs[3].abort())

    with pytest.raises(JobFailed, match="InternalServerError : first") as caught:
        bulk.half.run(sf.bulk.wait(jobs, timeout_s=5, abort_on_timeout=True))

    assert caught.value.job_id == jobs[0].id
    notes = caught.value.__notes__
    assert [note.split()[2] for note in notes] == [jobs[1].id, jobs[3].id]
    assert "it was aborted" in notes[0]
    with pytest.raises(JobAborted):
        bulk.half.run(sf.bulk.wait([jobs[1]]))


def test_an_outage_is_sat_out_and_a_job_that_is_gone_isnt_waited_for(bulk: BulkOrg) -> None:
    sf = bulk.connect()
    jobs = ingest_jobs(bulk, sf, 2)
    bulk.org.faults.add("getIngestJob", kind="status", status=503, times=6)

    assert len(bulk.half.run(sf.bulk.wait(jobs))) == 2

    bulk.half.run(jobs[0].delete())
    with pytest.raises(NotFound):
        bulk.half.run(sf.bulk.wait(jobs))


def test_a_job_that_was_never_closed_is_refused(bulk: BulkOrg) -> None:
    sf = bulk.connect()
    job = bulk.half.run(sf.bulk.ingest_job("Account", operation="insert"))

    with pytest.raises(InputError, match="is open: call close"):
        bulk.half.run(sf.bulk.wait([job]))
