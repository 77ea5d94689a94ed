"""One part of a load: a job made, given the part, closed, waited for, and its results joined to the rows.

What can't double or lose a row: a job is never given data twice, and one whose upload may or may not have arrived is
never closed, so nothing of it is ever processed. It is aborted, and the part goes whole to a new job. A job is closed
once; where that answer gets lost, the job itself says whether it happened (ingest_job.py).
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from specforce._aio import run
from specforce.bulk.job_state import count, result_counts
from specforce.bulk.join import join_part
from specforce.bulk.outcomes import Counts, Kind
from specforce.bulk.progress import JobPolled, PartSending, PartSent, ResultsJoined
from specforce.bulk.report import names_sent
from specforce.bulk.report_rows import LoadedJob
from specforce_api.runtime.errors import (
    IntegrityError,
    JobAborted,
    JobFailed,
    JobTimeout,
    SalesforceError,
    ServerUnavailable,
    TransportError,
)

from .attempts import AsyncAttempts
from .ingest_job import STATES, AsyncIngestJob, create_ingest_job

if TYPE_CHECKING:
    from collections.abc import Callable

    from specforce._async.session import AsyncSession
    from specforce.bulk.load_options import LoadOptions
    from specforce.bulk.parts import Part
    from specforce.bulk.progress import Telling
    from specforce.bulk.result_rows import ResultFile
    from specforce.bulk.results import ResultSet
    from specforce.bulk.table import Table
    from specforce.bulk.tally import Tally
    from specforce.bulk.workspace import Workspace
    from specforce_api.bulk_v2.models import IngestJobInfo

_RESULT_SETS: Final[tuple[ResultSet, ...]] = ("successful", "failed", "unprocessed")


class Abandoned(Exception):
    """The load is given up while this part is under way."""


class AsyncPartLoad:
    """The load of one part.

    Attributes:
        counts: its rows by outcome, as far as it is known.
        jobs: the job that was given the rows, and those that were given up before.
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
    ) -> None:
        self.part = part
        self.counts = Counts(unprocessed=part.rows)
        self.jobs: list[LoadedJob] = []
        self.failure: Exception | None = None
        self.joined = False
        self._session = session
        self._options = options
        self._names = names_sent(table.names, table.columns.kept, table.columns.sent)
        self._workspace = workspace
        self._tally = tally
        self._tell = tell
        self._deadline_s = deadline_s
        self._abandoned = False

    def abandon(self) -> None:
        """Let go at the next look at the job; called where nobody waits for the outcome any more."""
        self._abandoned = True

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
                timeout_s=self._time_left_s(), abort_on_timeout=self._options.abort_on_timeout, seen=self._seen
            )
        except (JobFailed, JobAborted, JobTimeout) as error:
            self.jobs.append(self._loaded(job, error.state))
            if error.state not in STATES.pending:
                try:
                    await self._salvage(job)
                except SalesforceError as second:
                    error.add_note(f"its results can't be told: {second}")
            raise
        self.jobs.append(self._loaded(job, str(info.state.value)))
        await self._settle(job, info)

    async def _sent(self) -> AsyncIngestJob:
        """A closed job that holds the part."""
        options, part = self._options, self.part
        attempts = AsyncAttempts(self._session, "uploadIngestJobData")
        while True:
            job = await create_ingest_job(
                self._session,
                options.sobject,
                operation=options.operation,
                external_id=options.table.external_id,
                dialect=part.dialect,
                assignment_rule_id=options.assignment_rule_id,
            )
            try:
                self._tally.begin(part)
                await job.upload_part(part, sent=self._sending(job) if self._tell else None)
            except Exception as error:
                await self._give_up(job)
                if not isinstance(error, TransportError | ServerUnavailable):
                    raise
                failure = error
            else:
                break
            await attempts.wait_after(failure)
        # From here on Salesforce may process it, whether we hear of it or not.
        self.counts = Counts(unknown=part.rows)
        await job.close()
        self._tell(PartSent(done=self._tally.add_rows(part), total=self._tally.rows, part=part.number, job_id=job.id))
        return job

    async def _give_up(self, job: AsyncIngestJob) -> None:
        """Abort a job that won't be closed; if even that fails, it stays open and is never processed."""
        self.jobs.append(LoadedJob(id=job.id, state="Aborted", part=self.part.number, rows=0, counts=Counts()))
        with suppress(SalesforceError):
            await job.abort()

    async def _settle(self, job: AsyncIngestJob, info: IngestJobInfo) -> None:
        """Find out what became of each row of a job that is complete.

        Raises:
            IntegrityError: the job's counters and its results don't account for every row.
        """
        part = self.part
        if not self._options.results:
            self.counts = self._counted(info)
        else:
            expected = dict(zip(_RESULT_SETS, result_counts(info, part.rows), strict=True))
            self.counts = await self._joined(job, expected, rest=Kind.UNKNOWN)
        self._note_counts(job)
        if self.counts.unknown:
            raise IntegrityError(
                f"job {job.id} is complete, but says nothing of {self.counts.unknown} of the {part.rows} rows that it "
                f"was sent (rows {part.first_row} to {part.first_row + part.rows - 1}): an org leaves out rows beyond "
                "its daily allocation of batches",
                expected=part.rows,
                actual=part.rows - self.counts.unknown,
            )

    async def _salvage(self, job: AsyncIngestJob) -> None:
        """Find out what became of each row of a job that ended badly; rows without a result were never tried."""
        info = await job.info()
        if self._options.results:
            successful, failed, _ = result_counts(info, self.part.rows)
            expected: dict[ResultSet, int | None] = {"successful": successful, "failed": failed}
            self.counts = await self._joined(job, expected, rest=Kind.UNPROCESSED)
        else:
            processed, failed = count(info.number_records_processed) or 0, count(info.number_records_failed) or 0
            self.counts = self._good(processed - failed) + Counts(failed=failed, unprocessed=self.part.rows - processed)
        self._note_counts(job)

    def _counted(self, info: IngestJobInfo) -> Counts:
        """The rows by outcome, by the job's counters alone.

        Raises:
            IntegrityError: the job processed fewer rows than it was sent, or doesn't say.
        """
        rows = self.part.rows
        processed, failed = count(info.number_records_processed), count(info.number_records_failed)
        if processed is None or failed is None or processed < rows or failed > rows:
            raise IntegrityError(
                f"job {info.id} was sent {rows} rows and says that it processed {processed}, {failed} of them in vain",
                expected=rows,
                actual=processed,
            )
        return self._good(rows - failed) + Counts(failed=failed)

    def _good(self, rows: int) -> Counts:
        """Rows that made or changed a record, as far as the operation says which."""
        kinds = {"upsert": Counts(either=rows), "insert": Counts(created=rows)}
        return kinds.get(self._options.operation, Counts(updated=rows))

    async def _joined(self, job: AsyncIngestJob, expected: dict[ResultSet, int | None], *, rest: Kind) -> Counts:
        """Fetch the result files that `expected` names, with so many rows, and join them to the part."""
        files: list[ResultFile] = []
        try:
            for result_set, rows in expected.items():
                files.append(await self._fetched(job, result_set, rows))
            counts = await run(self._join, files, rest)
        finally:
            for file in files:
                await run(file.path.unlink)
        self.joined = True
        done = self._tally.joined(self.part.rows)
        part, total = self.part.number, self._tally.rows
        self._tell(ResultsJoined(done=done, total=total, part=part, job_id=job.id, failed=counts.failed))
        return counts

    async def _fetched(self, job: AsyncIngestJob, result_set: ResultSet, rows: int | None) -> ResultFile:
        folder = self._workspace.folder
        try:
            return await job.fetch_results(result_set, folder, expected=rows)
        except IntegrityError:
            if result_set != "unprocessed":
                raise
        # Rows that are in no file at all are counted, and refused, after the join.
        return await job.fetch_results(result_set, folder, expected=None)

    def _join(self, files: list[ResultFile], rest: Kind) -> Counts:
        readers = [file.reader() for file in files if file.rows]
        outcomes = self._workspace.outcomes
        return join_part(outcomes, self.part, self._names, readers, rest=rest)

    def _sending(self, job: AsyncIngestJob) -> Callable[[int], None]:
        """Tells of the bytes of an upload as they go out."""

        def sent(size: int) -> None:
            done = self._tally.add_bytes(self.part, size)
            if done is not None:
                total = self._tally.size
                self._tell(PartSending(done=done, total=total, part=self.part.number, job_id=job.id))

        return sent

    def _seen(self, info: IngestJobInfo) -> None:
        """Tells of a job that was asked for its state, and lets go of it where the load is given up."""
        if self._abandoned:
            raise Abandoned
        done = self._tally.processed(self.part, count(info.number_records_processed) or 0)
        state, total = str(info.state.value), self._tally.rows
        self._tell(JobPolled(done=done, total=total, part=self.part.number, job_id=info.id, state=state))

    def _time_left_s(self) -> float | None:
        if self._deadline_s is None:
            return None
        return max(0.0, self._deadline_s - self._session.clock.now())

    def _loaded(self, job: AsyncIngestJob, state: str) -> LoadedJob:
        return LoadedJob(id=job.id, state=state, part=self.part.number, rows=self.part.rows, counts=self.counts)

    def _note_counts(self, job: AsyncIngestJob) -> None:
        self.jobs[-1] = self._loaded(job, self.jobs[-1].state)
