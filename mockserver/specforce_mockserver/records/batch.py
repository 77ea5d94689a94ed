"""Rows on their way into a table, column by column: what lets ten thousand rows be checked in a few passes.

Promises: every column has one value per row; `ABSENT` means that the row doesn't mention the field, None that it
clears it. The first error of a row stays; later checks skip nothing, so an error never shifts other rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specforce_mockserver.records.results import RowError
    from specforce_mockserver.schema import Field, SObjectType


class _Absent:
    """The row doesn't mention the field."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent()
Column = list[Any]


@dataclass(slots=True)
class Link:
    """A parent given by one of its own fields: `Origin__r.Code__c`. `values` are stored values of `key`, or ABSENT."""

    reference: Field
    target: SObjectType
    key: Field
    values: Column


@dataclass(slots=True)
class Batch:
    """The rows of one call or of one internal batch of a job, all of one object."""

    sobject: SObjectType
    size: int
    columns: dict[str, Column] = field(default_factory=dict[str, Column])
    links: list[Link] = field(default_factory=list[Link])
    errors: dict[int, RowError] = field(default_factory=dict[int, "RowError"])

    def fail(self, row: int, error: RowError) -> None:
        """Refuse a row, unless it is refused already."""
        self.errors.setdefault(row, error)

    def column(self, name: str) -> Column:
        """The column of a field; made, all ABSENT, when no row mentioned it so far."""
        found = self.columns.get(name)
        if found is None:
            found = self.columns[name] = [ABSENT] * self.size
        return found

    def given(self, name: str) -> list[tuple[int, Any]]:
        """Row numbers and values of a field where a row gives a value other than null."""
        column = self.columns.get(name)
        if column is None:
            return []
        return [(row, value) for row, value in enumerate(column) if value is not None and value is not ABSENT]

    def subset(self, rows: Sequence[int]) -> Batch:
        """A batch of some of the rows, with their errors."""
        if len(rows) == self.size:
            return self
        return Batch(
            self.sobject,
            len(rows),
            {name: [column[row] for row in rows] for name, column in self.columns.items()},
            [Link(each.reference, each.target, each.key, [each.values[row] for row in rows]) for each in self.links],
            {place: self.errors[row] for place, row in enumerate(rows) if row in self.errors},
        )
