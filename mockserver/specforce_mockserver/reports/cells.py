"""Values of reports, as `{label, value}`: the value itself, and as people see it. Formats are en_US's [E]."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from specforce_mockserver.reports.columns import Column

Json = Any
Record = dict[str, Any]
EMPTY_LABEL = "-"


def at(record: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    """The value that a path leads to in a record; None where a parent is missing."""
    found: Any = record
    for step in path:
        if found is None:
            return None
        found = found[step]
    return found


def cell(column: Column, record: Record, zone: ZoneInfo | None = None) -> Json:
    """What a detail row shows of a record."""
    value = at(record, column.path)
    if value is None:
        return {"label": EMPTY_LABEL, "value": None}
    if column.record is not None:
        return {"label": value, "value": at(record, column.record)}
    if column.name is not None:
        return {"label": at(record, column.name) or value, "value": value}
    if column.field.type == "currency":
        return {"label": money(value), "value": {"amount": value, "currency": None}}
    return {"label": label_of(column, value, zone), "value": value}


def label_of(column: Column, value: Any, zone: ZoneInfo | None = None) -> str:
    """A value as people see it."""
    if value is None:
        return EMPTY_LABEL
    kind = column.field.type
    if kind == "picklist":
        return next((each.label for each in column.field.picklist if each.value == value), str(value))
    if kind == "boolean":
        return "true" if value else "false"
    if kind == "currency":
        return money(value)
    if kind == "percent":
        return f"{number(value)}%"
    if column.numeric:
        return number(value)
    if kind == "date":
        return day(date.fromisoformat(value))
    if kind == "datetime":
        moment = datetime.fromisoformat(value).astimezone(zone or UTC)
        return f"{day(moment)} {moment.hour % 12 or 12}:{moment:%M %p}"
    return str(value)


def day(value: date) -> str:
    """A date: `3/1/2026`."""
    return f"{value.month}/{value.day}/{value.year}"


def number(value: float) -> str:
    """A number with its thousands marked: `1,234.5`."""
    return f"{value:,.10g}" if abs(value) < 1e10 else f"{value:,.0f}"


def money(value: float) -> str:
    """An amount: `$1,000`, with cents where there are any."""
    text = f"${abs(value):,.0f}" if float(value).is_integer() else f"${abs(value):,.2f}"
    return f"({text})" if value < 0 else text
