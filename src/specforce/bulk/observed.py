"""What hooks are told of a load or an export as a whole."""

from __future__ import annotations

from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING

from specforce._hooks import OutcomeEvent, surround, tell
from specforce.bulk.reports_of_errors import report_of

if TYPE_CHECKING:
    from collections.abc import Generator

    from specforce._aio import Clock as AsyncClock
    from specforce._hooks import Hooks, TaskEvent
    from specforce._threads import Clock
    from specforce.bulk.report import LoadReport


class Task:
    """What is known of a task that is under way: `rows` by outcome, and how many `jobs` it took."""

    def __init__(self) -> None:
        self.rows: dict[str, int] = {}
        self.jobs = 0

    def loaded(self, report: LoadReport) -> None:
        """A load ended with this report, by itself or by an error."""
        counts = report.counts
        rows = {
            "created": counts.created,
            "updated": counts.updated,
            "succeeded": counts.either,
            "failed": counts.failed,
            "unprocessed": counts.unprocessed,
            "unknown": counts.unknown,
        }
        self.rows = {outcome: number for outcome, number in rows.items() if number}
        self.jobs = len(report.jobs)

    def exported(self, records: int) -> None:
        """An export brought so many records out."""
        self.rows = {"exported": records}
        self.jobs = 1


def watched(hooks: Hooks, clock: Clock | AsyncClock, event: TaskEvent | None) -> AbstractContextManager[Task]:
    """As `observed`, for a task that is done bit by bit between other work of its caller, which nothing can surround.

    Where `event` is `None`, nothing is told.
    """
    return nullcontext(Task()) if event is None else observed(replace(hooks, around=None), clock, event)


@contextmanager
def observed(hooks: Hooks, clock: Clock | AsyncClock, event: TaskEvent) -> Generator[Task]:
    """Surround a task: hooks learn of its beginning and of its outcome, whatever that is."""
    task = Task()
    started_s = clock.now()
    with surround(hooks.around, event):
        try:
            yield task
        except GeneratorExit:  # the caller has enough
            tell(hooks.outcome, _outcome(event, clock.now() - started_s, task, ""))
            raise
        except BaseException as error:
            report = report_of(error)
            if report is not None:
                task.loaded(report)
            tell(hooks.outcome, _outcome(event, clock.now() - started_s, task, type(error).__name__))
            raise
        tell(hooks.outcome, _outcome(event, clock.now() - started_s, task, ""))


def _outcome(event: TaskEvent, elapsed_s: float, task: Task, error: str) -> OutcomeEvent:
    return OutcomeEvent(event, elapsed_s, task.rows, task.jobs, error)
