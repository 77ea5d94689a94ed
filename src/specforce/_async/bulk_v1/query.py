"""A query by Bulk API 1.0 as a whole task: a job, one batch or as many as PK chunking makes, all their results."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from specforce._aio import Lock, closing, run, to_the_end
from specforce.bulk.files import Replacement
from specforce.bulk.workspace import Workspace
from specforce.bulk_v1.merging import CsvMerger
from specforce_api.bulk_v1.models import BatchState
from specforce_api.runtime.errors import InputError, SalesforceError

from .batch import DEFAULT_WAIT_S

if TYPE_CHECKING:
    import os
    from collections.abc import AsyncGenerator, Callable
    from pathlib import Path
    from typing import BinaryIO

    from specforce._aio import Eventual

    from .job import AsyncBatchJob


class AsyncBatchQuery:
    """A query; nothing is asked before its records are.

    Args:
        start: makes the job.
        soql: what it is given.
        timeout_s: seconds until the query must be done; `None` for no deadline.
    """

    def __init__(
        self, start: Callable[[], Eventual[AsyncBatchJob]], soql: str, *, timeout_s: float | None = DEFAULT_WAIT_S
    ) -> None:
        self._start = start
        self._soql = soql
        self._timeout_s = timeout_s
        self._job: AsyncBatchJob | None = None
        self._making = Lock()

    async def job(self) -> AsyncBatchJob:
        """The query's job, done: made, waited for and closed on first use, once whoever asks; aborted if that fails.

        Raises:
            JobFailed: the query, or one of its chunks, with Salesforce's reason. JobTimeout: the deadline has passed.
        """
        async with self._making:
            if self._job is None:
                job = await self._start()
                try:
                    await job.add_batch(self._soql)
                    await job.wait(timeout_s=self._timeout_s)
                    await job.close()
                except BaseException:
                    await to_the_end(lambda: _given_up(job))
                    raise
                self._job = job
            return self._job

    async def dicts(self) -> AsyncGenerator[dict[str, Any], None]:
        """The records, batch after batch: texts from CSV (null is `""`) and XML (null is None), values from JSON.

        Raises:
            IntegrityError: there aren't as many as the batches say. Others as for `job`.
        """
        async with closing((await self.job()).dicts()) as records:
            async for record in records:
                yield record

    async def to_csv(self, path: str | os.PathLike[str]) -> int:
        """Write all results into one CSV file under one header; it appears once it is whole.

        Returns:
            How many records it has.

        Raises:
            InputError: the query's content type isn't CSV. IntegrityError: as for `dicts`, or headers differ.
        """
        job = await self.job()
        if job.created.content_type != "CSV":
            raise InputError(f"the results are {job.created.content_type}: query with content_type='CSV'")
        target = Replacement(path)
        workspace = await run(Workspace)
        try:
            records = await _merged(job, await run(target.open), workspace.folder)
        except BaseException:
            await run(target.discard)
            raise
        finally:
            await run(workspace.close)
        await run(target.commit)
        return records


async def _merged(job: AsyncBatchJob, file: BinaryIO, folder: Path) -> int:
    """Append the results of all batches to a file; how many records they have."""
    merger = CsvMerger(file)
    for info in await job.batches():
        if info.state is BatchState.COMPLETED:
            async with closing(job.batch(info.id).files(folder)) as files:
                async for result in files:
                    await run(merger.add, result)
            merger.check(info.id, info.number_records_processed)
    return merger.records


async def _given_up(job: AsyncBatchJob) -> None:
    """Stop a job that nobody will read."""
    with suppress(SalesforceError):
        await job.abort()
