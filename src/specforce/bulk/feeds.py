"""A source's bytes or rows, pushed in as they come, become parts.

Whoever reads the source (a file, an iterator, an async iterator) feeds this; whole parts come out as soon as they are
known. Everything is checked on the way: a part that comes out is one that Salesforce can read. Keeps one chunk in
memory.
"""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from specforce.bulk.assembly import Assembly, RangeShelf, SpoolShelf
from specforce.bulk.header import MAX_HEADER_BYTES
from specforce.bulk.parts import FileIdentity
from specforce.bulk.records import RecordCutter, RecordTooLong, nth_record_end
from specforce.bulk.rows import RowWriter, columns_of
from specforce.bulk.table import Table, TableOptions, read_table, table_of_rows
from specforce.bulk.values import Cells
from specforce_api.runtime.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from specforce.bulk.parts import Part
    from specforce.bulk.rows import Row


class BytesFeed:
    """Takes a CSV source in pieces of any size and any declared encoding.

    Args:
        options: how the source is written and split.
        folder: where parts are spooled.
        path: the source file, where its bytes can be sent as they are; then nothing is spooled.
    """

    def __init__(self, options: TableOptions, folder: Path, *, path: Path | None = None) -> None:
        self.table: Table | None = None
        self._options = options
        self._folder = folder
        self._path = path
        self._identity = FileIdentity.of(path) if path else None
        self._decoder = None if is_utf8(options.encoding) else codecs.getincrementaldecoder(options.encoding)()
        self._start = b""
        self._cutter: RecordCutter | None = None
        self._assembly: Assembly | None = None

    def feed(self, piece: bytes) -> Iterator[Part]:
        """Take a piece; yield the parts that are complete with it.

        Raises:
            InputError: the source isn't what was declared; the message names the line.
        """
        piece = self._utf8(piece, final=False)
        if self._assembly is None:
            self._start += piece
            if len(self._start) < MAX_HEADER_BYTES and not nth_record_end(self._start, 1):
                return
            piece = self._begin()
        yield from self._cut(piece)

    def finish(self) -> Iterator[Part]:
        """The source has ended: yield what is left.

        Raises:
            InputError: it ended inside a quoted cell, or before its header did.
        """
        piece = self._utf8(b"", final=True)
        if self._assembly is None:
            self._start += piece
            piece = self._begin()
        yield from self._cut(piece)
        cutter, assembly = self._begun()
        in_quotes = cutter.in_quotes
        if last := cutter.finish():
            if in_quotes:
                raise InputError(
                    f"line {assembly.line} (row {assembly.row}): a quoted cell isn't closed before the end"
                )
            yield from assembly.add(last)
        yield from assembly.finish()

    def _begin(self) -> bytes:
        """Read the header, and return what of the source's start follows it."""
        self.table, size = read_table(self._start, self._options)
        shelf = RangeShelf(self._path, size) if self._path else SpoolShelf(self._folder)
        self._assembly = Assembly(self.table, self._options, shelf, identity=self._identity)
        self._cutter = RecordCutter(self._options.limits.part_bytes)
        rest, self._start = self._start[size:], b""
        return rest

    def _begun(self) -> tuple[RecordCutter, Assembly]:
        assert self._cutter is not None, "the header has been read"
        assert self._assembly is not None, "the header has been read"
        return self._cutter, self._assembly

    def _cut(self, piece: bytes) -> Iterator[Part]:
        cutter, assembly = self._begun()
        try:
            chunk = cutter.feed(piece)
        except RecordTooLong as error:
            hint = ": is a quote never closed?" if error.in_quotes else ""
            raise InputError(
                f"line {assembly.line} (row {assembly.row}): the row hasn't ended after "
                f"{self._options.limits.part_bytes} bytes, more than a part may have{hint}"
            ) from None
        if chunk:
            yield from assembly.add(chunk)

    def _utf8(self, piece: bytes, *, final: bool) -> bytes:
        if self._decoder is None:
            return piece
        try:
            return self._decoder.decode(piece, final).encode()
        except UnicodeError as error:
            where = f"after line {self._assembly.line - 1}" if self._assembly else "in its first lines"
            raise InputError(f"the source isn't {self._options.encoding} {where}: {error}") from None


class RowsFeed:
    """Takes rows of Python values, batch by batch.

    Args:
        options: the columns, and how to split.
        folder: where parts are spooled.
    """

    def __init__(self, options: TableOptions, folder: Path) -> None:
        self.table: Table | None = None
        self._options = options
        self._folder = folder
        self._writer: RowWriter | None = None
        self._assembly: Assembly | None = None

    def feed(self, rows: Sequence[Row]) -> Iterator[Part]:
        """Take a batch of rows; yield the parts that are complete with it.

        Raises:
            InputError: a row can't be written; the message names row and column.
        """
        if self._writer is None or self._assembly is None:
            self._writer, self._assembly = self._begin(rows)
        chunk, facts = self._writer.write(rows, row=self._assembly.row)
        yield from self._assembly.add(chunk, facts)

    def finish(self) -> Iterator[Part]:
        """The rows have ended: yield what is left.

        Raises:
            InputError: `columns` were given that can't be loaded, and no row came to say so.
        """
        if self._assembly is not None:
            yield from self._assembly.finish()
        elif self._options.columns is not None:
            self.table, _ = table_of_rows(self._options.columns, self._options)

    def _begin(self, rows: Sequence[Row]) -> tuple[RowWriter, Assembly]:
        names = self._options.columns if self._options.columns is not None else columns_of(rows)
        self.table, kept = table_of_rows(names, self._options)
        cells = Cells(self._options.nan)
        delimiter = self._options.delimiter_character
        writer = RowWriter(names, kept=kept, delimiter=delimiter, cells=cells)
        return writer, Assembly(self.table, self._options, SpoolShelf(self._folder))


def is_utf8(encoding: str) -> bool:
    """Whether bytes in this encoding can be sent as they are.

    Raises:
        InputError: there is no such encoding.
    """
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        raise InputError(f"encoding={encoding!r}: Python knows no such encoding") from None
    return name in ("utf-8", "utf-8-sig", "ascii")
