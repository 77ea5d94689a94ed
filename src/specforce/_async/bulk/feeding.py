"""Pages fetched side by side, or one after the other, whatever API they come from.

Each page is whole and counted before it is handed out; no more pages than are fetched at a time wait on disk. A page
that was cut is asked for again, it alone; a token that expires costs one login.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from specforce._aio import closing, ordered_map, overlapped_map, prefetch, run, unordered_map
from specforce.bulk.files import NewFile
from specforce.bulk.gzip_target import GzipTarget
from specforce.bulk.partial_file import Checkpoint

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path
    from typing import BinaryIO

    from specforce._async.session import AsyncSession
    from specforce.bulk.joined_file import JoinedFile
    from specforce.bulk.pages import PageOptions, PageRef, ResultPage
    from specforce.bulk.resuming import ResumeToken

_PATIENCE_S: Final = 0.05
"""How long a page may take, in seconds, before others are fetched beside it."""


class GivenUp(Exception):
    """Nobody waits for the pages any more."""


class AsyncFeed:
    """Where pages come from, for one use.

    Args:
        token: what it takes to go on elsewhere.
        options: how pages are fetched.
        what: the job, for messages.
        sobject: what was queried.
        total: how many records the pages hold; `None` where nobody says.
        listed: whether the job names its pages; else each names the next.

    Attributes:
        token, what, sobject, total, listed: as given.
    """

    def __init__(
        self,
        session: AsyncSession,
        token: ResumeToken,
        options: PageOptions,
        *,
        what: str,
        sobject: str,
        total: int | None,
        listed: bool,
    ) -> None:
        self.token = token
        self.what = what
        self.sobject = sobject
        self.total = total
        self.listed = listed
        self._session = session
        self._options = options
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
        path = folder / f"{self.token.job_id}-page-{ref.number:05d}.csv"
        file = NewFile(path)
        try:
            target = await run(file.open)
            return await self._download(ref, GzipTarget(target) if zipped else target, path, headed=True)
        finally:
            await run(file.close)

    async def _append(self, ref: PageRef, *, joined: JoinedFile) -> ResultPage:
        return await self._download(ref, joined.target(), joined.path, headed=not joined.begun)

    def _side_by_side(
        self, begun: Checkpoint, folder: Path, *, zipped: bool = False
    ) -> AsyncGenerator[ResultPage, None]:
        order = ordered_map if self._options.ordered else unordered_map
        fetch = partial(self.fetch, folder=folder, zipped=zipped)
        return order(fetch, self._listed(begun), self._options.concurrency, abandon=self._give_up)

    async def _following(self, folder: Path) -> AsyncGenerator[ResultPage, None]:
        async with closing(self._linked(Checkpoint(listed=False))) as refs:
            async for ref in refs:
                yield await self.fetch(ref, folder=folder)

    def _give_up(self) -> None:
        self._given_up = True

    def _checked(self) -> None:
        if self._given_up:
            raise GivenUp

    async def _download(self, ref: PageRef, target: BinaryIO | GzipTarget, path: Path, *, headed: bool) -> ResultPage:
        """Fetch a page into a file, with its header line if wanted."""
        raise NotImplementedError

    def _listed(self, begun: Checkpoint) -> AsyncGenerator[PageRef, None]:
        """The pages that the job names, but for those that are there."""
        raise NotImplementedError

    def _linked(self, begun: Checkpoint) -> AsyncGenerator[PageRef, None]:
        """Each page by the one before, which has been fetched when the next is asked for."""
        raise NotImplementedError
