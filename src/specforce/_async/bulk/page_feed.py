"""The pages of a query job's result: fetched side by side where Salesforce says where they are, else one ahead.

Each page lies on disk, whole and counted, before it is handed out; no more pages than are fetched at a time wait there.
A page that was cut is asked for again, it alone; a token that expires costs one login.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from specforce._aio import closing, ordered_map, prefetch, run, unordered_map
from specforce.bulk.files import NewFile
from specforce.bulk.gzip_target import GzipTarget
from specforce.bulk.page_sink import PageSink
from specforce.bulk.pages import PageOptions, PageRef, ResultPage, SeenLocators
from specforce_api.bulk_v2 import operations
from specforce_api.runtime.errors import DecodeError, VersionConflict
from specforce_api.runtime.types import UNSET

from .download import download

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Collection
    from pathlib import Path

    from specforce._async.session import AsyncSession
    from specforce.bulk.pages import QueryResult


class GivenUp(Exception):
    """Nobody waits for the pages any more."""


class AsyncPageFeed:
    """Fetches the pages of one job.

    Args:
        result: of a job that is done.
        options: how.
        zipped: compress the pages' files.
    """

    def __init__(
        self, session: AsyncSession, result: QueryResult, options: PageOptions, *, zipped: bool = False
    ) -> None:
        self._session = session
        self._result = result
        self._options = options
        self._zipped = zipped
        self._given_up = False

    async def pages(
        self, folder: Path, *, start: PageRef | None = None, had: Collection[str | None] = ()
    ) -> AsyncGenerator[ResultPage, None]:
        """The pages; whoever takes one removes its file.

        Args:
            folder: where their files go.
            start: where to begin, where pages come one after the other: later pages are known by those before.
            had: locators of pages to leave out, where pages come side by side.

        Raises:
            As `AsyncQueryJob.pages`.
        """
        options = self._options
        if not options.parallel(self._session.api_version):
            async with closing(prefetch(self._following(folder, start or PageRef(1, None)))) as found:
                try:
                    async for page in found:
                        yield page
                finally:
                    self._give_up()
            return
        side_by_side = ordered_map if options.ordered else unordered_map
        fetch = partial(self.fetch, folder=folder)
        async with (
            closing(self._listed(had)) as refs,
            closing(side_by_side(fetch, refs, options.concurrency, abandon=self._give_up)) as found,
        ):
            async for page in found:
                yield page

    async def fetch(self, ref: PageRef, *, folder: Path) -> ResultPage:
        """Fetch one page, whole.

        Raises:
            As `AsyncQueryJob.page`.
        """
        result = self._result
        path = folder / f"{result.job_id}-page-{ref.number:05d}.csv{'.gz' if self._zipped else ''}"
        file = NewFile(path)
        try:
            target = await run(file.open)
            zipped = GzipTarget(target) if self._zipped else None
            what = f"page {ref.number} of job {result.job_id}"
            sink = PageSink(zipped or target, what, newline=result.dialect.newline)
            operation = operations.get_query_job_results(
                result.job_id, locator=ref.locator or UNSET, max_records=self._options.max_records or UNSET
            )
            try:
                await download(self._session, operation, sink, checked=self._checked)
            except VersionConflict as error:
                raise result.advised(error) from None
            if zipped is not None:
                await run(zipped.finish)
        finally:
            await run(file.close)
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

    async def _listed(self, had: Collection[str | None]) -> AsyncGenerator[PageRef, None]:
        """The pages that the job names, but for those that were had."""
        seen = SeenLocators(f"job {self._result.job_id}")
        number = 0
        async with closing(page_locators(self._session, self._result.job_id)) as locators:
            try:
                async for locator in locators:
                    number += 1
                    ref = seen.add(PageRef(number, locator))
                    if locator not in had:
                        yield ref
            except VersionConflict as error:
                raise self._result.advised(error) from None

    async def _following(self, folder: Path, ref: PageRef | None) -> AsyncGenerator[ResultPage, None]:
        """Each page by the locator in the one before."""
        seen = SeenLocators(f"job {self._result.job_id}")
        while ref is not None:
            page = await self.fetch(seen.add(ref), folder=folder)
            ref = None if page.next_locator is None else PageRef(ref.number + 1, page.next_locator)
            yield page

    def _give_up(self) -> None:
        self._given_up = True

    def _checked(self) -> None:
        if self._given_up:
            raise GivenUp


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
