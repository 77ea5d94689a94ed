"""Tables from the schema: one per object, one column per stored field, under their API names.

Every table has `Id` and `IsDeleted`, also where the object has no such field. Text is indexed as it is
compared, and so are the references that roll-up summaries follow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce_mockserver.records.lookup import folds_case, quoted
from specforce_mockserver.schema import INTEGER_TYPES, NUMBER_TYPES, LaterType

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Iterator
    from collections.abc import Set as AbstractSet

    from specforce_mockserver.schema import Field, Schema, SObjectType

_SYSTEM = ("Id", "IsDeleted")


def create_tables(connection: sqlite3.Connection, schema: Schema) -> None:
    """Make the tables that the database lacks, and the columns that a table from an older file lacks.

    Objects that are read later get theirs when they are used, by `create_tables_of`.
    """
    create_tables_of(connection, with_computed_from(schema, schema.with_tables()))


def with_computed_from(schema: Schema, objects: Iterable[SObjectType]) -> list[SObjectType]:
    """Some objects, and those whose tables their formulas and summaries may look into."""
    found = {each.name: each for each in objects}
    waiting = list(found.values())
    while waiting:
        fields = waiting.pop().fields
        if not any(each.computed for each in fields):
            continue
        targets = {target for each in fields for target in each.reference_to}
        targets |= {each.summary.foreign_key.partition(".")[0] for each in fields if each.summary}
        for name in sorted(targets):
            if name in schema and name not in found:
                found[name] = schema.definition(name)
                waiting.append(found[name])
    return list(found.values())


def create_tables_of(connection: sqlite3.Connection, objects: Collection[SObjectType]) -> None:
    """Make the tables of some objects as `create_tables` does."""
    summarized = {field.summary.foreign_key.lower() for each in objects for field in each.fields if field.summary}
    for sobject in objects:
        for statement in _statements(sobject, summarized):
            connection.execute(statement)
        present = {row[1].lower() for row in connection.execute(f"PRAGMA table_info({quoted(sobject.name)})")}
        for field in sobject.columns:
            if field.name.lower() not in present:
                connection.execute(f"ALTER TABLE {quoted(sobject.name)} ADD COLUMN {_column(field)}")


def later_tables(connection: sqlite3.Connection, schema: Schema) -> list[str]:
    """The objects of a file that are read later and have a table in it."""
    found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    names = {name for (name,) in found}
    return [each.name for each in schema.values() if isinstance(each, LaterType) and each.name in names]


def clear_tables(connection: sqlite3.Connection, schema: Schema) -> None:
    """Take every record out."""
    for sobject in schema.with_tables():
        connection.execute(f"DELETE FROM {quoted(sobject.name)}")  # noqa: S608 - names come from the schema


def table_statement(sobject: SObjectType, name: str, *, temporary: bool = False) -> str:
    """The statement that makes a table for an object's records."""
    columns = [
        "Id TEXT NOT NULL PRIMARY KEY",
        *(_column(field) for field in sobject.columns if field.name not in _SYSTEM),
        "IsDeleted INTEGER NOT NULL DEFAULT 0",
    ]
    kind = "TEMP TABLE" if temporary else "TABLE"
    return f"CREATE {kind} IF NOT EXISTS {quoted(name)} ({', '.join(columns)})"


def _statements(sobject: SObjectType, summarized: AbstractSet[str]) -> Iterator[str]:
    table = quoted(sobject.name)
    yield table_statement(sobject, sobject.name)
    for field in sobject.columns:
        index, column = quoted(f"{sobject.name}.{field.name}"), quoted(field.name)
        if field.unique or field.external_id or f"{sobject.name}.{field.name}".lower() in summarized:
            collation = " COLLATE NOCASE" if folds_case(field) else ""
            yield f"CREATE INDEX IF NOT EXISTS {index} ON {table} ({column}{collation})"
        elif field.type == "reference" and set(field.reference_to) - {"User"}:
            # Children are looked for by it (those of users are too many to be). Empty references cost nothing.
            yield f"CREATE INDEX IF NOT EXISTS {index} ON {table} ({column}) WHERE {column} IS NOT NULL"


def _column(field: Field) -> str:
    if field.type == "boolean":
        return f"{quoted(field.name)} INTEGER NOT NULL DEFAULT 0"
    if field.type in INTEGER_TYPES:
        kind = "INTEGER"
    elif field.type in NUMBER_TYPES:
        kind = "REAL"
    elif field.type == "base64":
        kind = "BLOB"
    else:
        kind = "TEXT"
    return f"{quoted(field.name)} {kind}"
