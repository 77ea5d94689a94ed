"""Reading a source into parts, whether it is read by blocking calls or awaited item by item."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specforce._aio import run
from specforce.bulk.sources import BlockingParts, Intake, is_blocking

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from specforce.bulk.parts import Part
    from specforce.bulk.table import Table, TableOptions


class AsyncSource:
    """A source of a load.

    Args:
        source: as `sf.bulk.load` takes it.
        options: how it is written and split.
        folder: where parts are spooled.
    """

    def __init__(self, source: Any, options: TableOptions, folder: Path) -> None:
        self._source = source
        self._options = options
        self._folder = folder
        self._feed: BlockingParts | Intake | None = None

    @property
    def table(self) -> Table | None:
        """The source's header, once it is known."""
        return self._feed.table if self._feed is not None else None

    async def parts(self) -> AsyncGenerator[Part, None]:
        """The parts, each as soon as it is known to be sound.

        Raises:
            InputError: the source can't be loaded; the message names the line or the row.
        """
        source = self._source
        if is_blocking(source) or not hasattr(source, "__aiter__"):
            blocking = self._feed = await run(BlockingParts, source, self._options, self._folder)
            while (part := await run(blocking.next)) is not None:
                yield part
            return
        intake = self._feed = Intake(self._options, self._folder)
        async for item in source:
            if intake.add(item):
                for part in await run(intake.drain):
                    yield part
        for part in await run(intake.finish):
            yield part
