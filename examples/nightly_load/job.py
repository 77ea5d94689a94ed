"""The job itself: what an integration developer writes, with specforce's public API alone."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from examples.nightly_load import tables
from examples.nightly_load.check import Fingerprint, add_rows, of_export

if TYPE_CHECKING:
    from pathlib import Path

    from examples.nightly_load.tables import Table
    from specforce import Salesforce

LINES_KEPT = 5


@dataclass
class Reason:
    """Rows that failed with the same words, and the first of the input lines they stand in."""

    rows: int = 0
    lines: list[int] = field(default_factory=list[int])


@dataclass
class Loaded:
    """What became of one load. `expected` is the fingerprint of the rows that should be in the org now."""

    table: Table
    rows: int
    created: int
    updated: int
    failed: int
    unprocessed: int
    reasons: dict[str, Reason]
    expected: Fingerprint
    seconds: float


@dataclass
class Exported:
    """What came back of one table, and whether it is what went in."""

    table: Table
    rows: int
    csv: Path
    parquet: Path
    same: bool
    seconds: float


def load(sf: Salesforce, table: Table, output: Path, *, limit: int | None = None, progress: bool = True) -> Loaded:
    """Load one table and read the outcome of each row; failed rows go to a file beside the outputs."""
    begun = time.perf_counter()
    with tables.source(table, limit) as rows:
        report = sf.bulk.load(
            rows,
            table.sobject,
            operation=table.operation,
            external_id=table.external_id,
            mapping=table.mapping,
            null_values=(tables.NULL,),
            progress=progress,
        )
    seconds = time.perf_counter() - begun
    expected = add_rows(Fingerprint(), table, tables.rows(table, limit))
    reasons: dict[str, Reason] = {}
    with report:
        for row in report.failures():
            reason = reasons.setdefault(f"{row.code}: {row.message}", Reason())
            reason.rows += 1
            if row.line is not None and len(reason.lines) < LINES_KEPT:
                reason.lines.append(row.line)
            add_rows(expected, table, [row.values], times=-1)
        if report.failed:
            report.write_csv(output / f"{table.name}-failed.csv", rows="failed")
        return Loaded(
            table,
            rows=report.total,
            created=report.created or 0,
            updated=report.updated or 0,
            failed=report.failed,
            unprocessed=report.unprocessed,
            reasons=reasons,
            expected=expected,
            seconds=seconds,
        )


def export(sf: Salesforce, loaded: Loaded, output: Path, *, progress: bool = True) -> Exported:
    """Bring one table back as CSV and as Parquet, and compare it with what went in."""
    table = loaded.table
    csv, parquet = output / f"{table.name}.csv", output / f"{table.name}.parquet"
    begun = time.perf_counter()
    result = sf.bulk.export(table.soql, progress=progress)
    rows = result.to_csv(csv)
    columnar = result.to_parquet(parquet)
    seconds = time.perf_counter() - begun
    same = rows == columnar and of_export(table, csv) == loaded.expected
    return Exported(table, rows=rows, csv=csv, parquet=parquet, same=same, seconds=seconds)
