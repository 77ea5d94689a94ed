"""The pages of a result into one CSV file, which appears once it is whole; on request one that a crash can't undo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce._aio import closing, run
from specforce.bulk.files import Replacement
from specforce.bulk.joined_file import JoinedFile
from specforce.bulk.pages import PageTally
from specforce.bulk.partial_file import PartialFile
from specforce.bulk.workspace import Workspace

if TYPE_CHECKING:
    import os
    from collections.abc import Callable
    from pathlib import Path

    from specforce._aio import Eventual
    from specforce.bulk.pages import ResultPage

    from .feeding import AsyncFeed


class AsyncCsvFile:
    """A CSV file to be written.

    Args:
        path: where.
        zipped: compress it.
        folder: where pages wait; `None` for beside the file.
        noted: told of each page.

    Attributes:
        kept: what a failure leaves of it, in words.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        zipped: bool,
        folder: Path | None,
        noted: Callable[[ResultPage, PageTally], object],
    ) -> None:
        self.kept = "nothing was written"
        self._path = path
        self._zipped = zipped
        self._folder = folder
        self._noted = noted

    async def write(self, source: Callable[[], Eventual[AsyncFeed]]) -> int:
        """Write it, whole or not at all.

        Args:
            source: makes the pages ready; called once the file is open.

        Returns:
            How many records it holds.

        Raises:
            As `AsyncResult.to_csv`.
        """
        target = Replacement(self._path)
        try:
            joined = JoinedFile(await run(target.open), target.path, zipped=self._zipped)
            found = await source()
            tally = PageTally(found.what)
            workspace = await run(Workspace, self._folder or target.path.parent)
            try:
                async with closing(found.appended(joined, workspace.folder)) as pages:
                    async for page in pages:
                        tally.add(page)
                        self._noted(page, tally)
            finally:
                await run(workspace.close)
            tally.refuse_total(found.total)
        except BaseException:
            await run(target.discard)
            raise
        await run(target.commit)
        return tally.records

    async def write_on(self, source: Callable[[], Eventual[AsyncFeed]]) -> int:
        """Write it so that whatever ends the process leaves the pages that are whole; go on with what is there.

        Args and Returns as for `write`.

        Raises:
            As `AsyncResult.to_csv`.
        """
        partial = PartialFile(self._path)
        await run(partial.refuse)
        found = await source()
        try:
            file, before = await run(partial.open, str(found.token), self._zipped, found.listed)
            tally = PageTally(found.what, header=before.header, records=before.records)
            if file is not None:
                joined = JoinedFile(file, partial.part, zipped=self._zipped, begun=before.header is not None)
                async with closing(found.appended(joined, partial.folder, after=before)) as pages:
                    async for page in pages:
                        tally.add(page)
                        await run(partial.add, page)
                        self._noted(page, tally)
                        self.kept = f"{tally.records} records are in {partial.part}"
            tally.refuse_total(found.total)
            await run(partial.commit)
        finally:
            await run(partial.close)
        return tally.records
