"""`FORMAT` and `toLabel`: values as people read them, in English as it is used in the United States.

Source: the pages of FORMAT() and toLabel() in the SOQL and SOSL Reference.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Mapping

    from specforce_mockserver.schema import Field

NOON: Final = 12


def formatted(value: float | str | None, kind: str, digits: int, zone: str) -> str | None:
    """A stored value as text.

    Args:
        value: as it is stored.
        kind: `number`, `currency`, `percent`, `date`, `datetime` or `time`.
        digits: of a number, after its point.
        zone: in which moments are shown.
    """
    if value is None:
        return None
    if isinstance(value, str):
        return _moment(value, kind, zone)
    text = f"{abs(value):,.{digits}f}"
    sign = "-" if value < 0 and text.strip("0.,") else ""
    return sign + {"currency": f"${text}", "percent": f"{text}%"}.get(kind, text)


def _moment(stored: str, kind: str, zone: str) -> str:
    if kind == "date":
        return _day(date.fromisoformat(stored))
    if kind == "time":
        return _clock(time.fromisoformat(stored.removesuffix("Z")))
    local = datetime.fromisoformat(stored).astimezone(UTC if zone == "UTC" else ZoneInfo(zone))
    return f"{_day(local)}, {_clock(local)}"


def _day(day: date) -> str:
    return f"{day.month}/{day.day}/{day.year}"


def _clock(moment: datetime | time) -> str:
    return f"{moment.hour % NOON or NOON}:{moment.minute:02d} {'AM' if moment.hour < NOON else 'PM'}"


def labels_of(field: Field) -> dict[str, str]:
    """The labels of a picklist's values, where they differ from them."""
    return {each.value: each.label for each in field.picklist if each.label != each.value}


def labelled(value: str | None, labels: str) -> str | None:
    """A picklist's value, or the several of a multi-select one, by their labels (a JSON object); others stay."""
    if value is None:
        return None
    known = _labels(labels)
    return ";".join(known.get(each, each) for each in value.split(";"))


@lru_cache(256)
def _labels(labels: str) -> Mapping[str, str]:
    known: dict[str, str] = json.loads(labels)
    return known
