r"""Are these bytes rows of this table? Checked at the speed of `bytes.split`, cells are never built.

A chunk of whole records is split once, at its quotes; every other piece stands outside of them. Of these only the
delimiters and line ends are kept (the chunk's skeleton): in a sound chunk one and the same row (`,,,\n`) again and
again, which one comparison proves. Only a chunk that fails the comparison is walked record by record, to name the line
and the reason.

Refused: rows with more or fewer cells than the header, blank lines between rows, text that isn't UTF-8, NUL, line ends
of another kind than the header's, quotes where no cell has them (quoting.py), rows longer than Salesforce takes.
Reported: line breaks inside cells, by kind, because one job takes only one kind (reference/bulk_v2.md section 7).
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from specforce.bulk.quoting import has_stray_quote, is_stray
from specforce.bulk.records import nth_record_end
from specforce_api.runtime.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specforce.bulk.dialect import Dialect

MAX_ROW_CHARACTERS: Final = 400_000  # reference/bulk_v2.md section 8
_QUOTED: Final = re.compile(rb'"[^"]*+"')


@dataclass(frozen=True, slots=True)
class Facts:
    """What a chunk of whole records holds.

    Attributes:
        rows: how many records.
        lines: how many lines they take.
        feeds: whether a cell holds an LF that doesn't belong to a CR LF; a job of CRLF rows can't carry it.
        pairs: whether a cell holds a CR LF; a job of LF rows can't carry it. A CR alone goes with either.
    """

    rows: int = 0
    lines: int = 0
    feeds: bool = False
    pairs: bool = False

    def __add__(self, other: Facts) -> Facts:
        return Facts(
            self.rows + other.rows,
            self.lines + other.lines,
            self.feeds or other.feeds,
            self.pairs or other.pairs,
        )


class Structure:
    """The shape that every row of one table has.

    Args:
        width: how many columns the header has.
        dialect: the delimiter, and the line ending that the source's header has.
    """

    def __init__(self, width: int, dialect: Dialect) -> None:
        self._width = width
        self._dialect = dialect
        delimiter = dialect.delimiter.encode()
        self._row = delimiter * (width - 1) + dialect.newline
        self._drop = bytes(byte for byte in range(256) if byte not in b"\r\n" + delimiter)

    def examine(self, chunk: bytes, *, row: int, line: int) -> Facts:
        """Check a chunk of whole records and say what it holds.

        Args:
            chunk: UTF-8 bytes; its last record may lack its line ending (the end of the source).
            row: the number of its first row in the source, from 1; only for messages.
            line: the number of its first line in the source, from 1; only for messages.

        Raises:
            InputError: it isn't a set of rows of this table; the message names the line.
        """
        if not chunk.isascii():
            try:
                chunk.decode("utf-8")
            except UnicodeDecodeError as error:
                self._refuse_encoding(error, chunk, line)
        if b"\0" in chunk:
            at = line + chunk.count(b"\n", 0, chunk.index(b"\0"))
            raise InputError(f"line {at}: a NUL character, which Salesforce doesn't take")
        quoted = b'"' in chunk
        pieces = chunk.split(b'"') if quoted else [chunk]
        outside = pieces[::2]
        ending = b"" if chunk.endswith(b"\n") else self._dialect.newline
        text = b"".join(outside) + ending if quoted or ending else chunk
        skeleton = text.translate(None, self._drop)
        rows, surplus = divmod(len(skeleton), len(self._row))
        if (
            len(pieces) % 2 == 0
            or surplus
            or skeleton != self._row * rows
            or (self._width == 1 and _has_blank_line(chunk))
            or (quoted and is_stray(outside, self._dialect.delimiter.encode(), size=len(chunk)))
            or (self._dialect.line_ending == "CRLF" and text.count(b"\r\n") != rows)
        ):
            self._refuse_rows(chunk, row, line)
        facts = _facts(rows, b'"'.join(pieces[1::2]))
        self.refuse_long(chunk, facts, row=row, line=line)
        return facts

    def refuse_long(self, chunk: bytes, facts: Facts, *, row: int, line: int) -> None:
        """Refuse rows with more characters than Salesforce takes.

        Args:
            facts: what the chunk holds; the rest is as for `examine`.

        Raises:
            InputError: there is one; the message names the line, or the row where the source has no lines.
        """
        if len(chunk) <= MAX_ROW_CHARACTERS:
            return
        if facts.lines == facts.rows and max(map(len, chunk.split(b"\n"))) <= MAX_ROW_CHARACTERS:
            return
        for record in split_records(chunk):
            size = len(record.decode("utf-8")) if len(record) > MAX_ROW_CHARACTERS else 0
            if size > MAX_ROW_CHARACTERS:
                where = f"line {line} (row {row})" if line else f"row {row}"
                raise InputError(f"{where}: the row has {size} characters, Salesforce takes {MAX_ROW_CHARACTERS}")
            row += 1
            line += record.count(b"\n") if line else 0

    def _refuse_encoding(self, error: UnicodeDecodeError, chunk: bytes, line: int) -> None:
        at = line + chunk.count(b"\n", 0, error.start)
        raise InputError(
            f"line {at}: byte {chunk[error.start]:#04x} isn't UTF-8: pass encoding=, such as encoding='cp1252'"
        ) from None

    def _refuse_rows(self, chunk: bytes, row: int, line: int) -> None:
        """Find the first record that isn't a row of this table, and refuse it."""
        for record in split_records(chunk):
            reason = self._fault(record)
            if reason:
                raise InputError(f"line {line} (row {row}): {reason}")
            row += 1
            line += record.count(b"\n")
        raise InputError(f"line {line}: these rows don't have the header's form")

    def _fault(self, record: bytes) -> str:
        """Why this isn't a row of the table, `""` if it is one."""
        ending = self._dialect.newline
        text = record.decode("utf-8")
        body = text.removesuffix(ending.decode()) if record.endswith(ending) else text
        if not body.strip("\r\n"):
            return "a blank line between rows"
        if self._dialect.line_ending == "LF" and body.endswith("\r"):
            return "ends in CR LF, the header in LF: one file has one line ending"
        if self._dialect.line_ending == "CRLF" and record.endswith(b"\n") and not record.endswith(ending):
            return "ends in LF, the header in CR LF: one file has one line ending"
        outside = _QUOTED.sub(b"", record.removesuffix(ending))
        if b"\r" in outside or b"\n" in outside:
            return "a line break outside quotes"
        if has_stray_quote(record, self._dialect.delimiter.encode()):
            return (
                f"a stray quote; inside a cell quotes are doubled, and the whole cell is quoted: {self._excerpt(body)}"
            )
        cells = outside.count(self._dialect.delimiter.encode()) + 1
        if cells != self._width:
            return f"{cells} cells, the header has {self._width}: {self._excerpt(body)}"
        return ""

    def _excerpt(self, text: str) -> str:
        try:
            cells = next(csv.reader([text.replace("\n", " ")], delimiter=self._dialect.delimiter), [text])
        except csv.Error:
            cells = [text]
        shown = repr(cells[: self._width + 1])
        return shown if len(shown) <= 200 else f"{shown[:200]}…"


def _facts(rows: int, inside: bytes) -> Facts:
    """What so many rows hold.

    Args:
        inside: what stands between their quotes, put together by quotes, so that no line break comes about.
    """
    feeds = inside.count(b"\n")
    pairs = inside.count(b"\r\n") if b"\r" in inside else 0
    return Facts(rows, rows + feeds, feeds=feeds > pairs, pairs=pairs > 0)


def split_records(chunk: bytes) -> Iterator[bytes]:
    """The records of a chunk one by one, with their line endings: for messages and rare repairs, not for speed."""
    if b'"' not in chunk:
        yield from io.BytesIO(chunk)
        return
    start = 0
    while start < len(chunk):
        window = chunk[start : start + 65_536]
        size = nth_record_end(window, 1) or nth_record_end(chunk[start:], 1) or len(chunk) - start
        yield chunk[start : start + size]
        start += size


def _has_blank_line(chunk: bytes) -> bool:
    """Whether a table of one column has a line without anything: an empty cell or a mistake, nobody can tell."""
    if chunk.startswith((b"\n", b"\r\n")):
        return True
    return (b"\n\n" in chunk or b"\n\r\n" in chunk) and any(not record.strip() for record in split_records(chunk))
