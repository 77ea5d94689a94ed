"""The job behind an export: made or found again, waited for, then read."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from specforce._aio import to_the_end
from specforce.bulk.job_state import count
from specforce_api.bulk_v2 import operations
from specforce_api.runtime.errors import InputError, IntegrityError, SalesforceError

from .page_feed import AsyncPageFeed
from .query_job import AsyncQueryJob, create_query_job

if TYPE_CHECKING:
    from collections.abc import Callable

    from specforce._async.session import AsyncSession
    from specforce.bulk.export_options import ExportOptions
    from specforce.bulk.resuming import ResumeToken

    from .page_reading import AsyncPageSource


class AsyncRun(Protocol):
    """A job that makes the result of an export.

    Attributes:
        token: what it takes to go on elsewhere.
    """

    token: ResumeToken

    async def done(self, told: Callable[[int, str], object]) -> AsyncPageSource:
        """Wait until it is done.

        Args:
            told: of each poll: the records so far, and the job's state.

        Returns:
            Its pages.

        Raises:
            JobFailed, JobAborted, JobTimeout: there is no result.
        """
        ...


class AsyncQueryRun:
    """A query job of Bulk API 2.0; see `AsyncRun`.

    Args:
        job: the job.
        options: how to wait and read.

    Attributes:
        token: what it takes to go on elsewhere.
        job: as given.
    """

    def __init__(self, session: AsyncSession, job: AsyncQueryJob, options: ExportOptions) -> None:
        self.token = job.result.token
        self.job = job
        self._session = session
        self._options = options

    async def done(self, told: Callable[[int, str], object]) -> AsyncPageFeed:
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
        total = count(info.number_records_processed)
        if total is None:
            raise IntegrityError(f"job {info.id} is done, but doesn't say how many records it found")
        return AsyncPageFeed(self._session, self.job.result, options.pages, total=total)


async def start_query(session: AsyncSession, soql: str, options: ExportOptions) -> AsyncQueryRun:
    """Make a query job.

    Raises:
        ApiError: Salesforce doesn't take the query.
    """
    job = await create_query_job(session, soql, operation=options.operation, dialect=options.dialect)
    return AsyncQueryRun(session, job, options)


async def find_run(session: AsyncSession, token: ResumeToken, options: ExportOptions) -> AsyncRun:
    """Find a job again.

    Raises:
        InputError: it is of another API version than the client's. NotFound: there is no such job any more.
    """
    if token.api_version != session.api_version:
        raise InputError(
            f"the export was begun with API version {token.api_version}, this client uses {session.api_version}: "
            f"connect with api_version={token.api_version!r}"
        )
    job = AsyncQueryJob(session, await session.send(operations.get_query_job(token.job_id)))
    return AsyncQueryRun(session, job, options)
