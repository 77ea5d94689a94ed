"""All or none: the one place where a call's rows are undone together.

Whatever saves or deletes rows does it inside `together`; calls inside calls are savepoints of one transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce_mockserver.records.results import ROLLED_BACK, RowResult

if TYPE_CHECKING:
    from collections.abc import Callable

    from specforce_mockserver.database import Database


class _UndoneError(Exception):
    """Undoes the savepoint."""


def together(database: Database, work: Callable[[], list[RowResult]], *, all_or_none: bool) -> list[RowResult]:
    """Save some rows in one transaction, or in a savepoint of the caller's.

    Args:
        database: where they go.
        work: saves them; one result per row.
        all_or_none: whether one refused row undoes all; the rest is answered as rolled back then.
    """
    done: list[RowResult] = []
    try:
        with database.write():
            done = work()
            if all_or_none:
                _undo_if_refused(done)
    except _UndoneError:
        return [each if each.error else each._replace(error=ROLLED_BACK) for each in done]
    return done


def _undo_if_refused(done: list[RowResult]) -> None:
    if any(each.error for each in done):
        raise _UndoneError
