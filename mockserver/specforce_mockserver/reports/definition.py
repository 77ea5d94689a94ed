"""A report as it is run: its metadata made whole, its columns, groupings and summaries found, all of it checked.

What a fake org can't compute is refused and not passed over: joined reports, buckets, cross filters, formulas.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from specforce_mockserver.calls import ApiError
from specforce_mockserver.reports.columns import Column, report_sobject, resolve
from specforce_mockserver.reports.filters import bad, condition, joined
from specforce_mockserver.soql.dates import is_counted_range, is_named_range

if TYPE_CHECKING:
    from specforce_mockserver.schema import Schema, SObjectType

Document = dict[str, Any]

ROW_COUNT: Final = "RowCount"
SUMMARIES: Final = {"s": "Sum of {}", "a": "Average {}", "m": "Lowest {}", "x": "Largest {}", "u": "Unique {}"}
GRANULARITIES: Final = ("None", "Day", "Week", "Month", "Quarter", "Year", "FiscalQuarter", "FiscalYear")
FORMATS: Final = ("TABULAR", "SUMMARY", "MATRIX")
CUSTOM: Final = "CUSTOM"
_NOT_COMPUTED: Final = ("buckets", "crossFilters", "customDetailFormula", "customSummaryFormula")
_WHOLE: Final[Document] = {
    "aggregates": [ROW_COUNT],
    "buckets": [],
    "chart": None,
    "crossFilters": [],
    "currency": None,
    "customDetailFormula": {},
    "customSummaryFormula": {},
    "dashboardSetting": None,
    "description": None,
    "detailColumns": [],
    "developerName": None,
    "division": None,
    "folderId": None,
    "groupingsAcross": [],
    "groupingsDown": [],
    "hasDetailRows": True,
    "hasRecordCount": True,
    "historicalSnapshotDates": [],
    "id": None,
    "name": None,
    "presentationOptions": {"hasStackedSummaries": True},
    "reportBooleanFilter": None,
    "reportFilters": [],
    "reportFormat": "TABULAR",
    "reportType": None,
    "scope": "organization",
    "showGrandTotal": True,
    "showSubtotals": True,
    "sortBy": [],
    "standardDateFilter": None,
    "standardFilters": None,
    "supportsRoleHierarchy": False,
    "topRows": None,
    "userOrHierarchyFilterId": None,
}
_UNSAVED: Final = ("id", "name", "developerName")
_LISTS: Final = tuple(key for key, value in _WHOLE.items() if isinstance(value, list))


@dataclass(frozen=True, slots=True)
class Grouping:
    """One level of groups."""

    column: Column
    granularity: str
    descending: bool
    by_aggregate: str | None


@dataclass(frozen=True, slots=True)
class Aggregate:
    """One summary; `column` is None for the number of records."""

    id: str
    kind: str
    column: Column | None

    @property
    def label(self) -> str:
        """For people."""
        return "Record Count" if self.column is None else SUMMARIES[self.kind].format(self.column.label)

    @property
    def data_type(self) -> str:
        """Its type in the report API's words."""
        return "int" if self.column is None or self.kind == "u" else self.column.data_type


@dataclass(frozen=True, slots=True)
class Definition:
    """A report, checked.

    Attributes:
        metadata: whole, as `reportMetadata` shows it.
        sobject: of its report type.
        columns: of the detail rows.
        down: the levels of row groups.
        across: the levels of column groups.
        aggregates: in the order of `metadata["aggregates"]`.
        where: its conditions as SOQL; empty without any.
        order: its order as SOQL; empty without one.
        mine: whether only the caller's own records are shown.
        row_limit: of `topRows`.
    """

    metadata: Document
    sobject: SObjectType
    columns: tuple[Column, ...]
    down: tuple[Grouping, ...]
    across: tuple[Grouping, ...]
    aggregates: tuple[Aggregate, ...]
    where: str
    order: str
    mine: bool
    row_limit: int | None


def whole(metadata: Document) -> Document:
    """Metadata with every key, in order, but those that only a saved report has; null lists are empty ones."""
    given = {key: value for key, value in metadata.items() if not (value is None and key in _LISTS)}
    made = {**_WHOLE, **given}
    return {key: value for key, value in made.items() if not (value is None and key in _UNSAVED)}


def define(schema: Schema, given: Document) -> Definition:
    """Understand a report.

    Raises:
        ApiError: 400, what is wrong with it; 501, it is a joined report [P].
    """
    metadata = whole(given)
    report_type: Document | None = metadata["reportType"]
    if report_type is None:
        raise bad("Specify a report type.")
    name = str(report_type.get("type"))
    sobject = report_sobject(schema, name)
    if sobject is None:
        raise bad(f"The report type {name} is either invalid or deleted. Try again with a valid one.")
    metadata["reportType"] = {"label": sobject.label_plural, "type": name}
    maker = _Maker(schema, sobject, metadata)
    maker.check_format()
    where = maker.where()
    return Definition(
        metadata=metadata,
        sobject=sobject,
        columns=tuple(maker.column(each) for each in metadata["detailColumns"]),
        down=maker.groupings("groupingsDown"),
        across=maker.groupings("groupingsAcross"),
        aggregates=tuple(maker.aggregate(each) for each in metadata["aggregates"]),
        where=where,
        order=maker.order(),
        mine=metadata["scope"] in {"user", "mine"},
        row_limit=maker.row_limit(),
    )


class _Maker:
    """Finds out what the parts of a report's metadata mean."""

    def __init__(self, schema: Schema, sobject: SObjectType, metadata: Document) -> None:
        self._schema = schema
        self._sobject = sobject
        self._metadata = metadata

    def column(self, column_id: str) -> Column:
        found = resolve(self._schema, self._sobject, column_id)
        if found is None:
            raise bad(f"The column {column_id} is either invalid or deleted. Try again with a valid column.")
        return found

    def check_format(self) -> None:
        wanted = self._metadata["reportFormat"]
        if wanted == "MULTI_BLOCK":
            raise ApiError(501, "NOT_IMPLEMENTED", "The fake org runs no joined reports.")
        if wanted not in FORMATS:
            raise bad(f"The report format {wanted} isn't valid. Specify TABULAR, SUMMARY or MATRIX.")
        down, across = self._metadata["groupingsDown"], self._metadata["groupingsAcross"]
        if wanted == "TABULAR" and (down or across):
            raise bad("A tabular report can't have groupings.")
        if wanted == "SUMMARY" and (across or not down):
            raise bad("A summary report has row groupings and no column groupings.")
        if wanted == "MATRIX" and not (down and across):
            raise bad("A matrix report has row groupings and column groupings.")
        for key in _NOT_COMPUTED:
            if self._metadata[key]:
                raise bad(f"The fake org doesn't compute {key}.")

    def groupings(self, key: str) -> tuple[Grouping, ...]:
        return tuple(self._grouping(each) for each in self._metadata[key])

    def _grouping(self, given: Document) -> Grouping:
        column = self.column(given["name"])
        granularity = given.get("dateGranularity") or "None"
        if granularity not in GRANULARITIES:
            raise bad(f"The date granularity {granularity} isn't valid for the column {column.id}.")
        if column.field.type not in {"date", "datetime"}:
            granularity = "None"
        by = given.get("sortAggregate")
        if by is not None and by not in self._metadata["aggregates"]:
            raise bad(f"The summary {by} that the groups of {column.id} are sorted by isn't part of the report.")
        return Grouping(column, granularity, given.get("sortOrder") == "Desc", by)

    def aggregate(self, aggregate_id: str) -> Aggregate:
        if aggregate_id == ROW_COUNT:
            return Aggregate(aggregate_id, "", None)
        kind, mark, column_id = aggregate_id.partition("!")
        column = self.column(column_id) if mark and kind in SUMMARIES else None
        if column is None or not (column.numeric or kind == "u"):
            raise bad(f"The summary {aggregate_id} isn't valid. Try again with a valid summary.")
        return Aggregate(aggregate_id, kind, column)

    def where(self) -> str:
        filters = [
            condition(self.column(each["column"]), each["operator"], each["value"])
            for each in self._metadata["reportFilters"]
        ]
        parts = [joined(filters, self._metadata["reportBooleanFilter"])] if filters else []
        parts += self._standard_filters()
        if (span := self._metadata["standardDateFilter"]) is not None:
            parts += self._span(span)
        return " AND ".join(parts)

    def _standard_filters(self) -> list[str]:
        """The filters that a report type has by itself: `open`, where records are closed; other values mean all."""
        closed = self._sobject.field("IsClosed")
        wanted = {each["name"]: each["value"] for each in self._metadata["standardFilters"] or ()}
        state = {"open": "false", "closed": "true"}.get(wanted.get("open") or "")
        return [f"{closed.name} = {state}"] if closed is not None and state is not None else []

    def _span(self, span: Document) -> list[str]:
        column = self.column(span["column"])
        if column.field.type not in {"date", "datetime"}:
            raise bad(f"The column {column.id} isn't a date. Try again with a valid column.")
        duration = span["durationValue"]
        if duration == CUSTOM:
            ends = (("greaterOrEqual", span.get("startDate")), ("lessOrEqual", span.get("endDate")))
            return [condition(column, operator, value) for operator, value in ends if value]
        if not is_named_range(duration) and not is_counted_range(duration):
            raise bad(f"The duration {duration} isn't valid. Try again with a valid duration.")
        return [condition(column, "equals", duration)]

    def order(self) -> str:
        keys = [
            f"{self.column(each['sortColumn']).soql} {'DESC' if each['sortOrder'] == 'Desc' else 'ASC'} NULLS LAST"
            for each in self._metadata["sortBy"]
        ]
        return ", ".join(keys)

    def row_limit(self) -> int | None:
        top: Document | None = self._metadata["topRows"]
        if top is None:
            return None
        limit = top.get("rowLimit")
        if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
            raise bad("topRows needs a rowLimit above 0.")
        return limit
