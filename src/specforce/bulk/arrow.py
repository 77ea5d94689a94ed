"""Chunks of a query's CSV as Arrow record batches, with the types that describe gives. Needs pyarrow: specforce[arrow].

docs/values.md shows the table of types. Null and empty text are the same in Salesforce's CSV: both become null.
"""

from __future__ import annotations

import io
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from specforce._arrow import TYPES, pa, times_of_day
from specforce_api.runtime.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

pacsv: Any = import_module("pyarrow.csv")  # it has no types
ROW_GROUP_ROWS: Final = 131_072
ROW_GROUP_BYTES: Final = 64_000_000


class ArrowReader:
    """Reads chunks of one result.

    Args:
        columns: the column names.
        types: Salesforce's type of each column by name; columns that it doesn't name are text.
        delimiter: between the cells.
    """

    def __init__(self, columns: Sequence[str], types: Mapping[str, str], delimiter: str) -> None:
        arrow = {name: TYPES.get(types.get(name, ""), pa.string()) for name in columns}
        self.schema: Any = pa.schema(list(arrow.items()))
        self._columns = list(columns)
        self._times = [name for name, kind in arrow.items() if pa.types.is_time(kind)]
        # Arrow's reader knows no zone in times of day, and Salesforce ends them in Z: read as text, then converted.
        read = {**arrow, **dict.fromkeys(self._times, pa.string())}
        self._parse = pacsv.ParseOptions(delimiter=delimiter, newlines_in_values=True)
        self._convert = pacsv.ConvertOptions(
            column_types=read,
            null_values=[""],
            true_values=["true"],
            false_values=["false"],
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
        )

    def read(self, chunk: bytes) -> Any:
        """A chunk of whole records, header left out, as one table.

        Raises:
            DecodeError: a value isn't what its column's type says.
        """
        options = pacsv.ReadOptions(column_names=self._columns, block_size=len(chunk) + 1)
        try:
            table = pacsv.read_csv(
                io.BytesIO(chunk), read_options=options, parse_options=self._parse, convert_options=self._convert
            )
            for name in self._times:
                place = table.schema.get_field_index(name)
                table = table.set_column(place, name, times_of_day(table.column(place)))
            return table.cast(self.schema)
        except pa.ArrowInvalid as error:
            raise DecodeError(f"the records don't fit their columns' types: {error}") from None

    def empty(self) -> Any:
        """A table without rows."""
        return self.schema.empty_table()


def joined(tables: Sequence[Any]) -> Any:
    """Tables of one schema as one; at least one of them."""
    return pa.concat_tables(tables)


class ParquetSink:
    """Writes tables of one schema into a Parquet file, in row groups of a size that readers like.

    Args:
        file: open for writing; the caller closes it.
        compression: Parquet's name of it.
    """

    def __init__(self, file: Any, compression: str) -> None:
        self._file = file
        self._compression = compression
        self._writer: Any = None
        self._held: list[Any] = []
        self._rows = 0
        self._bytes = 0

    def write(self, table: Any) -> None:
        """Take a table, even an empty one: the first says what the columns are. Full row groups are written."""
        if self._writer is None:
            parquet: Any = import_module("pyarrow.parquet")
            self._writer = parquet.ParquetWriter(self._file, table.schema, compression=self._compression)
        self._held.append(table)
        self._rows += table.num_rows
        self._bytes += table.nbytes
        if self._rows >= ROW_GROUP_ROWS or self._bytes >= ROW_GROUP_BYTES:
            self._flush()

    def close(self) -> None:
        """Write what is left, and the file's end."""
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if self._rows:
            self._writer.write_table(pa.concat_tables(self._held).combine_chunks())
        self._held, self._rows, self._bytes = [], 0, 0
