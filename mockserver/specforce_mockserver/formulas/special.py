"""Functions that take any kind of value, or any number of them: conditions, blanks, choices, conversions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specforce_mockserver.formulas.errors import FormulaError
from specforce_mockserver.formulas.expressions import Expression
from specforce_mockserver.formulas.operators import same

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from specforce_mockserver.formulas.expressions import Kind

Special = tuple[int, int | None, "Callable[[Sequence[Expression]], Expression]"]
MOMENT_FORMAT: Final = "%Y-%m-%dT%H:%M:%S.000Z"


def want(found: Expression, kind: Kind, what: str) -> str:
    """The SQL of a value that must be of one kind.

    Raises:
        FormulaError: it is of another.
    """
    if found.kind == "blank":
        return {"text": "''", "boolean": "0"}.get(kind, "NULL")
    if found.kind != kind:
        message = f"{what}: expected {kind} instead of {found.kind}"
        raise FormulaError(message)
    return found.sql


def _joined(operator: str, name: str) -> Callable[[Sequence[Expression]], Expression]:
    def join(given: Sequence[Expression]) -> Expression:
        return Expression("(" + operator.join(want(each, "boolean", name) for each in given) + ")", "boolean")

    return join


def common_kind(given: Sequence[Expression], what: str) -> Kind:
    """The kind of values of which one will be the result.

    Raises:
        FormulaError: they are of several.
    """
    kinds: set[Kind] = {each.kind for each in given if each.kind != "blank"}
    if len(kinds) > 1:
        message = f"{what}: its values are of several kinds: {', '.join(sorted(kinds))}"
        raise FormulaError(message)
    return kinds.pop() if kinds else "blank"


def _if(given: Sequence[Expression]) -> Expression:
    condition, *chosen = given
    kind = common_kind(chosen, "IF")
    then, otherwise = (want(each, kind, "IF") if kind != "blank" else "NULL" for each in chosen)
    first = f"CASE WHEN {want(condition, 'boolean', 'IF')} THEN {then}"
    # IF within the last argument of IF is one more case: SQLite's parser can't nest many.
    if otherwise.startswith("CASE WHEN ") and chosen[1].kind == kind and _is_chain(otherwise):
        return Expression(f"{first} {otherwise.removeprefix('CASE ')}", kind)
    return Expression(f"{first} ELSE {otherwise} END", kind)


def _is_chain(sql: str) -> bool:
    """Whether an expression is one CASE and nothing after it: its END is the last."""
    return sql.endswith(" END") and sql.count("CASE ") == 1


def _case(given: Sequence[Expression]) -> Expression:
    subject, *rest = given
    if len(rest) % 2 == 0:
        message = "CASE: expected pairs of a value and its result, and a result for all else"
        raise FormulaError(message)
    results = [*rest[1::2], rest[-1]]
    kind = common_kind(results, "CASE")
    made = [want(each, kind, "CASE") if kind != "blank" else "NULL" for each in results]
    cases = " ".join(
        f"WHEN {same(subject, value, 'CASE')} THEN {result}" for value, result in zip(rest[:-1:2], made, strict=False)
    )
    return Expression(f"CASE {cases} ELSE {made[-1]} END", kind)


def _is_blank(given: Sequence[Expression]) -> Expression:
    return Expression("1" if given[0].kind == "blank" else given[0].is_blank, "boolean")


def _blank_value(given: Sequence[Expression]) -> Expression:
    kind = common_kind(given, "BLANKVALUE")
    value, otherwise = (want(each, kind, "BLANKVALUE") for each in given)
    if kind == "text":
        return Expression(f"coalesce(nullif({value}, ''), {otherwise})", kind)
    return Expression(f"coalesce({value}, {otherwise})", kind)


def _is_value(given: Sequence[Expression]) -> Expression:
    wanted = (want(each, "text", "ISPICKVAL") for each in given)
    return Expression(f"({' = '.join(wanted)})", "boolean")


def _includes(given: Sequence[Expression]) -> Expression:
    listed, value = (want(each, "text", "INCLUDES") for each in given)
    return Expression(f"(instr(';' || {listed} || ';', ';' || {value} || ';') > 0)", "boolean")


def _text(given: Sequence[Expression]) -> Expression:
    match given[0].kind:
        case "text":
            return given[0]
        case "number":
            return Expression(f"coalesce(printf('%.15g', {given[0].sql}), '')", "text")
        case "datetime":
            return Expression(f"coalesce(strftime('%Y-%m-%d %H:%M:%SZ', {given[0].sql}), '')", "text")
        case "date" | "time":
            return Expression(f"coalesce({given[0].sql}, '')", "text")
        case other:
            message = f"TEXT: can't write a {other}"
            raise FormulaError(message)


def _extreme(name: str) -> Callable[[Sequence[Expression]], Expression]:
    def extreme(given: Sequence[Expression]) -> Expression:
        values = [want(each, "number", name) for each in given]
        return Expression(f"{name.lower()}({', '.join(values)})" if len(values) > 1 else values[0], "number")

    return extreme


def _date_value(given: Sequence[Expression]) -> Expression:
    if given[0].kind not in {"text", "date", "datetime"}:
        message = f"DATEVALUE: can't make a date of a {given[0].kind}"
        raise FormulaError(message)
    return Expression(f"date({given[0].sql})", "date")


def _date_time_value(given: Sequence[Expression]) -> Expression:
    if given[0].kind not in {"text", "date", "datetime"}:
        message = f"DATETIMEVALUE: can't make a moment of a {given[0].kind}"
        raise FormulaError(message)
    return Expression(f"strftime('{MOMENT_FORMAT}', {given[0].sql})", "datetime")


def _not(given: Sequence[Expression]) -> Expression:
    return Expression(f"(NOT {want(given[0], 'boolean', 'NOT')})", "boolean")


# The fewest arguments, the most (None: no end), and what is made of them.
SPECIAL: Final[dict[str, Special]] = {
    "AND": (1, None, _joined(" AND ", "AND")),
    "BLANKVALUE": (2, 2, _blank_value),
    "CASE": (4, None, _case),
    "DATETIMEVALUE": (1, 1, _date_time_value),
    "DATEVALUE": (1, 1, _date_value),
    "IF": (3, 3, _if),
    "INCLUDES": (2, 2, _includes),
    "ISBLANK": (1, 1, _is_blank),
    "ISNULL": (1, 1, _is_blank),
    "ISPICKVAL": (2, 2, _is_value),
    "MAX": (1, None, _extreme("MAX")),
    "MIN": (1, None, _extreme("MIN")),
    "NOT": (1, 1, _not),
    "NULLVALUE": (2, 2, _blank_value),
    "OR": (1, None, _joined(" OR ", "OR")),
    "TEXT": (1, 1, _text),
}
