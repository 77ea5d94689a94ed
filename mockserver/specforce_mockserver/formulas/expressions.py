"""SQL expressions with the kind of their values, and what keeps them within what SQLite can parse."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from specforce_mockserver.formulas.errors import FormulaError
from specforce_mockserver.schema import INTEGER_TYPES, NUMBER_TYPES

if TYPE_CHECKING:
    from specforce_mockserver.schema import Field

Kind = Literal["text", "number", "boolean", "date", "datetime", "time", "blank"]

MAX_SQL_CHARS: Final = 60_000
# SQLite's parser has a stack of 100 entries, of which the statement around a formula needs some.
MAX_WEIGHT: Final = 70
_NESTING: Final = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|\(SELECT\b|\w*\(|\)|\bCASE\b|\bEND\b""")
_KINDS: Final[dict[str, Kind]] = {"boolean": "boolean", "date": "date", "datetime": "datetime", "time": "time"}
_WITHOUT_VALUE: Final = frozenset({"address", "location", "base64", "encryptedstring"})


@dataclass(frozen=True, slots=True)
class Expression:
    """An SQL expression that stands where any operand may. Texts and booleans are never null, other kinds may be.

    `chain` names the operator that made it, where more of the same may follow within its outermost parentheses.
    """

    sql: str
    kind: Kind
    chain: str = ""

    def opened(self, chain: str) -> str:
        """The SQL as the first operand of a chain; without its parentheses where it is one, as there can't be many."""
        return self.sql[1:-1] if self.chain == chain else self.sql

    @property
    def is_blank(self) -> str:
        """The condition that there is no value."""
        if self.kind == "text":
            return f"({self.sql} = '')"
        return "0" if self.kind == "boolean" else f"({self.sql} IS NULL)"


def text_literal(value: str) -> str:
    """A text as an SQL literal.

    Raises:
        FormulaError: it has a character that no SQL can hold.
    """
    if "\0" in value:
        message = "a text can't hold the character 0"
        raise FormulaError(message)
    return "'" + value.replace("'", "''") + "'"


def kind_of(field: Field) -> Kind:
    """The kind of a field's values.

    Raises:
        FormulaError: formulas can't use a field of its type.
    """
    if field.type in _WITHOUT_VALUE:
        message = f"{field.name} is of type {field.type}, which formulas can't use"
        raise FormulaError(message)
    if field.type in NUMBER_TYPES or field.type in INTEGER_TYPES:
        return "number"
    return _KINDS.get(field.type, "text")


def field_value(field: Field, sql: str, *, blank_as_zero: bool) -> Expression:
    """A field's stored value as formulas see it: a percentage is a fraction, a text is never null."""
    kind = kind_of(field)
    if kind == "text":
        return Expression(f"coalesce({sql}, '')", kind)
    if field.type == "percent":
        sql = f"({sql} / 100.0)"
    return Expression(f"coalesce({sql}, 0)" if kind == "number" and blank_as_zero else sql, kind)


def stored_value(found: Expression, field: Field) -> str:
    """A formula's value as a field of its type would store it.

    Raises:
        FormulaError: the formula makes something else.
    """
    wanted = kind_of(field)
    if found.kind == "blank":
        return "NULL" if wanted != "boolean" else "0"
    if found.kind != wanted:
        message = f"the field is of type {field.type}, and the formula makes a {found.kind}"
        raise FormulaError(message)
    if wanted == "text":
        return f"nullif({found.sql}, '')"
    if field.type in INTEGER_TYPES:
        return f"CAST(round({found.sql}) AS INTEGER)"
    if field.type in NUMBER_TYPES:
        value = f"({found.sql}) * 100.0" if field.type == "percent" else found.sql
        return f"round({value}, {field.scale})"
    return f"({found.sql})"


def checked(sql: str) -> str:
    """The expression, if SQLite can parse it.

    Raises:
        FormulaError: it is too long, or nested too deeply.
    """
    if len(sql) > MAX_SQL_CHARS:
        message = f"a formula, with those that it uses, can't take more than {MAX_SQL_CHARS} characters when compiled"
        raise FormulaError(message)
    weights: list[int] = []
    total = 0
    for found in _NESTING.finditer(sql):
        piece = found.group()
        if piece in {")", "END"}:
            total -= weights.pop()
        elif piece[0] not in "'\"":
            weights.append(_weight(piece))
            total += weights[-1]
            if total > MAX_WEIGHT:
                message = "a formula, with those that it uses, is nested too deeply"
                raise FormulaError(message)
    return sql


def _weight(opening: str) -> int:
    """How many entries of the parser's stack an opening piece holds, an operator before it included."""
    if opening == "CASE":
        return 6
    if opening == "(SELECT":
        return 6
    return 3 if opening == "(" else 4
