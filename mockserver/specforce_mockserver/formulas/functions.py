"""Functions whose arguments have one kind each: what they take, what they make, and their SQL.

In a template `{0}` stands for the first argument. Functions that take any kind, or any number of arguments, are in
`special.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from specforce_mockserver.formulas.expressions import Kind

MAX_PADDING: Final = 3_900


class Function(NamedTuple):
    """One function; `optional` are the SQL of arguments that may be left out."""

    makes: Kind
    takes: tuple[Kind, ...]
    sql: str
    optional: tuple[str, ...] = ()


_DIGITS = "CASE WHEN {0} GLOB '*[0-9]*' AND trim({0}) NOT GLOB '*[^0-9.eE+-]*' THEN "
_PAD = f"CAST(max(min({{1}}, {MAX_PADDING}), 0) AS INTEGER)"
_FILLING = f"substr(replace(printf('%.*c', {_PAD}, 'x'), 'x', {{2}}), 1, max({_PAD} - length({{0}}), 0))"
_LAST_DAY = "date({0}, 'start of month', (CAST({1} AS INTEGER) + 1) || ' months', '-1 day')"
_SAME_DAY = "date({0}, CAST({1} AS INTEGER) || ' months')"
_MONTH_ENDS = "date({0}, '+1 day') = date({0}, 'start of month', '+1 month')"
_TEXT: tuple[Kind, ...] = ("text",)
_NUMBER: tuple[Kind, ...] = ("number",)
_DATE: tuple[Kind, ...] = ("date",)

FUNCTIONS: Final[dict[str, Function]] = {
    # text
    "BEGINS": Function("boolean", ("text", "text"), "(substr({0}, 1, length({1})) = {1})"),
    "BR": Function("text", (), "char(10)"),
    "CASESAFEID": Function("text", _TEXT, "{0}"),
    "CONTAINS": Function("boolean", ("text", "text"), "(instr({0}, {1}) > 0)"),
    "FIND": Function(
        "number",
        ("text", "text", "number"),
        "CASE WHEN instr(substr({1}, {2}), {0}) > 0 THEN instr(substr({1}, {2}), {0}) + {2} - 1 ELSE 0 END",
        ("1",),
    ),
    "ISNUMBER": Function("boolean", _TEXT, "coalesce(" + _DIGITS + "1 END, 0)"),
    "LEFT": Function("text", ("text", "number"), "substr({0}, 1, max(CAST({1} AS INTEGER), 0))"),
    "LEN": Function("number", _TEXT, "length({0})"),
    "LOWER": Function("text", _TEXT, "lower({0})"),
    "LPAD": Function("text", ("text", "number", "text"), f"({_FILLING} || substr({{0}}, 1, {_PAD}))", ("' '",)),
    "MID": Function(
        "text",
        ("text", "number", "number"),
        "substr({0}, max(CAST({1} AS INTEGER), 1), max(CAST({2} AS INTEGER), 0))",
    ),
    "RIGHT": Function(
        "text", ("text", "number"), "CASE WHEN {1} < 1 THEN '' ELSE substr({0}, -CAST({1} AS INTEGER)) END"
    ),
    "RPAD": Function("text", ("text", "number", "text"), f"(substr({{0}}, 1, {_PAD}) || {_FILLING})", ("' '",)),
    "SUBSTITUTE": Function("text", ("text", "text", "text"), "replace({0}, {1}, {2})"),
    "TRIM": Function("text", _TEXT, "trim({0})"),
    "UPPER": Function("text", _TEXT, "upper({0})"),
    "VALUE": Function("number", _TEXT, _DIGITS + "CAST({0} AS REAL) END"),
    # numbers
    "ABS": Function("number", _NUMBER, "abs({0})"),
    "CEILING": Function("number", _NUMBER, "ceil({0})"),
    "EXP": Function("number", _NUMBER, "exp({0})"),
    "FLOOR": Function("number", _NUMBER, "floor({0})"),
    "LN": Function("number", _NUMBER, "ln({0})"),
    "LOG": Function("number", _NUMBER, "log10({0})"),
    "MOD": Function("number", ("number", "number"), "({0} - {1} * floor({0} / nullif({1}, 0.0)))"),
    "PI": Function("number", (), "3.14159265358979"),
    "ROUND": Function(
        "number",
        ("number", "number"),
        "CASE WHEN {1} < 0 THEN round({0} * pow(10, {1})) * pow(10, -{1}) ELSE round({0}, CAST({1} AS INTEGER)) END",
    ),
    "SQRT": Function("number", _NUMBER, "sqrt({0})"),
    # dates
    "ADDMONTHS": Function(
        "date",
        ("date", "number"),
        f"CASE WHEN {_MONTH_ENDS} THEN {_LAST_DAY} ELSE min({_SAME_DAY}, {_LAST_DAY}) END",
    ),
    "DATE": Function("date", ("number", "number", "number"), "date(printf('%04d-%02d-%02d', {0}, {1}, {2}))"),
    "DAY": Function("number", _DATE, "CAST(strftime('%d', {0}) AS INTEGER)"),
    "MONTH": Function("number", _DATE, "CAST(strftime('%m', {0}) AS INTEGER)"),
    "NOW": Function("datetime", (), "specforce_now()"),
    "TODAY": Function("date", (), "specforce_today()"),
    "WEEKDAY": Function("number", _DATE, "(CAST(strftime('%w', {0}) AS INTEGER) + 1)"),
    "YEAR": Function("number", _DATE, "CAST(strftime('%Y', {0}) AS INTEGER)"),
}
