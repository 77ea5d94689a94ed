"""What became of each row of a part whose job has ended: its result files fetched, checked and joined to the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specforce._aio import run
from specforce.bulk.columns import names_sent
from specforce.bulk.job_state import count, result_counts
from specforce.bulk.join import join_part
from specforce.bulk.outcomes import Counts, Kind
from specforce_api.runtime.errors import IntegrityError

if TYPE_CHECKING:
    from specforce.bulk.load_options import LoadOptions
    from specforce.bulk.parts import Part
    from specforce.bulk.result_rows import ResultFile
    from specforce.bulk.results import ResultSet
    from specforce.bulk.table import Table
    from specforce.bulk.workspace import Workspace
    from specforce_api.bulk_v2.models import IngestJobInfo

    from .ingest_job import AsyncIngestJob

_RESULT_SETS: Final[tuple[ResultSet, ...]] = ("successful", "failed", "unprocessed")


class AsyncPartResults:
    """The results of one part.

    Args:
        options: say whether results are fetched, or counts are enough.
        workspace: where the files go, and the outcome of each row.
    """

    def __init__(self, part: Part, options: LoadOptions, table: Table, workspace: Workspace) -> None:
        self._part = part
        self._options = options
        self._names = names_sent(table.names, table.columns.kept, table.columns.sent)
        self._workspace = workspace

    async def of_complete(self, job: AsyncIngestJob, info: IngestJobInfo) -> Counts:
        """The rows of a job that is complete; those that its results don't speak of are `unknown`.

        Raises:
            IntegrityError: the job's counters and its results can't both be true.
        """
        if not self._options.results:
            return self._counted(info)
        expected = dict(zip(_RESULT_SETS, result_counts(info, self._part.rows), strict=True))
        return await self._joined(job, expected, Kind.UNKNOWN)

    async def of_ended(self, job: AsyncIngestJob, info: IngestJobInfo) -> Counts:
        """The rows of a job that failed or was aborted; those without a result were never tried. Errors likewise."""
        rows = self._part.rows
        if self._options.results:
            successful, failed, _ = result_counts(info, rows)
            # Rows that were sent again and not tried are what they were.
            rest = Kind.UNPROCESSED if self._part.attempt == 1 else Kind.FAILED
            return await self._joined(job, {"successful": successful, "failed": failed}, rest)
        processed, refused = count(info.number_records_processed) or 0, count(info.number_records_failed) or 0
        return self._good(processed - refused) + Counts(failed=refused, unprocessed=rows - processed)

    def _counted(self, info: IngestJobInfo) -> Counts:
        """The rows by outcome, by the job's counters alone.

        Raises:
            IntegrityError: the job processed fewer rows than it was sent, or doesn't say.
        """
        rows = self._part.rows
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

    async def _joined(self, job: AsyncIngestJob, expected: dict[ResultSet, int | None], rest: Kind) -> Counts:
        """Fetch the result files that `expected` names, with so many rows, and join them to the part."""
        files: list[ResultFile] = []
        try:
            for result_set, rows in expected.items():
                files.append(await self._fetched(job, result_set, rows))
            return await run(self._join, files, rest)
        finally:
            for file in files:
                await run(file.path.unlink)

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
        return join_part(self._workspace.outcomes, self._part, self._names, readers, rest=rest)
