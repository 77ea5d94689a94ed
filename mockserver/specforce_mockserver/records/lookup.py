"""Set-wise look-ups: which records have these values, in one statement per batch however many rows it has."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from specforce_mockserver.schema import ROW, TEXT_TYPES

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from specforce_mockserver.schema import Field, SObjectType


def quoted(name: str) -> str:
    """An identifier for SQL."""
    return '"' + name.replace('"', '""') + '"'


def value_sql(field: Field, alias: str) -> str:
    """The value of a field in the row of an alias: its column, or what it is computed by."""
    if field.computed is None:
        return f"{alias}.{quoted(field.name)}"
    return f"({field.computed.replace(ROW, alias)})"


def folds_case(field: Field) -> bool:
    """Whether values of a field that differ in case only are the same value."""
    return field.type in TEXT_TYPES and field.type not in {"id", "reference"} and not field.case_sensitive


def match_key(field: Field, value: Any) -> Any:
    """What two values of a field have in common when they match: ASCII case aside, as SQLite's NOCASE sees it."""
    return _ascii_lower(value) if isinstance(value, str) and folds_case(field) else value


def _ascii_lower(text: str) -> str:
    return text.lower() if text.isascii() else "".join(each.lower() if each.isascii() else each for each in text)


def ids_by_value(
    connection: sqlite3.Connection, sobject: SObjectType, field: Field, wanted: Iterable[Any]
) -> dict[Any, list[str]]:
    """The Ids of live records per match key of a field, for those of the wanted values that exist."""
    distinct = {match_key(field, value): value for value in wanted}
    if not distinct:
        return {}
    collation = " COLLATE NOCASE" if folds_case(field) else ""
    column = quoted(field.name)
    statement = (
        f"SELECT {column}, Id FROM {quoted(sobject.name)} "  # noqa: S608 - identifiers come from the schema, quoted
        f"WHERE {column}{collation} IN (SELECT value FROM json_each(?)) AND IsDeleted = 0 ORDER BY rowid"
    )
    found: dict[Any, list[str]] = {}
    for value, record_id in connection.execute(statement, (json.dumps(list(distinct.values())),)):
        found.setdefault(match_key(field, value), []).append(record_id)
    return found


def rows_by_id(
    connection: sqlite3.Connection, sobject: SObjectType, wanted: Iterable[str], names: Iterable[str]
) -> dict[str, tuple[Any, ...]]:
    """The named columns of records by Id, of deleted ones too."""
    listed = ", ".join(quoted(name) for name in ("Id", *names))
    statement = f"SELECT {listed} FROM {quoted(sobject.name)} WHERE Id IN (SELECT value FROM json_each(?))"  # noqa: S608 - as above
    return {row[0]: tuple(row[1:]) for row in connection.execute(statement, (json.dumps(list(wanted)),))}


def ids_where(connection: sqlite3.Connection, sobject: SObjectType, ids: Iterable[str], condition: str) -> set[str]:
    """Those of some records for which a condition on the row of the alias `t` is true; all, where it is empty."""
    if not condition:
        return set(ids)
    statement = (
        f'SELECT t."Id" FROM {quoted(sobject.name)} AS t '  # noqa: S608 - as above; conditions are put together here
        f'WHERE t."Id" IN (SELECT value FROM json_each(?)) AND {condition}'
    )
    return {row[0] for row in connection.execute(statement, (json.dumps(list(ids)),))}


def whole_rows(
    connection: sqlite3.Connection, sobject: SObjectType, wanted: Iterable[str]
) -> dict[str, dict[str, Any]]:
    """The stored and computed values of records by Id and field, contents of files aside."""
    statement, names = _whole_rows_statement(sobject)
    return {
        row[0]: dict(zip(names, row[1:], strict=True))
        for row in connection.execute(statement, (json.dumps(list(wanted)),))
    }


@lru_cache(maxsize=256)
def _whole_rows_statement(sobject: SObjectType) -> tuple[str, tuple[str, ...]]:
    """The statement of `whole_rows`, and the fields whose values its columns are after the Id."""
    fields = [each for each in sobject.columns if each.type != "base64"]
    listed = ", ".join(value_sql(each, "t") for each in fields)
    statement = (
        f'SELECT t."Id", {listed} FROM {quoted(sobject.name)} AS t '  # noqa: S608 - as above
        'WHERE t."Id" IN (SELECT value FROM json_each(?))'
    )
    return statement, tuple(each.name for each in fields)
