"""Run a report, at once and in the background, and read its rows: `python -m examples.run_report 00O...`."""

from __future__ import annotations

import sys

from specforce import Salesforce


def main(report_id: str) -> None:
    """Print the totals, all in all and of each group, then every row as people see it."""
    with Salesforce.from_env() as sf:
        report = sf.report(report_id)
        for group in report.run(details=False).groups():
            print(" / ".join(group.down) or "total", {name: cell.value for name, cell in group.totals.items()})
        started = report.run_async()
        outcome = started.wait().result()
        for row in outcome.rows():
            print(", ".join(f"{title}: {label}" for title, label in row.labels_by_label().items()))
        started.delete()


if __name__ == "__main__":
    main(sys.argv[1])
