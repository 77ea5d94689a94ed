"""Python values as CSV cells: what Salesforce reads as null, true, a date. docs/values.md shows the table.

The rules are the same for every source of rows. What can't be written without guessing is refused: a datetime without a
zone, NaN, infinity, bytes, nested values, NUL.

Source: reference/bulk_v2.md section 6.
"""

from __future__ import annotations

import enum
import math
import numbers
import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final, Literal, TypeAlias

from specforce_api.runtime.errors import InputError

NULL_CELL: Final = "#N/A"
"""The cell that sets a field to null; an empty cell leaves the field as it is."""

NanPolicy: TypeAlias = Literal["error", "null"]


class Cells(dict[type, Callable[[Any], str]]):
    """How each type becomes a cell: `cells[type(value)](value)`; a type is looked up by its bases once.

    Args:
        nan: what a NaN becomes: an `InputError`, or null. Data frames say NaN where they mean missing, so nobody but
            the caller can know.
    """

    def __init__(self, nan: NanPolicy = "error") -> None:
        super().__init__()
        number = _number if nan == "error" else _number_or_null
        self._bases: tuple[tuple[type, Callable[[Any], str]], ...] = (
            (str, str),
            (bool, _boolean),
            (int, int.__repr__),
            (float, number),
            (Decimal, number),
            (datetime, datetime_cell),
            (date, date.isoformat),
            (time, time_cell),
            (uuid.UUID, str),
            (numbers.Integral, lambda value: str(int(value))),
            (numbers.Real, lambda value: number(float(value))),
        )
        self[type(None)] = lambda _: NULL_CELL

    def __missing__(self, kind: type) -> Callable[[Any], str]:
        self[kind] = write = self._write(kind)
        return write

    def _write(self, kind: type) -> Callable[[Any], str]:
        if issubclass(kind, enum.Enum):
            return lambda member: self[type(member.value)](member.value)
        for base, write in self._bases:
            if issubclass(kind, base):
                return write
        if issubclass(kind, list | tuple | set | frozenset):
            return _multi_picklist
        return _refuse


def _boolean(value: bool) -> str:
    return "true" if value else "false"


def _is_nan(value: float | Decimal) -> bool:
    return value.is_nan() if isinstance(value, Decimal) else math.isnan(value)


def _number(value: float | Decimal) -> str:
    if _is_nan(value):
        raise InputError(f"{value!r} has no form in CSV: pass nan='null' to send NaN as null, or leave the row out")
    if math.isinf(value):
        raise InputError(f"{value!r} has no form in CSV, and no field of Salesforce holds it: leave the row out")
    return format(value, "f") if isinstance(value, Decimal) else float.__repr__(value)


def _number_or_null(value: float | Decimal) -> str:
    return NULL_CELL if _is_nan(value) else _number(value)


def datetime_cell(value: datetime) -> str:
    """An aware datetime in UTC, to the millisecond: `2026-03-01T10:00:00.000Z`.

    Raises:
        InputError: it has no zone, so nobody knows which moment it is.
    """
    if value.utcoffset() is None:
        raise InputError(f"{value!r} has no time zone: attach one, such as value.replace(tzinfo=UTC)")
    return f"{value.astimezone(UTC).isoformat(timespec='milliseconds').removesuffix('+00:00')}Z"


def time_cell(value: time) -> str:
    """A time of day as Salesforce's time fields hold it, without a zone: `10:00:00.000Z`.

    Raises:
        InputError: it has a zone other than UTC, which the field couldn't keep.
    """
    if value.tzinfo is not None and value.utcoffset() != timedelta(0):
        raise InputError(f"{value!r} has a time zone, and a time field keeps none")
    return f"{value:%H:%M:%S}.{value.microsecond // 1000:03d}Z"


def _multi_picklist(values: Iterable[object]) -> str:
    chosen = list(values)
    if isinstance(values, set | frozenset):
        chosen = sorted(chosen, key=str)
    for value in chosen:
        if not isinstance(value, str) or ";" in value or not value:
            raise InputError(f"{value!r} can't stand in a multi-select picklist: its values are text without ';'")
    return ";".join(str(value) for value in chosen) if chosen else NULL_CELL


def _refuse(value: object) -> str:
    hint = ""
    kind = type(value)
    if issubclass(kind, bytes | bytearray | memoryview):
        hint = ": Bulk API 2.0 takes no binary values, use sf.rest for files"
    elif issubclass(kind, dict):
        hint = ": name the field in the column instead, such as 'Account.External_Id__c'"
    raise InputError(f"a {kind.__name__} has no form in CSV{hint}")
