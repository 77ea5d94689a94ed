"""What can be done with a field in a query, by its type: compare, sort, group, aggregate, and how its values are
printed.

Describe's own flags (`filterable`, `sortable`, `groupable`) decide where a schema carries them; the rules here hold for
schemas that don't. Source: specs/reference/soql.md sections 1, 2 and 4, rest.md section 4.
"""

from __future__ import annotations

from typing import Final, Literal

from specforce_mockserver.schema import INTEGER_TYPES, NUMBER_TYPES, Field

Kind = Literal[
    "text", "id", "boolean", "integer", "double", "date", "datetime", "time", "base64", "address", "location"
]

LONG_TEXT_OVER: Final = 255
_KINDS: Final[dict[str, Kind]] = {
    "id": "id",
    "reference": "id",
    "boolean": "boolean",
    "date": "date",
    "datetime": "datetime",
    "time": "time",
    "base64": "base64",
    "address": "address",
    "location": "location",
}
_OPAQUE: Final = frozenset({"base64", "address", "location", "encryptedstring", "complexvalue"})

# How messages call the type that a filter value should have had.
VALUE_TYPES: Final[dict[Kind, str]] = {
    "text": "string",
    "id": "id",
    "boolean": "boolean",
    "integer": "int",
    "double": "double",
    "date": "date",
    "datetime": "dateTime",
    "time": "time",
}
NUMERIC: Final[frozenset[Kind]] = frozenset({"integer", "double"})


def kind_of(field: Field) -> Kind:
    """The kind of a field's values."""
    if field.type in INTEGER_TYPES:
        return "integer"
    if field.type in NUMBER_TYPES:
        return "double"
    return _KINDS.get(field.type, "text")


def is_long_text(field: Field) -> bool:
    """Whether it is a text area that SOQL neither compares nor sorts."""
    return field.type == "textarea" and field.length > LONG_TEXT_OVER


def filterable(field: Field) -> bool:
    """Whether WHERE may name it."""
    return field.filterable and field.type not in _OPAQUE and not is_long_text(field)


def sortable(field: Field) -> bool:
    """Whether ORDER BY may name it."""
    return field.sortable and field.type not in _OPAQUE and field.type != "multipicklist" and not is_long_text(field)


def groupable(field: Field) -> bool:
    """Whether GROUP BY may name it."""
    return (
        field.groupable
        and field.type not in _OPAQUE
        and field.type not in {"multipicklist", "datetime", "time"}
        and not is_long_text(field)
    )


def aggregatable(field: Field, function: str) -> bool:
    """Whether an aggregate function (`COUNT`, `SUM`, … in upper case) takes it."""
    if function in {"SUM", "AVG"}:
        return kind_of(field) in NUMERIC
    return field.type not in _OPAQUE and field.type not in {"boolean", "multipicklist"} and not is_long_text(field)
