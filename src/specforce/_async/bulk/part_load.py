"""One part of a load: a job made, given the part, closed, waited for, and its results joined to the rows.

What can't double or lose a row: a job is never given data twice. One whose upload may or may not have arrived is read:
while it is open it doesn't say whether it holds data, and none of it is processed, so it is aborted, and the part goes
whole to a new job; if somebody closed it, it is working on the data, so its end is waited for. A job is closed once;
where that answer gets lost, the job itself says whether it happened (changing.py). A load that is continued reads the
job that its journal names before it sends a part again (bulk/journal.py).
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final

from specforce._aio import run
from specforce._retry import ONCE, may_pass
from specforce.bulk.outcomes import Counts, Kind
from specforce.bulk.part_progress import PartProgress
from specforce.bulk.report_rows import LoadedJob
from specforce_api.bulk_v2 import operations
from specforce_api.runtime.errors import (
    ApiError,
    IntegrityError,
    JobAborted,
    JobFailed,
    JobTimeout,
    NotFound,
    SalesforceError,
)

from .attempts import AsyncAttempts
from .ingest_job import STATES, AsyncIngestJob, create_ingest_job
from .part_results import AsyncPartResults

if TYPE_CHECKING:
    from specforce._async.session import AsyncSession
    from specforce.bulk.journal import Journal, PastPart
    from specforce.bulk.load_options import LoadOptions
    from specforce.bulk.parts import Part
    from specforce.bulk.progress import Telling
    from specforce.bulk.report import OpenRows
    from specforce.bulk.table import Table
    from specforce.bulk.tally import Tally
    from specforce.bulk.workspace import Workspace
    from specforce_api.bulk_v2.models import IngestJobInfo

_OPEN: Final = "Open"
_DELIVERY: Final = ("uploadIngestJobData", "createIngestJob")


class Abandoned(Exception):
    """The load is given up while this part is under way."""


class AsyncPartLoad:
    """The load of one part.

    Attributes:
        counts: its rows by outcome, as far as it is known.
        failure: why it ended badly, `None` where it didn't.
        joined: whether the outcome of each row is kept in the load's `Outcomes`.
    """

    def __init__(
        self,
        session: AsyncSession,
        part: Part,
        options: LoadOptions,
        *,
        table: Table,
        workspace: Workspace,
        tally: Tally,
        tell: Telling,
        deadline_s: float | None,
        journal: Journal | None,
    ) -> None:
        self.part = part
        self.counts = _unsent(part)
        self.failure: Exception | None = None
        self.joined = False
        self._session = session
        self._options = options
        self._results = AsyncPartResults(part, options, table, workspace)
        self._progress = PartProgress(part, tally, tell, go_on=self._go_on)
        self._journal = journal
        self._deadline_s = deadline_s
        self._abandoned = False
        self._given_up: list[LoadedJob] = []
        self._job: AsyncIngestJob | None = None
        self._state = _OPEN
        self._holds_rows = False

    @property
    def jobs(self) -> list[LoadedJob]:
        """The jobs that were given up, and the one that has the rows or was about to get them."""
        job = self._job
        return self._given_up if job is None else [*self._given_up, self._listed(job)]

    def open_rows(self) -> list[OpenRows]:
        """Rows whose outcome isn't kept: all of them, unless they are joined (or are what they were before)."""
        if self.joined or (self.part.attempt > 1 and not self.counts.unknown):
            return []
        return [(self.part, Kind.UNKNOWN if self.counts.unknown else Kind.UNPROCESSED, None)]

    def abandon(self) -> None:
        """Let go within a second, or with the answer that is awaited; nobody waits for the outcome any more."""
        self._abandoned = True

    async def abort(self) -> None:
        """Abort its job, if it hasn't ended; it is asked once, and read where it refuses."""
        if self._job is None or self._state not in STATES.pending:
            return
        with suppress(SalesforceError):
            try:
                info = await self._job.abort_once()
            except ApiError:
                info = await self._job.look_once()
            self._state = str(info.state.value)

    async def run(self) -> AsyncPartLoad:
        """Load the part. An error is kept as `failure`: what other parts do isn't its business."""
        try:
            await self._load()
        except Exception as error:  # noqa: BLE001 - the load raises it, with its report
            self.failure = error
        return self

    async def _load(self) -> None:
        job = await self._sent()
        try:
            info = await job.wait(
                timeout_s=self._time_left_s(),
                abort_on_timeout=self._options.abort_on_timeout,
                seen=self._seen,
            )
        except (JobFailed, JobAborted, JobTimeout) as error:
            self._state = error.state
            if error.state not in STATES.pending:
                try:
                    self._know(await self._results.of_ended(job, await job.info()), job)
                except SalesforceError as second:
                    error.add_note(f"its results can't be told: {second}")
            raise
        self._state = str(info.state.value)
        await self._settle(job, info)

    async def _sent(self) -> AsyncIngestJob:
        """A job that holds the part and was closed."""
        attempts = AsyncAttempts(self._session, *_DELIVERY, checked=self._go_on)
        if self._journal is not None:
            if self._journal.was_sent(self.part):
                self._hold()
            past = await run(self._journal.take, self.part)
            if past is not None and past.job and (taken_up := await self._taken_up(past)) is not None:
                return taken_up
        while True:
            job = await self._opened(attempts)
            try:
                await job.upload_part(self.part, sent=self._progress.sending(job.id), retry=ONCE)
            except Abandoned:
                raise
            except Exception as error:  # noqa: BLE001 - raised again, where the job's fate doesn't make up for it
                failure = error
            else:
                await self._close(job)
                return job
            if not (isinstance(failure, SalesforceError) and may_pass(failure)):
                await self.abort()
                self._drop(job)
                raise failure
            if await self._works_on_it(job):
                return job
            await attempts.wait_after(failure)

    async def _opened(self, attempts: AsyncAttempts) -> AsyncIngestJob:
        """A new job for the part."""
        options = self._options
        job = await create_ingest_job(
            self._session,
            options.sobject,
            operation=options.operation,
            external_id=options.table.external_id,
            dialect=self.part.dialect,
            assignment_rule_id=options.assignment_rule_id,
            attempts=attempts,
        )
        self._job, self._state = job, _OPEN
        if self._journal is not None:
            await run(partial(self._journal.note, self.part, job=job.id))
        return job

    async def _taken_up(self, past: PastPart) -> AsyncIngestJob | None:
        """The job that an earlier run gave the part to, if it has it; else it is given up, and there is none.

        Raises:
            IntegrityError: the job is gone, and its rows would be doubled if they were sent again.
        """
        attempts = AsyncAttempts(self._session, "getIngestJob", checked=self._go_on)
        try:
            info = await attempts.send(operations.get_ingest_job(past.job))
        except NotFound:
            if past.uploaded and self._options.operation == "insert":
                raise IntegrityError(
                    f"job {past.job} isn't there any more (Salesforce keeps jobs for 7 days), and nobody can tell "
                    f"what became of its {self.part.rows} rows, from row {self.part.first_row} on"
                ) from None
            self._holds_rows, self.counts = False, _unsent(self.part)
            return None
        self._job, self._state = AsyncIngestJob(self._session, info, checked=self._go_on), str(info.state.value)
        if not past.uploaded:
            return self._job if await self._works_on_it(self._job) else None
        if self._state == _OPEN:
            await self._close(self._job)
        else:
            self._hold()
            self._progress.sent(self._job.id)
        return self._job

    async def _close(self, job: AsyncIngestJob) -> None:
        if self._journal is not None:
            await run(partial(self._journal.note, self.part, uploaded=job.id))
        self._hold()
        self._state = str((await job.close()).state.value)
        self._progress.sent(job.id)

    def _hold(self) -> None:
        """From here on Salesforce may process the job, whether we hear of it or not."""
        self._holds_rows = True
        self.counts = Counts(unknown=self.part.rows)

    async def _works_on_it(self, job: AsyncIngestJob) -> bool:
        """After an upload of unknown outcome: whether the job is past being open; if not, it is given up."""
        with suppress(SalesforceError):
            self._state = str((await job.look_once()).state.value)
        if self._state == _OPEN:
            await self.abort()
        if self._state in (_OPEN, *STATES.failure, *STATES.aborted):
            self._drop(job)
            return False
        if self._journal is not None:
            await run(partial(self._journal.note, self.part, uploaded=job.id))
        self._hold()
        self._progress.sent(job.id)
        return True

    def _drop(self, job: AsyncIngestJob) -> None:
        """Have nothing more to do with a job; where its abort got lost, it stays open and is never processed."""
        self._given_up.append(self._listed(job))
        self._job = None

    async def _settle(self, job: AsyncIngestJob, info: IngestJobInfo) -> None:
        """Find out what became of each row of a job that is complete.

        Raises:
            IntegrityError: the job's counters and its results don't account for every row.
        """
        part = self.part
        self._know(await self._results.of_complete(job, info), job)
        if self.counts.unknown:
            raise IntegrityError(
                f"job {job.id} is complete, but says nothing of {self.counts.unknown} of the {part.rows} rows that it "
                f"was sent (rows {part.first_row} to {part.first_row + part.rows - 1}): an org leaves out rows beyond "
                "its daily allocation of batches",
                expected=part.rows,
                actual=part.rows - self.counts.unknown,
            )

    def _know(self, counts: Counts, job: AsyncIngestJob) -> None:
        """Take the outcome of the part's rows."""
        self.counts = counts
        self.joined = self._options.results
        if self.joined:
            self._progress.joined(job.id, counts.failed)

    def _seen(self, info: IngestJobInfo) -> None:
        self._state = str(info.state.value)
        self._progress.polled(info)

    def _go_on(self) -> None:
        """Raise where the load is given up: threads can't be cancelled."""
        if self._abandoned:
            raise Abandoned

    def _time_left_s(self) -> float | None:
        if self._deadline_s is None:
            return None
        return max(0.0, self._deadline_s - self._session.clock.now())

    def _listed(self, job: AsyncIngestJob) -> LoadedJob:
        rows, counts = (self.part.rows, self.counts) if self._holds_rows else (0, Counts())
        part = self.part
        return LoadedJob(id=job.id, state=self._state, part=part.number, rows=rows, counts=counts, attempt=part.attempt)


def _unsent(part: Part) -> Counts:
    """The rows of a part that wasn't sent: never tried, or failed as they had before."""
    return Counts(unprocessed=part.rows) if part.attempt == 1 else Counts(failed=part.rows)
