"""The records of a query's result, read from pieces of bytes as they come: CSV, JSON or XML.

Records are dicts by field: texts from CSV (null is `""`) and XML (null is None), values from JSON. A parent is a dict,
but for CSV, which names it in the column. Source: reference/bulk_v1.md section 4.
"""

from __future__ import annotations

import codecs
import json
import re
from typing import TYPE_CHECKING, Any, Final, cast

from specforce.bulk.cells import read_batch
from specforce.bulk.results import table_chunks
from specforce.bulk_v1.encoding import values_of
from specforce_api.runtime.errors import DecodeError, IntegrityError
from specforce_api.runtime.xml import NodeParser

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from specforce.bulk_v1.options import ContentType

Record = dict[str, Any]
NOTHING_FOUND: Final = b"Records not found for this query"
_PARSER: Final = json.JSONDecoder()
_BETWEEN: Final = re.compile(r"[ \t\r\n,]*")


def read_records(pieces: Iterable[bytes], content_type: ContentType) -> Iterator[list[Record]]:
    """The records of one result, in batches.

    Raises:
        DecodeError: it isn't a result of this content type, or ends early. IntegrityError: a row isn't as wide as its
            header.
    """
    return {"CSV": _from_csv, "JSON": _from_json, "XML": _from_xml}[content_type](pieces)


def next_batch(batches: Iterator[list[Record]]) -> list[Record] | None:
    """The next batch, `None` after the last."""
    return next(batches, None)


def _from_csv(pieces: Iterable[bytes]) -> Iterator[list[Record]]:
    chunks = table_chunks(pieces, what="the results of a query")
    head = next(chunks)
    if head.strip() == NOTHING_FOUND:
        return
    columns = read_batch(head, ",")[0]
    for chunk in chunks:
        rows = [row for row in read_batch(chunk, ",") if row]
        if set(map(len, rows)) - {len(columns)}:
            raise IntegrityError(f"a row of a query's result isn't as wide as its header of {len(columns)} cells")
        yield [dict(zip(columns, row, strict=True)) for row in rows]


def _from_json(pieces: Iterable[bytes]) -> Iterator[list[Record]]:
    """Objects are cut out of the array as they end, so that a gigabyte of them isn't held."""
    decode = codecs.getincrementaldecoder("utf-8")().decode
    text, begun, ended = "", False, False
    for piece in pieces:
        text += _decoded(decode, piece)
        if not begun and (text := text.lstrip()):
            if text[0] != "[":
                raise DecodeError(f"a query's result isn't an array: {text[:200]!r}", body=text)
            begun, text = True, text[1:]
        found, end = ([], 0) if ended else _objects(text)
        text = text[end:]
        if text[:1] == "]" and not ended:
            ended, text = True, text[1:]
        if found:
            yield found
    if not ended or text.strip():
        raise DecodeError(f"a query's result ends within its array, or goes on behind it: {text[:200]!r}", body=text)


def _objects(text: str) -> tuple[list[Record], int]:
    """The whole objects at the start of a text, and where what follows them begins."""
    found: list[Record] = []
    at = 0
    while (start := _BETWEEN.match(text, at)) and text[start.end() : start.end() + 1] == "{":
        try:
            record, at = _PARSER.raw_decode(text, start.end())
        except json.JSONDecodeError:
            return found, at
        found.append(_record(record))
    return found, start.end() if start else at


def _decoded(decode: Any, piece: bytes) -> str:
    try:
        return cast("str", decode(piece))
    except UnicodeDecodeError as error:
        raise DecodeError(f"a query's result isn't UTF-8: {error}") from None


def _record(value: object) -> Record:
    if not isinstance(value, dict):
        raise DecodeError(f"a query's result has {value!r} among its records")
    record = cast("Record", value)
    return {name: _member(each) for name, each in record.items() if name != "attributes"}


def _member(value: object) -> object:
    return _record(cast("Record", value)) if isinstance(value, dict) else value


def _from_xml(pieces: Iterable[bytes]) -> Iterator[list[Record]]:
    parser = NodeParser(depth=1, max_bytes=None)
    for piece in pieces:
        if found := [_of_values(values_of(node)) for node in parser.feed(piece) if node.name == "records"]:
            yield found
    parser.close()


def _of_values(values: Record) -> Record:
    """A record's fields: without the type that comes first, and without the id where it wasn't asked for."""
    return {
        name: _of_values(cast("Record", value)) if isinstance(value, dict) else value
        for name, value in values.items()
        if name != "type" and not (name == "Id" and value is None)
    }
