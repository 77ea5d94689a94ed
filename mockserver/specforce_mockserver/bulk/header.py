"""The header row of an upload: which field, or which parent's external id, each column fills.

Promises: the first bad name is the one that the job's `errorMessage` names. Source: reference/bulk_v2.md sections 6 and 7.
Texts tagged [E?] there or missing from it are our own: duplicate columns, a polymorphic reference without its type, a
header over its limits.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from specforce_mockserver.bulk.failure import JobFailure, field_not_found_failure

if TYPE_CHECKING:
    from specforce_mockserver.bulk.dialect import Dialect
    from specforce_mockserver.schema import Field, Schema, SObjectType

MAX_HEADER_CHARACTERS: Final = 32_000
MAX_FIELDS: Final = 5_000


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        name: as it stands in the header.
        field: the field of the job's object that the cell fills; the reference field of a relationship column.
        parent: the object that a relationship column points at; None for a plain column.
        parent_field: the parent's external id or lookup field that the cell is matched with.
    """

    name: str
    field: Field
    parent: SObjectType | None = None
    parent_field: Field | None = None


@dataclass(frozen=True, slots=True)
class Header:
    """The header as it was sent, without its line ending, and its columns."""

    text: str
    columns: tuple[Column, ...]

    def column_of(self, field_name: str) -> int | None:
        """Where the plain column of a field stands; None when the header has none."""
        wanted = field_name.lower()
        for place, column in enumerate(self.columns):
            if column.parent is None and column.field.name.lower() == wanted:
                return place
        return None


def read_header(line: bytes, dialect: Dialect, sobject: SObjectType, schema: Schema) -> Header:
    """Read the header row.

    Args:
        line: the header record as uploaded, with its line ending.
        dialect: the job's delimiter and line ending.
        sobject: the job's object.
        schema: where the parents of relationship columns are found.

    Returns:
        The columns in the order of the header.

    Raises:
        JobFailure: a name that is no field, no relationship, or stands twice.
    """
    text = line.decode("utf-8").removesuffix("\n").removesuffix("\r")
    if len(text) > MAX_HEADER_CHARACTERS:
        raise JobFailure("InvalidBatch", f"The header row is longer than {MAX_HEADER_CHARACTERS} characters")
    names = next(csv.reader([text], delimiter=dialect.delimiter), [])
    if len(names) > MAX_FIELDS:
        raise JobFailure("InvalidBatch", f"The header row has more than {MAX_FIELDS} fields")
    columns: list[Column] = []
    seen: set[str] = set()
    for name in names:
        columns.append(_column(name, sobject, schema))
        if name.lower() in seen:
            raise JobFailure("InvalidBatch", f"Field name is given twice : {name}")
        seen.add(name.lower())
    return Header(text, tuple(columns))


def _column(name: str, sobject: SObjectType, schema: Schema) -> Column:
    """The column that a header cell names."""
    path, colon, rest = name.partition(":")
    type_name, path = (path, rest) if colon else (None, name)
    relationship, dot, field_name = path.partition(".")
    if not dot:
        field = sobject.field(name)
        if field is None or field.compound or field.type == "base64":
            raise field_not_found_failure(name)
        return Column(name, field)
    reference = sobject.by_relationship(relationship)
    if reference is None:
        raise JobFailure("InvalidBatch", f"Unable to find relationship: {relationship}")
    parent = _parent(type_name, relationship, reference, schema)
    parent_field = parent.field(field_name)
    if parent_field is None or not parent_field.matchable:
        raise field_not_found_failure(name)
    return Column(name, reference, parent, parent_field)


def _parent(type_name: str | None, relationship: str, reference: Field, schema: Schema) -> SObjectType:
    """The object that a relationship column points at."""
    if not reference.polymorphic:
        if type_name is not None:
            raise JobFailure(
                "InvalidBatch", f"type is not needed for non polymorphic foreign key references: {relationship}"
            )
        return schema[reference.reference_to[0]]
    if type_name is None:
        raise JobFailure("InvalidBatch", f"type is needed for polymorphic foreign key references: {relationship}")
    targets = {name.lower() for name in reference.reference_to}
    parent = schema.type(type_name) if type_name.lower() in targets else None
    if parent is None:
        raise JobFailure("InvalidBatch", f"Unable to find object: {type_name}")
    return parent
