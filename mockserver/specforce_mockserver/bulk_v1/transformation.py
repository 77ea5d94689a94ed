"""A transformation spec: which columns of a CSV batch mean which fields.

A CSV of four columns: `Salesforce Field`, `Csv Header`, `Value` (for cells that are empty, or for a field that no
column has) and `Hint`. Hints are refused: what they do isn't in the reference. Source: reference/bulk_v1.md section 1.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from specforce_mockserver.calls import ApiError

if TYPE_CHECKING:
    from collections.abc import Sequence

COLUMNS: Final = ("salesforce field", "csv header", "value", "hint")


@dataclass(frozen=True, slots=True)
class Mapping:
    """One row of the spec."""

    field: str
    column: str
    value: str


@dataclass(frozen=True, slots=True)
class Transformation:
    """A spec."""

    mappings: tuple[Mapping, ...]

    def header(self, names: Sequence[str]) -> list[str]:
        """The fields that the columns mean, and behind them the fields that come from no column."""
        fields = {each.column.lower(): each.field for each in self.mappings if each.column}
        return [fields.get(name.lower(), name) for name in names] + [each.field for each in self._added]

    def row(self, names: Sequence[str], cells: Sequence[str]) -> list[str]:
        """The cells of a row under that header."""
        values = {each.column.lower(): each.value for each in self.mappings if each.column and each.value}
        filled = [cell or values.get(name.lower(), "") for name, cell in zip(names, cells, strict=True)]
        return filled + [each.value for each in self._added]

    @property
    def _added(self) -> list[Mapping]:
        return [each for each in self.mappings if not each.column]


def read_transformation(content: bytes) -> Transformation:
    """Read a spec.

    Raises:
        ApiError: 400 InvalidBatch, it isn't one; 400 FeatureNotEnabled, it has hints. The texts are our own.
    """
    try:
        rows = list(csv.reader(io.StringIO(content.decode("utf-8"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise ApiError(400, "InvalidBatch", f"Failed to parse the transformation spec: {error}") from error
    rows = [row for row in rows if row]
    if not rows or tuple(cell.strip().lower() for cell in rows[0]) != COLUMNS:
        raise ApiError(400, "InvalidBatch", f"A transformation spec has the columns {', '.join(COLUMNS)}")
    mappings: list[Mapping] = []
    for row in rows[1:]:
        if len(row) != len(COLUMNS) or not row[0].strip() or not (row[1].strip() or row[2]):
            raise ApiError(400, "InvalidBatch", f"Not a mapping: {','.join(row)}")
        if row[3].strip():
            raise ApiError(400, "FeatureNotEnabled", "The fake org does not apply hints")
        mappings.append(Mapping(row[0].strip(), row[1].strip(), row[2]))
    return Transformation(tuple(mappings))
