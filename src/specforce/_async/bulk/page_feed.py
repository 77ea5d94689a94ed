"""The pages of a query job of Bulk API 2.0, by the locators that Salesforce names beforehand or with each page."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from specforce._aio import closing, run
from specforce.bulk.gzip_target import GzipTarget
from specforce.bulk.page_sink import PageSink
from specforce.bulk.pages import PageOptions, PageRef, ResultPage, SeenLocators
from specforce_api.bulk_v2 import operations
from specforce_api.runtime.errors import DecodeError, VersionConflict
from specforce_api.runtime.types import UNSET

from .download import download
from .feeding import AsyncFeed

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path
    from typing import BinaryIO

    from specforce._async.session import AsyncSession
    from specforce.bulk.pages import QueryResult
    from specforce.bulk.partial_file import Checkpoint


class AsyncPageFeed(AsyncFeed):
    """Fetches the pages of one job.

    Args:
        result: of a job that is done.
        options: how.
        total: how many records the pages hold; `None` where nobody says.
        only: the one page that is wanted; `None` for all.
    """

    def __init__(
        self,
        session: AsyncSession,
        result: QueryResult,
        options: PageOptions,
        *,
        total: int | None = None,
        only: PageRef | None = None,
    ) -> None:
        super().__init__(
            session,
            result.token,
            options,
            what=f"job {result.job_id}" if only is None else f"page {only.number} of job {result.job_id}",
            sobject=result.sobject,
            total=total,
            listed=only is not None or options.parallel(session.api_version),
        )
        self._result = result
        self._only = only
        self._next_locator: str | None = None

    async def _download(self, ref: PageRef, target: BinaryIO | GzipTarget, path: Path, *, headed: bool) -> ResultPage:
        result = self._result
        what = f"page {ref.number} of job {result.job_id}"
        sink = PageSink(target, what, newline=result.dialect.newline, headed=headed)
        operation = operations.get_query_job_results(
            result.job_id, locator=ref.locator or UNSET, max_records=self._options.max_records or UNSET
        )
        try:
            await download(self._session, operation, sink, checked=self._checked)
        except VersionConflict as error:
            raise result.advised(error) from None
        if isinstance(target, GzipTarget):
            await run(target.finish)
        self._next_locator = sink.next_locator
        return ResultPage(
            number=ref.number,
            locator=ref.locator,
            next_locator=sink.next_locator,
            records=sink.records,
            header=sink.header,
            path=path,
            delimiter=result.dialect.delimiter,
            body_start=sink.body_start,
        )

    async def _listed(self, begun: Checkpoint) -> AsyncGenerator[PageRef, None]:
        """The pages that the job names, but for those that are there."""
        if self._only is not None:
            yield self._only
            return
        seen = SeenLocators(self.what)
        number = 0
        async with closing(page_locators(self._session, self._result.job_id)) as locators:
            try:
                async for locator in locators:
                    number += 1
                    ref = seen.add(PageRef(number, locator))
                    if locator not in begun.locators:
                        yield ref
            except VersionConflict as error:
                raise self._result.advised(error) from None

    async def _linked(self, begun: Checkpoint) -> AsyncGenerator[PageRef, None]:
        """Each page by the locator in the one before, which has been fetched when the next is asked for."""
        seen = SeenLocators(self.what)
        number = len(begun.locators)
        self._next_locator = begun.next_locator
        while not number or self._next_locator is not None:
            number += 1
            yield seen.add(PageRef(number, self._next_locator))


async def page_locators(session: AsyncSession, job_id: str) -> AsyncGenerator[str | None, None]:
    """The locators of a job's pages; see `AsyncQueryJob.result_pages`."""
    locator: str | None = None
    while True:
        operation = operations.list_query_job_result_pages(job_id, locator=locator or UNSET)
        found = await session.send(operation)
        for page in found.result_pages:
            yield _locator(page.result_url)
        if found.done:
            return
        # One table of the guide calls it nextRecordUrl (reference/bulk_v2.md section 5).
        url = found.next_records_url or found.additional_properties.get("nextRecordUrl") or ""
        before, locator = locator, _locator(url)
        if locator is None or locator == before:
            raise DecodeError(f"job {job_id}: there are more pages, but not where: {url!r}")


def _locator(url: str) -> str | None:
    """The locator in a link; `None` where it has none."""
    return next(iter(parse_qs(urlsplit(url).query).get("locator", [])), None)
