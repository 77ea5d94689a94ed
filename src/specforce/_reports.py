"""What a report's run answers, as rows and groups instead of a map of facts. No I/O."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from specforce_api.runtime.errors import InputError, IntegrityError
from specforce_api.runtime.waiters import Waiter

if TYPE_CHECKING:
    from specforce_api.rest.models import FactMapEntry, ReportGroupings, ReportInstanceResult, ReportResult, ReportValue
    from specforce_api.rest.models.report_instance_attributes_status import ReportInstanceAttributesStatus
    from specforce_api.runtime.types import Unset

Filter = tuple[str, str, str] | Mapping[str, Any]
RUN_STATES: Final = Waiter(
    name="report_instance",
    operation="getReportInstance",
    id_param="instance_id",
    state_field="attributes.status",
    success=frozenset({"Success"}),
    failure=frozenset({"Error"}),
    aborted=frozenset(),
    pending=frozenset({"New", "Running"}),
    reason_field="",
    abort_operation="",
    abort_body={},
    first_delay_s=0.2,
    max_delay_s=10.0,
    factor=1.6,
)


@dataclass(frozen=True, slots=True)
class RunPoll:
    """A look at a run in the background."""

    state: ReportInstanceAttributesStatus
    result: ReportInstanceResult


class ReportRow(Mapping[str, "ReportValue"]):
    """One detail row: cells by the API names of their columns; each has a `value` and the `label` that people see.

    Attributes:
        groups: labels of the groups that it is in, rows' before columns'.
    """

    def __init__(self, cells: dict[str, ReportValue], groups: tuple[str, ...], labels: Mapping[str, str]) -> None:
        self._cells = cells
        self._labels = labels
        self.groups = groups

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.values_by_name()}>"

    def __getitem__(self, column: str) -> ReportValue:
        return self._cells[column]

    def __iter__(self) -> Iterator[str]:
        return iter(self._cells)

    def __len__(self) -> int:
        return len(self._cells)

    def values_by_name(self) -> dict[str, Any]:
        """Plain values by the columns' API names."""
        return {name: cell.value for name, cell in self._cells.items()}

    def labels_by_label(self) -> dict[str, str | None]:
        """What people see, by the column titles that they see."""
        return {self._labels.get(name, name): cell.label for name, cell in self._cells.items()}


@dataclass(frozen=True, slots=True)
class ReportGroup:
    """The totals of one group.

    Attributes:
        down: labels of the groups of rows that lead to it, outermost first; none: of all rows.
        across: likewise for groups of columns.
        totals: by aggregate, such as `RowCount` or `s!AMOUNT`.
    """

    down: tuple[str, ...]
    across: tuple[str, ...]
    totals: dict[str, ReportValue] = field(default_factory=dict[str, "ReportValue"])


class ReportOutcome:
    """The result of a run.

    Attributes:
        raw: the answer as it came.
    """

    def __init__(self, raw: ReportResult | ReportInstanceResult) -> None:
        self.raw = raw
        metadata = raw.report_metadata
        extended = raw.report_extended_metadata
        self._facts: dict[str, FactMapEntry] = raw.fact_map.additional_properties if raw.fact_map else {}
        self._columns = tuple((metadata.detail_columns if metadata else None) or ())
        self._aggregates = tuple((metadata.aggregates if metadata else None) or ())
        infos = extended.detail_column_info.additional_properties if extended else {}
        self._labels = {name: info.label for name, info in infos.items()}
        self._down = _groups(raw.groupings_down)
        self._across = _groups(raw.groupings_across)

    @property
    def all_data(self) -> bool:
        """All rows are in it; a run returns 2,000 at most."""
        return self.raw.all_data is True

    def rows(self, *, partial: bool = False) -> Iterator[ReportRow]:
        """The detail rows, group by group.

        Args:
            partial: rows are wanted though they aren't all.

        Raises:
            InputError: the run was without details.
            IntegrityError: more rows than a run returns, a row that doesn't fit its columns, or of a group that the
                report doesn't have.
        """
        if self.raw.has_detail_rows is not True:
            raise InputError("the report was run without its detail rows: pass details=True")
        if not partial and not self.all_data:
            raise IntegrityError(
                "the report has more rows than a run returns (2,000): narrow it by filters, or take partial=True"
            )
        for key, facts in self._facts.items():
            down, across = self._place(key)
            for row in facts.rows or ():
                if len(row.data_cells) != len(self._columns):
                    raise IntegrityError(
                        f"a row has {len(row.data_cells)} cells and the report {len(self._columns)} columns",
                        expected=len(self._columns),
                        actual=len(row.data_cells),
                    )
                yield ReportRow(dict(zip(self._columns, row.data_cells, strict=True)), down + across, self._labels)

    def groups(self) -> Iterator[ReportGroup]:
        """The totals of every group, and of everything.

        Raises:
            IntegrityError: totals that don't fit the report's aggregates, or of a group that it doesn't have.
        """
        for key, facts in self._facts.items():
            down, across = self._place(key)
            if len(facts.aggregates) != len(self._aggregates):
                raise IntegrityError(
                    f"a group has {len(facts.aggregates)} totals and the report {len(self._aggregates)} aggregates",
                    expected=len(self._aggregates),
                    actual=len(facts.aggregates),
                )
            yield ReportGroup(down, across, dict(zip(self._aggregates, facts.aggregates, strict=True)))

    @property
    def totals(self) -> dict[str, ReportValue]:
        """The grand totals, by aggregate."""
        for group in self.groups():
            if not group.down and not group.across:
                return group.totals
        return {}

    def _place(self, key: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The groups that a key of the fact map stands for: `0_1!T`."""
        down, _, across = key.partition("!")
        try:
            return self._down[down], self._across[across]
        except KeyError:
            raise IntegrityError(f"the report has facts of {key!r}, which is none of its groups") from None


def body_of(filters: Sequence[Filter], changes: Mapping[str, Any] | None) -> dict[str, Any]:
    """The body of a run that isn't as the report was saved; empty for one that is.

    Raises:
        InputError: a filter that isn't one.
    """
    metadata = dict(changes or {})
    if isinstance(filters, str | Mapping) or (filters and isinstance(filters[0], str)):
        raise InputError(f'filters={filters!r}: pass a list, [("column", "equals", "value")]')
    if filters:
        metadata["reportFilters"] = [_filter(each) for each in filters]
    return {"reportMetadata": metadata} if metadata else {}


def _filter(given: Filter) -> dict[str, Any]:
    if isinstance(given, Mapping):
        return dict(given)
    if len(given) != 3:
        raise InputError(f'{given!r} isn\'t a filter: ("column", "equals", "value")')
    return dict(zip(("column", "operator", "value"), given, strict=True))


def _groups(found: ReportGroupings | Unset | None) -> dict[str, tuple[str, ...]]:
    """The labels that lead to each group, by the group's key; none to `T`, the total."""
    placed: dict[str, tuple[str, ...]] = {"T": ()}

    def walk(groups: list[dict[str, Any]], above: tuple[str, ...]) -> None:
        for group in groups:
            placed[group["key"]] = labels = (*above, str(group.get("label") or ""))
            walk(group.get("groupings") or [], labels)

    if found:
        walk(found.to_dict()["groupings"], ())
    return placed
