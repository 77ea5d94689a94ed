"""How SQLite prints a value: for JSON, and as the text of a CSV cell.

Source: specs/reference/soql.md section 4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from . import sql
from .sqlite_functions import NUMBER

if TYPE_CHECKING:
    from .terms import Term

# Within these bounds SQLite's own text of a double has no exponent.
PLAIN_FROM: Final = "0.001"
PLAIN_TO: Final = "999999999999999.0"
# Kinds whose text never has a double quote in it.
NEED_NO_QUOTES: Final = frozenset({"id", "boolean", "integer", "double", "date", "datetime", "time"})


def json_value(term: Term, path: str) -> str:
    """The expression that gives a term's value as JSON has it (booleans stay 0 and 1).

    Args:
        term: what is selected.
        path: of the API version's records, for the URL that stands for a base64 field.
    """
    if term.form:
        return term.form.format(term.sql)
    match term.kind:
        case "datetime":
            return f"substr({term.sql}, 1, 23) || '+0000'"
        case "double":
            return f"CAST({term.sql} AS REAL)"
        case "boolean":
            # A boolean is never null; where its row is missing the whole parent is.
            return f"coalesce({term.sql}, 0)"
        case "base64":
            return _blob_url(term, path)
        case _:
            return term.sql


def _blob_url(term: Term, path: str) -> str:
    column = term.column
    assert column is not None
    before, after = sql.text(f"{path}{column.origin.type_name}/"), sql.text(f"/{column.field.name}")
    return f"CASE WHEN {term.sql} IS NOT NULL THEN {before} || {column.origin.id} || {after} END"


def cell(term: Term) -> str:
    """The expression that gives a term's value as the text of a CSV cell, never null."""
    if term.form:
        return f"coalesce({term.form.format(term.sql)}, '')"
    match term.kind:
        case "boolean":
            shown = f"CASE WHEN {term.sql} THEN 'true' ELSE 'false' END"
            return f"CASE WHEN {term.parent} IS NULL THEN '' ELSE {shown} END" if term.parent else shown
        case "integer":
            return f"coalesce(CAST({term.sql} AS TEXT), '')"
        case "double":
            return _number(term.sql)
        case _:
            return f"coalesce({term.sql}, '')"


def _number(value: str) -> str:
    """A double without exponent and with all the digits that it takes to read the same double back."""
    plain = f"CAST(CAST({value} AS REAL) AS TEXT)"
    exact = f"{value} = 0 OR (abs({value}) BETWEEN {PLAIN_FROM} AND {PLAIN_TO} AND CAST({plain} AS REAL) = {value})"
    return f"CASE WHEN {value} IS NULL THEN '' WHEN {exact} THEN {plain} ELSE {NUMBER}({value}) END"
