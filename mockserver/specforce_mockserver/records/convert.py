"""Values as clients send them, made into values as they are stored, a column at a time.

JSON and CSV differ in what they accept and in how they refuse: JSON must have the right type (a text that reads as
one will do), a CSV cell is always text, an empty one says nothing, and `#N/A` clears the field.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

from specforce_mockserver import values
from specforce_mockserver.records.batch import ABSENT
from specforce_mockserver.records.results import wrong_json, wrong_type
from specforce_mockserver.schema import INTEGER_TYPES, NUMBER_TYPES

if TYPE_CHECKING:
    from collections.abc import Callable

    from specforce_mockserver.records.batch import Batch, Column
    from specforce_mockserver.schema import Field

FROM_TEXT: dict[str, Callable[[str], Any]] = {
    "boolean": values.boolean_from_text,
    "date": values.day_from_text,
    "datetime": values.moment_from_text,
    "time": values.time_from_text,
    **dict.fromkeys(NUMBER_TYPES, values.number_from_text),
    **dict.fromkeys(INTEGER_TYPES, values.integer_from_text),
}
NULL_CELL = "#N/A"


def csv_column(batch: Batch, field: Field, cells: Column) -> Column:
    """The stored values of a column of cells; rows whose cell can't be read are failed."""
    read = _decoded if field.type == "base64" else FROM_TEXT.get(field.type)
    if read is None:
        return [_text_cell(cell) for cell in cells]
    column: Column = []
    for row, cell in enumerate(cells):
        if not cell:
            column.append(ABSENT)
        elif cell == NULL_CELL:
            column.append(None)
        else:
            try:
                column.append(read(cell))
            except (ValueError, OverflowError):
                column.append(ABSENT)
                batch.fail(row, wrong_type(field, cell))
    return column


def _text_cell(cell: str) -> Any:
    if not cell:
        return ABSENT
    return None if cell == NULL_CELL else cell


def json_column(batch: Batch, field: Field, given: Column, at: tuple[str, ...]) -> Column:
    """The stored values of a column of JSON values; rows whose value has the wrong type are failed.

    Args:
        batch: the rows.
        field: what the values are to be.
        given: the values.
        at: the keys that lead to the value in a record.
    """
    read = FROM_TEXT.get(field.type)
    column: Column = []
    for row, value in enumerate(given):
        if value is None or value is ABSENT:
            column.append(value)
            continue
        try:
            column.append(_from_json(field, value, read))
        except (ValueError, OverflowError):
            column.append(ABSENT)
            batch.fail(row, wrong_json(*_mismatch(field, value), at))
    return column


def _from_json(field: Field, value: Any, read: Callable[[str], Any] | None) -> Any:
    if isinstance(value, str):
        if field.type == "base64":
            return _decoded(value)
        if read is None:
            return value or None
        return read(value)
    if isinstance(value, bool):
        if field.type == "boolean":
            return int(value)
    elif isinstance(value, int | float):
        if field.type in NUMBER_TYPES:
            return float(value)
        if field.type in INTEGER_TYPES and float(value).is_integer():
            return int(value)
    raise ValueError(value)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(text) from error


def _mismatch(field: Field, value: Any) -> tuple[str, str, str]:
    """Salesforce's name of the wanted type, Jackson's of the token that was found, and the value as printed."""
    wanted = field.type if field.type in FROM_TEXT or field.type == "base64" else "string"
    if isinstance(value, bool):
        return wanted, "VALUE_TRUE" if value else "VALUE_FALSE", str(value).lower()
    if isinstance(value, int):
        return wanted, "VALUE_NUMBER_INT", str(value)
    if isinstance(value, float):
        return wanted, "VALUE_NUMBER_FLOAT", str(value)
    if isinstance(value, list):
        return "complexvalue" if field.compound else wanted, "START_ARRAY", "["
    if isinstance(value, dict):
        return "complexvalue" if field.compound else wanted, "START_OBJECT", "{"
    return wanted, "VALUE_STRING", str(value)
