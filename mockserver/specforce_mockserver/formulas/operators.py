"""Operators between two values: arithmetic with numbers and dates, joined texts, comparisons."""

from __future__ import annotations

from typing import Final

from specforce_mockserver.formulas.errors import FormulaError
from specforce_mockserver.formulas.expressions import Expression

SECONDS_A_DAY: Final = 86_400
_MOMENT: Final = "'%Y-%m-%dT%H:%M:%S.000Z'"


def binary(operator: str, left: Expression, right: Expression) -> Expression:
    """An operator applied to two values.

    Raises:
        FormulaError: it can't be applied to values of their kinds.
    """
    if operator == "=":
        return Expression(same(left, right, "="), "boolean")
    if operator == "<>":
        return Expression(f"(NOT {same(left, right, '<>')})", "boolean")
    if operator in {"<", ">", "<=", ">="}:
        return _compared(operator, left, right)
    if operator in {"&&", "||"}:
        _both("boolean", operator, left, right)
        word = "AND" if operator == "&&" else "OR"
        return Expression(f"({left.opened(operator)} {word} {right.sql})", "boolean", operator)
    if operator == "&" or (operator == "+" and "text" in {left.kind, right.kind}):
        return _joined(operator, left, right)
    if operator in {"+", "-"} and {left.kind, right.kind} & {"date", "datetime"}:
        return _with_dates(operator, left, right)
    _both("number", operator, left, right)
    match operator:
        case "/":
            return Expression(f"({left.sql} * 1.0 / nullif({right.sql}, 0))", "number")
        case "^":
            return Expression(f"pow({left.sql}, {right.sql})", "number")
        case "*":
            return Expression(f"({left.opened('*')} * {right.sql})", "number", "*")
        case _:
            return Expression(f"({left.opened('+')} {operator} {right.sql})", "number", "+")


def same(left: Expression, right: Expression, what: str) -> str:
    """The condition that two values are the same; a blank is the same as a blank.

    Raises:
        FormulaError: values of their kinds can't be compared.
    """
    if left.kind == "blank":
        return "1" if right.kind == "blank" else right.is_blank
    if right.kind == "blank":
        return left.is_blank
    if left.kind != right.kind:
        raise _mismatch(what, left, right)
    return f"({left.sql} {'=' if left.kind in {'text', 'boolean'} else 'IS'} {right.sql})"


def _compared(operator: str, left: Expression, right: Expression) -> Expression:
    if "boolean" in {left.kind, right.kind} or (left.kind != right.kind and "blank" not in {left.kind, right.kind}):
        raise _mismatch(operator, left, right)
    if "blank" in {left.kind, right.kind}:
        return Expression("0", "boolean")
    return Expression(f"coalesce({left.sql} {operator} {right.sql}, 0)", "boolean")


def _joined(operator: str, left: Expression, right: Expression) -> Expression:
    first, second = (Expression("''", "text") if each.kind == "blank" else each for each in (left, right))
    _both("text", operator, first, second)
    return Expression(f"({first.opened('&')} || {second.sql})", "text", "&")


def _with_dates(operator: str, left: Expression, right: Expression) -> Expression:
    if left.kind == right.kind and operator == "-":
        days = f"round((julianday({left.sql}) - julianday({right.sql})) * {SECONDS_A_DAY}.0) / {SECONDS_A_DAY}.0"
        return Expression(f"({days})", "number")
    moment, number = (left, right) if operator == "-" or right.kind == "number" else (right, left)
    if number.kind != "number":
        raise _mismatch(operator, left, right)
    sign = "-" if operator == "-" else ""
    if moment.kind == "date":
        return Expression(f"date({moment.sql}, {sign}CAST({number.sql} AS INTEGER) || ' days')", "date")
    seconds = f"round({sign}{number.sql} * {SECONDS_A_DAY}.0) || ' seconds'"
    return Expression(f"strftime({_MOMENT}, {moment.sql}, {seconds})", "datetime")


def _both(kind: str, operator: str, left: Expression, right: Expression) -> None:
    if {left.kind, right.kind} != {kind}:
        message = f"{operator}: expected {kind} on both sides instead of {left.kind} and {right.kind}"
        raise FormulaError(message)


def _mismatch(what: str, left: Expression, right: Expression) -> FormulaError:
    return FormulaError(f"{what}: {left.kind} and {right.kind} don't go together")
