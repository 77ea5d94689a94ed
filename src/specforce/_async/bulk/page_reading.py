"""Whatever is read page by page: an export, or one page of its plan. Counted, held together, told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from specforce._aio import closing, run
from specforce.bulk.pages import PageTally
from specforce.bulk.workspace import Workspace
from specforce_api.runtime.errors import InputError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Collection
    from pathlib import Path

    from specforce._async.session import AsyncSession
    from specforce.bulk.joined_file import JoinedFile
    from specforce.bulk.pages import PageRef, ResultPage


class AsyncPageSource(Protocol):
    """Where pages come from.

    Attributes:
        what: the job, for messages.
        sobject: what was queried.
        total: how many records the pages hold together; `None` where nobody knows.
    """

    what: str
    sobject: str
    total: int | None

    def pages(
        self, folder: Path, *, start: PageRef | None = None, had: Collection[str | None] = (), zipped: bool = False
    ) -> AsyncGenerator[ResultPage, None]:
        """The pages in files of their own; see `AsyncPageFeed.pages`."""
        ...

    def appended(
        self, joined: JoinedFile, folder: Path, *, start: PageRef | None = None, had: Collection[str | None] = ()
    ) -> AsyncGenerator[ResultPage, None]:
        """The pages in a file; see `AsyncPageFeed.appended`."""
        ...


class AsyncPageReading:
    """The base of exports and of single pages.

    Args:
        temp_folder: where pages wait; `None` for beside the file that is written, or the system's place.
    """

    def __init__(self, session: AsyncSession, *, temp_folder: Path | None) -> None:
        self._session = session
        self._temp_folder = temp_folder
        self._columns: tuple[str, ...] | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The column names, field paths as they were queried; known once the first page has come.

        Raises:
            InputError: it hasn't.
        """
        if self._columns is None:
            raise InputError("nothing was exported yet: the first page brings the column names")
        return self._columns

    async def pages(self) -> AsyncGenerator[ResultPage, None]:
        """The result page by page, each in a temporary file of its own; see `AsyncQueryJob.pages`."""
        source = await self._source()
        workspace = await run(Workspace, self._temp_folder)
        tally = PageTally(source.what)
        try:
            async with closing(source.pages(workspace.folder)) as pages:
                async for page in pages:
                    tally.add(page)
                    self._noted(page, tally)
                    yield page
                    await run(page.discard)
            tally.refuse_total(source.total)
        finally:
            await run(workspace.close)

    async def _source(self) -> AsyncPageSource:
        """Where the pages come from, ready to be read."""
        raise NotImplementedError

    def _noted(self, page: ResultPage, tally: PageTally) -> None:  # noqa: ARG002 - for those who tell of it
        """A page has come, and the records of so many pages."""
        self._columns = page.columns
