"""The header row of an upload, and the words in which a bad one fails the job.

Promises: the first bad name is the one that the job's `errorMessage` names. Source: reference/bulk_v2.md sections 6
and 7. Texts that it lacks are our own [E?]: a column given twice, a polymorphic reference without its type, a header
over its limits, other columns than `Id` in a delete.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from specforce_mockserver.bulk.failure import JobFailure, field_not_found_failure
from specforce_mockserver.records.csv_rows import CsvPlan, HeaderFaultError

if TYPE_CHECKING:
    from specforce_mockserver.bulk.dialect import Dialect
    from specforce_mockserver.schema import Schema, SObjectType

MAX_HEADER_CHARACTERS: Final = 32_000
MAX_FIELDS: Final = 5_000
DELETES: Final = frozenset({"delete", "hardDelete"})


@dataclass(frozen=True, slots=True)
class Header:
    """The header as it was sent, without its line ending, and what its columns mean."""

    text: str
    names: tuple[str, ...]
    plan: CsvPlan


def header_text(line: bytes) -> str:
    """The header row without its line ending."""
    return line.decode("utf-8", errors="replace").removesuffix("\n").removesuffix("\r")


def header_names(text: str, dialect: Dialect) -> list[str]:
    """The cells of the header row.

    Raises:
        JobFailure: it is too long.
    """
    if len(text) > MAX_HEADER_CHARACTERS:
        raise JobFailure(f"InvalidBatch : The header row is longer than {MAX_HEADER_CHARACTERS} characters")
    return next(csv.reader([text], delimiter=dialect.delimiter), list[str]())


def read_header(
    line: bytes, dialect: Dialect, *, operation: str, sobject: SObjectType, schema: Schema, files: bool = False
) -> Header:
    """Read the header row.

    Args:
        line: the header record as uploaded, with its line ending.
        dialect: the job's delimiter and line ending.
        operation: the job's operation; deletes take `Id` alone.
        sobject: the job's object.
        schema: where the parents of relationship columns are found.
        files: whether columns may be for files.

    Returns:
        The columns in the order of the header.

    Raises:
        JobFailure: a name that is no field or no relationship, or stands twice, or has no place in this operation.
    """
    text = header_text(line)
    names = header_names(text, dialect)
    if len(names) > MAX_FIELDS:
        raise JobFailure(f"InvalidBatch : The header row has more than {MAX_FIELDS} fields")
    try:
        plan = CsvPlan.parse(schema, sobject, names)
    except HeaderFaultError as fault:
        raise _failure(fault) from fault
    for name, column in zip(names, plan.columns, strict=True):
        if column.target is None and column.field.type == "base64" and not files:
            raise field_not_found_failure(name)
    if operation in DELETES and [column.field.type for column in plan.columns] != ["id"]:
        raise JobFailure("InvalidBatch : Delete batches must contain only ids")
    return Header(text, tuple(names), plan)


def _failure(fault: HeaderFaultError) -> JobFailure:
    """What the job says of a bad header cell."""
    match fault.fault:
        case "no_field" | "not_external_id":
            return field_not_found_failure(fault.name)
        case "no_relationship":
            return JobFailure(f"InvalidBatch : Unable to find relationship: {fault.name}")
        case "type_not_needed":
            return JobFailure(
                f"InvalidBatch : type is not needed for non polymorphic foreign key references: {fault.name}"
            )
        case "type_needed":
            return JobFailure(f"InvalidBatch : type is needed for polymorphic foreign key references: {fault.name}")
        case "twice":
            return JobFailure(f"InvalidBatch : Field name is given twice : {fault.name}")
