"""Reading a source into the contents of batches, whatever the job's format."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, cast

from specforce._aio import closing, run
from specforce._async.bulk.reading import AsyncSource
from specforce.bulk.rows import BATCH_ROWS
from specforce.bulk.source_formats import existing_file
from specforce.bulk.sources import first_kind
from specforce.bulk.table import TableOptions
from specforce.bulk_v1.contents import Batcher, Content
from specforce.bulk_v1.encoding import ENCODINGS
from specforce.bulk_v1.options import BATCH_LIMITS
from specforce_api.runtime.errors import InputError

if TYPE_CHECKING:
    import os
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from specforce_api.bulk_v1.models import JobInfo


async def contents(source: Any, job: JobInfo, folder: Path) -> AsyncGenerator[Content, None]:
    """The contents of batches, each as soon as it is full.

    Args:
        source: as `add_batch` takes it.
        job: for what.
        folder: where CSV is spooled.

    Raises:
        InputError: the source can't be read; the message names the line or the row.
    """
    if job.content_type == "CSV":
        options = TableOptions(
            operation=job.operation, external_id=job.external_id_field_name or None, limits=BATCH_LIMITS
        )
        async with closing(AsyncSource(source, options, folder).parts()) as parts:
            async for part in parts:
                yield Content.of_part(part)
        return
    batcher = Batcher(ENCODINGS[job.content_type])
    async with closing(_fed(source, batcher)) as found:
        async for content in found:
            yield content
    for content in await run(batcher.finish):
        yield content


async def _fed(source: Any, batcher: Batcher) -> AsyncGenerator[Content, None]:
    """Feed a batcher; documents are read whole."""
    if hasattr(source, "__arrow_c_stream__"):
        kind = type(source).__name__
        raise InputError(f"the source is a {kind}, in columns: make the job with content_type='CSV', or pass its rows")
    if isinstance(source, str) or hasattr(source, "__fspath__"):
        path = await run(existing_file, cast("str | os.PathLike[str]", source))
        document = await run(path.read_bytes)
    elif isinstance(source, bytes | bytearray | memoryview):
        document = bytes(cast("bytes", source))
    elif hasattr(source, "read"):
        document = await run(source.read)
    else:
        async with closing(_batches(source)) as batches:
            pieces: list[bytes] = []
            async for batch in batches:
                if not pieces and first_kind(batch[0]) == "rows":
                    for content in await run(batcher.rows, batch):
                        yield content
                else:
                    pieces += map(bytes, batch)
        if not pieces:
            return
        document = b"".join(pieces)
    for content in await run(batcher.document, document):
        yield content


async def _batches(source: Any) -> AsyncGenerator[list[Any], None]:
    """The items of an iterable, some at a time."""
    batch: list[Any] = []
    if hasattr(source, "__aiter__"):
        async for item in source:
            batch.append(item)
            if len(batch) >= BATCH_ROWS:
                yield batch
                batch = []
    else:
        iterator = iter(source)
        while batch := await run(_some, iterator):
            yield batch
    if batch:
        yield batch


def _some(iterator: Any) -> list[Any]:
    return list(islice(iterator, BATCH_ROWS))
