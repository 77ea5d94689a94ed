"""Date functions as SQL over stored dates and moments, which are texts that begin `YYYY-MM-DD`.

Weeks of a month and of a year begin on its first day. Source: specs/reference/soql.md section 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from .settings import Settings


def _part(start: int, length: int) -> Callable[[str], str]:
    """A number at a place of a stored date."""
    return lambda stored: f"CAST(substr({stored}, {start}, {length}) AS INTEGER)"


_year, _month, _day = _part(1, 4), _part(6, 2), _part(9, 2)


def _day_in_year(stored: str) -> str:
    return f"CAST(strftime('%j', substr({stored}, 1, 10)) AS INTEGER)"


_DATE_PARTS: Final[dict[str, Callable[[str], str]]] = {
    "CALENDAR_YEAR": _year,
    "CALENDAR_QUARTER": lambda stored: f"({_month(stored)} + 2) / 3",
    "CALENDAR_MONTH": _month,
    "DAY_IN_MONTH": _day,
    "DAY_IN_WEEK": lambda stored: f"CAST(strftime('%w', substr({stored}, 1, 10)) AS INTEGER) + 1",
    "DAY_IN_YEAR": _day_in_year,
    "WEEK_IN_MONTH": lambda stored: f"({_day(stored)} + 6) / 7",
    "WEEK_IN_YEAR": lambda stored: f"({_day_in_year(stored)} + 6) / 7",
    "HOUR_IN_DAY": _part(12, 2),
}


def _fiscal_month(stored: str, settings: Settings) -> str:
    """The month of the fiscal year, 1 to 12."""
    return f"({_month(stored)} + {12 - settings.fiscal_year_start_month}) % 12 + 1"


def _fiscal_quarter(stored: str, settings: Settings) -> str:
    return f"({_fiscal_month(stored, settings)} + 2) / 3"


def _fiscal_year(stored: str, settings: Settings) -> str:
    start = settings.fiscal_year_start_month
    if start == 1:
        return _year(stored)
    if settings.fiscal_year_named_by_end:
        return f"{_year(stored)} + ({_month(stored)} >= {start})"
    return f"{_year(stored)} - ({_month(stored)} < {start})"


_FISCAL_PARTS: Final[dict[str, Callable[[str, Settings], str]]] = {
    "FISCAL_YEAR": _fiscal_year,
    "FISCAL_QUARTER": _fiscal_quarter,
    "FISCAL_MONTH": _fiscal_month,
}

DATE_FUNCTIONS: Final = frozenset({"DAY_ONLY", *_DATE_PARTS, *_FISCAL_PARTS})


def date_part(function: str, stored: str, settings: Settings) -> str:
    """The SQL of a date function, one of `DATE_FUNCTIONS`, over the expression of a stored date or moment."""
    if function == "DAY_ONLY":
        return f"substr({stored}, 1, 10)"
    if function in _DATE_PARTS:
        return f"({_DATE_PARTS[function](stored)})"
    return f"({_FISCAL_PARTS[function](stored, settings)})"
