"""Sources that speak Arrow, and Parquet files, read batch by batch and made into parts. Needs specforce[arrow].

Anything with `__arrow_c_stream__` is such a source: data frames of polars and pandas, tables and readers of pyarrow,
relations of DuckDB, readers of ADBC. One batch at a time is in memory, as large as the source makes them.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from specforce._arrow import pa
from specforce.bulk.arrow_rows import ArrowWriter, Batch, sliced
from specforce.bulk.assembly import Assembly, SpoolShelf
from specforce.bulk.table import Table, TableOptions, table_of_rows
from specforce.bulk.values import Cells
from specforce_api.runtime.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from specforce.bulk.parts import Part

_PARQUET_ROWS = 16_384


class ArrowFeed:
    """Takes record batches of one schema.

    Args:
        options: which columns, and how to split.
        folder: where parts are spooled.
    """

    def __init__(self, options: TableOptions, folder: Path) -> None:
        self.table: Table | None = None
        self._options = options
        self._folder = folder

    def parts(self, source: object) -> Iterator[Part]:
        """The parts of a source with `__arrow_c_stream__`.

        Raises:
            InputError: it isn't a table, or holds what can't be loaded; the message names the column, and the row.
        """
        try:
            reader = pa.RecordBatchReader.from_stream(source)
        except (pa.ArrowException, TypeError) as error:
            raise InputError(f"the {type(source).__name__} isn't a table: {error}") from None
        with reader:
            yield from self._parts(reader.schema, reader)

    def parquet_parts(self, source: Any) -> Iterator[Part]:
        """The parts of a Parquet file.

        Args:
            source: its path, its bytes, or the open file.

        Raises:
            InputError: it isn't one; else as for `parts`.
        """
        parquet: Any = import_module("pyarrow.parquet")
        where = str(source) if isinstance(source, Path) else "the source"
        opened: Any = pa.BufferReader(source) if isinstance(source, bytes | bytearray | memoryview) else source
        try:
            file = parquet.ParquetFile(opened, pre_buffer=False, memory_map=False)
        except (pa.ArrowException, OSError) as error:
            raise _unreadable(where, error) from None
        with file:
            yield from self._parts(file.schema_arrow, _told(where, file.iter_batches(_PARQUET_ROWS)))

    def _parts(self, schema: Any, batches: Iterator[Batch]) -> Iterator[Part]:
        options = self._options
        if options.columns is not None and list(options.columns) != schema.names:
            raise InputError("columns= names the columns of rows, this source names its own: rename with mapping=")
        self.table, kept = table_of_rows(schema.names, options)
        writer = ArrowWriter(schema, kept=kept, delimiter=options.delimiter_character, cells=Cells(options.nan))
        assembly = Assembly(self.table, options, SpoolShelf(self._folder))
        for batch in batches:
            for slice_ in sliced(batch):
                chunk, facts = writer.write(slice_, row=assembly.row)
                yield from assembly.add(chunk, facts)
        yield from assembly.finish()


def _told(where: str, batches: Iterator[Batch]) -> Generator[Batch, None, None]:
    """Batches of a file, whose damage is told as such and not as the writer's."""
    try:
        yield from batches
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(where, error) from None


def _unreadable(where: str, error: Exception) -> InputError:
    return InputError(f"{where} can't be read as Parquet: {error}")
