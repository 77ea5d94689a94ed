"""Pages as Arrow, and by way of it as Parquet, and for polars, pandas and DuckDB."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from specforce._aio import blocking, closing, run
from specforce._async.field_types import AsyncFieldTypes
from specforce.bulk.files import Replacement
from specforce.bulk.pages import next_chunk
from specforce_api.runtime.errors import InputError

from .page_reading import AsyncPageReading

if TYPE_CHECKING:
    import os
    from collections.abc import AsyncGenerator, Mapping
    from pathlib import Path

    from specforce._async.session import AsyncSession
    from specforce.bulk.arrow import ArrowReader, OnError, RecordBatches


_ARROW_BYTES: Final = 1 << 20
"""How much of a page becomes one table, in bytes: each has a cost of its own."""


class AsyncArrowReading(AsyncPageReading):
    """What needs specforce[arrow]; see `AsyncPageReading`.

    Columns have the types of docs/values.md, by describe. `on_error` says what becomes of a value that isn't what
    describe says of its field: `raise` (a DecodeError), `null`, or `text`: null in its column, and its text in one more
    column, `_unconverted` (JSON, texts by column name). `unconverted` counts them.
    """

    def __init__(self, session: AsyncSession, *, temp_folder: Path | None) -> None:
        super().__init__(session, temp_folder=temp_folder)
        self._types = AsyncFieldTypes(session)
        self._reader: ArrowReader | None = None

    @property
    def unconverted(self) -> Mapping[str, int]:
        """How many values weren't what describe says of their field, by column; of the last way out by Arrow."""
        return dict(self._reader.unconverted) if self._reader is not None else {}

    async def to_arrow(self, *, on_error: OnError = "raise") -> Any:
        """The records as one `pyarrow.Table`, in memory; `arrow_tables` and `arrow_reader` don't keep them all.

        Args:
            on_error: see `AsyncArrowReading`.

        Raises:
            DecodeError: a value isn't what describe says of its field.
        """
        from specforce.bulk.arrow import joined  # noqa: PLC0415 - an extra

        async with closing(self.arrow_tables(on_error=on_error)) as tables:
            found: list[Any] = [table async for table in tables]
        return await run(joined, found)

    async def arrow_tables(self, *, on_error: OnError = "raise") -> AsyncGenerator[Any, None]:
        """The records as small `pyarrow.Table`s of one schema, the first one empty; as `to_arrow`."""
        from specforce.bulk.arrow import ArrowReader, check_on_error  # noqa: PLC0415 - an extra

        check_on_error(on_error)
        reader = self._reader = None
        async with closing(self.pages()) as pages:
            async for page in pages:
                if reader is None:
                    types = await self._types.of(page.columns, (await self._source()).sobject)
                    reader = self._reader = ArrowReader(page.columns, types, page.delimiter, on_error)
                    yield reader.empty()
                chunks = page.chunks(_ARROW_BYTES)
                while (chunk := await run(next_chunk, chunks)) is not None:
                    yield await run(reader.read, chunk)

    async def arrow_reader(self, *, on_error: OnError = "raise") -> Any:
        """The records as a `pyarrow.RecordBatchReader`, which fetches as it is read; as `to_arrow`.

        With AsyncSalesforce read it in another thread (`asyncio.to_thread`): the loop fetches meanwhile.
        """
        return (await self._batches_of(self.arrow_tables(on_error=on_error))).reader

    async def to_parquet(
        self, path: str | os.PathLike[str], *, compression: str = "snappy", on_error: OnError = "raise"
    ) -> int:
        """Write the records as a Parquet file, row group by row group.

        Args:
            path: the file; it appears once it is whole, and replaces what was there.
            compression: Parquet's name of it, `none` for none.
            on_error: see `AsyncArrowReading`.

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
            async with closing(self.arrow_tables(on_error=on_error)) as tables:
                async for table in tables:
                    await run(sink.write, table)
                    records += table.num_rows
            await run(sink.close)
        except BaseException as error:
            await run(target.discard)
            self._failed(error)
            raise
        await run(target.commit)
        return records

    async def to_polars(self, *, on_error: OnError = "raise") -> Any:
        """The records as a `polars.DataFrame` (needs specforce[polars]); as `to_arrow`."""
        polars = _extra("polars")
        return await run(polars.from_arrow, await self.to_arrow(on_error=on_error))

    async def to_pandas(self, *, on_error: OnError = "raise") -> Any:
        """The records as a `pandas.DataFrame` (needs specforce[pandas]), by way of Arrow; as `to_arrow`."""
        _extra("pandas")
        table = await self.to_arrow(on_error=on_error)
        return await run(table.to_pandas)

    async def to_duckdb(self, connection: Any, table: str, *, on_error: OnError = "raise") -> int:
        """Append the records to a table of DuckDB (needs specforce[duckdb]), all or none, without keeping them all.

        Args:
            connection: of DuckDB.
            table: its name, also `schema.table`; made where there is none, with the columns' types.
            on_error: see `AsyncArrowReading`.

        Returns:
            How many records were inserted.

        Raises:
            InputError: `connection` isn't one of DuckDB. What DuckDB raises; others as `to_arrow`.
        """
        from specforce.bulk.duckdb import insert  # noqa: PLC0415 - an extra

        async with closing(self.arrow_tables(on_error=on_error)) as tables:
            batches = await self._batches_of(tables)
            try:
                return await run(insert, connection, table, batches, abandon=batches.stop)
            except BaseException as error:
                self._failed(error)
                raise

    async def _batches_of(self, tables: AsyncGenerator[Any, None]) -> RecordBatches:
        from specforce.bulk.arrow import RecordBatches  # noqa: PLC0415 - an extra

        first = await anext(tables)
        return RecordBatches(first.schema, blocking(tables))


def _extra(name: str) -> Any:
    """A module that is installed on purpose.

    Raises:
        InputError: it isn't.
    """
    try:
        return import_module(name)
    except ImportError as error:
        raise InputError(f"this needs {name}: pip install 'specforce[{name}]'") from error
