"""Records into a table of DuckDB, by way of Arrow. Needs specforce[duckdb]; never imported unless it is used."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from specforce_api.runtime.errors import InputError

if TYPE_CHECKING:
    from specforce.bulk.arrow import RecordBatches

_VIEW: Final = "specforce_export"
_TABLES: Final = """
    SELECT count(*) FROM duckdb_tables()
    WHERE lower(table_name) = lower(?)
      AND lower(schema_name) = lower(coalesce(?, current_schema()))
      AND (lower(database_name) = lower(coalesce(?, current_database())) OR database_name = 'temp')
"""


def insert(connection: Any, table: str, batches: RecordBatches) -> int:
    """Append record batches to a table, which is made where there is none; all of them or none, by one statement.

    Args:
        connection: of DuckDB.
        table: its name, also `schema.table` or `database.schema.table`.
        batches: the records; columns are matched by name.

    Returns:
        How many records were inserted.

    Raises:
        InputError: `connection` isn't one. What the batches raise, as it is; what DuckDB raises.
    """
    if not hasattr(connection, "register"):
        raise InputError(f"connection is a {type(connection).__name__}: pass what duckdb.connect() gives")
    path = table.split(".")
    name = ".".join('"' + part.replace('"', '""') + '"' for part in path)
    append = f"INSERT INTO {name} BY NAME" if _exists(connection, path) else f"CREATE TABLE {name} AS"
    connection.register(_VIEW, batches.reader)
    try:
        ((count,),) = connection.execute(f"{append} SELECT * FROM {_VIEW}").fetchall()  # noqa: S608 - quoted
    except BaseException as error:
        if batches.error is not None:
            raise batches.error from error
        raise
    finally:
        # A transaction that the caller began is aborted by an error, and takes the view with it.
        with suppress(Exception):
            connection.unregister(_VIEW)
    return int(count)


def _exists(connection: Any, path: list[str]) -> bool:
    """Whether there is such a table."""
    *places, table = path
    database, schema = [None, None, *places][-2:]
    ((found,),) = connection.execute(_TABLES, [table, schema, database]).fetchall()
    return bool(found)
