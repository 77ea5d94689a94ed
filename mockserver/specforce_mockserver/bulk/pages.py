"""A query job's result file and its pages: written once, in result order, then served by byte range.

Promises: a page of any size is found without reading more than one mark's worth of the file, and none of it is parsed;
what is held in memory is one mark per thousand rows. Source: reference/bulk_v2.md section 5.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator
    from pathlib import Path

MARK_ROWS: Final = 1_000
MARK_CHARACTERS: Final = 1 << 20


class Page(NamedTuple):
    """A byte range of the result file and how many rows it holds."""

    start: int
    length: int
    rows: int


@dataclass(slots=True)
class PageIndex:
    """Where the rows of a result file stand.

    Attributes:
        path: the file: rows without a header row.
        header: the header row with its line ending, which goes before every page.
        rows: how many rows there are.
        size_bytes: the size of the file.
        mark_rows: row numbers, ...
        mark_offsets: ... and the offsets at which they begin.
    """

    path: Path
    header: bytes
    rows: int = 0
    size_bytes: int = 0
    mark_rows: array[int] = field(default_factory=lambda: array("Q"))
    mark_offsets: array[int] = field(default_factory=lambda: array("Q"))

    def write(self, lines: Iterable[str]) -> Generator[int, None, None]:
        """Write the result file.

        Args:
            lines: the rows as CSV text, each with its line ending.

        Yields:
            How many rows are written so far, after every thousand or so.
        """
        source = iter(lines)
        with self.path.open("wb") as file:
            while chunk := _chunk(source):
                self.mark_rows.append(self.rows)
                self.mark_offsets.append(self.size_bytes)
                data = "".join(chunk).encode()
                file.write(data)
                self.rows += len(chunk)
                self.size_bytes += len(data)
                yield self.rows

    def page(self, first_row: int, rows: int) -> Page:
        """The byte range of a run of rows, shorter where the file ends."""
        count = max(0, min(rows, self.rows - first_row))
        start = self._offset(first_row)
        return Page(start, self._offset(first_row + count) - start, count)

    def _offset(self, row: int) -> int:
        """Where a row begins; for the row after the last one, where the file ends."""
        if row >= self.rows:
            return self.size_bytes
        mark = bisect_right(self.mark_rows, row) - 1
        offset = self.mark_offsets[mark]
        skip = row - self.mark_rows[mark]
        if not skip:
            return offset
        end = self.mark_offsets[mark + 1] if mark + 1 < len(self.mark_offsets) else self.size_bytes
        with self.path.open("rb") as file:
            file.seek(offset)
            return offset + after_records(file.read(end - offset), skip)


def _chunk(source: Iterator[str]) -> list[str]:
    """The next rows up to a mark."""
    chunk: list[str] = []
    characters = 0
    while len(chunk) < MARK_ROWS and characters < MARK_CHARACTERS:
        some = list(islice(source, 100))
        if not some:
            break
        chunk += some
        characters += sum(map(len, some))
    return chunk


def after_records(block: bytes, count: int) -> int:
    """Where the record after the first `count` ones begins: line feeds inside quotes don't end one."""
    offset = 0
    for _ in range(count):
        end = block.index(b"\n", offset)
        quotes = block.count(b'"', offset, end)
        while quotes % 2:
            following = block.index(b"\n", end + 1)
            quotes += block.count(b'"', end, following)
            end = following
        offset = end + 1
    return offset
