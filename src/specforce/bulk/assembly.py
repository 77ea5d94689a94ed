"""Checked chunks of whole records become parts: files on disk, or ranges of the source file.

Feeds (feeds.py, arrow_feed.py) push chunks in; whole parts come out as soon as they are known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from specforce.bulk.files import write_all
from specforce.bulk.parts import Part, Splitter
from specforce.bulk.rewrite import rewrite_for
from specforce.bulk.structure import Facts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from specforce.bulk.parts import FileIdentity
    from specforce.bulk.table import Table, TableOptions


class Shelf(Protocol):
    """Where the records of the part that is being assembled lie."""

    def put(self, records: bytes) -> None:
        """Take the next records."""
        ...

    def close(self) -> tuple[Path, int, int]:
        """End the part: the file that holds it, and from where to where."""
        ...


class SpoolShelf:
    """Writes each part to a file of its own; between two chunks no file is open, so an error leaves none open.

    Args:
        folder: where; whoever made it removes it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 1
        self._size = 0

    def put(self, records: bytes) -> None:
        """Append to the current part's file."""
        with self._path.open("ab" if self._size else "xb", buffering=0) as file:
            write_all(file, records)
        self._size += len(records)

    def close(self) -> tuple[Path, int, int]:
        """End the current part's file."""
        path, size = self._path, self._size
        self._count += 1
        self._size = 0
        return path, 0, size

    @property
    def _path(self) -> Path:
        return self._folder / f"part-{self._count:05d}.csv"


class RangeShelf:
    """Copies nothing: the parts are ranges of the file that is being read.

    Args:
        path: the file.
        start: the offset of its first record.
    """

    def __init__(self, path: Path, start: int) -> None:
        self._path = path
        self._start = self._end = start

    def put(self, records: bytes) -> None:
        """Count what was read."""
        self._end += len(records)

    def close(self) -> tuple[Path, int, int]:
        """End the current range."""
        start, self._start = self._start, self._end
        return self._path, start, self._end


class Assembly:
    """Collects checked chunks of whole records into parts.

    Args:
        table: the source's header.
        options: how to split and rewrite.
        shelf: where the records lie.
        identity: of the file behind a `RangeShelf`.
    """

    def __init__(
        self, table: Table, options: TableOptions, shelf: Shelf, *, identity: FileIdentity | None = None
    ) -> None:
        self._table = table
        self._options = options
        self._shelf = shelf
        self._identity = identity
        header_bytes = len(table.header) + 2
        self._splitter = Splitter(header_bytes, options.source_limits, table.structure)
        self._number = 0
        self._row = 1
        self._line = table.first_line
        self._facts = Facts()

    @property
    def row(self) -> int:
        """The number of the next row."""
        return self._row + self._facts.rows

    @property
    def line(self) -> int:
        """The number of the next line; 0 where the source has no lines."""
        return self._line + self._facts.lines if self._line else 0

    def add(self, chunk: bytes, facts: Facts | None = None) -> Iterator[Part]:
        """Take a chunk of whole records; yield the parts that are complete with it.

        Args:
            facts: what the chunk holds, where that is known already.

        Raises:
            InputError: the chunk isn't rows of this table, or a row is too large.
        """
        if facts is None:
            facts = self._table.structure.examine(chunk, row=self.row, line=self.line)
        else:
            self._table.structure.refuse_long(chunk, facts, row=self.row, line=self.line)
        for cut in self._splitter.place(chunk, facts, row=self.row, line=self.line):
            if cut.chunk:
                self._shelf.put(cut.chunk)
                self._facts += cut.facts
            if cut.closes:
                yield self._close()

    def finish(self) -> Iterator[Part]:
        """Yield the last part, if rows are left."""
        if self._facts.rows:
            yield self._close()

    def _close(self) -> Part:
        facts, table = self._facts, self._table
        path, start, end = self._shelf.close()
        last = self._row + facts.rows - 1
        rewrite = rewrite_for(
            facts,
            table.dialect,
            self._options.newlines,
            table.columns.kept,
            nulls=self._options.nulls,
            where=f"rows {self._row} to {last}",
        )
        self._number += 1
        part = Part(
            number=self._number,
            path=path,
            start=start,
            end=end,
            header=table.header + rewrite.sent.newline,
            rewrite=rewrite,
            first_row=self._row,
            first_line=self._line,
            facts=facts,
            identity=self._identity,
        )
        self._row = last + 1
        self._line = self._line + facts.lines if self._line else 0
        self._facts = Facts()
        return part
