"""Statements on a connection, with SQLite's refusals of what is too big put into SOQL's words."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Final

from .errors import QUERY_TOO_COMPLICATED, SoqlError
from .sqlite_functions import register

if TYPE_CHECKING:
    from collections.abc import Mapping

_TOO_BIG: Final = (
    "parser stack overflow",
    "Expression tree is too large",
    "at most 64 tables",
    "too many FROM clause terms",
    "too many columns",
    "too many SQL variables",
    "too many terms",
)


def cursor(connection: sqlite3.Connection, statement: str, parameters: Mapping[str, object]) -> sqlite3.Cursor:
    """Run a statement, with the functions that it needs.

    Raises:
        SoqlError: QUERY_TOO_COMPLICATED where SQLite gives up.
    """
    register(connection, statement)
    try:
        return connection.execute(statement, parameters)
    except sqlite3.OperationalError as error:
        if any(text in str(error) for text in _TOO_BIG):
            text = "Query is either selecting too many fields or the filter conditions are too complicated."
            raise SoqlError(QUERY_TOO_COMPLICATED, text) from error
        raise
