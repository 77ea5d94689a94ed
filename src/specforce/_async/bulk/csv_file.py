"""The pages of a result into one CSV file, which appears once it is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce._aio import closing, run
from specforce.bulk.files import Replacement
from specforce.bulk.joined_file import JoinedFile
from specforce.bulk.pages import PageTally
from specforce.bulk.workspace import Workspace

if TYPE_CHECKING:
    import os
    from collections.abc import Callable
    from pathlib import Path

    from specforce._aio import Eventual
    from specforce.bulk.pages import ResultPage

    from .page_reading import AsyncPageSource


async def write_csv(
    source: Callable[[], Eventual[AsyncPageSource]],
    path: str | os.PathLike[str],
    *,
    zipped: bool,
    folder: Path | None,
    noted: Callable[[ResultPage, PageTally], object],
) -> int:
    """Write pages to a file.

    Args:
        source: makes the pages ready; called once the file is open.
        path: the file.
        zipped: compress it.
        folder: where pages wait; `None` for beside the file.
        noted: told of each page.

    Returns:
        How many records it holds.

    Raises:
        As `AsyncResult.to_csv`.
    """
    target = Replacement(path)
    try:
        joined = JoinedFile(await run(target.open), target.path, zipped=zipped)
        found = await source()
        tally = PageTally(found.what)
        workspace = await run(Workspace, folder or target.path.parent)
        try:
            async with closing(found.appended(joined, workspace.folder)) as pages:
                async for page in pages:
                    tally.add(page)
                    noted(page, tally)
        finally:
            await run(workspace.close)
        tally.refuse_total(found.total)
    except BaseException:
        await run(target.discard)
        raise
    await run(target.commit)
    return tally.records
