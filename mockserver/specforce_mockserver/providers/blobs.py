"""Files: created and changed beside their record's JSON in one multipart request, read in pieces.

Source: specs/reference/rest.md section 5, "Blob create". The refusals of malformed requests are [E].
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, cast

from specforce_mockserver import rows
from specforce_mockserver.calls import Answer, ApiError, Call, Part, not_found
from specforce_mockserver.ids import to_18
from specforce_mockserver.providers.describes import sobject_of
from specforce_mockserver.providers.sobject_rows import change, created, insert
from specforce_mockserver.records.lookup import quoted
from specforce_mockserver.records.pictures import KIND as PICTURE
from specforce_mockserver.registry import provides

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from specforce_mockserver.org import Org
    from specforce_mockserver.schema import Field, SObjectType

STORED_TYPE = "application/octetstream"
PIECE_BYTES = 262_144


@provides("createRecordMultipart", blocking=True)
def create_record_multipart(call: Call) -> Answer:
    """Insert a record with its file."""
    sobject = sobject_of(call)
    record, field, file = _parts_of(sobject, cast("Sequence[Part]", call.body))
    call.body, call.raw_body = record.json_object(), bytes(record.content)
    return created(call, sobject, insert(call, sobject, {field.name: file.content}))


def _parts_of(sobject: SObjectType, parts: Sequence[Part]) -> tuple[Part, Field, Part]:
    """The record's part, and the file's with the field it is for.

    Raises:
        ApiError: the parts aren't these two.
    """
    files = [(field, each) for each in parts if (field := sobject.field(each.name)) and field.type == "base64"]
    records = [each for each in parts if not any(each is file for _field, file in files)]
    if len(records) != 1:
        raise ApiError(400, "INVALID_MULTIPART_REQUEST", "Multipart message must include one non-binary part")
    if len(files) != 1:
        names = ", ".join(each.name for each in sobject.columns if each.type == "base64")
        message = f"Multipart message must include one binary part, named after a field for files: {names or 'none'}"
        raise ApiError(400, "INVALID_MULTIPART_REQUEST", message)
    return records[0], *files[0]


@provides("updateRecordMultipart", blocking=True)
def update_record_multipart(call: Call) -> Answer:
    """Change a record and its file."""
    record, field, file = _parts_of(sobject_of(call), cast("Sequence[Part]", call.body))
    call.body, call.raw_body = record.json_object(), bytes(record.content)
    return change(call, {field.name: file.content})


@provides("getBlob")
def get_blob(call: Call) -> Answer:
    """Read a file."""
    sobject = sobject_of(call)
    record_id = rows.addressed(call, sobject, call.params["record_id"])
    field = sobject.field(call.params["blob_field"])
    if field is None or field.type != "base64":
        raise not_found()
    kind = quoted("ContentType") if sobject.field("ContentType") is not None else "NULL"
    statement = f"SELECT {quoted(field.name)} IS NOT NULL, {kind} FROM {quoted(sobject.name)} WHERE Id = ?"  # noqa: S608
    present, media_type = call.org.database.reader().execute(statement, (record_id,)).fetchone()
    if not present:
        raise not_found()
    return Answer(
        content=_pieces(call.org, sobject, field, record_id), media_type=_sendable(media_type), as_stored=True
    )


@provides("getRichTextImage")
def get_rich_text_image(call: Call) -> Answer:
    """Read a picture of a rich text."""
    sobject = sobject_of(call)
    record_id = rows.addressed(call, sobject, call.params["record_id"])
    field = sobject.field(call.params["field_name"])
    found = call.org.documents.get(PICTURE, to_18(call.params["content_reference_id"]) or "")
    if found is None or field is None or (found["record"], found["field"]) != (record_id, field.name):
        raise not_found()
    return Answer(content=base64.b64decode(found["content"]), media_type=found["type"], as_stored=True)


def _sendable(media_type: str | None) -> str:
    """The stored media type where a header can hold it."""
    return media_type if media_type and media_type.isascii() and media_type.isprintable() else STORED_TYPE


def _pieces(org: Org, sobject: SObjectType, field: Field, record_id: str) -> Iterator[bytes]:
    """A file as it was when the first piece was read."""
    with org.database.own_reader() as connection:
        statement = f"SELECT rowid FROM {quoted(sobject.name)} WHERE Id = ? AND {quoted(field.name)} IS NOT NULL"  # noqa: S608
        found = connection.execute(statement, (record_id,)).fetchone()
        if found is None:
            return
        with connection.blobopen(sobject.name, field.name, found[0], readonly=True) as blob:
            while piece := blob.read(PIECE_BYTES):
                yield piece
