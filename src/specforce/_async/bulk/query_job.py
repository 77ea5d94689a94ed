"""One query job of Bulk API 2.0, step by step: wait, then its result page by page, each whole or not at all.

Source: reference/bulk_v2.md sections 3 and 5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specforce._aio import closing, run
from specforce.bulk.job_state import count
from specforce.bulk.pages import PageOptions, PageRef, PageTally, QueryResult
from specforce.bulk.workspace import Workspace
from specforce_api.bulk_v2 import operations
from specforce_api.runtime.waiters import WAITERS

from .attempts import AsyncAttempts
from .job import AsyncJob, JobKind
from .page_feed import AsyncPageFeed, page_locators

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from specforce._async.session import AsyncSession
    from specforce.bulk.dialect import Dialect
    from specforce.bulk.pages import ResultPage
    from specforce_api.bulk_v2.models import QueryJobInfo

_KIND: Final = JobKind(
    states=WAITERS["query_job"],
    look=operations.get_query_job,
    change=lambda job_id, state: operations.update_query_job(job_id, body={"state": state}),
    delete=operations.delete_query_job,
)


async def create_query_job(session: AsyncSession, soql: str, *, operation: str, dialect: Dialect) -> AsyncQueryJob:
    """Make a job. An answer that got lost costs a job that nobody reads, and changes nothing in the org.

    Raises:
        ApiError: the query isn't one, or isn't one that Bulk API 2.0 takes.
    """
    body = {
        "operation": operation,
        "query": soql,
        "contentType": "CSV",
        "columnDelimiter": dialect.column_delimiter,
        "lineEnding": dialect.line_ending,
    }
    attempts = AsyncAttempts(session, "createQueryJob")
    return AsyncQueryJob(session, await attempts.send(operations.create_query_job(body=body)))


class AsyncQueryJob(AsyncJob["QueryJobInfo"]):
    """One query job. Made by `sf.bulk.query_job(...)`, found again by `sf.bulk.attach_query_job(job_id)`.

    Attributes:
        id: the job's id, 18 characters.
        created: the answer that it was made (or found) with.
    """

    def __init__(self, session: AsyncSession, created: QueryJobInfo) -> None:
        super().__init__(session, created, _KIND)

    @property
    def result(self) -> QueryResult:
        """What it takes to read its result."""
        return QueryResult(self.id, self.created.object_, str(self.created.api_version), self.dialect)

    async def pages(
        self, *, max_records: int | None = None, concurrency: int = 5, ordered: bool = True
    ) -> AsyncGenerator[ResultPage, None]:
        """The result page by page, several fetched at a time (from API version 58.0 on; before, one ahead).

        Each page is handed out once it lies on disk, whole and counted; its file is removed when the next one is asked
        for. While nobody asks, no more than `concurrency` pages are fetched.

        Args:
            max_records: the most records in a page, which then come one after the other; without it, Salesforce
                chooses.
            concurrency: how many pages are fetched at a time, 1 to 5.
            ordered: in the result's order; `False` hands them out as they come.

        Raises:
            IntegrityError: the pages don't hold as many records as the server promised for each, and for all; or their
                columns differ.
            ConnectionCut: a page was cut as often as the session's policy tries. ApiError: the job hasn't ended.
            InputError: a number is out of its range.
        """
        feed = AsyncPageFeed(self._session, self.result, PageOptions(concurrency, ordered, max_records))
        total = count((await self.info()).number_records_processed)
        tally = PageTally(f"job {self.id}")
        workspace = await run(Workspace)
        try:
            async with closing(feed.pages(workspace.folder)) as pages:
                async for page in pages:
                    tally.add(page)
                    yield page
                    await run(page.discard)
            tally.refuse_total(total)
        finally:
            await run(workspace.close)

    async def result_pages(self) -> AsyncGenerator[str | None, None]:
        """The locators of the pages, for reading them side by side with `page`; from API version 58.0 on.

        Yields:
            A page's locator; `None` for one that is had without.

        Raises:
            SpecError: the API version is older. DecodeError: a link can't be understood.
        """
        async with closing(page_locators(self._session, self.id)) as locators:
            async for locator in locators:
                yield locator

    async def page(
        self, locator: str | None, folder: Path, *, number: int = 1, max_records: int | None = None
    ) -> ResultPage:
        """Fetch one page by its locator.

        Args:
            locator: as `pages` or `result_pages` gave it; `None` for the first page.
            folder: where its file goes; the caller removes it.
            number: the page's place, for the file's name and messages.
            max_records: the most records in it; without it, Salesforce chooses.

        Raises:
            As `pages`.
        """
        feed = AsyncPageFeed(self._session, self.result, PageOptions(max_records=max_records))
        return await feed.fetch(PageRef(number, locator), folder=folder)
