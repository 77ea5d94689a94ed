"""Pages as Arrow, and by way of it as Parquet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specforce._aio import closing, run
from specforce._async.field_types import AsyncFieldTypes
from specforce.bulk.files import Replacement
from specforce.bulk.pages import next_chunk

from .page_reading import AsyncPageReading

if TYPE_CHECKING:
    import os
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from specforce._async.session import AsyncSession
    from specforce.bulk.arrow import ArrowReader


class AsyncArrowReading(AsyncPageReading):
    """What needs specforce[arrow]; see `AsyncPageReading`."""

    def __init__(self, session: AsyncSession, *, temp_folder: Path | None) -> None:
        super().__init__(session, temp_folder=temp_folder)
        self._types = AsyncFieldTypes(session)

    async def to_arrow(self) -> Any:
        """The records as one `pyarrow.Table`, in memory (needs specforce[arrow]); `arrow_tables` doesn't keep them all.

        Columns have the types of docs/values.md, by describe.

        Raises:
            DecodeError: a value isn't what describe says of its field.
        """
        from specforce.bulk.arrow import joined  # noqa: PLC0415 - an extra

        async with closing(self.arrow_tables()) as tables:
            found: list[Any] = [table async for table in tables]
        return await run(joined, found)

    async def arrow_tables(self) -> AsyncGenerator[Any, None]:
        """The records as small `pyarrow.Table`s of one schema, the first one empty; errors as `to_arrow`."""
        from specforce.bulk.arrow import ArrowReader  # noqa: PLC0415 - an extra

        reader: ArrowReader | None = None
        async with closing(self.pages()) as pages:
            async for page in pages:
                if reader is None:
                    types = await self._types.of(page.columns, (await self._source()).sobject)
                    reader = ArrowReader(page.columns, types, page.delimiter)
                    yield reader.empty()
                chunks = page.chunks()
                while (chunk := await run(next_chunk, chunks)) is not None:
                    yield await run(reader.read, chunk)

    async def to_parquet(self, path: str | os.PathLike[str], *, compression: str = "snappy") -> int:
        """Write the records as a Parquet file (needs specforce[arrow]), row group by row group.

        Args:
            path: the file; it appears once it is whole, and replaces what was there.
            compression: Parquet's name of it, `none` for none.

        Returns:
            How many records it holds.

        Raises:
            As `to_arrow` and `to_csv`.
        """
        from specforce.bulk.arrow import ParquetSink  # noqa: PLC0415 - an extra

        target = Replacement(path)
        records = 0
        try:
            sink = ParquetSink(await run(target.open), compression)
            async with closing(self.arrow_tables()) as tables:
                async for table in tables:
                    await run(sink.write, table)
                    records += table.num_rows
            await run(sink.close)
        except BaseException:
            await run(target.discard)
            raise
        await run(target.commit)
        return records
