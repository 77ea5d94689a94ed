"""One export: a query run when its result is first wanted, and the result brought where the caller wants it.

Every way out delivers exactly the records that the job found, or raises: each page is counted against what the server
said of it, all pages against the job, and a page that was cut is asked for again from its start. Memory holds a few
pieces of pages at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce._aio import Lock
from specforce._async.describing import described
from specforce._hooks import TaskEvent
from specforce.bulk.export_options import Selection, exportable_fields, needs_other_api
from specforce.bulk.progress import JobPolled, PageFetched, Telling
from specforce.bulk.resuming import with_token
from specforce_api.runtime.errors import InputError, JobFailed, SalesforceError

from .planning import planned
from .query_run import AsyncQueryRun, find_query, start_query
from .result import AsyncResult

if TYPE_CHECKING:
    from collections.abc import Callable

    from specforce._aio import Eventual
    from specforce._async.session import AsyncSession
    from specforce.bulk.export_options import ExportOptions
    from specforce.bulk.pages import PageTally, ResultPage
    from specforce.bulk.plan import PlannedPage
    from specforce.bulk.resuming import Api, ResumeToken

    from .feeding import AsyncFeed
    from .query_job import AsyncQueryJob
    from .query_run import AsyncRun


class AsyncExport(AsyncResult):
    """The result of a bulk query. Nothing is sent before a result is asked for; then one job serves all that is asked.

    Args:
        options: what was said to `sf.bulk.export`.
        found: finds the job again that was made before; `None` where one is to be made.
    """

    def __init__(
        self, session: AsyncSession, options: ExportOptions, found: Callable[[], Eventual[AsyncRun]] | None = None
    ) -> None:
        super().__init__(session, temp_folder=options.folder)
        self.resumed = found is not None
        self._options = options
        self._found = found
        self._tell = Telling(options.progress, "export")
        self._lock = Lock()
        self._soql = options.query if isinstance(options.query, str) else None
        self._run: AsyncRun | None = None

    def __repr__(self) -> str:
        what = self._soql or self.job_id or self._options.query
        return f"<{type(self).__name__} {what!r}>"

    @property
    def soql(self) -> str:
        """The query; where it is made of an object's fields, known once a result was asked for.

        Raises:
            InputError: none was; or the export goes on with a job that was made before.
        """
        if not self._soql:
            raise InputError(
                "the query isn't known" if self.resumed else "the query is made when a result is asked for"
            )
        return self._soql

    @property
    def job_id(self) -> str | None:
        """The query job's id; `None` before it is made, which asking for a result does."""
        return self._run.token.job_id if self._run is not None else None

    @property
    def resume_token(self) -> str | None:
        """What `sf.bulk.resume_export` takes to go on with this export, also in another process; no secret.

        `None` before the job is made, which `job()` and every way out do.
        """
        return str(self._run.token) if self._run is not None else None

    @property
    def total(self) -> int:
        """How many records the query found; known once a result was asked for.

        Raises:
            InputError: none was.
        """
        if self._run is None or self._run.total is None:
            raise InputError("nothing was exported yet: call to_csv(), rows() or another way out first, or job()")
        return self._run.total

    @property
    def api(self) -> Api | None:
        """Which API brings the result, `bulk` or `bulk_v1`; `None` before the job is made."""
        return self._run.token.api if self._run is not None else None

    async def job(self) -> AsyncQueryJob:
        """The query job behind it, its result ready; made and waited for on the first call.

        Raises:
            MalformedQuery, ApiError: Salesforce doesn't take the query. JobFailed, JobAborted, JobTimeout: no result.
            InputError: it is a job of Bulk API 1.0, which `sf.bulk_v1.attach_job(export.job_id)` finds.
        """
        await self._source()
        if not isinstance(self._run, AsyncQueryRun):
            raise InputError(f"job {self.job_id} is one of Bulk API 1.0: sf.bulk_v1.attach_job finds it")
        return self._run.job

    async def plan(self) -> list[PlannedPage]:
        """The pages of the result as values, for reading them side by side elsewhere: `sf.bulk.read_page(page)`.

        Each is small, picklable and without secrets; it can be read alone, by whoever may log in, and again, for as
        long as Salesforce keeps the result: seven days.

        Raises:
            SpecError: the API version is below 58.0, which doesn't name pages beforehand. InputError: Salesforce was
                asked by Bulk API 1.0. Others as for `job`.
        """
        return await planned(self._session, (await self.job()).result)

    @property
    def _task(self) -> TaskEvent:
        """See `AsyncPageReading`."""
        query = self._options.query
        return TaskEvent("export", "" if isinstance(query, str) else query.sobject, self._options.operation)

    async def _source(self) -> AsyncFeed:
        """See `AsyncPageReading`."""
        async with self._lock:
            if self._run is None:
                self._run = await (self._found() if self._found is not None else self._started())
            if self._run.total is None:
                try:
                    await self._run.wait(self._polled)
                except JobFailed as error:
                    if self._soql is None or not needs_other_api(error, self._options):
                        raise
                    self._run = await self._by_batches(self._soql)
                    await self._run.wait(self._polled)
        return await self._run.feed()

    async def _started(self) -> AsyncRun:
        if self._soql is None:
            self._soql = await self._made()
        if self._options.method == "bulk_v1":
            return await self._by_batches(self._soql)
        try:
            return await start_query(self._session, self._soql, self._options)
        except SalesforceError as error:
            if not needs_other_api(error, self._options):
                raise
            return await self._by_batches(self._soql)

    async def _by_batches(self, soql: str) -> AsyncRun:
        from .batch_run import start_batches  # noqa: PLC0415 - seldom needed

        return await start_batches(self._session, soql, self._options)

    async def _made(self) -> str:
        """The query for fields of an object."""
        query = self._options.query
        assert isinstance(query, Selection), "a query or a selection"
        if query.fields is not None:
            return query.soql(query.fields)
        return query.soql(exportable_fields(await described(self._session, query.sobject)))

    def _noted(self, page: ResultPage, tally: PageTally) -> None:
        """See `AsyncPageReading`."""
        super()._noted(page, tally)
        self._tell(PageFetched(done=tally.records, total=self.total, page=page.number, job_id=self.job_id or ""))

    def _polled(self, done: int, state: str) -> None:
        self._tell(JobPolled(done=done, part=1, job_id=self.job_id or "", state=state))

    def _failed(self, error: BaseException, kept: str = "nothing was kept") -> None:
        """See `AsyncPageReading`."""
        if self.resume_token is not None:
            with_token(error, self.resume_token, kept)


async def find_run(session: AsyncSession, token: ResumeToken, options: ExportOptions) -> AsyncRun:
    """Find the job of an export again.

    Raises:
        InputError: it is of another API version than the client's. ApiError: there is no such job any more.
    """
    if token.api_version != session.api_version:
        raise InputError(
            f"the export was begun with API version {token.api_version}, this client uses {session.api_version}: "
            f"connect with api_version={token.api_version!r}"
        )
    if token.api == "bulk":
        return await find_query(session, token, options)
    from .batch_run import find_batches  # noqa: PLC0415 - seldom needed

    return await find_batches(session, token, options)
