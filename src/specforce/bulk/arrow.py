"""Chunks of a query's CSV as Arrow record batches, with the types that describe gives. Needs pyarrow: specforce[arrow].

docs/values.md shows the table of types. Null and empty text are the same in Salesforce's CSV: both become null.
"""

from __future__ import annotations

import io
import json
from collections import Counter
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, get_args

from specforce._arrow import TYPES, pa, times_of_day
from specforce_api.runtime.errors import DecodeError, InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

pacsv: Any = import_module("pyarrow.csv")  # it has no types
OnError: TypeAlias = Literal["raise", "null", "text"]
UNCONVERTED: Final = "_unconverted"
"""The column that keeps what couldn't be converted: a JSON object of texts by column name, null where all could."""

ROW_GROUP_ROWS: Final = 131_072
ROW_GROUP_BYTES: Final = 64_000_000


def check_on_error(given: str) -> None:
    """Refuse what isn't one of the choices.

    Raises:
        InputError: it isn't.
    """
    if given not in get_args(OnError):
        raise InputError(f"on_error={given!r}: it is one of {', '.join(map(repr, get_args(OnError)))}")


class ArrowReader:
    """Reads chunks of one result.

    Args:
        columns: the column names.
        types: Salesforce's type of each column by name; columns that it doesn't name are text.
        delimiter: between the cells.
        on_error: what becomes of a value that isn't what its column's type says: it raises, becomes null, or is null in
            its column and stays as text in one more column, `_unconverted`.

    Attributes:
        schema: of the tables.
        unconverted: how many such values there were, by column.
    """

    def __init__(
        self, columns: Sequence[str], types: Mapping[str, str], delimiter: str, on_error: OnError = "raise"
    ) -> None:
        arrow = {name: TYPES.get(types.get(name, ""), pa.string()) for name in columns}
        self.unconverted: Counter[str] = Counter()
        self._on_error = on_error
        self._arrow = arrow
        self._columns = list(columns)
        self._times = [name for name, kind in arrow.items() if pa.types.is_time(kind)]
        self._parse = pacsv.ParseOptions(delimiter=delimiter, newlines_in_values=True)
        # Arrow's reader knows no zone in times of day, and Salesforce ends them in Z: read as text, then converted.
        self._convert = _options({**arrow, **dict.fromkeys(self._times, pa.string())})
        self._as_text = _options(dict.fromkeys(columns, pa.string()))
        kept = [(UNCONVERTED, pa.string())] if on_error == "text" else []
        self.schema: Any = pa.schema([*arrow.items(), *kept])

    def read(self, chunk: bytes) -> Any:
        """A chunk of whole records, header left out, as one table.

        Raises:
            DecodeError: a value isn't what its column's type says, and that is to raise.
        """
        try:
            table = self._read(chunk, self._convert)
            for name in self._times:
                place = table.schema.get_field_index(name)
                table = table.set_column(place, name, times_of_day(table.column(place)))
        except pa.ArrowInvalid as error:
            if self._on_error == "raise":
                raise DecodeError(f"the records don't fit their columns' types: {error}") from None
            return self._forgiven(chunk)
        if self._on_error == "text":
            table = table.append_column(UNCONVERTED, pa.nulls(table.num_rows, pa.string()))
        return table.cast(self.schema)

    def empty(self) -> Any:
        """A table without rows."""
        return self.schema.empty_table()

    def _read(self, chunk: bytes, convert: Any) -> Any:
        options = pacsv.ReadOptions(column_names=self._columns, block_size=len(chunk) + 1)
        return pacsv.read_csv(
            io.BytesIO(chunk), read_options=options, parse_options=self._parse, convert_options=convert
        )

    def _forgiven(self, chunk: bytes) -> Any:
        """A chunk in which some values aren't what they should be.

        Raises:
            DecodeError: it isn't even a table.
        """
        try:
            table = self._read(chunk, self._as_text)
        except pa.ArrowInvalid as error:
            raise DecodeError(f"the records aren't CSV of {len(self._columns)} columns: {error}") from None
        kept: dict[int, dict[str, str]] = {}
        columns: list[Any] = []
        for name, kind in self._arrow.items():
            column = table.column(name).combine_chunks()
            converted, misfits = convert_column(column, kind)
            for place, text in misfits:
                kept.setdefault(place, {})[name] = text
            if misfits:
                self.unconverted[name] += len(misfits)
            columns.append(converted)
        if self._on_error == "text":
            texts = [json.dumps(kept[place]) if place in kept else None for place in range(table.num_rows)]
            columns.append(pa.array(texts, pa.string()))
        return pa.Table.from_arrays(columns, schema=self.schema)


def convert_column(column: Any, kind: Any) -> tuple[Any, list[tuple[int, str]]]:
    """A column of text as another type, what doesn't fit as null.

    Returns:
        The column; place and text of each value that doesn't fit.
    """
    misfits = _misfits(column, kind, 0)
    if misfits:
        texts = column.to_pylist()
        for place, _ in misfits:
            texts[place] = None
        column = pa.array(texts, pa.string())
    return _converted(column, kind), misfits


def _misfits(column: Any, kind: Any, start: int) -> list[tuple[int, str]]:
    """What doesn't fit, found by halving what holds some."""
    try:
        _converted(column, kind)
    except pa.ArrowInvalid:
        if len(column) == 1:
            return [(start, column[0].as_py())]
        half = len(column) // 2
        return [
            *_misfits(column.slice(0, half), kind, start),
            *_misfits(column.slice(half), kind, start + half),
        ]
    return []


def _converted(column: Any, kind: Any) -> Any:
    return times_of_day(column) if pa.types.is_time(kind) else column.cast(kind)


def _options(types: Mapping[str, Any]) -> Any:
    return pacsv.ConvertOptions(
        column_types=types,
        null_values=[""],
        true_values=["true"],
        false_values=["false"],
        strings_can_be_null=True,
        quoted_strings_can_be_null=True,
    )


class RecordBatches:
    """Tables as one `pyarrow.RecordBatchReader`, for what pulls: DuckDB, writers of data sets, other engines.

    Args:
        schema: of the tables.
        tables: read once, by whatever thread pulls.

    Attributes:
        reader: what to pull from.
        error: what the tables raised, which whoever pulls may hide in an error of its own.
    """

    def __init__(self, schema: Any, tables: Iterator[Any]) -> None:
        self.error: Exception | None = None
        self._tables = tables
        self._stopped = False
        self.reader: Any = pa.RecordBatchReader.from_batches(schema, self._batches())

    def stop(self) -> None:
        """Let the next pull be the last: nobody wants the rest."""
        self._stopped = True

    def _batches(self) -> Iterator[Any]:
        try:
            for table in self._tables:
                yield from table.to_batches()
                if self._stopped:
                    return
        except Exception as error:
            self.error = error
            raise


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
