"""One export: a query job run when its result is first wanted, and the result brought where the caller wants it.

Every way out delivers exactly the records that the job found, or raises: each page is counted against what the server
said of it, all pages against the job, and a page that was cut is asked for again from its start. Memory holds one piece
of a page at a time.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from specforce._aio import Lock, to_the_end
from specforce.bulk.job_state import count
from specforce.bulk.progress import JobPolled, PageFetched, Telling
from specforce_api.runtime.errors import InputError, SalesforceError

from .page_feed import AsyncPageFeed
from .query_job import create_query_job
from .result import AsyncResult

if TYPE_CHECKING:
    from pathlib import Path

    from specforce._async.session import AsyncSession
    from specforce.bulk.dialect import Dialect
    from specforce.bulk.pages import PageOptions, PageTally, ResultPage
    from specforce.bulk.progress import Listener
    from specforce_api.bulk_v2.models import QueryJobInfo

    from .query_job import AsyncQueryJob


class AsyncExport(AsyncResult):
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
        super().__init__(session, temp_folder=temp_folder)
        self.soql = soql
        self._operation = operation
        self._dialect = dialect
        self._options = pages
        self._timeout_s = timeout_s
        self._abort_on_timeout = abort_on_timeout
        self._abort_on_cancel = abort_on_cancel
        self._tell = Telling(progress, "export")
        self._lock = Lock()
        self._job: AsyncQueryJob | None = None
        self._info: QueryJobInfo | None = None

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

    async def _source(self) -> AsyncPageFeed:
        """See `AsyncPageReading`."""
        job = await self.job()
        return AsyncPageFeed(self._session, job.result, self._options, total=self.total)

    def _noted(self, page: ResultPage, tally: PageTally) -> None:
        """See `AsyncPageReading`."""
        super()._noted(page, tally)
        assert self._job is not None, "pages are of a job"
        self._tell(PageFetched(done=tally.records, total=self.total, page=page.number, job_id=self._job.id))

    def _seen(self, info: QueryJobInfo) -> None:
        done = count(info.number_records_processed) or 0
        self._tell(JobPolled(done=done, part=1, job_id=info.id, state=str(info.state.value)))
