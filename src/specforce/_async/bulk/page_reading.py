"""Whatever is read page by page: an export, or one page of its plan. Counted, held together, told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce._aio import closing, run
from specforce.bulk.observed import watched
from specforce.bulk.pages import PageTally
from specforce.bulk.workspace import Workspace
from specforce_api.runtime.errors import InputError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from specforce._async.session import AsyncSession
    from specforce._hooks import TaskEvent
    from specforce.bulk.pages import ResultPage

    from .feeding import AsyncFeed


class AsyncPageReading:
    """The base of exports and of single pages.

    Args:
        temp_folder: where pages wait; `None` for beside the file that is written, or the system's place.

    Attributes:
        resumed: whether it goes on with something that was begun before.
    """

    def __init__(self, session: AsyncSession, *, temp_folder: Path | None) -> None:
        self.resumed = False
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
        workspace = await run(Workspace, self._temp_folder)
        try:
            with watched(self._session.hooks, self._session.clock, self._task) as task:
                source = await self._source()
                tally = PageTally(source.what)
                async with closing(source.pages(workspace.folder)) as pages:
                    async for page in pages:
                        tally.add(page)
                        task.exported(tally.records)
                        self._noted(page, tally)
                        yield page
                        await run(page.discard)
                tally.refuse_total(source.total)
        except Exception as error:
            self._failed(error)
            raise
        finally:
            await run(workspace.close)

    @property
    def _task(self) -> TaskEvent | None:
        """What hooks are told of the whole; `None` for nothing."""
        return None

    async def _source(self) -> AsyncFeed:
        """Where the pages come from, ready to be read."""
        raise NotImplementedError

    def _noted(self, page: ResultPage, tally: PageTally) -> None:  # noqa: ARG002 - for those who tell of it
        """A page has come, and the records of so many pages."""
        self._columns = page.columns

    def _failed(self, error: BaseException, kept: str = "nothing was kept") -> None:
        """Note on an error what there is to go on with, if there is."""
