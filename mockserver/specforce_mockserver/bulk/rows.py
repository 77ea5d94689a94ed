"""The rows of an upload, in internal batches, as text cells.

Promises: a batch holds at most 10,000 rows, each as wide as the header; what is wrong with one row (a space beside a
quote, too many or too few cells, a cell or a record over the limits) is said beside it and fails that row alone. The
upload has passed `scan` before.

Source: reference/bulk_v2.md sections 6 and 8. Empty lines carry no record. The texts for rows of the wrong width and
for oversized cells aren't recorded anywhere [E?].
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Final

from specforce_mockserver.bulk.blocks import record_blocks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from specforce_mockserver.bulk.dialect import Dialect

BATCH_ROWS: Final = 10_000
MAX_CELL_CHARACTERS: Final = 131_072
MAX_RECORD_CHARACTERS: Final = 400_000
SPACED_QUOTE: Final = "InvalidBatch:Found unescaped quote. A value with quote should be within a quote:--"


@dataclass(slots=True)
class RowBatch:
    """Up to 10,000 rows.

    Attributes:
        rows: the cells as uploaded, unquoted; every row as wide as the header.
        faults: the `sf__Error` of rows that are malformed, by their place in `rows`.
    """

    rows: list[list[str]] = field(default_factory=list[list[str]])
    faults: dict[int, str] = field(default_factory=dict[int, str])


class RowReader:
    """Reads one upload's data records.

    Args:
        dialect: the job's delimiter and line ending.
        width: how many cells the header has.
        spaced: whether `scan` saw a quote with a space beside it.
        batch_rows: the size of a batch; the test knobs make it smaller.
    """

    def __init__(self, dialect: Dialect, width: int, *, spaced: bool = False, batch_rows: int = BATCH_ROWS) -> None:
        self._dialect = dialect
        self._width = width
        self._spaced = spaced
        self._batch_rows = batch_rows

    def batches(self, stream: BinaryIO) -> Iterator[RowBatch]:
        """Read the rows from where the stream stands.

        Args:
            stream: the uploaded bytes, standing at the first data record.

        Yields:
            Batches in the order of the file, all but the last of them full.
        """
        waiting = RowBatch()
        for block in record_blocks(stream):
            found = self._read(block.decode("utf-8"))
            offset = len(waiting.rows)
            waiting.rows += found.rows
            waiting.faults.update((offset + place, fault) for place, fault in found.faults.items())
            while len(waiting.rows) >= self._batch_rows:
                full, waiting = split(waiting, self._batch_rows)
                yield full
        if waiting.rows:
            yield waiting

    def _read(self, text: str) -> RowBatch:
        """The rows of one block."""
        delimiter = self._dialect.delimiter
        if self._spaced:
            return self._read_one_by_one(text)
        try:
            rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        except csv.Error:
            return self._read_one_by_one(text)
        # The csv module's own limit belongs to the process: a client beside us may have raised it.
        if max(map(len, chain.from_iterable(rows)), default=0) > MAX_CELL_CHARACTERS:
            return self._read_one_by_one(text)
        batch = RowBatch([row for row in rows if row])
        if any(len(row) != self._width for row in batch.rows):
            self._mend_widths(batch)
        return batch

    def _read_one_by_one(self, text: str) -> RowBatch:
        """The rows of a block that the fast reader refuses, each with its own fault."""
        batch = RowBatch()
        for record in records(text):
            if not record:
                continue
            raw = raw_cells(record, self._dialect.delimiter)
            cells = [unquoted(cell) for cell in raw]
            if any(map(has_spaced_quote, raw)):
                batch.faults[len(batch.rows)] = SPACED_QUOTE
            elif max(map(len, cells)) > MAX_CELL_CHARACTERS or len(record) > MAX_RECORD_CHARACTERS:
                batch.faults[len(batch.rows)] = (
                    f"InvalidBatch:A cell may hold {MAX_CELL_CHARACTERS} characters"
                    f" and a record {MAX_RECORD_CHARACTERS}:--"
                )
            batch.rows.append(cells)
        self._mend_widths(batch)
        return batch

    def _mend_widths(self, batch: RowBatch) -> None:
        """Bring every row to the header's width and fault those that weren't."""
        for place, row in enumerate(batch.rows):
            if len(row) != self._width:
                batch.faults.setdefault(
                    place, f"InvalidBatch:The row has {len(row)} cells, the header has {self._width}:--"
                )
                batch.rows[place] = [*row, *[""] * (self._width - len(row))][: self._width]


def split(batch: RowBatch, rows: int) -> tuple[RowBatch, RowBatch]:
    """Cut a batch in two after a number of rows."""
    head = RowBatch(batch.rows[:rows], {place: fault for place, fault in batch.faults.items() if place < rows})
    tail = RowBatch(batch.rows[rows:], {place - rows: fault for place, fault in batch.faults.items() if place >= rows})
    return head, tail


def records(text: str) -> Iterator[str]:
    """The records of a block without their line endings: line feeds inside quotes don't end one."""
    pending = ""
    for line in text.split("\n"):
        pending = f"{pending}\n{line}" if pending else line
        if pending.count('"') % 2 == 0:
            yield pending.removesuffix("\r")
            pending = ""
    if pending:
        yield pending


def raw_cells(record: str, delimiter: str) -> list[str]:
    """The cells of one record with their quotes: delimiters inside quotes don't end one."""
    cells: list[str] = []
    current: list[str] = []
    for place, part in enumerate(record.split('"')):
        if place % 2:
            current.append(f'"{part}"')
        else:
            first, *others = part.split(delimiter)
            current.append(first)
            for other in others:
                cells.append("".join(current))
                current = [other]
    return [*cells, "".join(current)]


def unquoted(cell: str) -> str:
    """The value of a cell: without its quotes, if it has them."""
    if len(cell) > 1 and cell[0] == cell[-1] == '"':
        return cell[1:-1].replace('""', '"')
    return cell


def has_spaced_quote(cell: str) -> bool:
    """Whether a cell has its quotes not at its ends."""
    return '"' in cell and not (len(cell) > 1 and cell[0] == cell[-1] == '"')
