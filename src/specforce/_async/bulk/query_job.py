"""One query job of Bulk API 2.0, step by step: wait, then its result page by page, each whole or not at all.

Source: reference/bulk_v2.md sections 3 and 5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlsplit

from specforce._aio import closing, prefetch, run
from specforce._checks import whole_number
from specforce.bulk.files import NewFile
from specforce.bulk.job_state import count
from specforce.bulk.pages import Locators, ResultPage
from specforce.bulk.sinks import PageSink
from specforce.bulk.workspace import Workspace
from specforce_api.bulk_v2 import operations
from specforce_api.runtime.errors import (
    DecodeError,
    IntegrityError,
    VersionConflict,
)
from specforce_api.runtime.types import UNSET
from specforce_api.runtime.waiters import WAITERS

from .attempts import AsyncAttempts
from .download import download
from .job import AsyncJob, JobKind

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from specforce._async.session import AsyncSession
    from specforce.bulk.dialect import Dialect
    from specforce.bulk.sinks import Target
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

    async def pages(self, *, max_records: int | None = None) -> AsyncGenerator[ResultPage, None]:
        """The result page by page, in order; the next page is fetched meanwhile.

        Each page is handed out once it lies on disk, whole and counted; its file is removed when the next one is asked
        for.

        Args:
            max_records: the most records in a page; without it, Salesforce chooses.

        Raises:
            IntegrityError: the pages don't hold as many records as the server promised for each, and for all.
            ConnectionCut: a page was cut as often as the session's policy tries. ApiError: the job hasn't ended.
            InputError: `max_records` is below 1.
        """
        if max_records is not None:
            whole_number("max_records", max_records)
        workspace = await run(Workspace)
        try:
            async with closing(prefetch(self._pages(workspace.folder, max_records))) as pages:
                async for page in pages:
                    yield page
                    await run(page.discard)
        finally:
            await run(workspace.close)

    async def result_pages(self) -> AsyncGenerator[str | None, None]:
        """The locators of the pages, for reading them side by side with `page`; from API version 58.0 on.

        Yields:
            A page's locator; `None` for one that is had without.

        Raises:
            SpecError: the API version is older. DecodeError: a link can't be understood.
        """
        locator: str | None = None
        while True:
            operation = operations.list_query_job_result_pages(self.id, locator=locator or UNSET)
            found = await self._session.send(operation)
            for page in found.result_pages:
                yield _locator(page.result_url)
            if found.done:
                return
            # One table of the guide calls it nextRecordUrl (reference/bulk_v2.md section 5).
            url = found.next_records_url or found.additional_properties.get("nextRecordUrl") or ""
            before, locator = locator, _locator(url)
            if locator is None or locator == before:
                raise DecodeError(f"job {self.id}: there are more pages, but not where: {url!r}")

    async def page(
        self,
        locator: str | None,
        folder: Path,
        *,
        number: int = 1,
        expected_header: bytes | None = None,
        max_records: int | None = None,
    ) -> ResultPage:
        """Fetch one page by its locator.

        Args:
            locator: as `pages` or `result_pages` gave it; `None` for the first page.
            folder: where its file goes; the caller removes it.
            number: the page's place, for the file's name and messages.
            expected_header: the header line that it must have; `None` for any.
            max_records: the most records in it; without it, Salesforce chooses.

        Raises:
            As `pages`.
        """
        path = folder / f"{self.id}-page-{number:05d}.csv"
        file = NewFile(path)
        try:
            sink = await self.fetch_page(
                await run(file.open), number, locator=locator, expected_header=expected_header, max_records=max_records
            )
        finally:
            await run(file.close)
        return ResultPage(
            number=number,
            locator=locator,
            next_locator=sink.next_locator,
            records=sink.records,
            header=sink.header,
            path=path,
            delimiter=self.dialect.delimiter,
        )

    async def fetch_page(
        self,
        target: Target,
        number: int,
        *,
        locator: str | None,
        expected_header: bytes | None = None,
        keep_header: bool = True,
        max_records: int | None = None,
    ) -> PageSink:
        """Append a page to a file, whole; see `PageSink`. Errors as for `pages`."""
        what = f"page {number} of job {self.id}"
        sink = PageSink(
            target, what, expected_header=expected_header, keep_header=keep_header, newline=self.dialect.newline
        )
        operation = operations.get_query_job_results(
            self.id, locator=locator or UNSET, max_records=max_records or UNSET
        )
        try:
            await download(self._session, operation, sink)
        except VersionConflict as error:
            version = self.created.api_version
            error.add_note(f"the job was made with API version {version}: read it with a client of that version")
            raise
        return sink

    def refuse_total(self, info: QueryJobInfo, records: int) -> None:
        """Hold the sum of all pages to what the job says.

        Raises:
            IntegrityError: it differs.
        """
        expected = count(info.number_records_processed)
        if expected is not None and expected != records:
            raise IntegrityError(
                f"job {self.id} found {expected} records, its pages hold {records}", expected=expected, actual=records
            )

    async def _pages(self, folder: Path, max_records: int | None) -> AsyncGenerator[ResultPage, None]:
        """Every page in order; the last one is handed out only if the sum is right."""
        info = await self.info()
        locators = Locators(self.id)
        header: bytes | None = None
        records = 0
        while True:
            page = await self.page(
                locators.current, folder, number=locators.number, expected_header=header, max_records=max_records
            )
            header = page.header
            records += page.records
            if not locators.advance(page.next_locator):
                self.refuse_total(info, records)
                yield page
                return
            yield page


def _locator(url: str) -> str | None:
    """The locator in a link; `None` where it has none."""
    return next(iter(parse_qs(urlsplit(url).query).get("locator", [])), None)
