"""The Bulk API 2.0 jobs of one org: made, found, listed, aborted, deleted, forgotten after their time.

Rules only, in Salesforce's words where they refuse. `org.part(BulkJobs)` is the way in. Source: reference/bulk_v2.md
sections 3, 5 and 8.
"""

from __future__ import annotations

import shutil
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Final, TypeVar

from specforce_mockserver.bulk.behaviour import Behaviour, with_faults
from specforce_mockserver.bulk.ingest import IngestWork
from specforce_mockserver.bulk.job import IngestJob, Job, QueryJob
from specforce_mockserver.bulk.plans import JobPlans
from specforce_mockserver.bulk.query import QueryWork
from specforce_mockserver.bulk.rows import BATCH_ROWS
from specforce_mockserver.bulk.states import after_abort, after_close, refuse_delete, refuse_upload
from specforce_mockserver.bulk.work import Work, Worker
from specforce_mockserver.calls import ApiError, not_found
from specforce_mockserver.faults import Subject
from specforce_mockserver.ids import to_18
from specforce_mockserver.oauth.users import names_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from specforce_mockserver.bulk.states import Kind
    from specforce_mockserver.calls import Upload
    from specforce_mockserver.org import Org

J = TypeVar("J", bound=Job)
T = TypeVar("T")

KEY_PREFIX: Final = "750"
OPEN_S: Final = 24 * 3600.0
KEPT_S: Final = 7 * 24 * 3600.0


class BulkJobs:
    """The jobs of one org.

    Args:
        org: whose they are.
    """

    def __init__(self, org: Org) -> None:
        self._org = org
        self.plans = JobPlans(Behaviour(records_per_tick=org.settings.records_per_tick))
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()
        self._worker = Worker(org.clock, self._begin, org.database.release_reader)
        self._directory = org.database.workdir / "bulk"
        org.clock.on_tick(self.tick)

    def new_id(self) -> str:
        """An Id for a new job."""
        return self._org.counters.new_id(KEY_PREFIX)

    def directory(self, job_id: str) -> Path:
        """Where the files of a job are; made when there is one."""
        return self._directory / job_id

    def look(self, job_id: str) -> Job | None:
        """A job by Id, in either length; None when there is none."""
        return self._jobs.get(to_18(job_id) or "")

    def behaviour_of(self, kind: Kind, sobject: str, operation: str, user_id: str) -> Behaviour:
        """How a new job behaves: by the first plan that fits, and by the fault plans that hit it."""
        planned = self.plans.take(kind, sobject, operation)
        subject = Subject(operation, sobject=sobject, users=lambda: names_of(self._org.database, user_id))
        return with_faults(planned, self._org.faults.take_for_job(subject))

    def add(self, job: Job) -> None:
        """Keep a new job."""
        with self._lock:
            self._jobs[job.id] = job
        if job.state == "UploadComplete":
            self._worker.submitted(job)

    def find(self, kind: type[J], job_id: str) -> J:
        """A job by Id, in either length.

        Raises:
            ApiError: 404 NOT_FOUND, no such job, or one of the other kind [P/S].
        """
        self._forget_old()
        job = self.look(job_id)
        if not isinstance(job, kind):
            raise not_found()
        return job

    def listed(self, kind: type[J]) -> list[J]:
        """All jobs of a kind, in the order in which they were made."""
        self._forget_old()
        with self._lock:
            return [job for job in self._jobs.values() if isinstance(job, kind)]

    def poll(self, job: Job, show: Callable[[Job], T]) -> T:
        """A client asks for a job; under the auto clock that moves it."""
        return self._worker.poll(job, show)

    def upload(self, job: IngestJob, upload: Upload) -> None:
        """Take a job's data.

        Raises:
            ApiError: the job has its data already, or isn't Open [S].
        """
        with job.changed:
            refuse_upload(job.state)
            if job.upload is not None:
                raise ApiError(
                    400,
                    "BULK_API_ERROR",
                    f"Found multipe contents for job: <{job.id[:15]}>, please 'Close' / 'Abort' / 'Delete' the current"
                    " Job then create a new Job and make sure you only do 'PUT' once on a given Job.",
                )
            job.directory.mkdir(parents=True, exist_ok=True)
            job.upload = upload.move_to(job.directory / "upload.csv")

    def store(self, job: IngestJob, data: memoryview) -> None:
        """Take the data of a job that came with it."""
        job.directory.mkdir(parents=True, exist_ok=True)
        job.upload = job.directory / "upload.csv"
        job.upload.write_bytes(data)

    def close_upload(self, job: IngestJob) -> None:
        """Let a job be processed."""
        with job.changed:
            job.move(after_close(job.state), self._org.clock.now())
        self._worker.submitted(job)

    def abort(self, job: Job) -> None:
        """Stop a job; what is done stays done."""
        with job.changed:
            job.move(after_abort(job.state), self._org.clock.now())
        self._worker.abort(job)

    def delete(self, job: Job) -> None:
        """Delete a job with its files."""
        with job.changed:
            refuse_delete(job.kind, job.state)
            job.forgotten = True
            if not job.ended:
                job.move("Aborted", self._org.clock.now())
        self._forget(job)

    def tick(self) -> None:
        """A tick of the manual clock."""
        with self._lock:
            jobs = list(self._jobs.values())
        self._worker.tick(jobs)

    def close(self) -> None:
        """Stop all work and remove all files; the org is reset or closed."""
        jobs = list(self._jobs.values())
        for job in jobs:
            job.forgotten = True
            with job.changed:
                if not job.ended:
                    job.move("Aborted", self._org.clock.now())
        for job in jobs:
            self._worker.drop(job)
        self._jobs.clear()
        shutil.rmtree(self._directory, ignore_errors=True)

    def _begin(self, job: Job) -> Work:
        """The work of a job."""
        job.directory.mkdir(parents=True, exist_ok=True)
        rows = BATCH_ROWS if self._org.clock.kind == "real" else job.behaviour.records_per_tick
        if isinstance(job, IngestJob):
            return IngestWork(self._org, job, batch_rows=rows)
        if isinstance(job, QueryJob):
            return QueryWork(self._org, job, batch_rows=rows)
        message = f"no work is known for a {type(job).__name__}"
        raise TypeError(message)

    def _forget_old(self) -> None:
        """Abort jobs that stayed Open for a day, forget those that ended a week ago [P]."""
        now = self._org.clock.now()
        with self._lock:
            jobs = list(self._jobs.values())
        for job in jobs:
            if job.state == "Open" and now - job.created_s > OPEN_S:
                with suppress(ApiError):  # somebody else was quicker
                    self.abort(job)
            elif job.ended and now - job.modified_s > KEPT_S:
                self._forget(job)

    def _forget(self, job: Job) -> None:
        self._worker.drop(job)
        with self._lock:
            self._jobs.pop(job.id, None)
        shutil.rmtree(job.directory, ignore_errors=True)
