"""Expressions of a query as SQL: fields, and the functions of SOQL.

A `Term` is what the clauses work with: SQL, the kind of its values, and the field behind it where there is one.
Source: specs/reference/soql.md section 1 (functions, date functions, aggregates).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from . import kinds, sql
from .date_functions import DATE_FUNCTIONS, date_part
from .errors import INVALID_FIELD, MALFORMED_QUERY, Fault, unexpected
from .formats import labels_of
from .literals import number
from .origins import Column
from .sqlite_functions import DISTANCE, FORMATTED, LABELLED, LOCAL
from .tree import Call, Expression, Path, Value

if TYPE_CHECKING:
    from specforce_mockserver.schema import Field

    from .names import Scope
    from .settings import Settings

AGGREGATES: Final = frozenset({"COUNT", "COUNT_DISTINCT", "SUM", "AVG", "MIN", "MAX"})
SAME_VALUE: Final = frozenset({"TOLABEL", "FORMAT", "CONVERTCURRENCY"})
GROUPING: Final = "GROUPING"
FIELDS: Final = "FIELDS"


@dataclass(frozen=True, slots=True)
class Term:
    """An expression of the query.

    Attributes:
        sql: its value; equal texts are equal expressions.
        kind: of its values.
        at: its offset in the query.
        column: the field, also behind a function that leaves the value as it is.
        function: the function in upper case, when there is one.
        aggregate: whether it is worked out over a group of rows.
        parent: for a field of a parent, the expression of that row's Id, which is null when the row is missing.
        form: of what is shown of the value, with a place (`{}`) for it; empty where the value itself is.
    """

    sql: str
    kind: kinds.Kind
    at: int
    column: Column | None = None
    function: str = ""
    aggregate: bool = False
    parent: str = ""
    form: str = ""

    @classmethod
    def of(cls, column: Column, at: int, function: str = "") -> Term:
        """The term of a field, behind a function that leaves its value as it is, if any."""
        parent = column.origin.id if column.of_parent else ""
        return cls(column.sql, column.kind, at, column, function, parent=parent)

    @property
    def no_case(self) -> bool:
        """Whether its texts are compared without regard to case."""
        return self.kind == "text" and not (self.column and self.column.field.case_sensitive)

    @property
    def key(self) -> str:
        """What sorting and grouping compare."""
        if self.kind == "boolean":
            return f"coalesce({self.sql}, 0)"
        return f"{self.sql} {sql.NO_CASE}" if self.no_case else self.sql

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.column.field.name if self.column else self.function


class Terms:
    """Turns the expressions of one SELECT into terms."""

    def __init__(self, scope: Scope, settings: Settings, parameters: sql.Parameters) -> None:
        self.scope = scope
        self._settings = settings
        self._parameters = parameters

    def term(self, expression: Expression) -> Term:
        """The term of a field or a function.

        Raises:
            Fault: an unknown name, or a function that doesn't take what it was given.
        """
        if isinstance(expression, Path):
            return Term.of(self.scope.column(expression), expression.at)
        if expression.upper in SAME_VALUE:
            return self._same_value(expression)
        if expression.upper in AGGREGATES:
            return self._aggregate(expression)
        if expression.upper == GROUPING:
            column = self.scope.column(self._only_path(expression))
            return Term(column.sql, "integer", expression.at, column, GROUPING, aggregate=True)
        if expression.upper == "DISTANCE":
            return self._distance(expression)
        if expression.upper in DATE_FUNCTIONS:
            return self._date_part(expression)
        raise unexpected(expression.name, expression.at)

    def _same_value(self, call: Call) -> Term:
        """`toLabel`, `FORMAT` and `convertCurrency`, which changes nothing: the fake org has one currency."""
        inner = self._only(call)
        if isinstance(inner, Value) or (call.upper != "FORMAT" and isinstance(inner, Call)):
            raise unexpected(inner.text if isinstance(inner, Value) else inner.name, inner.at)
        term = replace(self.term(inner), at=call.at)
        if call.upper == "FORMAT":
            term = replace(term, form=self._form(term))
        elif call.upper == "TOLABEL" and term.column is not None and (labels := labels_of(term.column.field)):
            term = replace(term, sql=f"{LABELLED}({term.sql}, {sql.text(json.dumps(labels))})")
        return replace(term, function=term.function or call.upper)

    def _form(self, term: Term) -> str:
        """The SQL that makes text of a number, date or time; nothing for what is text already."""
        if term.kind not in _FORMATS:
            return ""
        field = term.column.field if term.column else None
        numeric = term.kind in kinds.NUMERIC
        whole = term.kind == "integer" or term.function == "COUNT"
        kind = field.type if numeric and field and field.type in {"currency", "percent"} else _FORMATS[term.kind]
        digits = field.scale if numeric and field and not whole else 0
        return f"{FORMATTED}({{}}, {sql.text(kind)}, {digits}, {sql.text(self._settings.time_zone)})"

    def _aggregate(self, call: Call) -> Term:
        function = call.upper
        inner = self._only(call)
        if isinstance(inner, Value) or (isinstance(inner, Call) and inner.upper not in SAME_VALUE):
            raise unexpected(inner.text if isinstance(inner, Value) else inner.name, inner.at)
        term = self.term(inner)
        if term.column is None or not kinds.aggregatable(term.column.field, function):
            text = f"field {term.name} does not support aggregate operator {function}"
            raise Fault(MALFORMED_QUERY, text, call.at)
        kind, template = _AGGREGATE_SQL[function]
        return Term(
            template.format(term.sql, term.key), kind or term.kind, call.at, term.column, function, aggregate=True
        )

    def _date_part(self, call: Call) -> Term:
        inner = self._only(call)
        local = isinstance(inner, Call)
        if isinstance(inner, Call):
            if inner.upper != "CONVERTTIMEZONE":
                raise unexpected(inner.name, inner.at)
            inner = self._only_path(inner)
        elif isinstance(inner, Value):
            raise unexpected(inner.text, inner.at)
        column = self.scope.column(inner)
        needs_moment = local or call.upper in {"DAY_ONLY", "HOUR_IN_DAY"}
        if column.kind != "datetime" and (needs_moment or column.kind != "date"):
            raise Fault(
                INVALID_FIELD, f"field {column.field.name} does not support date function {call.upper}", call.at
            )
        stored = column.sql
        if local and self._settings.time_zone != "UTC":
            stored = f"{LOCAL}({stored}, {sql.text(self._settings.time_zone)})"
        kind: kinds.Kind = "date" if call.upper == "DAY_ONLY" else "integer"
        return Term(date_part(call.upper, stored, self._settings), kind, call.at, column, call.upper)

    def _distance(self, call: Call) -> Term:
        """`DISTANCE(location, GEOLOCATION(latitude, longitude), 'mi' or 'km')`."""
        if len(call.arguments) != 3:
            raise unexpected(call.name, call.at)
        place, point, unit = call.arguments
        if not isinstance(place, Path) or not isinstance(point, Call) or not isinstance(unit, Value):
            raise unexpected(call.name, call.at)
        column = self.scope.column(place)
        if column.kind not in {"location", "address"}:
            text = f"field {column.field.name} does not support distance queries"
            raise Fault(INVALID_FIELD, text, call.at)
        coordinates = [each for each in point.arguments if isinstance(each, Value) and each.kind == "number"]
        if point.upper != "GEOLOCATION" or len(coordinates) != 2 or unit.text.lower() not in {"mi", "km"}:
            raise unexpected(point.name, point.at)
        to_latitude, to_longitude = (self._parameters.add(number(each)) for each in coordinates)
        latitude, longitude = (self._component(column, each) for each in ("latitude", "longitude"))
        unit_text = sql.text(unit.text.lower())
        text = f"{DISTANCE}({latitude}, {longitude}, {to_latitude}, {to_longitude}, {unit_text})"
        return Term(text, "double", call.at, None, call.upper)

    def _component(self, column: Column, part: str) -> str:
        """A stored part of a compound field."""
        stored = components(column)[part]
        return "NULL" if stored is None else stored.sql

    def _only(self, call: Call) -> Path | Call | Value:
        if len(call.arguments) != 1:
            raise unexpected(call.name, call.at)
        return call.arguments[0]

    def _only_path(self, call: Call) -> Path:
        only = self._only(call)
        if not isinstance(only, Path):
            raise unexpected(only.text if isinstance(only, Value) else only.name, only.at)
        return only


def components(column: Column) -> dict[str, Term | None]:
    """The parts of an address or location under the names that JSON has for them (`city`, `latitude`); None for those
    not stored.
    """
    names = _ADDRESS_PARTS if column.kind == "address" else _LOCATION_PARTS
    found: dict[str, Term | None] = dict.fromkeys(names)
    sobject = column.origin.sobject
    for part in sobject.components(column.field) if sobject else ():
        name = _part_name(part, names)
        if name is not None:
            stored = Column(f"{column.origin.alias}.{sql.name(part.name)}", part, column.origin)
            found[name] = Term.of(stored, 0)
    return found


_ADDRESS_PARTS: Final = (
    "city", "country", "countryCode", "geocodeAccuracy", "latitude", "longitude", "postalCode", "state", "stateCode",
    "street",
)  # fmt: skip
_LOCATION_PARTS: Final = ("latitude", "longitude")


def _part_name(part: Field, names: tuple[str, ...]) -> str | None:
    """Which part a component is, by the end of its name: `BillingStateCode`, `Place__Latitude__s`."""
    stem = part.name.removesuffix("__s").lower()
    fitting = [each for each in names if stem.endswith(each.lower())]
    return max(fitting, key=len, default=None)


# What FORMAT makes text of, and as what.
_FORMATS: Final[dict[kinds.Kind, str]] = {
    "integer": "number",
    "double": "number",
    "date": "date",
    "datetime": "datetime",
    "time": "time",
}

# An aggregate's kind (None: the kind of its argument) and its SQL, from the argument and from what comparisons see of
# the argument.
_AGGREGATE_SQL: Final[dict[str, tuple[kinds.Kind | None, str]]] = {
    "COUNT": ("integer", "count({0})"),
    "COUNT_DISTINCT": ("integer", "count(DISTINCT {1})"),
    "SUM": (None, "sum({0})"),
    "AVG": ("double", "avg({0})"),
    "MIN": (None, "min({1})"),
    "MAX": (None, "max({1})"),
}
