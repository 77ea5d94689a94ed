"""A load that can be killed, corrected and continued: `python -m examples.correct_and_reload accounts.csv work/`.

Both loads keep a journal, so that the same command goes on where a killed one stopped, and loads nothing twice. Rows
that were refused because a text is too long are cut to the field's length and loaded again; the others are written,
with the reason, for a person to look at.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from specforce import Salesforce

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specforce.bulk import LoadReport


class Where(TypedDict, total=False):
    """Where a load keeps its journal."""

    journal: Path
    resume: Path


def main(source: Path, folder: Path) -> int:
    """Load, correct and load again; 0 when every row is in, 3 when some need a person."""
    to_correct = folder / "to_correct.csv"
    with (
        Salesforce.from_env() as sf,
        sf.bulk.load(source, "Account", retry_failed=3, **kept_in(folder / "first.journal")) as report,
    ):
        print(f"{report.succeeded} of {report.total} rows are in")
        for reason in report.failures_by_reason():
            print(f"{reason.rows:6} {reason.code}: {reason.message} (first: line {reason.first_line})")
        lengths = {field.name: field.length for field in sf.sobject("Account").describe().fields}
        with sf.bulk.load(cut(report, lengths), "Account", **kept_in(folder / "second.journal")) as second:
            print(f"{second.succeeded} of {second.total} rows went in cut to length")
        left = report.failed - second.succeeded
        if left:
            report.write_csv(to_correct, rows="failed")
            print(f"{left} to look at: {to_correct}")
    return 3 if left else 0


def kept_in(journal: Path) -> Where:
    """Begin a journal, or continue the one that is there."""
    return {"resume": journal} if journal.exists() else {"journal": journal}


def cut(report: LoadReport, lengths: dict[str, int]) -> Iterator[dict[str, str]]:
    """The rows that were refused for their length, with the blamed fields cut."""
    for row in report.failures():
        if row.code == "STRING_TOO_LONG":
            yield {**row.values, **{name: row.values[name][: lengths[name]] for name in row.fields}}


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
