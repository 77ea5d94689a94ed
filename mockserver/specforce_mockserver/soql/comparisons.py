"""One field against one literal or a list of them: types are checked, null, case, Ids and date literals minded.

Null rules: `=` and `!=` know null; `!=` and `NOT IN` also find empty fields; `<`, `>` and LIKE never do; an empty
boolean is false; `''` means the same as null, since Salesforce keeps no empty texts.
Source: specs/reference/soql.md sections 2, 3 and 5.
"""

# ruff: noqa: S608 (names come from the schema, quoted; values are parameters)

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from specforce_mockserver.ids import to_18

from . import kinds, literals, sql
from .dates import day_range
from .errors import INVALID_FIELD, INVALID_QUERY_FILTER_OPERATOR, Fault, unexpected
from .sql import Parameters, Test
from .sqlite_functions import FOLD, fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .settings import Context
    from .terms import Term
    from .tree import Comparator, Compare, Member, Value

# Longer lists are one parameter, so that no query has more parameters than SQLite takes.
MANY_VALUES: Final = 20
_WILDCARD: Final = re.compile(r"[%_\\]")
Stored = str | int | float | None


class Comparisons:
    """Makes tests; one per statement, for its parameters and its moment."""

    def __init__(self, context: Context, parameters: Parameters) -> None:
        self._context = context
        self._parameters = parameters

    def compare(self, term: Term, comparison: Compare) -> Test:
        """`term operator value`."""
        operator, value = comparison.operator, comparison.value
        if operator == "LIKE":
            return self._like(term, value)
        self._check_order(term, operator)
        if value.kind == "range":
            return self._in_range(term, operator, value)
        stored = self._stored(term, value)
        if operator in {"=", "!="}:
            test = self._equals(term, [stored])
            return test if operator == "=" else self._differs(term, test)
        if stored is None:
            return Test("0")
        return Test(f"{term.key} {operator} {self._parameters.add(stored)}")

    def member(self, term: Term, membership: Member) -> Test:
        """`term [NOT] IN (values)`, `term INCLUDES | EXCLUDES (values)`."""
        operator, values = membership.operator, membership.values
        if operator in {"INCLUDES", "EXCLUDES"}:
            test = self._includes(term, values)
            return test if operator == "INCLUDES" else self._differs(term, test)
        ranges = [self._in_range(term, "=", each) for each in values if each.kind == "range"]
        stored = [self._stored(term, each) for each in values if each.kind != "range"]
        tests = [*ranges, self._equals(term, stored)] if stored else ranges
        test = sql.joined("OR", tests)
        return test if operator == "IN" else self._differs(term, test)

    def _equals(self, term: Term, values: Sequence[Stored]) -> Test:
        """One of the values; null among them finds empty fields."""
        if term.kind == "boolean":
            wanted = {value or 0 for value in values}
            if len(wanted) > 1:
                return Test("1")
            return Test(f"{term.key} = {wanted.pop()}")
        tests: list[Test] = []
        present = list(dict.fromkeys(value for value in values if value is not None))
        if None in values:
            tests.append(Test(f"{term.sql} IS NULL"))
        plain: list[Stored] = []
        folded: list[Stored] = []
        for value in present:
            if isinstance(value, str) and term.no_case and not value.isascii():
                folded.append(fold(value))
            else:
                plain.append(value)
        if plain:
            tests.append(self._one_of(term.key, plain))
        if folded:
            tests.append(self._one_of(f"{FOLD}({term.sql})", folded))
        return sql.joined("OR", tests)

    def _one_of(self, key: str, values: Sequence[Stored]) -> Test:
        if len(values) == 1:
            return Test(f"{key} = {self._parameters.add(values[0])}")
        if len(values) <= MANY_VALUES:
            return Test(f"{key} IN ({', '.join(map(self._parameters.add, values))})")
        return Test(f"{key} IN (SELECT value FROM json_each({self._parameters.add(json.dumps(values))}))")

    def _differs(self, term: Term, test: Test) -> Test:
        """The rows that a test doesn't find, as `!=` and NOT IN mean it."""
        if not term.parent or self._context.settings.missing_parent_differs:
            return sql.opposite(test)
        there = Test(f"{term.parent} IS NOT NULL")
        return sql.joined("AND", [sql.opposite(test), there])

    def _in_range(self, term: Term, operator: Comparator, value: Value) -> Test:
        """A date literal: `=` inside, `<` before its start, `>` after its end."""
        if term.kind not in {"date", "datetime"}:
            raise _wrong_type(term, value)
        days = day_range(value.text, self._context)
        start, end = days.days() if term.kind == "date" else days.moments(self._context)
        if operator in {"=", "!="}:
            first, last = self._parameters.add(start), self._parameters.add(end)
            inside = Test(f"{term.sql} >= {first} AND {term.sql} < {last}", group=True)
            return inside if operator == "=" else self._differs(term, inside)
        sign, bound = {"<": ("<", start), "<=": ("<", end), ">": (">=", end), ">=": (">=", start)}[operator]
        return Test(f"{term.sql} {sign} {self._parameters.add(bound)}")

    def _like(self, term: Term, value: Value) -> Test:
        if value.kind == "null":
            raise unexpected(value.text, value.at)
        if term.kind != "text":
            raise _wrong_operator(term)
        if value.kind != "string":
            raise _wrong_type(term, value)
        pattern = literals.like_pattern(value)
        subject = term.sql
        if not pattern.isascii():
            pattern, subject = fold(pattern) or "", f"{FOLD}({term.sql})"
        return Test(f"{subject} LIKE {self._parameters.add(pattern)} ESCAPE '\\'")

    def _includes(self, term: Term, values: Sequence[Value]) -> Test:
        """`('A;B', 'C')`: A and B, or C."""
        if term.column is None or term.column.field.type != "multipicklist":
            raise _wrong_operator(term)
        choices: list[list[str]] = []
        for value in values:
            if value.kind != "string":
                raise _wrong_type(term, value)
            choices.append([_held(each) for each in literals.string(value).split(";")])
        held = f"';' || {term.sql} || ';'"
        if sum(map(len, choices)) > MANY_VALUES:
            given = self._parameters.add(json.dumps(choices))
            missing = f"SELECT 1 FROM json_each(choice.value) AS part WHERE {held} NOT LIKE part.value ESCAPE '\\'"
            found = f"EXISTS (SELECT 1 FROM json_each({given}) AS choice WHERE NOT EXISTS ({missing}))"
            return Test(f"{term.sql} IS NOT NULL AND {found}", depth=2, group=True)
        tests = [
            sql.joined("AND", [Test(f"{held} LIKE {self._parameters.add(part)} ESCAPE '\\'") for part in parts])
            for parts in choices
        ]
        return sql.joined("OR", tests)

    def _check_order(self, term: Term, operator: Comparator) -> None:
        ordered = operator not in {"=", "!="}
        unordered_field = term.column is not None and term.column.field.type == "multipicklist"
        if ordered and (term.kind == "boolean" or unordered_field):
            raise _wrong_operator(term)

    def _stored(self, term: Term, value: Value) -> Stored:
        """A literal as the values of a term are stored; None for null."""
        if value.kind == "null" or (value.kind == "string" and value.text == "" and term.kind in {"text", "id"}):
            return None
        match term.kind, value.kind:
            case "text", "string":
                return literals.string(value)
            case "id", "string":
                return _record_id(literals.string(value), term)
            case "boolean", "boolean":
                return literals.boolean(value)
            case "integer", "number":
                number = literals.number(value)
                if (isinstance(number, float) and not number.is_integer()) or "." in value.text:
                    raise _wrong_type(term, value)
                return number
            case "double", "number" | "currency":
                return literals.number(value)
            case "date", "date":
                return literals.day(value)
            case "datetime", "datetime":
                return literals.moment(value)
            case "time", "time":
                return literals.time_of_day(value)
            case _:
                raise _wrong_type(term, value)


def _held(choice: str) -> str:
    """The pattern of multi-select values, stored as `A;B`, that hold a choice."""
    plain = _WILDCARD.sub(r"\\\g<0>", choice.strip())
    return f"%;{plain};%"


def _record_id(text: str, term: Term) -> str:
    """An Id in its long form, as stored."""
    found = to_18(text)
    if found is None:
        raise Fault(INVALID_QUERY_FILTER_OPERATOR, f"invalid ID field: {text}", term.at)
    return found


def _wrong_operator(term: Term) -> Fault:
    """The operator isn't for this type."""
    kind = "multipicklist" if term.column is not None and term.column.field.type == "multipicklist" else term.kind
    return Fault(INVALID_QUERY_FILTER_OPERATOR, f"invalid operator on {kind} field", term.at)


def _wrong_type(term: Term, value: Value) -> Fault:
    """The literal isn't of the field's type."""
    if value.kind in {"date", "datetime", "time"} and term.kind not in {"date", "datetime", "time"}:
        # A literal of the wrong form is reported for what it is, whatever it is compared with.
        {"date": literals.day, "datetime": literals.moment, "time": literals.time_of_day}[value.kind](value)
    quotes = "should be" if term.kind in {"text", "id"} else "should not be"
    expected = kinds.VALUE_TYPES.get(term.kind, term.kind)
    text = (
        f"value of filter criterion for field '{term.name}' must be of type {expected} and {quotes} enclosed in quotes"
    )
    return Fault(INVALID_FIELD, text, term.at)
