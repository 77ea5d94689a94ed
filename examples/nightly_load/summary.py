"""What the run says at its end, for people and as JSON."""

from __future__ import annotations

import json
import resource
from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from examples.nightly_load.job import Exported, Loaded


def peak_mb() -> float:
    """The most memory that this process has held so far, in MB; Parquet's library included once it was used."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def loads_text(loads: list[Loaded]) -> str:
    """The loads as a table, with each reason of failure under its load."""
    lines = [f"{'loaded':<22}{'rows':>9}{'created':>9}{'updated':>9}{'failed':>8}{'unprocessed':>13}{'seconds':>9}"]
    for load in loads:
        name = f"{load.table.name} -> {load.table.sobject}"
        lines.append(
            f"{name:<22}{load.rows:>9,}{load.created:>9,}{load.updated:>9,}{load.failed:>8,}{load.unprocessed:>13,}"
            f"{load.seconds:>9.1f}"
        )
        for text, reason in sorted(load.reasons.items(), key=lambda item: -item[1].rows):
            more = ", ..." if reason.rows > len(reason.lines) else ""
            lines.append(f"    {reason.rows:>6,} x {text}")
            lines.append(f"             input lines {', '.join(map(str, reason.lines))}{more}")
    return "\n".join(lines)


def exports_text(exports: list[Exported]) -> str:
    """The exports as a table."""
    lines = [f"{'exported':<22}{'rows':>9}  {'CSV MB':>7}{'Parquet MB':>12}{'seconds':>9}  compared with the input"]
    for export in exports:
        csv_mb, parquet_mb = (path.stat().st_size / 1e6 for path in (export.csv, export.parquet))
        verdict = "every row the same" if export.same else "DIFFERENT"
        figures = f"{export.rows:>9,}  {csv_mb:>7.1f}{parquet_mb:>12.1f}{export.seconds:>9.1f}"
        lines.append(f"{export.table.name:<22}{figures}  {verdict}")
    return "\n".join(lines)


def write_json(path: Path, loads: list[Loaded], exports: list[Exported], figures: dict[str, float]) -> None:
    """The same figures for a program to read."""
    document = {
        "figures": figures,
        "loads": [
            {"table": load.table.name, "sobject": load.table.sobject}
            | {key: value for key, value in asdict(load).items() if key not in ("table", "expected")}
            for load in loads
        ],
        "exports": [
            {
                "table": export.table.name,
                "rows": export.rows,
                "csv": export.csv.name,
                "parquet": export.parquet.name,
                "same": export.same,
                "seconds": export.seconds,
            }
            for export in exports
        ],
    }
    path.write_text(json.dumps(document, indent=2) + "\n")
