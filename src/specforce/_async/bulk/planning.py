"""A result as a list of its pages, and one of those pages read alone."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from specforce._aio import closing, run
from specforce._async.field_types import AsyncFieldTypes
from specforce.bulk.pages import PageOptions, PageRef
from specforce.bulk.plan import Column, PlannedPage
from specforce_api.runtime.errors import InputError, IntegrityError

from .page_feed import AsyncPageFeed, page_locators
from .result import AsyncResult

if TYPE_CHECKING:
    from specforce._async.session import AsyncSession
    from specforce.bulk.pages import PageTally, QueryResult, ResultPage


async def planned(session: AsyncSession, result: QueryResult) -> list[PlannedPage]:
    """The pages of a job that is done.

    Raises:
        SpecError: the API version is below 58.0, which doesn't name pages beforehand.
    """
    async with closing(page_locators(session, result.job_id)) as found:
        locators = [locator async for locator in found]
    names = await _column_names(session, result)
    types = await AsyncFieldTypes(session).of(names, result.sobject)
    columns = tuple(Column(name, types.get(name)) for name in names)
    return [
        PlannedPage(result.job_id, result.sobject, number, locator, result.api_version, columns, result.dialect)
        for number, locator in enumerate(locators, 1)
    ]


async def _column_names(session: AsyncSession, result: QueryResult) -> tuple[str, ...]:
    """What the header line says, by a page of one record."""
    folder = await run(tempfile.TemporaryDirectory, None, "specforce-")
    try:
        feed = AsyncPageFeed(session, result, PageOptions(max_records=1))
        return (await feed.fetch(PageRef(1, None), folder=Path(folder.name))).columns
    finally:
        await run(folder.cleanup)


class AsyncPageResult(AsyncResult):
    """One page of a result, with the ways out of an export. Made by `sf.bulk.read_page(page)`.

    Attributes:
        page: which.
    """

    def __init__(self, session: AsyncSession, page: PlannedPage, *, temp_folder: Path | None) -> None:
        super().__init__(session, temp_folder=temp_folder)
        if page.api_version != session.api_version:
            raise InputError(
                f"page {page.number} is of a job of API version {page.api_version}, this client uses "
                f"{session.api_version}: connect with api_version={page.api_version!r}"
            )
        self.page = page

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.page.number} of job {self.page.job_id}>"

    async def _source(self) -> AsyncPageFeed:
        """See `AsyncPageReading`."""
        only = PageRef(self.page.number, self.page.locator)
        return AsyncPageFeed(self._session, self.page.result, PageOptions(), only=only)

    def _noted(self, page: ResultPage, tally: PageTally) -> None:
        """See `AsyncPageReading`.

        Raises:
            IntegrityError: the page has other columns than the plan says.
        """
        super()._noted(page, tally)
        planned = tuple(column.name for column in self.page.columns)
        if page.columns != planned:
            raise IntegrityError(f"{self!r} has the columns {page.columns}, the plan says {planned}")
