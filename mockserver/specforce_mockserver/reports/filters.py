"""A report's filters as the conditions of a query.

Several values of one filter are joined by commas: any of them fits, and none for the negative operators. An empty
value is null. A date filter takes days, `2026-03-01`, and SOQL's date literals, `LAST_N_DAYS:7`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from specforce_mockserver.calls import ApiError
from specforce_mockserver.ids import is_id
from specforce_mockserver.reports.columns import MOMENTS
from specforce_mockserver.soql.dates import is_counted_range, is_named_range

if TYPE_CHECKING:
    from specforce_mockserver.reports.columns import Column

COMPARISONS: Final = {
    "equals": "=",
    "notEqual": "!=",
    "lessThan": "<",
    "greaterThan": ">",
    "lessOrEqual": "<=",
    "greaterOrEqual": ">=",
}
PATTERNS: Final = {"contains": "%{}%", "notContain": "%{}%", "startsWith": "{}%"}
MEMBERSHIPS: Final = {"includes": "INCLUDES", "excludes": "EXCLUDES"}
NEGATIVE: Final = frozenset({"notEqual", "notContain"})
_ORDERED = ("equals", "notEqual", "lessThan", "greaterThan", "lessOrEqual", "greaterOrEqual")
_TEXTUAL = (*_ORDERED, "contains", "notContain", "startsWith")
_LABELS: Final = {
    "equals": "equals",
    "notEqual": "not equal to",
    "lessThan": "less than",
    "greaterThan": "greater than",
    "lessOrEqual": "less or equal",
    "greaterOrEqual": "greater or equal",
    "contains": "contains",
    "notContain": "does not contain",
    "startsWith": "starts with",
    "includes": "includes",
    "excludes": "excludes",
}
_DAY = re.compile(r"\d{4}-\d\d-\d\d\Z")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?(Z|[+-]\d\d:?\d\d)\Z")
_TIME = re.compile(r"\d\d:\d\d:\d\d(\.\d{1,3})?Z?\Z")
_NUMBER = re.compile(r"[+-]?\d{1,18}(\.\d{1,18})?\Z", re.ASCII)
_TOKEN = re.compile(r"\s*(?:(\d{1,3})|(AND|OR|NOT)\b|([()]))", re.IGNORECASE | re.ASCII)
_ESCAPED = str.maketrans({"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"})
_NO_WILDCARD = str.maketrans({"%": "\\%", "_": "\\_"})


def bad(message: str) -> ApiError:
    """What was asked of a report isn't valid."""
    return ApiError(400, "BAD_REQUEST", message)


def operators(kind: str) -> list[str]:
    """The operators that fit a column's type, by name."""
    if kind == "multipicklist":
        return ["equals", "notEqual", "includes", "excludes"]
    if kind == "boolean":
        return ["equals", "notEqual"]
    return list(_ORDERED if kind in {"int", "double", "currency", "percent", "date", "datetime", "time"} else _TEXTUAL)


def operator_label(name: str) -> str:
    """An operator's label."""
    return _LABELS[name]


def condition(column: Column, operator: str, value: str | None) -> str:
    """One filter.

    Raises:
        ApiError: the operator doesn't fit the column, or the value can't be read as the column's type.
    """
    kind = column.field.type
    if operator not in operators(kind):
        raise bad(f"The operator {operator} isn't valid for the column {column.id}. Try again with a valid operator.")
    values = [each.strip() for each in (value or "").split(",")] or [""]
    path = column.soql
    if operator in MEMBERSHIPS:
        listed = ", ".join(f"'{each.translate(_ESCAPED)}'" for each in values)
        return f"{path} {MEMBERSHIPS[operator]} ({listed})"
    parts = [_one(column, operator, each) for each in values]
    return f"({(' AND ' if operator in NEGATIVE else ' OR ').join(parts)})"


def _one(column: Column, operator: str, value: str) -> str:
    path = column.soql
    if operator in PATTERNS:
        pattern = PATTERNS[operator].format(value.translate(_ESCAPED).translate(_NO_WILDCARD))
        like = f"{_named(column)} LIKE '{pattern}'"
        return f"(NOT {like})" if operator == "notContain" else like
    sign = COMPARISONS[operator]
    if value == "":
        return f"{path} {sign if operator in {'equals', 'notEqual'} else '='} null"
    if column.field.type == "reference" and not is_id(value):
        return f"{_named(column)} {sign} '{value.translate(_ESCAPED)}'"
    if column.field.type == "datetime" and _DAY.match(value):
        return _day_of_moment(path, operator, value)
    return f"{path} {sign} {_literal(column, value)}"


def _named(column: Column) -> str:
    """What a text is compared with: for a reference, the name of its record."""
    return ".".join(column.name) if column.name is not None else column.soql


def _day_of_moment(path: str, operator: str, value: str) -> str:
    """A moment compared with a whole day, in UTC."""
    first, last = f"{value}T00:00:00Z", f"{value}T23:59:59Z"
    match operator:
        case "equals":
            return f"({path} >= {first} AND {path} <= {last})"
        case "notEqual":
            return f"({path} < {first} OR {path} > {last} OR {path} = null)"
        case "lessThan" | "greaterOrEqual":
            return f"{path} {COMPARISONS[operator]} {first}"
        case _:
            return f"{path} {COMPARISONS[operator]} {last}"


def _literal(column: Column, value: str) -> str:
    """A value as a query writes it.

    Raises:
        ApiError: it can't be read as the column's type.
    """
    kind = column.field.type
    if kind in MOMENTS and (is_named_range(value) or is_counted_range(value)):
        return value.upper()
    fits = {"date": _DAY, "datetime": _MOMENT, "time": _TIME}.get(kind) or (_NUMBER if column.numeric else None)
    if kind == "boolean":
        lowered = {"1": "true", "0": "false"}.get(value, value.lower())
        if lowered in {"true", "false"}:
            return lowered
    elif fits is None:
        return f"'{value.translate(_ESCAPED)}'"
    elif fits.match(value):
        return value if kind != "time" else value.removesuffix("Z") + "Z"
    raise bad(f"The value {value} isn't valid for the column {column.id}. Try again with a valid value.")


def joined(conditions: list[str], boolean_filter: str | None) -> str:
    """Conditions joined as a boolean filter says, by their numbers from 1; all of them where there is none.

    Raises:
        ApiError: the filter isn't well-formed, names a condition that isn't there or leaves one out.
    """
    if not boolean_filter:
        return " AND ".join(conditions)
    pieces: list[str] = []
    named: set[int] = set()
    at = 0
    text = boolean_filter.rstrip()
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            raise _bad_boolean(boolean_filter)
        at = token.end()
        number, word, bracket = token.groups()
        if number is None:
            pieces.append((word or bracket).upper())
            continue
        if not 1 <= int(number) <= len(conditions):
            raise _bad_boolean(boolean_filter)
        named.add(int(number))
        pieces.append(conditions[int(number) - 1])
    if len(named) < len(conditions):
        raise _bad_boolean(boolean_filter)
    return f"({' '.join(pieces)})"


def _bad_boolean(text: str) -> ApiError:
    return bad(f"The filter logic {text} isn't valid. Try again with valid filter logic.")
