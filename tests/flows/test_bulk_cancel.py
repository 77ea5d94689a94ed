"""Loads and exports that are cancelled or interrupted: what is left is told, nothing is left behind, jobs end if asked.

A load raises what interrupted it, with its report; `Interrupt` stands for any such exception.
"""

from __future__ import annotations

import asyncio
import gc
import signal
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from specforce import Hooks, Salesforce
from specforce.bulk import JobPolled, LoadReport, Progress, ResultsJoined, SourceChecked, report_of
from tests.flows.bulk_org import BulkOrg, accounts, table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from specforce_api.bulk_v2.models import IngestJobInfo, QueryJobInfo


class Interrupt(BaseException):
    """What Ctrl-C is to the load: no error of its own."""


def interrupt_at(kind: type[Progress]) -> Callable[[Progress], None]:
    """A listener that interrupts at the first event of this kind."""

    def listen(event: Progress) -> None:
        if isinstance(event, kind):
            raise Interrupt

    return listen


def interrupted(bulk: BulkOrg, source: Any, progress: Any, **options: Any) -> LoadReport:
    """The report of a load of 30 rows in three parts that is interrupted."""
    with pytest.raises(Interrupt) as caught:
        bulk.load(bulk.connect(), source, max_part_rows=10, progress=progress, timeout_s=None, **options)
    report = report_of(caught.value)
    assert report is not None
    return report


def states(bulk: BulkOrg) -> Counter[str]:
    """The org's jobs of either kind, by state."""
    bulk.org.faults.clear()
    with Salesforce(bulk.org.auth()) as other:
        jobs: list[IngestJobInfo | QueryJobInfo] = [
            *other.bulk_v2.list_ingest_jobs().records,
            *other.bulk_v2.list_query_jobs().records,
        ]
        return Counter(str(job.state.value) for job in jobs)


@pytest.mark.parametrize("concurrency", [1, 2])
@pytest.mark.parametrize("abort", [False, True])
def test_an_interrupted_load_tells_of_every_row_and_every_job(
    bulk: BulkOrg, tmp_path: Path, *, concurrency: int, abort: bool
) -> None:
    bulk.org.plan_job(stuck=True, times=None)

    with interrupted(
        bulk,
        table(accounts(30)),
        interrupt_at(JobPolled),
        concurrency=concurrency,
        abort_on_cancel=abort,
        temp_folder=tmp_path,
    ) as report:
        unknown = [row.row for row in report.unknown_rows()]
        untried = [row.row for row in report.unprocessed_rows()]
        assert sorted([*unknown, *untried]) == list(range(1, 31))
        assert (report.unknown, report.unprocessed) == (len(unknown), len(untried))
        assert 1 in unknown
        assert 30 in untried

    closed = [job for job in report.jobs if job.state != "Open"]
    assert sum(job.rows for job in report.jobs) == report.unknown
    if abort:
        assert {job.state for job in report.jobs} == {"Aborted"}
        assert set(states(bulk)) == {"Aborted"}
    else:
        assert closed
        assert "Aborted" not in states(bulk)
    assert list(tmp_path.iterdir()) == []


def test_rows_that_were_joined_before_stay_so(bulk: BulkOrg) -> None:
    with interrupted(bulk, table(accounts(30, bad_every=5)), interrupt_at(ResultsJoined), concurrency=1) as report:
        assert [row.row for row in report.failures()] == [5, 10]
        assert [row.row for row in report.unprocessed_rows()] == list(range(11, 31))
        assert (report.succeeded, report.failed, report.unprocessed, report.unknown) == (8, 2, 20, 0)


def test_the_files_go_with_the_last_holder_of_the_error(bulk: BulkOrg, tmp_path: Path) -> None:
    bulk.org.plan_job(stuck=True, times=None)

    interrupted(bulk, table(accounts(30)), interrupt_at(JobPolled), temp_folder=tmp_path)
    gc.collect()

    assert list(tmp_path.iterdir()) == []


def test_a_load_that_is_interrupted_before_anything_is_sent_leaves_nothing(bulk: BulkOrg, tmp_path: Path) -> None:
    with pytest.raises(Interrupt) as caught:
        bulk.load(bulk.connect(), table(accounts(3)), progress=interrupt_at(SourceChecked), temp_folder=tmp_path)

    assert report_of(caught.value) is None
    assert list(tmp_path.iterdir()) == []
    assert not bulk.org.requests


@pytest.mark.parametrize("abort", [False, True])
def test_ctrl_c_in_an_upload_leaves_a_job_that_is_never_processed(bulk: BulkOrg, abort: bool, tmp_path: Path) -> None:
    def press(event: Any) -> None:
        if event.operation_id == "uploadIngestJobData":
            signal.raise_signal(signal.SIGINT)

    sf = bulk.connect(hooks=Hooks(request=press))
    with pytest.raises(KeyboardInterrupt) as caught:
        bulk.load(sf, table(accounts(3)), temp_folder=tmp_path, abort_on_cancel=abort)

    report = report_of(caught.value)
    assert report is not None
    with report:
        assert [row.row for row in report.unprocessed_rows()] == [1, 2, 3]
    state = "Aborted" if abort else "Open"
    assert [(job.state, job.rows) for job in report.jobs] == [(state, 0)]
    assert states(bulk) == {state: 1}
    assert not bulk.held()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("abort", [False, True])
def test_an_export_that_is_interrupted_ends_its_job_if_asked(bulk: BulkOrg, abort: bool, tmp_path: Path) -> None:
    bulk.org.plan_job(stuck=True)
    export = bulk.connect().bulk.export(
        "SELECT Id FROM Account", progress=interrupt_at(JobPolled), abort_on_cancel=abort
    )

    with pytest.raises(Interrupt):
        bulk.to_csv(export, tmp_path / "out.csv")

    assert export.job_id is not None
    assert ("Aborted" in states(bulk)) is abort
    assert list(tmp_path.iterdir()) == []


def test_rows_of_an_export_can_be_left_halfway(bulk: BulkOrg, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bulk.org.seed({"Account": accounts(50)})
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    export = bulk.connect().bulk.export("SELECT Name FROM Account", max_records=10)

    async def first_of_async() -> list[str]:
        rows = export.rows()
        found: list[str] = await anext(rows)
        await rows.aclose()
        return found

    def first() -> list[str]:
        rows = export.rows()
        found: list[str] = next(rows)
        rows.close()
        return found

    row = bulk.half.run(first_of_async()) if bulk.half.name == "async" else first()

    assert row[0].startswith("Acme")
    assert list(tmp_path.iterdir()) == []


async def polled(start: Callable[[Callable[[Progress], None]], Any]) -> asyncio.Task[Any]:
    """Start a task of a load, and wait until it has asked for a job."""
    seen = asyncio.Event()
    loop = asyncio.get_running_loop()

    def listen(event: Progress) -> None:
        if isinstance(event, JobPolled):
            loop.call_soon_threadsafe(seen.set)

    task = asyncio.create_task(start(listen))
    await seen.wait()
    return task


@pytest.mark.parametrize("half", ["async"], indirect=True)  # tasks are cancelled, threads aren't
@pytest.mark.parametrize("times", [1, 3])
def test_a_cancelled_task_carries_the_report_however_often_it_is_cancelled(
    bulk: BulkOrg, tmp_path: Path, times: int
) -> None:
    bulk.org.plan_job(stuck=True, times=None)
    sf = bulk.connect()

    async def cancelled() -> LoadReport | None:
        task = await polled(
            lambda listen: sf.bulk.load(
                table(accounts(20)), "Account", progress=listen, temp_folder=tmp_path, abort_on_cancel=True
            )
        )
        for _ in range(times):
            task.cancel()
            await asyncio.sleep(0)
        with pytest.raises(asyncio.CancelledError) as caught:
            await task
        return report_of(caught.value)

    report = bulk.half.run(cancelled())

    assert report is not None
    assert (report.unknown, report.jobs[0].state) == (20, "Aborted")
    assert states(bulk) == {"Aborted": 1}
    report.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("half", ["async"], indirect=True)
def test_a_timeout_around_a_load_carries_the_report(bulk: BulkOrg) -> None:
    bulk.org.plan_job(stuck=True, times=None)
    sf = bulk.connect()

    async def timed_out() -> None:
        async with asyncio.timeout(None) as deadline:

            def listen(event: Progress) -> None:
                if isinstance(event, JobPolled):
                    deadline.reschedule(0)

            await sf.bulk.load(table(accounts(4)), "Account", progress=listen)

    with pytest.raises(TimeoutError) as caught:
        bulk.half.run(timed_out())

    report = report_of(caught.value)
    assert report is not None
    assert report.unknown == report.total == 4
    report.close()
