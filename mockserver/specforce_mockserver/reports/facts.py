"""A report's result: records put into their groups, summarised, and shown as the report API does.

Keys of `factMap`: the place of the row group, `!`, that of the column group; inner groups are `0_1`, the total is
`T`. Detail rows stand in the innermost groups, 2,000 of them at most; summaries are of all records.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from specforce_mockserver.reports import cells
from specforce_mockserver.reports.groups import TOTAL, Group, GroupValue, Totals, group_value, in_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from specforce_mockserver.reports.definition import Definition, Grouping

Json = Any
Path = tuple[Any, ...]
MAX_ROWS: Final = 2000


class Facts:
    """What a report found.

    Args:
        definition: the report.
        records: all of them, as a query answers them.
        details: whether detail rows are wanted.
        fiscal_start: the month in which a fiscal year begins.
    """

    def __init__(
        self, definition: Definition, records: Iterable[dict[str, Any]], *, details: bool, fiscal_start: int = 1
    ) -> None:
        self._definition = definition
        self._details = details
        self._totals: dict[tuple[Path, Path], Totals] = {}
        self._rows: dict[tuple[Path, Path], list[Json]] = {}
        self._down = Group(GroupValue(None, ""))
        self._across = Group(GroupValue(None, ""))
        self._total(((), ()))
        self.records = 0
        for record in records:
            self._add(record, fiscal_start)

    @property
    def cut(self) -> bool:
        """Whether there are more detail rows than a result holds."""
        return self._details and self.records > MAX_ROWS

    def _total(self, place: tuple[Path, Path]) -> Totals:
        found = self._totals.get(place)
        if found is None:
            found = self._totals[place] = Totals(self._definition.aggregates)
        return found

    def _add(self, record: dict[str, Any], fiscal_start: int) -> None:
        self.records += 1
        down = self._placed(self._down, self._definition.down, record, fiscal_start)
        across = self._placed(self._across, self._definition.across, record, fiscal_start)
        for row in range(len(down) + 1):
            for column in range(len(across) + 1):
                self._total((down[:row], across[:column])).add(record)
        if self._details and self.records <= MAX_ROWS:
            shown = {"dataCells": [cells.cell(each, record) for each in self._definition.columns]}
            self._rows.setdefault((down, across), []).append(shown)

    def _placed(self, root: Group, levels: tuple[Grouping, ...], record: dict[str, Any], fiscal_start: int) -> Path:
        """The values of the groups that a record is in, from the outermost on; groups that are new are made."""
        path: list[Any] = []
        group = root
        for level in levels:
            value = group_value(level, record, fiscal_start=fiscal_start)
            group = group.into(value)
            path.append(value.value)
        return tuple(path)

    def shown(self) -> Json:
        """`factMap` and the groups."""
        down = [((), TOTAL)]
        across = [((), TOTAL)]
        groupings_down = self._listed(self._down, self._definition.down, (), down, rows=True)
        groupings_across = self._listed(self._across, self._definition.across, (), across, rows=False)
        return {
            "factMap": dict(self._entries(down, across)),
            "groupingsAcross": {"groupings": groupings_across},
            "groupingsDown": {"groupings": groupings_down},
        }

    def _listed(
        self, group: Group, levels: tuple[Grouping, ...], path: Path, places: list[tuple[Path, str]], *, rows: bool
    ) -> list[Json]:
        """The groups inside one, in order; their paths and keys are added to `places`."""
        if not levels:
            return []
        for each in group.inner.values():
            inner = (*path, each.value.value)
            each.totals = self._totals[(inner, ()) if rows else ((), inner)]
        stem = places[-1][1] if path else ""
        listed: list[Json] = []
        for number, each in enumerate(in_order(group.inner.values(), levels[0])):
            key = f"{stem}_{number}" if stem else str(number)
            inner = (*path, each.value.value)
            own: list[tuple[Path, str]] = [(inner, key)]
            groupings = self._listed(each, levels[1:], inner, own, rows=rows)
            places.extend(own)
            shown = {"groupings": groupings, "key": key, "label": each.value.label, "value": each.value.value}
            listed.append({**shown, **_dates(each.value)})
        return listed

    def _entries(self, down: list[tuple[Path, str]], across: list[tuple[Path, str]]) -> Iterator[tuple[str, Json]]:
        for row_path, row_key in down:
            for column_path, column_key in across:
                place = (row_path, column_path)
                totals = self._totals.get(place) or Totals(self._definition.aggregates)
                entry: dict[str, Json] = {"aggregates": totals.shown()}
                if self._details:
                    entry["rows"] = self._rows.get(place, [])
                yield f"{row_key}!{column_key}", entry


def _dates(value: GroupValue) -> Json:
    """The days of a group that is a span of time."""
    if value.first is None or value.last is None:
        return {}
    return {"dategroupings": [{"startDate": value.first.isoformat(), "endDate": value.last.isoformat()}]}
