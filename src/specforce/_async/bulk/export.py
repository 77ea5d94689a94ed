"""One export: a query job run when its result is first wanted, and the result brought where the caller wants it.

Every way out delivers exactly the records that the job found, or raises: each page is counted against what the server
said of it, all pages against the job, and a page that was cut is asked for again from its start. Memory holds one piece
of a page at a time.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from specforce._aio import Lock, closing, run, to_the_end
from specforce._async.field_types import AsyncFieldTypes
from specforce.bulk.files import Replacement
from specforce.bulk.job_state import count
from specforce.bulk.joined_file import JoinedFile
from specforce.bulk.pages import PageTally, next_chunk, next_rows
from specforce.bulk.progress import JobPolled, PageFetched, Telling
from specforce.bulk.workspace import Workspace
from specforce_api.runtime.errors import InputError, SalesforceError

from .page_feed import AsyncPageFeed
from .query_job import create_query_job

if TYPE_CHECKING:
    import os
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from specforce._async.session import AsyncSession
    from specforce.bulk.dialect import Dialect
    from specforce.bulk.pages import PageOptions, ResultPage
    from specforce.bulk.progress import Listener
    from specforce.bulk.typed import RecordReader
    from specforce_api.bulk_v2.models import QueryJobInfo

    from .query_job import AsyncQueryJob

R = TypeVar("R")


class AsyncExport:
    """The result of a bulk query. Nothing is sent before a result is asked for; then one job serves all that is asked.

    Args:
        soql: the query.
        operation: `query`, or `queryAll` for deleted and archived records too.
        dialect: how the job writes CSV.
        pages: how its pages are fetched.
        temp_folder: where pages wait; `None` for beside the file that is written, or the system's place.
        timeout_s: seconds until the job must be done; `None` for no deadline.
        abort_on_timeout: abort the job if it isn't.
        abort_on_cancel: abort it where waiting for it is cancelled or interrupted.
        progress: who is told.
    """

    def __init__(
        self,
        session: AsyncSession,
        soql: str,
        *,
        operation: str,
        dialect: Dialect,
        pages: PageOptions,
        temp_folder: Path | None,
        timeout_s: float | None,
        abort_on_timeout: bool,
        abort_on_cancel: bool,
        progress: bool | Listener | None,
    ) -> None:
        self.soql = soql
        self._session = session
        self._operation = operation
        self._dialect = dialect
        self._options = pages
        self._temp_folder = temp_folder
        self._timeout_s = timeout_s
        self._abort_on_timeout = abort_on_timeout
        self._abort_on_cancel = abort_on_cancel
        self._tell = Telling(progress, "export")
        self._lock = Lock()
        self._job: AsyncQueryJob | None = None
        self._info: QueryJobInfo | None = None
        self._columns: tuple[str, ...] | None = None
        self._types = AsyncFieldTypes(session)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.soql!r}>"

    @property
    def job_id(self) -> str | None:
        """The query job's id; `None` before it is made, which asking for a result does."""
        return self._job.id if self._job is not None else None

    @property
    def total(self) -> int:
        """How many records the query found; known once a result was asked for.

        Raises:
            InputError: none was.
        """
        found = count(self._info.number_records_processed) if self._info is not None else None
        if found is None:
            raise InputError("nothing was exported yet: call to_csv(), rows() or another way out first, or job()")
        return found

    @property
    def columns(self) -> tuple[str, ...]:
        """The column names, field paths as they were queried; known once the first page has come.

        Raises:
            InputError: it hasn't.
        """
        if self._columns is None:
            raise InputError("nothing was exported yet: the first page brings the column names")
        return self._columns

    async def job(self) -> AsyncQueryJob:
        """The query job behind it, its result ready; made and waited for on the first call.

        Raises:
            MalformedQuery, ApiError: Salesforce doesn't take the query. JobFailed, JobAborted, JobTimeout: no result.
        """
        async with self._lock:
            if self._job is None:
                self._job = await create_query_job(
                    self._session, self.soql, operation=self._operation, dialect=self._dialect
                )
            if self._info is None:
                self._info = await self._ended(self._job)
        return self._job

    async def _ended(self, job: AsyncQueryJob) -> QueryJobInfo:
        try:
            return await job.wait(timeout_s=self._timeout_s, abort_on_timeout=self._abort_on_timeout, seen=self._seen)
        except BaseException as error:
            if self._abort_on_cancel and not isinstance(error, Exception):
                with suppress(SalesforceError):
                    await to_the_end(job.abort_once)
            raise

    async def to_csv(self, path: str | os.PathLike[str], *, compress: bool | None = None) -> int:
        """Write the records as CSV, as Salesforce writes it: every cell quoted, header once.

        Args:
            path: the file; it appears once it is whole, and replaces what was there.
            compress: as gzip; by default where the path ends in `.gz`.

        Returns:
            How many records it holds.

        Raises:
            OSError: the file can't be written. IntegrityError: not every record came. ConnectionCut: likewise.
        """
        target = Replacement(path)
        zipped = compress if compress is not None else str(path).endswith(".gz")
        records = 0
        try:
            joined = JoinedFile(await run(target.open))
            async with closing(self._fetched(self._temp_folder or target.path.parent, zipped=zipped)) as pages:
                async for page in pages:
                    await run(joined.add, page)
                    records += page.records
        except BaseException:
            await run(target.discard)
            raise
        await run(target.commit)
        return records

    async def pages(self) -> AsyncGenerator[ResultPage, None]:
        """The result page by page, each in a temporary file of its own; see `AsyncQueryJob.pages`."""
        async with closing(self._fetched(self._temp_folder)) as pages:
            async for page in pages:
                yield page

    async def rows(self) -> AsyncGenerator[list[str], None]:
        """The records as lists of text cells, without a header; null is `""`. `columns` has the names."""
        async with closing(self._batches()) as batches:
            async for _, batch in batches:
                for row in batch:
                    yield row

    async def dicts(self) -> AsyncGenerator[dict[str, str], None]:
        """The records as text by column name, parents' fields as `Account.Name`; null is `""`."""
        async with closing(self._batches()) as batches:
            async for page, batch in batches:
                columns = page.columns
                for row in batch:
                    yield dict(zip(columns, row, strict=True))

    async def records(self, returns: type[R]) -> AsyncGenerator[R, None]:
        """The records as objects of a type that msgspec knows: a Struct, a dataclass, an attrs class.

        Text becomes what the type's fields ask for, null becomes `None`, `Account.Name` becomes a record in a record.

        Raises:
            DecodeError: a value doesn't fit its field.
        """
        from specforce.bulk.typed import RecordReader  # noqa: PLC0415 - msgspec takes memory that CSV doesn't need

        reader: RecordReader[R] | None = None
        async with closing(self._batches()) as batches:
            async for page, batch in batches:
                if reader is None:
                    reader = RecordReader(page.columns, returns)
                for record in await run(reader.read, batch):
                    yield record

    async def to_arrow(self) -> Any:
        """The records as one `pyarrow.Table`, in memory (needs specforce[arrow]); `arrow_tables` doesn't keep them all.

        Columns have the types of docs/values.md, by describe.

        Raises:
            DecodeError: a value isn't what describe says of its field.
        """
        from specforce.bulk.arrow import joined  # noqa: PLC0415 - an extra

        async with closing(self.arrow_tables()) as tables:
            found: list[Any] = [table async for table in tables]
        return await run(joined, found)

    async def arrow_tables(self) -> AsyncGenerator[Any, None]:
        """The records as small `pyarrow.Table`s of one schema, the first one empty; errors as `to_arrow`."""
        from specforce.bulk.arrow import ArrowReader  # noqa: PLC0415 - an extra

        reader: ArrowReader | None = None
        async with closing(self.pages()) as pages:
            async for page in pages:
                if reader is None:
                    types = await self._types.of(page.columns, (await self.job()).created.object_)
                    reader = ArrowReader(page.columns, types, page.delimiter)
                    yield reader.empty()
                chunks = page.chunks()
                while (chunk := await run(next_chunk, chunks)) is not None:
                    yield await run(reader.read, chunk)

    async def to_parquet(self, path: str | os.PathLike[str], *, compression: str = "snappy") -> int:
        """Write the records as a Parquet file (needs specforce[arrow]), row group by row group.

        Args:
            path: the file; it appears once it is whole, and replaces what was there.
            compression: Parquet's name of it, `none` for none.

        Returns:
            How many records it holds.

        Raises:
            As `to_arrow` and `to_csv`.
        """
        from specforce.bulk.arrow import ParquetSink  # noqa: PLC0415 - an extra

        target = Replacement(path)
        records = 0
        try:
            sink = ParquetSink(await run(target.open), compression)
            async with closing(self.arrow_tables()) as tables:
                async for table in tables:
                    await run(sink.write, table)
                    records += table.num_rows
            await run(sink.close)
        except BaseException:
            await run(target.discard)
            raise
        await run(target.commit)
        return records

    async def _fetched(self, folder: Path | None, *, zipped: bool = False) -> AsyncGenerator[ResultPage, None]:
        """The pages, told and counted; each file is removed when the next page is asked for."""
        job = await self.job()
        feed = AsyncPageFeed(self._session, job.result, self._options, zipped=zipped)
        tally = PageTally(f"job {job.id}")
        workspace = await run(Workspace, folder)
        try:
            async with closing(feed.pages(workspace.folder)) as pages:
                async for page in pages:
                    tally.add(page)
                    self._columns = page.columns
                    self._tell(PageFetched(done=tally.records, total=self.total, page=page.number, job_id=job.id))
                    yield page
                    await run(page.discard)
            tally.refuse_total(self.total)
        finally:
            await run(workspace.close)

    async def _batches(self) -> AsyncGenerator[tuple[ResultPage, list[list[str]]], None]:
        async with closing(self.pages()) as pages:
            async for page in pages:
                batches = page.batches()
                batch = await run(next_rows, batches)
                while batch is not None:
                    yield page, batch
                    batch = await run(next_rows, batches)

    def _seen(self, info: QueryJobInfo) -> None:
        done = count(info.number_records_processed) or 0
        self._tell(JobPolled(done=done, part=1, job_id=info.id, state=str(info.state.value)))
