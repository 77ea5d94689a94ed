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
from specforce.bulk.partial_file import Checkpoint
from specforce_api.bulk_v2 import operations
from specforce_api.runtime.errors import DecodeError, VersionConflict
from specforce_api.runtime.types import UNSET

from .download import download

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
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
        total: how many records the pages hold; `None` where nobody says.
        only: the one page that is wanted; `None` for all.

    Attributes:
        what: the job, for messages.
        sobject: what it is a query of.
        total: as given.
        token: what it takes to go on elsewhere.
        listed: whether the job names its pages; else each names the next.
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
        self.what = f"job {result.job_id}" if only is None else f"page {only.number} of job {result.job_id}"
        self.sobject = result.sobject
        self.total = total
        self.token = result.token
        self.listed = only is not None or options.parallel(session.api_version)
        self._session = session
        self._result = result
        self._options = options
        self._only = only
        self._next_locator: str | None = None
        self._given_up = False

    async def pages(self, folder: Path) -> AsyncGenerator[ResultPage, None]:
        """The pages, each in a file of its own; whoever takes one removes that.

        Args:
            folder: where the files go.

        Raises:
            As `AsyncQueryJob.pages`.
        """
        begun = Checkpoint(self.listed)
        found = self._side_by_side(begun, folder) if self.listed else prefetch(self._following(folder))
        async with closing(found) as pages:
            try:
                async for page in pages:
                    yield page
            finally:
                self._give_up()

    async def appended(
        self, joined: JoinedFile, folder: Path, *, after: Checkpoint | None = None
    ) -> AsyncGenerator[ResultPage, None]:
        """The pages, each in the file when it is handed out.

        Pages that come fast are written straight to it, one after the other: on such a link others beside them gain
        nothing. Where a page takes longer, those after it are fetched meanwhile and wait in files of their own.

        Args:
            folder: where those files go.
            after: what is in the file already.

        Raises:
            As `pages`. OSError: the file can't take a page.
        """
        begun = after or Checkpoint(self.listed)
        if begun.listed and not self._options.ordered:
            found = self._side_by_side(begun, folder, zipped=joined.zipped)
        else:
            found = overlapped_map(
                partial(self._append, joined=joined),
                partial(self.fetch, folder=folder, zipped=joined.zipped),
                self._listed(begun) if begun.listed else self._linked(begun),
                self._options.concurrency if begun.listed else 1,
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

    def _side_by_side(
        self, begun: Checkpoint, folder: Path, *, zipped: bool = False
    ) -> AsyncGenerator[ResultPage, None]:
        order = ordered_map if self._options.ordered else unordered_map
        fetch = partial(self.fetch, folder=folder, zipped=zipped)
        return order(fetch, self._listed(begun), self._options.concurrency, abandon=self._give_up)

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

    async def _following(self, folder: Path) -> AsyncGenerator[ResultPage, None]:
        async with closing(self._linked(Checkpoint(listed=False))) as refs:
            async for ref in refs:
                yield await self.fetch(ref, folder=folder)

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
