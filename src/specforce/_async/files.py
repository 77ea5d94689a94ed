"""Files of records, up and down, in pieces."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from specforce._aio import run
from specforce._files import FileSink, blob_field, multipart
from specforce._ids import check_id
from specforce._outgoing import for_create
from specforce._saving import saved
from specforce.soql import identifier
from specforce_api.rest import operations

from .bulk.download import download

if TYPE_CHECKING:
    import os

    from specforce._files import Source
    from specforce._records import Saved

    from .session import AsyncSession


async def upload_file(
    session: AsyncSession, sobject: str, record: object, source: Source, *, field: str | None, filename: str | None
) -> Saved:
    """Create a record with its file; as `AsyncSObject.upload`."""
    wanted = identifier(blob_field(sobject, field), what="field")
    fields: dict[str, Any] = for_create(record)
    body, content_type = await run(multipart, fields, wanted, source, filename)
    operation = operations.create_record_multipart(sobject, entity={})
    result = await session.send(replace(operation, body=body, content_type=content_type))
    return saved(operation.info.operation_id, result)


async def download_file(
    session: AsyncSession, sobject: str, record_id: str, path: str | os.PathLike[str], *, field: str | None
) -> int:
    """Write a record's file to a path; as `AsyncSObject.download`."""
    operation = operations.get_blob(sobject, check_id(record_id), identifier(blob_field(sobject, field), what="field"))
    sink = FileSink(path)
    try:
        await download(session, operation, sink)
    finally:
        await run(sink.discard)
    return sink.size_bytes
