"""The report on the error of a load that didn't come to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from specforce._counted import counted
from specforce.bulk.report import LoadReport
from specforce.bulk.report_plain import plain_counts

if TYPE_CHECKING:
    from pathlib import Path

E = TypeVar("E", bound=BaseException)


def report_of(error: BaseException) -> LoadReport | None:
    """What a load had done when it raised this error; `None` where the error is of something else.

    A load that can't go on lets the jobs under way end, joins what results there are, and puts the report on the error
    it raises, also as its attribute `report`. One that is cancelled or interrupted puts it on the `CancelledError` or
    `KeyboardInterrupt`; it is found too on the `TimeoutError` of `asyncio.timeout`, and on the `KeyboardInterrupt` of
    `asyncio.run`, which take that error's place.
    """
    found = getattr(error, "report", None)
    if isinstance(found, LoadReport):
        return found
    behind = error.__context__ if isinstance(error, KeyboardInterrupt) else error.__cause__
    return None if behind is None else report_of(behind)


def with_report(error: E, report: LoadReport, *, journal: Path | None = None, read_whole: bool = True) -> E:
    """Put a report on an error, and its counts and how to go on into the error's notes."""
    counts = ", ".join(f"{number:,} {name}" for name, number in plain_counts(report.counts).items() if number)
    error.add_note(f"of {counted(report.total, 'row')}: {counts or 'nothing was sent'} (see the error's `report`)")
    if not read_whole:
        error.add_note(
            f"the source wasn't read to its end: what comes after its row {report.total:,} isn't in the report"
        )
    if journal is not None:
        error.add_note(f"continue with the same arguments and resume={str(journal)!r}")
    elif report.unprocessed and report.detailed:
        error.add_note(
            "what wasn't sent: error.report.write_csv(path, rows='unprocessed', reasons=False), to load later"
        )
    error.report = report  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue] - see report_of
    return error
