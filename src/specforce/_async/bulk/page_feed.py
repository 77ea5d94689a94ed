"""The pages of a query job's result: fetched side by side where Salesforce says where they are, else one ahead.

Each page lies on disk, whole and counted, before it is handed out; no more pages than are fetched at a time wait there.
A page that was cut is asked for again, it alone; a token that expires costs one login.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlsplit

from specforce._aio import closing, ordered_map, overlapped_map, prefetch, run, unordered_map
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
    from typing import BinaryIO

    from specforce._async.session import AsyncSession
    from specforce.bulk.joined_file import JoinedFile
    from specforce.bulk.pages import QueryResult


_PATIENCE_S: Final = 0.02
"""How long a page may take, in seconds, before others are fetched beside it."""


class GivenUp(Exception):
    """Nobody waits for the pages any more."""


class AsyncPageFeed:
    """Fetches the pages of one job.

    Args:
        result: of a job that is done.
        options: how.
        total: how many records the job found; `None` where it doesn't say.

    Attributes:
        what: the job, for messages.
        sobject: what it is a query of.
        total: as given.
    """

    def __init__(
        self, session: AsyncSession, result: QueryResult, options: PageOptions, *, total: int | None = None
    ) -> None:
        self.what = f"job {result.job_id}"
        self.sobject = result.sobject
        self.total = total
        self._session = session
        self._result = result
        self._options = options
        self._next_locator: str | None = None
        self._given_up = False

    async def pages(
        self, folder: Path, *, start: PageRef | None = None, had: Collection[str | None] = (), zipped: bool = False
    ) -> AsyncGenerator[ResultPage, None]:
        """The pages; whoever takes one removes its file.

        Args:
            folder: where their files go.
            start: where to begin, where pages come one after the other: later pages are known by those before.
            had: locators of pages to leave out, where pages come side by side.
            zipped: compress their files.

        Raises:
            As `AsyncQueryJob.pages`.
        """
        options = self._options
        if not options.parallel(self._session.api_version):
            async with closing(prefetch(self._following(folder, start or PageRef(1, None), zipped=zipped))) as found:
                try:
                    async for page in found:
                        yield page
                finally:
                    self._give_up()
            return
        side_by_side = ordered_map if options.ordered else unordered_map
        fetch = partial(self.fetch, folder=folder, zipped=zipped)
        async with (
            closing(self._listed(had)) as refs,
            closing(side_by_side(fetch, refs, options.concurrency, abandon=self._give_up)) as found,
        ):
            async for page in found:
                yield page

    async def appended(
        self, joined: JoinedFile, folder: Path, *, start: PageRef | None = None, had: Collection[str | None] = ()
    ) -> AsyncGenerator[ResultPage, None]:
        """The pages, each in the file when it is handed out.

        Pages that come fast are written straight to it, one after the other: on such a link others beside them gain
        nothing. Where a page takes longer, those after it are fetched meanwhile and wait in files of their own.

        Args:
            folder: where those files go.
            start, had: as for `pages`.

        Raises:
            As `pages`. OSError: the file can't take a page.
        """
        options = self._options
        parallel = options.parallel(self._session.api_version)
        if parallel and not options.ordered:
            found = self.pages(folder, had=had, zipped=joined.zipped)
        else:
            found = overlapped_map(
                partial(self._append, joined=joined),
                partial(self.fetch, folder=folder, zipped=joined.zipped),
                self._listed(had) if parallel else self._linked(start or PageRef(1, None)),
                options.concurrency if parallel else 1,
                _PATIENCE_S,
                abandon=self._give_up,
            )
        async with closing(found) as pages:
            async for page in pages:
                await run(joined.add, page)
                yield page

    async def fetch(self, ref: PageRef, *, folder: Path, zipped: bool = False) -> ResultPage:
        """Fetch one page, whole, into a file of its own.

        Raises:
            As `AsyncQueryJob.page`.
        """
        path = folder / f"{self._result.job_id}-page-{ref.number:05d}.csv"
        file = NewFile(path)
        try:
            target = await run(file.open)
            return await self._download(ref, GzipTarget(target) if zipped else target, path, headed=True)
        finally:
            await run(file.close)

    async def _append(self, ref: PageRef, *, joined: JoinedFile) -> ResultPage:
        return await self._download(ref, joined.target(), joined.path, headed=not joined.begun)

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

    async def _listed(self, had: Collection[str | None]) -> AsyncGenerator[PageRef, None]:
        """The pages that the job names, but for those that were had."""
        seen = SeenLocators(self.what)
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

    async def _linked(self, ref: PageRef | None) -> AsyncGenerator[PageRef, None]:
        """Each page by the locator in the one before, which has been fetched when the next is asked for."""
        seen = SeenLocators(self.what)
        while ref is not None:
            yield seen.add(ref)
            locator = self._next_locator
            ref = None if locator is None else PageRef(ref.number + 1, locator)

    async def _following(self, folder: Path, start: PageRef, *, zipped: bool) -> AsyncGenerator[ResultPage, None]:
        async with closing(self._linked(start)) as refs:
            async for ref in refs:
                yield await self.fetch(ref, folder=folder, zipped=zipped)

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
