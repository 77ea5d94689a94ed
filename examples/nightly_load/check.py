"""Is what came back what went in? Compared as multisets of rows, in constant memory.

A row becomes one line of canonical cells; lines are hashed to 128 bits and added up. Two tables are equal when counts
and sums are: order doesn't matter, repeated rows do, and nothing is kept.
"""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from hashlib import blake2b
from typing import TYPE_CHECKING

from examples.nightly_load.tables import NULL, Column, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

SCALE = Decimal("1e-7")
"""What the schema's number fields keep after the point; the org rounds to it."""


@dataclass
class Fingerprint:
    """The count and the sum of hashes of the rows seen so far."""

    count: int = 0
    total: int = 0

    def add(self, cells: Iterable[str], times: int = 1) -> None:
        """Count one row; with `times=-1`, take it away again."""
        digest = blake2b("\x1f".join(cells).encode(), digest_size=16).digest()
        self.count += times
        self.total = (self.total + times * int.from_bytes(digest, "big")) % (1 << 128)


def canonical(column: Column, cell: str) -> str:
    """A cell's value as one text, whichever way it was written: `517` or `517.0`, `10:00:00Z` or `10:00:00.000Z`."""
    if cell in ("", NULL):
        return ""
    if column.kind == "number":
        return format(Decimal(cell).quantize(SCALE, ROUND_HALF_UP).normalize(), "f")
    if column.kind == "datetime":
        return dt.datetime.fromisoformat(cell).astimezone(dt.UTC).isoformat()
    return cell


def add_rows(found: Fingerprint, table: Table, rows: Iterable[Mapping[str, str]], times: int = 1) -> Fingerprint:
    """Add rows under the file's own column names to a fingerprint, or take them away."""
    for row in rows:
        found.add([canonical(column, row[column.source]) for column in table.columns], times)
    return found


def of_export(table: Table, path: Path) -> Fingerprint:
    """The fingerprint of an exported CSV file."""
    found = Fingerprint()
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found.add([canonical(column, row[column.path]) for column in table.columns])
    return found
