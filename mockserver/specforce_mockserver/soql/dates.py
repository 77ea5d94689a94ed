"""Date literals: which days `LAST_MONTH` or `NEXT_N_FISCAL_QUARTERS:2` mean, seen from a moment in the user's time
zone.

Pure functions. A literal is a half-open range of local days, except that the two that include today (`LAST_90_DAYS`,
`LAST_N_DAYS`) end now. Source: specs/reference/soql.md section 3.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .settings import Context, Settings

EARLIEST: Final = date(1700, 1, 1)
LATEST: Final = date(4000, 12, 31)
FAR: Final = 10_000_000
_MILLISECOND: Final = timedelta(milliseconds=1)

_UNITS = "DAY|WEEK|MONTH|QUARTER|YEAR|FISCAL_QUARTER|FISCAL_YEAR"
_DAY = {"YESTERDAY": -1, "TODAY": 0, "TOMORROW": 1}
_ONE_UNIT = re.compile(r"(LAST|THIS|NEXT)_(WEEK|MONTH|QUARTER|YEAR|FISCAL_QUARTER|FISCAL_YEAR)")
_COUNTED = re.compile(rf"(?:(?P<side>LAST|NEXT)_N_(?P<units>{_UNITS})S|N_(?P<ago>{_UNITS})S_AGO)\s*:\s*(?P<n>\d+)")


@dataclass(frozen=True, slots=True)
class DayRange:
    """Local days from `first` up to but not including `end`; `ends_now` when the range stops at this moment on its last
    day.
    """

    first: date
    end: date
    ends_now: bool = False

    def moments(self, context: Context) -> tuple[str, str]:
        """The range as stored date-times in UTC, the second exclusive."""
        if self.ends_now:
            return _stored(self.first, context.zone), format_moment(_now(context) + _MILLISECOND)
        return _stored(self.first, context.zone), _stored(self.end, context.zone)

    def days(self) -> tuple[str, str]:
        """The range as stored dates, the second exclusive."""
        return self.first.isoformat(), self.end.isoformat()


def is_named_range(word: str) -> bool:
    """Whether a bare word is a date literal such as `TODAY` or `LAST_90_DAYS`."""
    upper = word.upper()
    return upper in _DAY or upper in {"LAST_90_DAYS", "NEXT_90_DAYS"} or _ONE_UNIT.fullmatch(upper) is not None


def is_counted_range(text: str) -> bool:
    """Whether a text is a date literal with a number above zero, such as `LAST_N_DAYS:3`."""
    match = _COUNTED.fullmatch(text.upper())
    return match is not None and match["n"].strip("0") != ""


def day_range(literal: str, context: Context) -> DayRange:
    """The days that a date literal means (`is_named_range` or `is_counted_range` holds for it)."""
    text = literal.upper()
    today = context.local_now.date()
    if text in _DAY:
        return _days(today, _DAY[text], 1)
    if text == "LAST_90_DAYS":
        text = "LAST_N_DAYS:90"
    elif text == "NEXT_90_DAYS":
        text = "NEXT_N_DAYS:90"
    one = _ONE_UNIT.fullmatch(text)
    if one is not None:
        return _units(today, one[2], {"LAST": -1, "THIS": 0, "NEXT": 1}[one[1]], 1, context.settings)
    counted = _COUNTED.fullmatch(text)
    assert counted is not None
    n = min(int(counted["n"][:9]), FAR) if len(counted["n"]) <= 9 else FAR
    if counted["ago"]:
        return _units(today, counted["ago"], -n, 1, context.settings)
    if counted["side"] == "NEXT":
        return _units(today, counted["units"], 1, n, context.settings)
    if counted["units"] == "DAY":
        past = _days(today, -n, n + 1)
        return DayRange(past.first, past.end, ends_now=True)
    return _units(today, counted["units"], -n, n, context.settings)


def format_moment(moment: datetime) -> str:
    """A moment as the database holds it: UTC, milliseconds."""
    return format_local(moment.astimezone(UTC))


def format_local(moment: datetime) -> str:
    """A moment in the form of stored ones, but on the clock that it carries."""
    return f"{moment.year:04d}-{moment:%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def _now(context: Context) -> datetime:
    milliseconds = round(context.now * 1000)
    return datetime.fromtimestamp(milliseconds // 1000, UTC) + timedelta(milliseconds=milliseconds % 1000)


def _stored(day: date, zone: tzinfo) -> str:
    """The moment at which a local day begins."""
    return format_moment(datetime.combine(day, time.min, zone))


def _clamp(ordinal: int) -> date:
    """A day by its number, kept inside the years that SOQL knows."""
    return date.fromordinal(min(max(ordinal, EARLIEST.toordinal()), LATEST.toordinal()))


def _days(today: date, shift: int, length: int) -> DayRange:
    first = today.toordinal() + shift
    return DayRange(_clamp(first), _clamp(first + length))


def _month(months: int) -> date:
    """The first day of a month counted from the year 0."""
    low, high = EARLIEST.year * 12, LATEST.year * 12 + 11
    year, month = divmod(min(max(months, low), high), 12)
    return date(year, month + 1, 1)


def _units(today: date, unit: str, shift: int, length: int, settings: Settings) -> DayRange:
    """`length` whole units, beginning `shift` units after the one that holds today."""
    if unit == "DAY":
        return _days(today, shift, length)
    if unit == "WEEK":
        into_week = (today.weekday() - settings.first_weekday) % 7
        first = today.toordinal() - into_week + 7 * shift
        return DayRange(_clamp(first), _clamp(first + 7 * length))
    months = {"MONTH": 1, "QUARTER": 3, "YEAR": 12, "FISCAL_QUARTER": 3, "FISCAL_YEAR": 12}[unit]
    offset = settings.fiscal_year_start_month - 1 if unit.startswith("FISCAL") else 0
    current = today.year * 12 + today.month - 1
    start = current - (current - offset) % months
    return DayRange(_month(start + shift * months), _month(start + (shift + length) * months))
