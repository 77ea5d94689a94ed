"""The results of a query by Bulk API 1.0 as pages: batch after batch, or as they come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce._aio import closing, run
from specforce.bulk.batch_sink import BatchSink, header_of
from specforce.bulk.files import NewFile, write_all
from specforce.bulk.gzip_target import GzipTarget
from specforce.bulk.pages import PageRef, ResultPage
from specforce_api.bulk_v1 import operations
from specforce_api.bulk_v1.models import BatchState

from .download import download
from .feeding import AsyncFeed

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from pathlib import Path
    from typing import BinaryIO

    from specforce._async.bulk_v1 import AsyncBatchJob
    from specforce._async.session import AsyncSession
    from specforce.bulk.dialect import Dialect
    from specforce.bulk.joined_file import JoinedFile
    from specforce.bulk.pages import PageOptions
    from specforce.bulk.partial_file import Checkpoint
    from specforce.bulk.resuming import ResumeToken
    from specforce_api.bulk_v1.models import BatchInfo


class AsyncBatchFeed(AsyncFeed):
    """Fetches the results of one job.

    Args:
        token: what it takes to go on elsewhere.
        options: how.
        job: the job, done.
        batches: its batches.
        dialect: how the results are written.
    """

    def __init__(
        self,
        session: AsyncSession,
        token: ResumeToken,
        options: PageOptions,
        *,
        job: AsyncBatchJob,
        batches: Sequence[BatchInfo],
        dialect: Dialect,
    ) -> None:
        self._job = job
        self._batches = [info for info in batches if info.state is BatchState.COMPLETED]
        self._first = batches[0].id
        self._dialect = dialect
        super().__init__(
            session,
            token,
            options,
            what=f"job {job.id}",
            sobject=job.created.object_,
            total=sum(info.number_records_processed for info in self._batches),
            listed=True,
        )

    async def pages(self, folder: Path) -> AsyncGenerator[ResultPage, None]:
        """See `AsyncFeed`. Results that found nothing are left out; where all are, one page has the header."""
        blank = True
        async with closing(super().pages(folder)) as pages:
            async for page in pages:
                if page.header:
                    blank = False
                    yield page
                else:
                    await run(page.discard)
        if blank:
            yield await self._header_alone(folder, zipped=False)

    async def appended(
        self, joined: JoinedFile, folder: Path, *, after: Checkpoint | None = None
    ) -> AsyncGenerator[ResultPage, None]:
        """See `AsyncFeed`; results that found nothing as in `pages`."""
        blank = after is None or not after.locators
        async with closing(super().appended(joined, folder, after=after)) as pages:
            async for page in pages:
                if page.header:
                    blank = False
                    yield page
        if blank:
            page = await self._header_alone(folder, zipped=joined.zipped)
            await run(joined.add, page)
            yield page

    async def _download(self, ref: PageRef, target: BinaryIO | GzipTarget, path: Path, *, headed: bool) -> ResultPage:
        batch_id, _, result_id = (ref.locator or "").partition("/")
        what = f"result {result_id} of batch {batch_id}"
        sink = BatchSink(target, what, newline=self._dialect.newline, headed=headed)
        operation = operations.get_query_result(self._job.id, batch_id, result_id)
        await download(self._session, operation, sink, checked=self._checked)
        if isinstance(target, GzipTarget):
            await run(target.finish)
        header = b"" if sink.found_nothing else sink.header
        return ResultPage(
            ref.number, ref.locator, None, sink.records, header, path, self._dialect.delimiter, sink.body_start
        )

    async def _listed(self, begun: Checkpoint) -> AsyncGenerator[PageRef, None]:
        """See `AsyncFeed`: each result of each batch."""
        number = 0
        for info in self._batches:
            for result_id in await self._job.batch(info.id).result_ids():
                number += 1
                ref = PageRef(number, f"{info.id}/{result_id}")
                if ref.locator not in begun.locators:
                    yield ref

    async def _header_alone(self, folder: Path, *, zipped: bool) -> ResultPage:
        """A page without records, for a query that found none: Salesforce sends no header line then."""
        soql = (await self._job.batch(self._first).request()).decode()
        header = header_of(soql, self._dialect)
        file = NewFile(folder / f"{self._job.id}-header.csv")
        try:
            opened = await run(file.open)
            if zipped:
                target = GzipTarget(opened)
                target.write(memoryview(header))
                target.finish()
            else:
                write_all(opened, header)
            size = opened.tell()
        finally:
            await run(file.close)
        return ResultPage(1, None, None, 0, header, file.path, self._dialect.delimiter, size)
