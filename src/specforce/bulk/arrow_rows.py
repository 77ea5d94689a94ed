"""Arrow record batches become chunks of CSV: the same bytes that the same values give as rows of Python values.

Columns are turned into text one by one, by Arrow where its form is Salesforce's (text, whole numbers, booleans, dates,
moments) and value by value where it isn't (`1.0` is `1` to Arrow). Records are written by the writer of all rows.
docs/values.md shows the table. Needs pyarrow: specforce[arrow].
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from specforce._arrow import pa, pacompute
from specforce.bulk.rows import RecordWriter
from specforce.bulk.values import NULL_CELL, Cells
from specforce_api.runtime.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from specforce.bulk.structure import Facts

Batch: TypeAlias = Any
Texts: TypeAlias = Callable[[Any], list[str]]

_BATCH_BYTES: Final = 1 << 20
_BATCH_CELLS: Final = 1 << 16
_TEXT: Final = pa.large_string()
_MILLISECONDS: Final = pa.timestamp("ms")
# Python knows the years 1 to 9999, and so does Salesforce's form of dates, which has four digits for the year.
_FIRST_MS, _LAST_MS = -62_135_596_800_000, 253_402_300_799_999
_DAY_MS: Final = 86_400_000


class ArrowWriter:
    """Writes record batches of one schema as CSV with LF line endings.

    Args:
        schema: Arrow's, of all columns.
        kept: the places of the columns that are sent; `None` for all.
        delimiter: one character.
        cells: how values become text, where Arrow can't tell.

    Raises:
        InputError: a column holds what no field takes; the message names it.
    """

    def __init__(self, schema: Any, *, kept: Sequence[int] | None = None, delimiter: str = ",", cells: Cells) -> None:
        self._cells = cells
        self._records = RecordWriter(delimiter)
        places = range(len(schema)) if kept is None else kept
        self._columns = [(place, schema.field(place).name, self._texts(schema.field(place))) for place in places]

    def write(self, batch: Batch, *, row: int) -> tuple[bytes, Facts]:
        """Write a batch.

        Args:
            batch: of this writer's schema.
            row: the number of its first row, from 1; only for messages.

        Returns:
            The records, and what they hold.

        Raises:
            InputError: a value can't be written; the message names row and column.
        """
        columns = [self._column(batch.column(place), name, texts, row) for place, name, texts in self._columns]
        return self._records.write(zip(*columns, strict=True), row=row)

    def _column(self, values: Any, name: str, texts: Texts, row: int) -> list[str]:
        """One column as text."""
        try:
            return texts(values)
        except (InputError, pa.ArrowException, ValueError, OverflowError) as error:
            for number in range(len(values)):
                try:
                    texts(values.slice(number, 1))
                except (InputError, pa.ArrowException, ValueError, OverflowError) as one:
                    raise InputError(f"row {row + number}, column {name!r}: {one}") from None
            raise InputError(f"column {name!r}: {error}") from None

    def _texts(self, field: Any) -> Texts:
        """How a column of this type becomes text.

        Raises:
            InputError: it can't.
        """
        kind, types = field.type, pa.types
        if types.is_dictionary(kind):
            values = self._texts(pa.field(field.name, kind.value_type))
            return lambda array: values(array.dictionary_decode())
        if types.is_run_end_encoded(kind):
            values = self._texts(pa.field(field.name, kind.value_type))
            return lambda array: values(pacompute.run_end_decode(array))
        if isinstance(kind, pa.BaseExtensionType) and kind.extension_name != "arrow.uuid":
            values = self._texts(pa.field(field.name, kind.storage_type))
            return lambda array: values(array.storage)
        if _is_text(kind) or types.is_integer(kind) or types.is_boolean(kind) or types.is_null(kind):
            return _cast
        if types.is_timestamp(kind):
            if kind.tz is None:
                raise InputError(
                    f"column {field.name!r} is of type {kind}, without a time zone, and nobody knows which moments "
                    "these are: attach one (polars: .dt.replace_time_zone('UTC'), pandas: .dt.tz_localize('UTC'))"
                )
            return _moments
        if types.is_date(kind):
            return _dates
        if types.is_time(kind):
            return _times
        if types.is_floating(kind) or types.is_decimal(kind) or isinstance(kind, pa.BaseExtensionType):
            return self._one_by_one
        if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
            if not (_is_text(kind.value_type) or types.is_null(kind.value_type)):
                raise InputError(f"column {field.name!r} is of type {kind}: a list is a multi-select picklist, of text")
            return self._one_by_one
        raise InputError(f"column {field.name!r} is of type {kind}, which has no form in CSV{_hint(kind)}")

    def _one_by_one(self, values: Any) -> list[str]:
        """Each value by its Python type."""
        cells = self._cells
        return [cells[type(value)](value) for value in values.to_pylist()]


def sliced(batch: Batch) -> Iterator[Batch]:
    """Cut a batch, so that the work on it takes little memory."""
    rows = batch.num_rows
    per_row = max(1, batch.nbytes // max(1, rows))
    step = max(1, min(_BATCH_BYTES // per_row, _BATCH_CELLS // max(1, batch.num_columns)))
    for start in range(0, rows, step):
        yield batch.slice(start, step)


def _is_text(kind: Any) -> bool:
    types = pa.types
    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind))


def _hint(kind: Any) -> str:
    types = pa.types
    if types.is_struct(kind):
        return ": name a parent's field in a column of its own, such as 'Account.External_Id__c'"
    if types.is_union(kind):
        return ": its values are of several types, make one of them"
    if types.is_duration(kind) or types.is_interval(kind):
        return ": make a number of it"
    return ": Bulk API 2.0 takes no binary values" if "binary" in str(kind) else ""


def _cast(values: Any) -> list[str]:
    return _filled(values.cast(_TEXT))


def _filled(texts: Any) -> list[str]:
    found: list[str] = (texts.fill_null(NULL_CELL) if texts.null_count else texts).to_pylist()
    return found


def _moments(values: Any) -> list[str]:
    """Moments in UTC, to the millisecond, those before 1970 too rounded down."""
    in_utc = pacompute.floor_temporal(values, unit="millisecond").cast(pa.timestamp("ms", "UTC")).cast(_MILLISECONDS)
    _refuse_years(in_utc.cast(pa.int64()))
    return _filled(pacompute.strftime(in_utc, "%Y-%m-%dT%H:%M:%SZ"))


def _dates(values: Any) -> list[str]:
    days = values.cast(pa.date32())
    _refuse_years(pacompute.multiply(days.cast(pa.int32()).cast(pa.int64()), _DAY_MS))
    return _filled(days.cast(_TEXT))


def _times(values: Any) -> list[str]:
    texts = values.cast(pa.time32("ms"), safe=False).cast(_TEXT)
    return _filled(pacompute.binary_join_element_wise(texts, pa.scalar("Z", _TEXT), pa.scalar("", _TEXT)))


def _refuse_years(milliseconds: Any) -> None:
    found = pacompute.min_max(milliseconds).as_py()
    if found["min"] is not None and (found["min"] < _FIRST_MS or found["max"] > _LAST_MS):
        raise InputError("the year isn't one of 1 to 9999")
