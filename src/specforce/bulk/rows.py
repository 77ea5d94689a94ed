"""Rows of Python values become chunks of CSV, a batch at a time and with little work per row.

Rows are mappings (`{"Name": "Acme"}`) or sequences with their `columns` named apart. A key that a row doesn't have is
an empty cell; a key that no column has is refused, so that nothing is left out unseen. Cells are quoted only where they
must be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

from specforce.bulk.cells import line_writer
from specforce.bulk.columns import near
from specforce.bulk.structure import Facts
from specforce_api.runtime.errors import InputError

if TYPE_CHECKING:
    from specforce.bulk.values import Cells

Row: TypeAlias = Mapping[str, Any] | Sequence[Any]

BATCH_ROWS: Final = 1_000
_MISSING: Final = ""


def columns_of(rows: Iterable[Row]) -> tuple[str, ...]:
    """The columns of a first batch of mappings, in the order in which they appear.

    Raises:
        InputError: the rows are sequences, which don't say.
    """
    names: dict[str, None] = {}
    for number, row in enumerate(rows, 1):
        if not isinstance(row, Mapping):
            kind = type(row).__name__
            raise InputError(f"row {number} is a {kind}, not a mapping: pass columns= to load sequences")
        names.update(dict.fromkeys(row))
    for name in cast("dict[object, None]", names):
        if not isinstance(name, str):
            raise InputError(f"the key {name!r} isn't text: keys are column names")
    return tuple(names)


class RecordWriter:
    """Writes rows of text cells as CSV with LF line endings, each quoted only where it must be.

    Args:
        delimiter: one character.
    """

    def __init__(self, delimiter: str) -> None:
        self._line = line_writer(delimiter)

    def write(self, texts: Iterable[Sequence[str]], *, row: int) -> tuple[bytes, Facts]:
        """Write a batch.

        Args:
            texts: the cells of each row.
            row: the number of its first row, from 1; only for messages.

        Returns:
            The records, and what they hold.

        Raises:
            InputError: a cell holds NUL, or text that UTF-8 can't; the message names the row.
        """
        lines = list(map(self._line, texts))
        rows = len(lines)
        lines.append("")
        text = "\n".join(lines)
        if "\0" in text:
            place = next(place for place, line in enumerate(lines) if "\0" in line)
            raise InputError(f"row {row + place}: a NUL character, which Salesforce doesn't take")
        feeds = text.count("\n")
        pairs = text.count("\r\n") if "\r" in text else 0
        facts = Facts(rows, feeds, feeds=feeds - pairs > rows, pairs=pairs > 0)
        try:
            return text.encode(), facts
        except UnicodeEncodeError as error:
            place = next(place for place, line in enumerate(lines) if not _encodable(line))
            raise InputError(f"row {row + place}: {error.object[error.start]!r} can't be written as UTF-8") from None


class RowWriter:
    """Writes batches of rows as CSV with LF line endings.

    Args:
        columns: the keys to take from mappings, or the meaning of each place in sequences.
        kept: the places of the columns that are sent; `None` for all.
        delimiter: one character.
        cells: how values become text.
    """

    def __init__(
        self, columns: Sequence[str], *, kept: Sequence[int] | None = None, delimiter: str = ",", cells: Cells
    ) -> None:
        self._columns = tuple(columns)
        self._known = frozenset(columns)
        self._kept = tuple(range(len(columns)) if kept is None else kept)
        self._cells = cells
        self._records = RecordWriter(delimiter)
        self._take = _tuple_getter(self._columns)
        self._select = None if kept is None else _tuple_getter(self._kept)

    def write(self, rows: Sequence[Row], *, row: int) -> tuple[bytes, Facts]:
        """Write a batch.

        Args:
            rows: the batch.
            row: the number of its first row, from 1; only for messages.

        Returns:
            The records, and what they hold.

        Raises:
            InputError: a row or a value can't be written; the message names row and column.
        """
        return self._records.write(self._texts(self._values(rows, row), row), row=row)

    def _values(self, rows: Sequence[Row], first: int) -> list[Sequence[Any]]:
        """The batch as sequences of the kept columns' values."""
        width = len(self._columns)
        if all(map(_is_sequence, rows)):
            for place, row in enumerate(rows):
                if len(row) != width:
                    raise InputError(f"row {first + place}: {len(row)} values for {width} columns")
            values: list[Any] = list(rows)
        else:
            values = self._usual_values(rows) or [
                self._mapping_values(row, first + place) for place, row in enumerate(rows)
            ]
        return values if self._select is None else [self._select(row) for row in values]

    def _usual_values(self, rows: Sequence[Row]) -> list[Any] | None:
        """The usual case, without work per row: every mapping has exactly the columns. `None` where it isn't so."""
        if set(map(len, rows)) != {len(self._columns)}:
            return None
        try:
            return list(map(self._take, rows))
        except (KeyError, TypeError, IndexError):
            return None

    def _mapping_values(self, row: Row, number: int) -> Sequence[Any]:
        if not isinstance(row, Mapping):
            raise InputError(f"row {number} is a {type(row).__name__}: rows are all mappings or all sequences")
        for name in row:
            if name not in self._known:
                raise InputError(
                    f"row {number} has the key {name!r}, which isn't among the columns"
                    f"{near(str(name), self._columns)}: without columns= they are the keys of the first "
                    f"{BATCH_ROWS} rows"
                )
        return [row.get(name, _MISSING) for name in self._columns]

    def _texts(self, values: list[Sequence[Any]], first: int) -> list[Sequence[str]]:
        """The batch as text cells."""
        if set(map(type, chain.from_iterable(values))) <= {str}:
            return values
        cells = self._cells
        try:
            return [[cells[type(value)](value) for value in row] for row in values]
        except InputError:
            for number, row in enumerate(values, first):
                for place, value in zip(self._kept, row, strict=True):
                    try:
                        cells[type(value)](value)
                    except InputError as error:
                        raise InputError(f"row {number}, column {self._columns[place]!r}: {error}") from None
            raise


def _tuple_getter(keys: Sequence[Any]) -> Callable[[Any], Sequence[Any]]:
    if len(keys) == 1:
        (only,) = keys
        return lambda row: (row[only],)
    return itemgetter(*keys)


def _is_sequence(row: object) -> bool:
    return isinstance(row, Sequence) and not isinstance(row, str | bytes)


def _encodable(line: str) -> bool:
    try:
        line.encode()
    except UnicodeEncodeError:
        return False
    return True
