"""CSV rows made into a batch: the header once per job, then batch after batch of text cells.

Source: specs/reference/bulk_v2.md section 6. Which text a bad header gets is the job's business: `HeaderFaultError`
says what is wrong and with which name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from specforce_mockserver.records.batch import Batch, Link
from specforce_mockserver.records.convert import csv_column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specforce_mockserver.schema import Field, Schema, SObjectType

HeaderFault = Literal["no_field", "no_relationship", "type_not_needed", "type_needed", "not_external_id", "twice"]


class HeaderFaultError(Exception):
    """A header cell that no column can be made of."""

    def __init__(self, fault: HeaderFault, name: str) -> None:
        super().__init__(f"{fault}: {name}")
        self.fault: HeaderFault = fault
        self.name = name


@dataclass(frozen=True, slots=True)
class CsvColumn:
    """One column: a field of the object, or (with `target` and `key`) a parent's field that stands for a reference."""

    field: Field
    target: SObjectType | None = None
    key: Field | None = None


@dataclass(frozen=True, slots=True)
class CsvPlan:
    """What each column of an upload means."""

    sobject: SObjectType
    columns: tuple[CsvColumn, ...]

    @classmethod
    def parse(cls, schema: Schema, sobject: SObjectType, header: Sequence[str]) -> CsvPlan:
        """Understand a header.

        Raises:
            HeaderFaultError: for the first cell that names nothing.
        """
        columns: list[CsvColumn] = []
        seen: set[str] = set()
        for cell in header:
            column = _column(schema, sobject, cell)
            if column.field.name in seen:
                raise HeaderFaultError("twice", cell)
            seen.add(column.field.name)
            columns.append(column)
        return cls(sobject, tuple(columns))

    def batch(self, rows: Sequence[Sequence[str]]) -> Batch:
        """A batch of rows, each as wide as the header; cells that can't be read fail their row."""
        batch = Batch(self.sobject, len(rows))
        cells_by_column = zip(*rows, strict=True) if rows else ((),) * len(self.columns)
        for column, cells in zip(self.columns, cells_by_column, strict=True):
            if column.target is not None and column.key is not None:
                found = csv_column(batch, column.key, list(cells))
                batch.links.append(Link(column.field, column.target, column.key, found))
            else:
                batch.columns[column.field.name] = csv_column(batch, column.field, list(cells))
        return batch


def _column(schema: Schema, sobject: SObjectType, cell: str) -> CsvColumn:
    field = sobject.field(cell)
    if field is not None:
        if field.compound:
            raise HeaderFaultError("no_field", cell)
        return CsvColumn(field)
    path, dot, key_name = cell.partition(".")
    if not dot:
        raise HeaderFaultError("no_field", cell)
    type_name, colon, relationship = path.rpartition(":")
    reference = sobject.by_relationship(relationship)
    if reference is None:
        raise HeaderFaultError("no_relationship", relationship)
    if colon and not reference.polymorphic:
        raise HeaderFaultError("type_not_needed", relationship)
    if reference.polymorphic and not colon:
        raise HeaderFaultError("type_needed", relationship)
    wanted = type_name if colon else reference.reference_to[0]
    target = schema.type(wanted)
    if target is None or target.name not in reference.reference_to:
        raise HeaderFaultError("no_relationship", path)
    key = target.field(key_name)
    if key is None:
        raise HeaderFaultError("no_field", cell)
    if not key.matchable:
        raise HeaderFaultError("not_external_id", cell)
    return CsvColumn(reference, target, key)
