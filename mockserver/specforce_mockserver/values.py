"""How a value is stored, and how REST answers it.

Stored: text; booleans as 0 and 1; `int` fields as integers, other numbers as floats; dates `2026-03-01`; moments
`2026-03-01T10:00:00.000Z` in UTC, to the second, as Salesforce keeps them; times `10:00:00.000Z`; base64 fields as
bytes. Source: specs/reference/rest.md section 4.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

from specforce_mockserver.clock import on_the_wire
from specforce_mockserver.schema import INTEGER_TYPES, NUMBER_TYPES

if TYPE_CHECKING:
    from collections.abc import Callable

    from specforce_mockserver.schema import Field

_UTC_SECONDS = re.compile(
    r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?Z\Z"
)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)\Z")
_DAY = re.compile(r"\d{4}-\d\d-\d\d\Z")
_TIME = re.compile(r"\d\d:\d\d:\d\d(?:\.\d{1,3})?Z?\Z")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\Z")
_TRUE = frozenset({"true", "1", "yes"})
_FALSE = frozenset({"false", "0", "no"})


def moment_from_text(text: str) -> str:
    """A stored moment from ISO 8601 with zone; ValueError when it isn't one."""
    if _UTC_SECONDS.match(text):
        return text[:19] + ".000Z"
    if not _MOMENT.match(text):
        raise ValueError(text)
    moment = datetime.fromisoformat(text).astimezone(UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.000Z"


def day_from_text(text: str) -> str:
    """A stored date from `YYYY-MM-DD`; ValueError when it isn't one."""
    if not _DAY.match(text):
        raise ValueError(text)
    return date.fromisoformat(text).isoformat()


def time_from_text(text: str) -> str:
    """A stored time from `hh:mm:ss[.SSS][Z]`; ValueError when it isn't one."""
    if not _TIME.match(text):
        raise ValueError(text)
    moment = time.fromisoformat(text.removesuffix("Z"))
    return f"{moment:%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def number_from_text(text: str) -> float:
    """A stored number from plain or scientific notation; ValueError when it isn't one."""
    if not _NUMBER.match(text):
        raise ValueError(text)
    return float(text)


def integer_from_text(text: str) -> int:
    """A stored integer; `12.0` is one, `12.5` isn't."""
    if text.isdecimal():
        return int(text)
    number = number_from_text(text)
    if not number.is_integer():
        raise ValueError(text)
    return int(number)


def boolean_from_text(text: str) -> int:
    """A stored boolean from true/false, 1/0, yes/no in any case."""
    lowered = text.lower()
    if lowered in _TRUE:
        return 1
    if lowered in _FALSE:
        return 0
    raise ValueError(text)


def to_rest(field: Field, blob_url: str | None = None) -> Callable[[Any], Any] | None:
    """How REST answers a stored value of a field that isn't null; None when it is answered as it is stored.

    Args:
        field: the field.
        blob_url: what stands for the content of a base64 field.
    """
    if field.type == "boolean":
        return bool
    if field.type == "datetime":
        return on_the_wire
    if field.type in NUMBER_TYPES:
        return float
    if field.type in INTEGER_TYPES:
        return int
    if field.type == "base64":
        return lambda _stored: blob_url
    return None
