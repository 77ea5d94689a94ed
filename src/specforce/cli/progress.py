"""Progress of long tasks: bars on a terminal, silence elsewhere; on standard error, so that results stay clean."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from specforce.bulk.progress import Progress

Listener = Callable[["Progress"], None]


@contextmanager
def shown(title: str, *, quiet: bool = False) -> Generator[Listener | None]:
    """Yield a listener for `progress=`, or None where nobody watches."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console  # noqa: PLC0415 - rich only where somebody watches
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415
    from rich.progress import Progress as Bars  # noqa: PLC0415

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[figures]}"), TimeElapsedColumn())
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        bar = bars.add_task(title, total=None, figures="")

        def listen(event: Progress) -> None:
            bars.update(
                bar,
                description=f"{title}: {event.step}",
                total=event.total,
                completed=event.done,
                figures=f"{event.done:,}" + (f" of {event.total:,}" if event.total else "") + f" {event.unit}",
            )

        yield listen
