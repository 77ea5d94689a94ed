"""Everything that pages can become: a CSV file, rows, dicts, typed records; Arrow and Parquet by `arrow_reading`."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, TypeVar

from specforce._aio import closing, run
from specforce.bulk.observed import Task, observed
from specforce.bulk.pages import next_rows

from .arrow_reading import AsyncArrowReading
from .csv_file import AsyncCsvFile

if TYPE_CHECKING:
    import os
    from collections.abc import AsyncGenerator

    from specforce.bulk.pages import ResultPage
    from specforce.bulk.typed import RecordReader

R = TypeVar("R")


class AsyncResult(AsyncArrowReading):
    """The ways out; see `AsyncPageReading`."""

    async def to_csv(
        self, path: str | os.PathLike[str], *, compress: bool | None = None, resumable: bool | None = None
    ) -> int:
        """Write the records as CSV, as Salesforce writes it: every cell quoted, header once.

        Args:
            path: the file; it appears once it is whole, and replaces what was there.
            compress: as gzip; by default where the path ends in `.gz`.
            resumable: keep what is whole when this ends early, even by a crash: in `<path>.part`, with a journal beside
                it. `sf.bulk.resume_export(export.resume_token).to_csv(path)` goes on from there, and is so by default.

        Returns:
            How many records it holds.

        Raises:
            OSError: the file can't be written. IntegrityError: not every record came. ConnectionCut: likewise.
            InputError: a part of another export is in the file's place. `resume_token_of(error)` gives what it takes to
                go on.
        """
        zipped = compress if compress is not None else str(path).endswith(".gz")
        file = AsyncCsvFile(path, zipped=zipped, folder=self._temp_folder, noted=self._noted)
        write = file.write_on if (self.resumed if resumable is None else resumable) else file.write
        task = self._task
        surrounding = nullcontext(Task()) if task is None else observed(self._session.hooks, self._session.clock, task)
        try:
            with surrounding as told:
                records = await write(self._source)
                told.exported(records)
        except BaseException as error:
            self._failed(error, file.kept)
            raise
        return records

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
