"""What the API says about reports and report types: their columns with labels and types, operators, spans of time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from specforce_mockserver.reports.columns import CUSTOM_TYPE, own_columns, parent_columns
from specforce_mockserver.reports.definition import CUSTOM, ROW_COUNT
from specforce_mockserver.reports.filters import operator_label, operators

if TYPE_CHECKING:
    from collections.abc import Iterable

    from specforce_mockserver.reports.columns import Column
    from specforce_mockserver.reports.definition import Definition
    from specforce_mockserver.schema import Schema, SObjectType

Json = Any
FIRST_COLUMNS: Final = 5
_DATA_TYPES: Final = (
    "boolean",
    "combobox",
    "currency",
    "date",
    "datetime",
    "double",
    "email",
    "encryptedstring",
    "id",
    "int",
    "multipicklist",
    "percent",
    "phone",
    "picklist",
    "string",
    "textarea",
    "time",
    "url",
)
_SPANS: Final = {
    "Calendar Year": ("THIS_YEAR", "LAST_YEAR", "NEXT_YEAR"),
    "Calendar Quarter": ("THIS_QUARTER", "LAST_QUARTER", "NEXT_QUARTER"),
    "Calendar Month": ("THIS_MONTH", "LAST_MONTH", "NEXT_MONTH"),
    "Calendar Week": ("THIS_WEEK", "LAST_WEEK", "NEXT_WEEK"),
    "Day": ("TODAY", "YESTERDAY", "TOMORROW", "LAST_N_DAYS:7", "LAST_N_DAYS:30"),
}


def extended_metadata(definition: Definition) -> Json:
    """Labels and types of a report's columns, groupings and summaries."""
    groupings = [*enumerate(definition.down), *enumerate(definition.across)]
    return {
        "aggregateColumnInfo": {
            each.id: {
                "acrossGroupingContext": None,
                "dataType": each.data_type,
                "downGroupingContext": None,
                "label": each.label,
            }
            for each in definition.aggregates
        },
        "detailColumnInfo": {each.id: {"dataType": each.data_type, "label": each.label} for each in definition.columns},
        "groupingColumnInfo": {
            each.column.id: {"dataType": each.column.data_type, "groupingLevel": level, "label": each.column.label}
            for level, each in groupings
        },
    }


def described(schema: Schema, definition: Definition) -> Json:
    """A report with what its report type offers."""
    return {
        "reportExtendedMetadata": extended_metadata(definition),
        "reportMetadata": definition.metadata,
        "reportTypeMetadata": _type_metadata(schema, definition.sobject),
    }


def first_report(schema: Schema, sobject: SObjectType, report_type: str) -> Json:
    """The metadata of a new report of a type: its first columns, and the number of records."""
    names = sobject.name_field
    listed = [each.id for each in own_columns(schema, sobject) if each.field.createable or each.field.name_field]
    if names is not None and names.name in listed:
        listed = [names.name, *(each for each in listed if each != names.name)]
    return {
        "aggregates": [ROW_COUNT],
        "detailColumns": listed[:FIRST_COLUMNS],
        "reportFormat": "TABULAR",
        "reportType": {"type": report_type},
    }


def listed_types(schema: Schema, data_path: str) -> list[Json]:
    """The report types by category: those of standard objects, and those of custom ones."""
    standard = [each for each in _reportable(schema) if not each.custom]
    custom = [each for each in _reportable(schema) if each.custom]
    categories = (("Standard Objects", standard), ("Other Reports", custom))
    return [
        {"label": label, "reportTypes": [_listed_type(each, data_path) for each in objects]}
        for label, objects in categories
        if objects
    ]


def _reportable(schema: Schema) -> Iterable[SObjectType]:
    return (each for each in schema.by_name() if each.queryable)


def _listed_type(sobject: SObjectType, data_path: str) -> Json:
    name = f"{CUSTOM_TYPE}{sobject.name}" if sobject.custom else sobject.name
    return {
        "describeUrl": f"{data_path}/analytics/reportTypes/{name}",
        "isEnabledForPlatform": None,
        "isHidden": False,
        "isHistorical": False,
        "label": sobject.label_plural,
        "supportsJoinedFormat": False,
        "type": name,
    }


def _type_metadata(schema: Schema, sobject: SObjectType) -> Json:
    categories = [(sobject.label, own_columns(schema, sobject)), *parent_columns(schema, sobject)]
    return {
        "categories": [
            {"columns": {each.id: _column(each) for each in columns}, "label": f"{label} Information"}
            for label, columns in categories
        ],
        "dataTypeFilterOperatorMap": {
            kind: [{"label": operator_label(each), "name": each} for each in operators(kind)] for kind in _DATA_TYPES
        },
        "standardDateFilterDurationGroups": [
            {"label": "Custom", "standardDateFilterDurations": [_duration(CUSTOM)]},
            *(
                {"label": label, "standardDateFilterDurations": [_duration(each) for each in values]}
                for label, values in _SPANS.items()
            ),
        ],
        "standardFilterInfos": _standard_filters(sobject),
    }


def _column(column: Column) -> Json:
    values = [{"label": each.label, "name": each.value} for each in column.field.picklist if each.active]
    return {
        "allowedInCustomDetailFormula": False,
        "bucketable": False,
        "dataType": column.data_type,
        "filterValues": values,
        "filterable": column.field.filterable,
        "isLookup": column.field.type == "reference" or column.field.name_field,
        "label": column.label,
        "uniqueCountable": True,
    }


def _duration(value: str) -> Json:
    return {"endDate": None, "label": value.replace("_", " ").title(), "startDate": None, "value": value}


def _standard_filters(sobject: SObjectType) -> Json:
    if sobject.field("IsClosed") is None:
        return {}
    values = [{"label": each.title(), "name": each} for each in ("all", "open", "closed")]
    return {"open": {"filterValues": values, "label": "Status", "type": "PICKLIST"}}
