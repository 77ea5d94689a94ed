"""The job behind an export: made or found again, waited for, then read."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from specforce._aio import to_the_end
from specforce.bulk.job_state import count
from specforce_api.bulk_v2 import operations
from specforce_api.runtime.errors import IntegrityError, SalesforceError

from .page_feed import AsyncPageFeed
from .query_job import AsyncQueryJob, create_query_job

if TYPE_CHECKING:
    from collections.abc import Callable

    from specforce._async.session import AsyncSession
    from specforce.bulk.export_options import ExportOptions
    from specforce.bulk.resuming import ResumeToken

    from .feeding import AsyncFeed


class AsyncRun(Protocol):
    """A job that makes the result of an export.

    Attributes:
        token: what it takes to go on elsewhere.
        total: how many records it found; `None` before it is done.
    """

    token: ResumeToken
    total: int | None

    async def wait(self, told: Callable[[int, str], object]) -> None:
        """Wait until it is done.

        Args:
            told: of each poll: the records so far, and the job's state.

        Raises:
            JobFailed, JobAborted, JobTimeout: there is no result. IntegrityError: it doesn't say how many records.
        """
        ...

    async def feed(self) -> AsyncFeed:
        """Its pages, for one use."""
        ...


class AsyncQueryRun:
    """A query job of Bulk API 2.0; see `AsyncRun`.

    Args:
        job: the job.
        options: how to wait and read.

    Attributes:
        token: what it takes to go on elsewhere.
        total: how many records it found; `None` before it is done.
        job: as given.
    """

    def __init__(self, session: AsyncSession, job: AsyncQueryJob, options: ExportOptions) -> None:
        self.token = job.result.token
        self.total: int | None = None
        self.job = job
        self._session = session
        self._options = options

    async def wait(self, told: Callable[[int, str], object]) -> None:
        """See `AsyncRun`."""
        options = self._options
        try:
            info = await self.job.wait(
                timeout_s=options.timeout_s,
                abort_on_timeout=options.abort_on_timeout,
                seen=lambda info: told(count(info.number_records_processed) or 0, str(info.state.value)),
            )
        except BaseException as error:
            if options.abort_on_cancel and not isinstance(error, Exception):
                with suppress(SalesforceError):
                    await to_the_end(self.job.abort_once)
            raise
        self.total = count(info.number_records_processed)
        if self.total is None:
            raise IntegrityError(f"job {info.id} is done, but doesn't say how many records it found")

    async def feed(self) -> AsyncPageFeed:
        """See `AsyncRun`."""
        return AsyncPageFeed(self._session, self.job.result, self._options.pages, total=self.total)


async def start_query(session: AsyncSession, soql: str, options: ExportOptions) -> AsyncQueryRun:
    """Make a query job.

    Raises:
        ApiError: Salesforce doesn't take the query.
    """
    job = await create_query_job(session, soql, operation=options.operation, dialect=options.dialect)
    return AsyncQueryRun(session, job, options)


async def find_query(session: AsyncSession, token: ResumeToken, options: ExportOptions) -> AsyncQueryRun:
    """Find a query job again.

    Raises:
        NotFound: there is no such job any more.
    """
    job = AsyncQueryJob(session, await session.send(operations.get_query_job(token.job_id)))
    return AsyncQueryRun(session, job, options)
