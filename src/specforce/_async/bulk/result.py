"""Everything that pages can become: a CSV file, rows, dicts, typed records; Arrow and Parquet by `arrow_reading`."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from specforce._aio import closing, run
from specforce.bulk.pages import next_rows

from .arrow_reading import AsyncArrowReading
from .csv_file import write_csv

if TYPE_CHECKING:
    import os
    from collections.abc import AsyncGenerator

    from specforce.bulk.pages import ResultPage
    from specforce.bulk.typed import RecordReader

R = TypeVar("R")


class AsyncResult(AsyncArrowReading):
    """The ways out; see `AsyncPageReading`."""

    async def to_csv(self, path: str | os.PathLike[str], *, compress: bool | None = None) -> int:
        """Write the records as CSV, as Salesforce writes it: every cell quoted, header once.

        Args:
            path: the file; it appears once it is whole, and replaces what was there.
            compress: as gzip; by default where the path ends in `.gz`.

        Returns:
            How many records it holds.

        Raises:
            OSError: the file can't be written. IntegrityError: not every record came. ConnectionCut: likewise.
        """
        zipped = compress if compress is not None else str(path).endswith(".gz")
        return await write_csv(self._source, path, zipped=zipped, folder=self._temp_folder, noted=self._noted)

    async def rows(self) -> AsyncGenerator[list[str], None]:
        """The records as lists of text cells, without a header; null is `""`. `columns` has the names."""
        async with closing(self._batches()) as batches:
            async for _, batch in batches:
                for row in batch:
                    yield row

    async def dicts(self) -> AsyncGenerator[dict[str, str], None]:
        """The records as text by column name, parents' fields as `Account.Name`; null is `""`."""
        async with closing(self._batches()) as batches:
            async for page, batch in batches:
                columns = page.columns
                for row in batch:
                    yield dict(zip(columns, row, strict=True))

    async def records(self, returns: type[R]) -> AsyncGenerator[R, None]:
        """The records as objects of a type that msgspec knows: a Struct, a dataclass, an attrs class.

        Text becomes what the type's fields ask for, null becomes `None`, `Account.Name` becomes a record in a record.

        Raises:
            DecodeError: a value doesn't fit its field.
        """
        from specforce.bulk.typed import RecordReader  # noqa: PLC0415 - msgspec takes memory that CSV doesn't need

        reader: RecordReader[R] | None = None
        async with closing(self._batches()) as batches:
            async for page, batch in batches:
                if reader is None:
                    reader = RecordReader(page.columns, returns)
                for record in await run(reader.read, batch):
                    yield record

    async def _batches(self) -> AsyncGenerator[tuple[ResultPage, list[list[str]]], None]:
        async with closing(self.pages()) as pages:
            async for page in pages:
                batches = page.batches()
                batch = await run(next_rows, batches)
                while batch is not None:
                    yield page, batch
                    batch = await run(next_rows, batches)
