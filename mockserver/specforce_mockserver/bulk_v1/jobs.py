"""The Bulk API 1.0 jobs of one org: made, found, given batches, closed, aborted, forgotten after their time.

Rules only, in Salesforce's words where they refuse. `org.part(BatchJobs)` is the way in. Which batches behave unlike
others is said by the plans of `BulkJobs`: a batch takes one as a job of Bulk API 2.0 does. Source:
reference/bulk_v1.md sections 3, 6 and 7.
"""

from __future__ import annotations

import shutil
import threading
from typing import TYPE_CHECKING, Final, TypeVar

from specforce_mockserver.bulk.ingest import BATCH_LIMIT
from specforce_mockserver.bulk.jobs import KEPT_S, OPEN_S, BulkJobs
from specforce_mockserver.bulk.rows import BATCH_ROWS
from specforce_mockserver.bulk.work import Work, Worker
from specforce_mockserver.bulk_v1.job import Batch, BatchJob
from specforce_mockserver.bulk_v1.loading import LoadWork
from specforce_mockserver.bulk_v1.querying import QueryWork
from specforce_mockserver.calls import ApiError
from specforce_mockserver.ids import to_18

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from specforce_mockserver.bulk.job import Job
    from specforce_mockserver.bulk.states import Kind
    from specforce_mockserver.calls import Upload
    from specforce_mockserver.org import Org

T = TypeVar("T")
JOB_PREFIX: Final = "750"
BATCH_PREFIX: Final = "751"


class BatchJobs:
    """The jobs of one org.

    Args:
        org: whose they are.
    """

    def __init__(self, org: Org) -> None:
        self._org = org
        self._jobs: dict[str, BatchJob] = {}
        self._lock = threading.RLock()
        self._worker = Worker(org.clock, self._begin, org.database.release_reader)
        self._directory = org.database.workdir / "bulk_v1"
        org.clock.on_tick(self.tick)

    def new_id(self) -> str:
        """An Id for a new job."""
        return self._org.counters.new_id(JOB_PREFIX)

    def directory(self, job_id: str) -> Path:
        """Where the files of a job are."""
        return self._directory / job_id

    def add(self, job: BatchJob) -> None:
        """Keep a new job."""
        job.directory.mkdir(parents=True, exist_ok=True)
        with self._lock:
            self._jobs[job.id] = job

    def look(self, job_id: str) -> BatchJob | None:
        """A job by Id, in either length; None when there is none."""
        return self._jobs.get(to_18(job_id) or "")

    def find(self, job_id: str) -> BatchJob:
        """A job by Id, in either length.

        Raises:
            ApiError: 400 InvalidJob, there is none. [E]
        """
        self._forget_old()
        job = self.look(job_id)
        if job is None:
            raise ApiError(400, "InvalidJob", f"Unable to find job: {job_id}")
        return job

    def listed(self) -> list[BatchJob]:
        """All jobs, in the order in which they were made."""
        self._forget_old()
        with self._lock:
            return list(self._jobs.values())

    def find_batch(self, job_id: str, batch_id: str) -> Batch:
        """A batch of a job by Id, in either length.

        Raises:
            ApiError: 400 InvalidJob or InvalidBatch, there is none. [E]
        """
        wanted = to_18(batch_id)
        found = next((each for each in self.find(job_id).batches if each.id == wanted), None)
        if found is None:
            raise ApiError(400, "InvalidBatch", f"Unable to find batch: {batch_id}")
        return found

    def add_batch(self, job: BatchJob, upload: Upload) -> Batch:
        """Give a job a batch.

        Raises:
            ApiError: 400 InvalidJobState, the job isn't Open; 400 ExceededQuota, the day's batches are used up.
        """
        with self._lock:
            if job.state != "Open":
                message = f"Failed to create batch, since the Job is not Open. Current job state is '{job.state}'"
                raise ApiError(400, "InvalidJobState", message)
            batch = self._new_batch(job)
            upload.move_to(batch.request)
            job.batches.append(batch)
        self._submit(job)
        return batch

    def close_job(self, job: BatchJob) -> None:
        """Let a job take no further batches.

        Raises:
            ApiError: 400 InvalidJobState, it takes none already.
        """
        with self._lock:
            if job.state != "Open":
                raise _not_allowed("Closing", job)
            job.state, job.modified_s = "Closed", self._org.clock.now()

    def abort(self, job: BatchJob) -> None:
        """Stop a job: what hasn't begun won't, what runs is finished.

        Raises:
            ApiError: 400 InvalidJobState, there is nothing to stop.
        """
        with self._lock:
            over = all(each.ended for each in job.batches)
            if job.state == "Aborted" or (job.state == "Closed" and over):
                raise _not_allowed("Aborting", job)
            job.state, job.modified_s = "Aborted", self._org.clock.now()
        for batch in job.batches:
            self._withdraw(batch)

    def poll(self, job: BatchJob, show: Callable[[], T]) -> T:
        """A client asks for a job or its batches; under the auto clock that moves them."""
        movable = job.movable
        queued = [each for each in movable if each.state == "UploadComplete"]
        for each in queued or movable[:1]:
            self._worker.poll(each, lambda _: None)
        return show()

    def poll_batch(self, batch: Batch, show: Callable[[], T]) -> T:
        """A client asks for a batch; under the auto clock that moves it, or the one that it waits for."""
        movable = batch.owner.movable
        self._worker.poll(batch if batch in movable or not movable else movable[0], lambda _: None)
        return show()

    def tick(self) -> None:
        """A tick of the manual clock."""
        with self._lock:
            jobs = list(self._jobs.values())
        self._worker.tick([batch for job in jobs for batch in job.movable])

    def close(self) -> None:
        """Stop all work and remove all files; the org is reset or closed."""
        for job in list(self._jobs.values()):
            self._forget(job)
        shutil.rmtree(self._directory, ignore_errors=True)

    def _new_batch(self, job: BatchJob) -> Batch:
        """A batch that waits.

        Raises:
            ApiError: 400 ExceededQuota. [E]
        """
        limits = self._org.limits
        if limits.used(BATCH_LIMIT) >= limits.maximum(BATCH_LIMIT):
            raise ApiError(400, "ExceededQuota", "ApiBatchItems Limit exceeded.")
        limits.use(BATCH_LIMIT)
        batch_id = self._org.counters.new_id(BATCH_PREFIX)
        directory = job.directory / batch_id
        directory.mkdir(parents=True)
        kind: Kind = "query" if job.queries else "ingest"
        now = self._org.clock.now()
        return Batch(
            kind=kind,
            id=batch_id,
            operation=job.operation,
            object=job.object,
            api_version=job.api_version,
            created_by_id=job.created_by_id,
            created_s=now,
            modified_s=now,
            state="UploadComplete",
            dialect=job.dialect,
            directory=directory,
            behaviour=self._org.part(BulkJobs).behaviour_of(kind, job.object, job.operation, job.created_by_id),
            owner=job,
            request=directory / "request",
        )

    def _split(self, batch: Batch, texts: list[str]) -> None:
        """Put a batch for each chunk in the place of a query."""
        job = batch.owner
        with self._lock:
            for text in texts:
                chunk = self._new_batch(job)
                chunk.chunk = True
                chunk.request.write_text(text, encoding="utf-8")
                job.batches.append(chunk)
        batch.move("Aborted", self._org.clock.now())

    def _begin(self, job: Job) -> Work:
        """The work of a batch."""
        assert isinstance(job, Batch)
        rows = BATCH_ROWS if self._org.clock.kind == "real" else job.behaviour.records_per_tick

        def then() -> None:
            self._submit(job.owner, after=job)

        if job.owner.queries:
            return QueryWork(self._org, job, step_records=rows, split=self._split, then=then)
        return LoadWork(self._org, job, step_records=rows, then=then)

    def _submit(self, job: BatchJob, after: Batch | None = None) -> None:
        """Let the batches that may be worked on be worked on, under the real clock."""
        if job.state == "Aborted":
            return
        for each in [batch for batch in job.batches if not batch.ended and batch is not after]:
            self._worker.submitted(each)
            if job.concurrency_mode == "Serial":
                return

    def _withdraw(self, batch: Batch) -> None:
        """Take a batch off the queue, if it stands there."""
        with batch.changed:
            if batch.state != "UploadComplete":
                return
            batch.move("Aborted", self._org.clock.now())
        self._worker.abort(batch)

    def _forget_old(self) -> None:
        """Close jobs that stayed open for a day, forget those that are over a week old [P]."""
        now = self._org.clock.now()
        with self._lock:
            for job in list(self._jobs.values()):
                if job.state == "Open" and now - job.created_s > OPEN_S:
                    self.close_job(job)
                elif job.state != "Open" and now - job.modified_s > KEPT_S:
                    self._forget(job)

    def _forget(self, job: BatchJob) -> None:
        for batch in job.batches:
            batch.forgotten = True
            with batch.changed:
                if not batch.ended:
                    batch.move("Aborted", self._org.clock.now())
            self._worker.drop(batch)
        with self._lock:
            self._jobs.pop(job.id, None)
        shutil.rmtree(job.directory, ignore_errors=True)


def _not_allowed(deed: str, job: BatchJob) -> ApiError:
    return ApiError(400, "InvalidJobState", f"{deed} already {job.state} Job not allowed")
