"""Exports by Bulk API 1.0, for what Bulk API 2.0 doesn't take: a query that is split by ranges of ids."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from specforce._aio import to_the_end
from specforce._async.bulk_v1 import AsyncBulkV1
from specforce.bulk.dialect import Dialect
from specforce.bulk.resuming import ResumeToken
from specforce.bulk_v1.options import queried_object
from specforce_api.bulk_v1.models import JobState
from specforce_api.runtime.errors import InputError, SalesforceError

from .batch_feed import AsyncBatchFeed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from specforce._async.bulk_v1 import AsyncBatchJob
    from specforce._async.session import AsyncSession
    from specforce.bulk.export_options import ExportOptions
    from specforce_api.bulk_v1.models import BatchInfo


class AsyncBatchRun:
    """A query job of Bulk API 1.0; see `AsyncRun`.

    Args:
        job: the job, with its query.
        options: how to wait and read.

    Attributes:
        token: what it takes to go on elsewhere.
        total: how many records it found; `None` before it is done.
    """

    def __init__(self, session: AsyncSession, job: AsyncBatchJob, options: ExportOptions) -> None:
        self.token = ResumeToken("bulk_v1", session.api_version, job.id)
        self.total: int | None = None
        self._session = session
        self._job = job
        self._options = options
        self._batches: Sequence[BatchInfo] = ()

    async def wait(self, told: Callable[[int, str], object]) -> None:
        """See `AsyncRun`."""
        job, options = self._job, self._options
        try:
            self._batches = await job.wait(timeout_s=options.timeout_s, abort_on_timeout=options.abort_on_timeout)
        except BaseException as error:
            if options.abort_on_cancel and not isinstance(error, Exception):
                with suppress(SalesforceError):
                    await to_the_end(job.abort)
            raise
        info = await job.info()
        if info.state is JobState.OPEN:
            await job.close()
        self.total = (await self.feed()).total
        told(self.total or 0, JobState.CLOSED.value)

    async def feed(self) -> AsyncBatchFeed:
        """See `AsyncRun`."""
        dialect = Dialect("COMMA", self._options.dialect.line_ending)
        return AsyncBatchFeed(
            self._session, self.token, self._options.pages, job=self._job, batches=self._batches, dialect=dialect
        )


async def start_batches(session: AsyncSession, soql: str, options: ExportOptions) -> AsyncBatchRun:
    """Make a job with a query, split by ranges of ids where Salesforce can.

    Raises:
        ApiError: Salesforce doesn't take the query. InputError: a delimiter that this API doesn't write.
    """
    if options.dialect.delimiter != ",":
        raise InputError(f"delimiter={options.dialect.delimiter!r}: Bulk API 1.0 writes commas")
    job = await AsyncBulkV1(session).job(
        queried_object(soql),
        operation=options.operation,
        pk_chunking=options.pk_chunking,
        line_ending=options.dialect.line_ending,
    )
    try:
        await job.add_batch(soql)
    except BaseException:
        with suppress(SalesforceError):
            await to_the_end(job.abort)
        raise
    return AsyncBatchRun(session, job, options)


async def find_batches(session: AsyncSession, token: ResumeToken, options: ExportOptions) -> AsyncBatchRun:
    """Find a job again.

    Raises:
        ApiError: there is no such job any more.
    """
    return AsyncBatchRun(session, await AsyncBulkV1(session).attach_job(token.job_id, pk_chunking=True), options)
