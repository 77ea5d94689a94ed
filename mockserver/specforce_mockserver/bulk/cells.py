"""The values of text cells, a whole column at a time.

`BLANK` stands for an empty cell: ignored by an update, null or the default for an insert. `#N/A` is null. A value of the
wrong type fails its row. Each distinct text of a column is read once, which is what makes a million rows cheap.

Source: reference/bulk_v2.md section 6. That an integer field refuses `250.0`, and the code of the row error, are [S]
(loader reports of INVALID_TYPE_ON_FIELD_IN_RECORD); booleans are [E].
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

from specforce_mockserver.schema import INTEGER_TYPES, NUMBER_TYPES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from specforce_mockserver.schema import Field

NULL: Final = "#N/A"
Value = str | int | float | bool | None


class Blank:
    """The type of `BLANK`."""

    def __repr__(self) -> str:
        return "BLANK"


class Wrong:
    """A cell that isn't of its field's type.

    Attributes:
        cell: what was sent.
    """

    __slots__ = ("cell",)

    def __init__(self, cell: str) -> None:
        self.cell = cell

    def error(self, field: Field) -> str:
        """The `sf__Error` of its row."""
        return (
            f"INVALID_TYPE_ON_FIELD_IN_RECORD:{field.label}: value not of required type: {self.cell}:{field.name} --"
        )


BLANK: Final = Blank()
BOOLEANS: Final = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
_INTEGER = re.compile(r"[+-]?\d{1,19}", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_DATETIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?(Z|[+-]\d\d:?\d\d)", re.ASCII)
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,3})?)?Z?", re.ASCII)


def read_boolean(cell: str) -> bool:
    """`true`, `1`, `yes` and their opposites in any case."""
    return BOOLEANS[cell.lower()]


def read_integer(cell: str) -> int:
    """A whole number without a decimal point."""
    if _INTEGER.fullmatch(cell) is None:
        raise ValueError(cell)
    return int(cell)


def read_number(cell: str) -> float:
    """A plain or scientific number."""
    if _NUMBER.fullmatch(cell) is None:
        raise ValueError(cell)
    return float(cell)


def read_date(cell: str) -> str:
    """A day, `yyyy-MM-dd`, without an offset."""
    if _DATE.fullmatch(cell) is None:
        raise ValueError(cell)
    return date.fromisoformat(cell).isoformat()


def read_datetime(cell: str) -> str:
    """A moment with `Z` or an offset, as the database stores it: UTC, milliseconds."""
    if _DATETIME.fullmatch(cell) is None:
        raise ValueError(cell)
    moment = datetime.fromisoformat(cell).astimezone(UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def read_time(cell: str) -> str:
    """A time of day."""
    if _TIME.fullmatch(cell) is None:
        raise ValueError(cell)
    return cell


def reader_for(field: Field) -> Callable[[str], Value] | None:
    """What reads the cells of a field; None when the text is the value."""
    if field.type in INTEGER_TYPES:
        return read_integer
    if field.type in NUMBER_TYPES:
        return read_number
    return {"boolean": read_boolean, "date": read_date, "datetime": read_datetime, "time": read_time}.get(field.type)


def read_column(cells: Iterable[str], field: Field) -> list[Value | Blank | Wrong]:
    """Read one column of a batch.

    Args:
        cells: the column's texts.
        field: the field that gives them their type.

    Returns:
        One value per cell: a typed value, None for `#N/A`, `BLANK` for an empty cell, or `Wrong`.
    """
    texts = cells if isinstance(cells, (list, tuple)) else [*cells]
    read = reader_for(field)
    known: dict[str, Value | Blank | Wrong] = {"": BLANK, NULL: None}
    if read is None:
        return [known.get(text, text) for text in texts] if not known.keys().isdisjoint(texts) else [*texts]
    for text in {*texts} - known.keys():
        try:
            known[text] = read(text)
        except (ValueError, KeyError, OverflowError):
            known[text] = Wrong(text)
    return [known[text] for text in texts]
