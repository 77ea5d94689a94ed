"""PK chunking: a query split by ranges of ids, each a batch of its own.

Source: reference/bulk_v1.md section 5. Texts of refusals are our own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from specforce_mockserver.bulk.failure import JobFailure
from specforce_mockserver.calls import ApiError
from specforce_mockserver.ids import to_18

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from specforce_mockserver.schema import Schema, SObjectType
    from specforce_mockserver.soql import CompiledQuery

CHUNK_RECORDS: Final = 100_000
MAX_CHUNK_RECORDS: Final = 250_000
_WORDS: Final = re.compile(r"'(?:\\.|[^'\\])*'|[()]|\w+", re.DOTALL)
_AFTER_WHERE: Final = frozenset({"WITH", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "FOR", "ALL", "UPDATE"})


@dataclass(frozen=True, slots=True)
class Chunking:
    """How queries are split.

    Attributes:
        records: how many records of the object, or of `parent`, make a chunk.
        parent: for Share and History objects, the object whose ids are split.
        first_id: where the first chunk begins; None at the beginning.
    """

    records: int = CHUNK_RECORDS
    parent: SObjectType | None = None
    first_id: str | None = None


def read_chunking(schema: Schema, header: str) -> Chunking | None:
    """What `Sforce-Enable-PKChunking` asks for; None for no chunking.

    Raises:
        ApiError: 400 InvalidJob, an option that isn't one or has no sense.
    """
    if header.strip().upper() in {"", "FALSE"}:
        return None
    if header.strip().upper() == "TRUE":
        return Chunking()
    options: dict[str, str] = {}
    for each in header.removesuffix(";").split(";"):  # salesforce-bulk ends every option with one
        name, equals, value = each.partition("=")
        if not equals or name.strip().lower() not in {"chunksize", "parent", "startrow"}:
            raise _refused(each.strip())
        options[name.strip().lower()] = value.strip()
    size = options.get("chunksize", str(CHUNK_RECORDS))
    if not (size.isascii() and size.isdecimal() and 1 <= int(size[:9]) <= MAX_CHUNK_RECORDS and len(size) < 9):
        raise _refused(f"chunkSize={size}")
    parent = schema.type(options["parent"]) if "parent" in options else None
    if "parent" in options and parent is None:
        raise _refused(f"parent={options['parent']}")
    first_id = to_18(options["startrow"]) if "startrow" in options else None
    if "startrow" in options and first_id is None:
        raise _refused(f"startRow={options['startrow']}")
    return Chunking(int(size), parent, first_id)


def can_be_split(query: CompiledQuery) -> bool:
    """Whether chunking has any effect: it has none on what is sorted or cut off."""
    return not query.tree.order_by and query.tree.limit is None


def chunk_texts(connection: sqlite3.Connection, query: CompiledQuery, chunking: Chunking) -> Iterator[str]:
    """The queries of the chunks, in the order of their ids.

    Raises:
        JobFailure: the object has no reference to the parent that was named.
    """
    sobject = query.plan.sobject
    name, table = "Id", sobject
    if chunking.parent is not None:
        parent = table = chunking.parent
        found = (each.name for each in sobject.fields if parent.name in each.reference_to)
        name = next(found, "")
        if not name:
            message = f"InvalidBatch : {sobject.name} has no parent of type {parent.name}"
            raise JobFailure(message)
    starts = _starts(connection, table, chunking)
    for place, start in enumerate(starts):
        end = f" AND {name} < '{starts[place + 1]}'" if place + 1 < len(starts) else ""
        yield narrowed(query.text, f"{name} >= '{start}'{end}")


def _starts(connection: sqlite3.Connection, table: SObjectType, chunking: Chunking) -> list[str]:
    """The first id of each chunk."""
    quoted = '"' + table.name.replace('"', '""') + '"'
    numbered = f"SELECT Id, row_number() OVER (ORDER BY Id) AS place FROM {quoted} WHERE Id >= :first"  # noqa: S608
    statement = f"SELECT Id FROM ({numbered}) WHERE (place - 1) % :records = 0 ORDER BY Id"  # noqa: S608
    found = connection.execute(statement, {"first": chunking.first_id or "", "records": chunking.records})
    return [record_id for (record_id,) in found]


def narrowed(text: str, condition: str) -> str:
    """A query with a condition more."""
    depth, where, end = 0, None, len(text)
    seen_from = False
    for word in _WORDS.finditer(text):
        found = word[0].upper()
        depth += (found == "(") - (found == ")")
        if depth:
            continue
        seen_from = seen_from or found == "FROM"
        if seen_from and found == "WHERE":
            where = word.end()
        elif seen_from and found in _AFTER_WHERE:
            end = word.start()
            break
    before, rest = text[:end].rstrip(), text[end:]
    tail = f" {rest}" if rest else ""
    if where is None:
        return f"{before} WHERE {condition}{tail}"
    return f"{before[:where]} ({before[where:].strip()}) AND {condition}{tail}"


def _refused(option: str) -> ApiError:
    return ApiError(400, "InvalidJob", f"Invalid PK chunking option: {option}")
