"""What the literals of a query are worth: strings without escapes, LIKE patterns, numbers, days and moments.

Each answers what SQLite compares with stored values. Source: specs/reference/soql.md section 2.
"""

from __future__ import annotations

import re
import sys
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Final

from .dates import EARLIEST, LATEST, format_moment
from .errors import MALFORMED_QUERY, Fault

if TYPE_CHECKING:
    from .tree import Value

_ESCAPE: Final = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_ESCAPES: Final = {
    "n": "\n", "N": "\n", "r": "\r", "R": "\r", "t": "\t", "T": "\t", "b": "\b", "B": "\b", "f": "\f", "F": "\f",
    '"': '"', "'": "'", "\\": "\\",
}  # fmt: skip
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)")
_TIME: Final = re.compile(r"\d\d:\d\d:\d\d(?:\.\d{1,3})?Z?")
EXACT_DIGITS: Final = 15
MAX_STRING_CHARS: Final = 4000


def string(value: Value) -> str:
    """A string's text, escapes resolved; `\\%` and `\\_` belong to LIKE alone."""
    return _unescape(value, {})


def like_pattern(value: Value) -> str:
    """A string as the pattern of SQLite's LIKE with the backslash as its escape character."""
    return _unescape(value, {"%": "\\%", "_": "\\_", "\\": "\\\\"})


def _unescape(value: Value, more: dict[str, str]) -> str:
    if len(value.text) > MAX_STRING_CHARS:
        text = f"A string in the WHERE clause can't be longer than {MAX_STRING_CHARS} characters"
        raise Fault(MALFORMED_QUERY, text, value.at)
    if "\\" not in value.text:
        return value.text

    def resolve(match: re.Match[str]) -> str:
        code = match[1]
        if len(code) > 1:
            return chr(int(code[1:], 16))
        plain = more.get(code, _ESCAPES.get(code))
        if plain is None:
            text = f"Invalid string literal '{value.text}'. Illegal character sequence '{match[0]}' in string literal"
            raise Fault(MALFORMED_QUERY, text, value.at)
        return plain

    # A lone surrogate has no UTF-8 form, so no stored text equals it.
    return _ESCAPE.sub(resolve, value.text).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def number(value: Value) -> int | float:
    """A number or the amount of a currency literal; the currency itself is ignored, as the fake org has one."""
    text = value.text[3:] if value.kind == "currency" else value.text
    digits = text.lstrip("+-")
    if digits.isdigit() and len(digits) <= EXACT_DIGITS:
        return int(text)
    return min(max(float(text), -sys.float_info.max), sys.float_info.max)


def boolean(value: Value) -> int:
    """TRUE and FALSE as stored."""
    return 1 if value.text.upper() == "TRUE" else 0


def day(value: Value) -> str:
    """A date as stored."""
    try:
        moment = date.fromisoformat(value.text)
    except ValueError:
        raise Fault(MALFORMED_QUERY, f"Invalid date: {value.text}") from None
    _check_range(moment, "date", value)
    return value.text


def moment(value: Value) -> str:
    """A date-time as stored: in UTC, to the millisecond."""
    text = value.text.upper()
    try:
        if not _MOMENT.fullmatch(text):
            raise ValueError(text)  # noqa: TRY301 (one answer to both)
        parsed = datetime.fromisoformat(text)
        _check_range(parsed.date(), "datetime", value)
        return format_moment(parsed)
    except (ValueError, OverflowError):
        raise Fault(MALFORMED_QUERY, f"Invalid datetime: {value.text}") from None


def time_of_day(value: Value) -> str:
    """A time as stored."""
    text = value.text.upper()
    try:
        if not _TIME.fullmatch(text):
            raise ValueError(text)  # noqa: TRY301 (one answer to both)
        parsed = time.fromisoformat(text.removesuffix("Z"))
    except ValueError:
        raise Fault(MALFORMED_QUERY, f"Invalid time: {value.text}") from None
    return f"{parsed:%H:%M:%S}.{parsed.microsecond // 1000:03d}Z"


def _check_range(day: date, what: str, value: Value) -> None:
    """Refuse a day that SOQL doesn't know."""
    if not EARLIEST <= day <= LATEST:
        raise Fault(MALFORMED_QUERY, f"Invalid {what}: {value.text}")
