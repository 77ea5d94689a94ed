"""What follows from a file's bytes: its size and kind, and the ContentDocument that a first version begins.

A new document is shared with its owner and with the record that its first version names.

Source: specs/reference/rest.md section 5. Names of file types and a title taken from the path are [E].
"""

from __future__ import annotations

import hashlib
import json
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from specforce_mockserver.records.batch import ABSENT, Batch
from specforce_mockserver.records.lookup import quoted
from specforce_mockserver.records.write import insert_rows

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from specforce_mockserver.counters import Counters
    from specforce_mockserver.records.batch import Column
    from specforce_mockserver.schema import Schema

VERSION = "ContentVersion"
DOCUMENT = "ContentDocument"
LINK = "ContentDocumentLink"
_BODY = ("Body", "BodyLength")
_SIZES = {"Attachment": _BODY, "Document": _BODY, VERSION: ("VersionData", "ContentSize")}
_TYPES = {"txt": "TEXT", "doc": "WORD", "docx": "WORD_X", "xls": "EXCEL", "xlsx": "EXCEL_X", "jpeg": "JPG"}
_SAME_IN_DOCUMENT = ("Title", "Description", "ContentSize", "FileType", "FileExtension", "OwnerId", "SharingOption")


def measure(batch: Batch) -> None:
    """Fill in the sizes of files, and the checksums and kinds of content versions."""
    if batch.sobject.name not in _SIZES:
        return
    name, size_name = _SIZES[batch.sobject.name]
    column = batch.columns.get(name)
    if column is not None:
        batch.columns[size_name] = [each if each is ABSENT else len(each or b"") for each in column]
    if batch.sobject.name == VERSION and column is not None:
        batch.columns["Checksum"] = [each if each is ABSENT else _checksum(each or b"") for each in column]
        paths = [PurePosixPath(str(each or "").replace("\\", "/")) for each in _texts(batch.column("PathOnClient"))]
        extensions = [each.suffix.removeprefix(".")[:40] for each in paths]
        batch.columns["FileExtension"] = [each or None for each in extensions]
        batch.columns["FileType"] = [_TYPES.get(each.lower(), each.upper()[:20] or "UNKNOWN") for each in extensions]
        titles = _texts(batch.column("Title"))
        batch.columns["Title"] = [given or path.stem[:255] for given, path in zip(titles, paths, strict=True)]
    _keep_known(batch)


def _texts(column: Column) -> Column:
    return [None if each is ABSENT else each for each in column]


def _checksum(content: bytes | memoryview) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def _keep_known(batch: Batch) -> None:
    """Forget what the object has no field for."""
    for name in [each for each in batch.columns if batch.sobject.field(each) is None]:
        del batch.columns[name]


def publish(
    connection: sqlite3.Connection, schema: Schema, batch: Batch, ids: Sequence[str], counters: Counters, *, now: str
) -> None:
    """Make new content versions the latest of their documents; those without document begin one.

    Args:
        connection: the writer's.
        schema: of the org.
        batch: the versions, about to be inserted.
        ids: of the versions.
        counters: for the Ids of documents.
        now: the org's time as stored.
    """
    documents = schema[DOCUMENT]
    column = batch.column("ContentDocumentId")
    new_rows = [row for row, value in enumerate(column) if value is None or value is ABSENT]
    new_ids = counters.new_ids(documents.key_prefix or "069", len(new_rows))
    for row, document_id in zip(new_rows, new_ids, strict=True):
        column[row] = document_id
    latest = {document_id: row for row, document_id in enumerate(column)}
    counts = _version_counts(connection, latest)
    numbers: list[str] = []
    for document_id in column:
        counts[document_id] = counts.get(document_id, 0) + 1
        numbers.append(str(counts[document_id]))
    batch.columns["VersionNumber"] = [*numbers]
    batch.columns["IsLatest"] = [int(latest[document_id] == row) for row, document_id in enumerate(column)]
    batch.columns["ContentModifiedDate"] = [now] * batch.size
    batch.columns["ContentModifiedById"] = _texts(batch.column("OwnerId"))
    _keep_known(batch)
    if new_rows:
        owners = [batch.columns["ContentModifiedById"][row] for row in new_rows]
        insert_rows(connection, _documents(schema, batch, new_rows, owners, now), new_ids, {"PublishStatus": "P"})
        places = _texts(batch.column("FirstPublishLocationId"))
        links = [(document_id, owner, "I") for document_id, owner in zip(new_ids, owners, strict=True)]
        links += [
            (document_id, places[row], "V") for row, document_id in zip(new_rows, new_ids, strict=True) if places[row]
        ]
        _share(connection, schema, links, counters, now=now)
    _make_latest(connection, batch, [(latest[each], ids[latest[each]], each) for each in latest], now)


def _version_counts(connection: sqlite3.Connection, document_ids: Iterable[str]) -> dict[str, int]:
    found = connection.execute(
        f"SELECT ContentDocumentId, count(*) FROM {VERSION} "  # noqa: S608 - a constant
        "WHERE ContentDocumentId IN (SELECT value FROM json_each(?)) GROUP BY 1",
        (json.dumps(list(document_ids)),),
    )
    return dict(found.fetchall())


def _documents(schema: Schema, batch: Batch, rows: Sequence[int], owners: Column, now: str) -> Batch:
    """The documents that some of the versions begin."""
    made = Batch(schema[DOCUMENT], len(rows))
    for name in _SAME_IN_DOCUMENT:
        if name in batch.columns:
            made.columns[name] = [batch.columns[name][row] for row in rows]
    made.columns |= dict.fromkeys(("CreatedDate", "LastModifiedDate", "SystemModstamp"), [now] * len(rows))
    made.columns |= dict.fromkeys(("CreatedById", "LastModifiedById"), owners)
    _keep_known(made)
    return made


def _share(
    connection: sqlite3.Connection,
    schema: Schema,
    links: Sequence[tuple[str, Any, str]],
    counters: Counters,
    *,
    now: str,
) -> None:
    """Link new documents with their owners and with the records that they are of: document, record, type of share."""
    sobject = schema.type(LINK)
    if sobject is None:
        return
    made = Batch(sobject, len(links))
    for place, name in enumerate(("ContentDocumentId", "LinkedEntityId", "ShareType")):
        made.columns[name] = [link[place] for link in links]
    ids = counters.new_ids(sobject.key_prefix or "06A", len(links))
    insert_rows(connection, made, ids, {"Visibility": "AllUsers", "SystemModstamp": now})


def _make_latest(
    connection: sqlite3.Connection, batch: Batch, versions: Sequence[tuple[int, str, str]], now: str
) -> None:
    """Let documents show their latest version: the row of the batch, its Id, and its document's."""
    names = [name for name in ("Title", "ContentSize", "FileType", "FileExtension") if name in batch.columns]
    assigned = ", ".join(f"{quoted(name)} = ?" for name in ("LatestPublishedVersionId", "ContentModifiedDate", *names))
    values: list[tuple[Any, ...]] = [
        (version_id, now, *(batch.columns[name][row] for name in names), document_id)
        for row, version_id, document_id in versions
    ]
    connection.executemany(f"UPDATE {DOCUMENT} SET {assigned} WHERE Id = ?", values)  # noqa: S608 - names of fields
    listed = json.dumps([document_id for _row, _version_id, document_id in versions])
    statement = f"UPDATE {VERSION} SET IsLatest = 0 WHERE ContentDocumentId IN (SELECT value FROM json_each(?))"  # noqa: S608
    connection.execute(statement, (listed,))
