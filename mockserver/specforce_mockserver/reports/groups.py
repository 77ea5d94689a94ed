"""Groups of records: the value that a record is grouped by, the summaries of a group, and the tree of groups."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from specforce_mockserver.reports import cells

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from specforce_mockserver.reports.definition import Aggregate, Grouping

Json = Any
TOTAL: Final = "T"
Keys = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GroupValue:
    """What the records of a group have in common: the value, its label and, for spans of time, the span's days."""

    value: Any
    label: str
    first: date | None = None
    last: date | None = None


@dataclass(slots=True)
class Group:
    """One group with the groups inside it, in the order in which their first records came."""

    value: GroupValue
    inner: dict[Any, Group] = field(default_factory=dict[Any, "Group"])
    totals: Totals | None = None

    def into(self, value: GroupValue) -> Group:
        """The group inside it that has a value."""
        found = self.inner.get(value.value)
        if found is None:
            found = self.inner[value.value] = Group(value)
        return found


@dataclass(slots=True)
class Tally:
    """What one summary has seen."""

    count: int = 0
    total: float = 0
    least: float | None = None
    most: float | None = None
    seen: set[Any] = field(default_factory=set[Any])

    def add(self, kind: str, value: Any) -> None:
        """Take in a value."""
        if value is None:
            return
        self.count += 1
        if kind == "u":
            self.seen.add(value)
            return
        self.total += value
        self.least = value if self.least is None else min(self.least, value)
        self.most = value if self.most is None else max(self.most, value)

    def result(self, kind: str) -> Any:
        """The summary: of no values, a sum is 0, the others are null."""
        match kind:
            case "s":
                return round(self.total, 6)
            case "a":
                return round(self.total / self.count, 6) if self.count else None
            case "m":
                return self.least
            case "x":
                return self.most
            case _:
                return len(self.seen)


class Totals:
    """The summaries of one group."""

    def __init__(self, aggregates: Sequence[Aggregate]) -> None:
        self._aggregates = aggregates
        self._tallies = [Tally() for _ in aggregates]
        self.records = 0

    def add(self, record: dict[str, Any]) -> None:
        """Take in a record."""
        self.records += 1
        for aggregate, tally in zip(self._aggregates, self._tallies, strict=True):
            if aggregate.column is not None:
                tally.add(aggregate.kind, cells.at(record, aggregate.column.path))

    def value(self, aggregate_id: str) -> Any:
        """One summary's value."""
        for aggregate, tally in zip(self._aggregates, self._tallies, strict=True):
            if aggregate.id == aggregate_id:
                return self.records if aggregate.column is None else tally.result(aggregate.kind)
        raise LookupError(aggregate_id)

    def shown(self) -> list[Json]:
        """The summaries as `factMap` has them."""
        return [self._shown(each) for each in self._aggregates]

    def _shown(self, aggregate: Aggregate) -> Json:
        value = self.value(aggregate.id)
        if aggregate.column is None or aggregate.kind == "u":
            return {"label": cells.number(value), "value": value}
        return {"label": cells.label_of(aggregate.column, value), "value": value}


def group_value(grouping: Grouping, record: dict[str, Any], *, fiscal_start: int) -> GroupValue:
    """What a record is grouped by.

    Args:
        grouping: the level.
        record: as a query answered it.
        fiscal_start: the month in which a fiscal year begins.
    """
    column = grouping.column
    shown = cells.cell(column, record)
    value = shown["value"]
    if isinstance(value, dict):
        value = cells.at(record, column.path)
    if value is None or grouping.granularity == "None":
        if column.field.type == "datetime" and value is not None:
            return _span(_day(value), "Day", fiscal_start)
        return GroupValue(value, shown["label"])
    return _span(_day(value), grouping.granularity, fiscal_start)


def _day(value: str) -> date:
    return datetime.fromisoformat(value).astimezone(UTC).date() if "T" in value else date.fromisoformat(value)


def _span(day: date, granularity: str, fiscal_start: int) -> GroupValue:
    """The span of time that a day is in: its first day is the value."""
    first, last, label = day, day, cells.day(day)
    match granularity:
        case "Week":
            first = day - timedelta(days=(day.weekday() + 1) % 7)
            last = first + timedelta(days=6)
            label = f"{cells.day(first)} - {cells.day(last)}"
        case "Month":
            first, last = _months(day.year, day.month, 1)
            label = f"{day:%B %Y}"
        case "Quarter" | "FiscalQuarter":
            start = fiscal_start if granularity == "FiscalQuarter" else 1
            months = (day.month - start) % 12
            first, last = _months(day.year, day.month - months % 3, 3)
            prefix = "FQ" if granularity == "FiscalQuarter" else "CQ"
            label = f"Q{months // 3 + 1} {prefix}{day.year - (day.month < start)}"
        case "Year" | "FiscalYear":
            start = fiscal_start if granularity == "FiscalYear" else 1
            year = day.year - (day.month < start)
            first, last = _months(year, start, 12)
            label = f"FY {year}" if granularity == "FiscalYear" else f"CY{year}"
        case _:
            pass
    return GroupValue(first.isoformat(), label, first, last)


def _months(year: int, month: int, count: int) -> tuple[date, date]:
    """The first and the last day of some months; a month below 1 is one of the year before."""
    start = year * 12 + month - 1
    first, after = (date(each // 12, each % 12 + 1, 1) for each in (start, start + count))
    return first, after - timedelta(days=1)


def in_order(groups: Iterable[Group], grouping: Grouping) -> list[Group]:
    """Groups as a level says: by value, nulls first, or by one of their summaries; text in any case."""
    by = grouping.by_aggregate

    def key(group: Group) -> tuple[bool, Any]:
        value = group.value.label if by is None and grouping.column.field.name_field else group.value.value
        if by is not None and group.totals is not None:
            value = group.totals.value(by)
        elif grouping.column.name is not None:
            value = group.value.label
        return value is not None, value.lower() if isinstance(value, str) else value or 0

    return sorted(groups, key=key, reverse=grouping.descending)
