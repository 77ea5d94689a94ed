"""One batch of a Bulk API 1.0 job: waited for, its request, its results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from specforce._aio import closing, run
from specforce._async.bulk.download import download
from specforce._async.bulk.waiting import wait_for_end
from specforce.bulk.files import NewFile
from specforce.bulk.sources import file_pieces
from specforce.bulk.workspace import Workspace
from specforce.bulk_v1.endings import bad_end
from specforce.bulk_v1.infos import BATCH_STATES
from specforce.bulk_v1.options import QUERIES
from specforce.bulk_v1.records import next_batch, read_records
from specforce.bulk_v1.results import check_count, joined, read_results, sent_rows
from specforce.bulk_v1.sinks import FileSink
from specforce_api.bulk_v1 import operations
from specforce_api.bulk_v1.models import BatchState
from specforce_api.runtime.errors import InputError, IntegrityError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
    from pathlib import Path

    from specforce._async.session import AsyncSession
    from specforce.bulk_v1.results import RecordResult
    from specforce_api.bulk_v1.models import BatchInfo

    from .job_operations import JobOperations

DEFAULT_WAIT_S: Final = 86_400.0


class AsyncJobBatch:
    """One batch. Made by `job.add_batch(...)`, found again by `job.batch(batch_id)` and `job.batches()`.

    Attributes:
        id: the batch's id, 18 characters.
        rows: how many records it was given; `None` where this client doesn't know.
    """

    def __init__(
        self, session: AsyncSession, job: JobOperations, batch_id: str, *, operation: str, rows: int | None = None
    ) -> None:
        self.id = batch_id
        self.rows = rows
        self._session = session
        self._job = job
        self._operation = operation

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id} of job {self._job.job_id}>"

    async def info(self) -> BatchInfo:
        """The batch as it stands."""
        return await self._session.send(self._job.get_batch(self.id))

    async def wait(
        self, *, timeout_s: float | None = DEFAULT_WAIT_S, checked: Callable[[], object] | None = None
    ) -> BatchInfo:
        """Wait until the batch has been processed, records that were refused included.

        Args:
            timeout_s: seconds until the deadline; `None` waits as long as it takes.
            checked: called at least every second; what it raises ends the wait.

        Raises:
            JobFailed: nothing of it was processed, with Salesforce's reason. JobAborted: the job was aborted before
                its turn, or the batch is a query that PK chunking has split: then the job's other batches hold the
                records. JobTimeout: the deadline has passed. DecodeError: a state that the specs don't know.
        """
        look = self._job.get_batch(self.id)
        info, ending = await wait_for_end(self._session, BATCH_STATES, look, timeout_s=timeout_s, checked=checked)
        error = bad_end(info, ending, timeout_s=timeout_s)
        if error is not None:
            raise error
        return info

    async def request(self) -> bytes:
        """What the batch was given, byte for byte: its records, or the SOQL."""
        return await self._session.send(operations.get_batch_request(self._job.job_id, self.id))

    async def results(self, *, values: bool = True) -> list[RecordResult]:
        """What became of each record, in the order in which they were sent.

        Args:
            values: join each result to the record that was sent, which is asked for again.

        Raises:
            IntegrityError: there aren't as many as were sent, or as the batch says. ApiError: it isn't Completed.
            InputError: it is a query: `dicts()` reads its results.
        """
        if self._operation in QUERIES:
            raise InputError(f"batch {self.id} is a query: dicts() reads what it found")
        info = await self.info()
        content = await self._session.send(operations.get_batch_result(self._job.job_id, self.id))
        found = await run(read_results, content, self._job.content_type)
        check_count(self.id, len(found), self.rows, "it was sent")
        if info.state is BatchState.COMPLETED:
            check_count(self.id, len(found), info.number_records_processed, "it says that it processed")
        if not values:
            return found
        sent = await run(sent_rows, await self.request(), self._job.content_type)
        return await run(joined, found, sent, self.id)

    async def result_ids(self) -> list[str]:
        """The ids of a query's results.

        Raises:
            ApiError: the batch isn't Completed.
        """
        return await self._session.send(self._job.list_results(self.id))

    async def dicts(self) -> AsyncGenerator[dict[str, Any], None]:
        """The records that a query found, over all its results: each fetched whole before its first is handed out.

        Yields:
            Dicts by field: texts from CSV and XML, values from JSON.

        Raises:
            IntegrityError: there aren't as many as the batch says. ConnectionCut: a result was cut as often as the
                session's policy tries. ApiError: the batch isn't Completed.
        """
        workspace = await run(Workspace)
        try:
            async with closing(self.files(workspace.folder)) as files:
                info = await self.info()
                count = 0
                async for path in files:
                    batches = read_records(file_pieces(path), self._job.content_type)
                    while (batch := await run(next_batch, batches)) is not None:
                        count += len(batch)
                        for record in batch:
                            yield record
            if count != info.number_records_processed:
                raise IntegrityError(
                    f"batch {self.id} says that it found {info.number_records_processed} records, its results hold "
                    f"{count}",
                    expected=info.number_records_processed,
                    actual=count,
                )
        finally:
            await run(workspace.close)

    async def files(self, folder: Path) -> AsyncGenerator[Path, None]:
        """The results of a query, one file at a time, whole; a file is removed when the next one is asked for.

        Args:
            folder: where.

        Raises:
            As `dicts`, but for the count.
        """
        for result_id in await self.result_ids():
            path = folder / f"{self.id}-{result_id}"
            file = NewFile(path)
            try:
                sink = FileSink(await run(file.open))
                await download(self._session, operations.get_query_result(self._job.job_id, self.id, result_id), sink)
            finally:
                await run(file.close)
            yield path
            await run(path.unlink)
