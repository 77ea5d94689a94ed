"""Between the bytes of records and their cells, by RFC 4180: doubled quotes, no backslash, line breaks inside quotes.

Reading takes whole records (records.py cuts them), so that no decoder or parser state lives between two chunks. Lines
are split at LF alone: other characters that Python calls line ends are text.
"""

from __future__ import annotations

import csv
import io
from operator import itemgetter
from typing import TYPE_CHECKING, Final

from specforce_api.runtime.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

# Python's limit of 131,072 characters per cell is Salesforce's own limit for one field (reference/bulk_v2.md section
# 8); a cell beyond it must reach the server and come back with the row's error instead of ending here. The limit is the
# process's, so it is only ever raised.
_FIELD_CHARACTERS: Final = 1 << 30
csv.field_size_limit(max(csv.field_size_limit(), _FIELD_CHARACTERS))


def read_rows(chunk: bytes, delimiter: str) -> Iterator[list[str]]:
    """The rows of a chunk of whole records, as cells.

    Raises:
        DecodeError: it isn't UTF-8 or isn't CSV (while iterating).
    """
    return (cells for cells, _ in read_numbered(chunk, delimiter))


def read_batch(chunk: bytes, delimiter: str) -> list[list[str]]:
    """The rows of a chunk of whole records as one list: the fast way.

    Raises:
        DecodeError: it isn't UTF-8 or isn't CSV.
    """
    try:
        return list(csv.reader(io.StringIO(chunk.decode("utf-8"), newline="\n"), delimiter=delimiter))
    except (UnicodeDecodeError, csv.Error) as error:
        raise DecodeError(f"these bytes aren't CSV in UTF-8: {error}") from None


def read_numbered(chunk: bytes, delimiter: str) -> Iterator[tuple[list[str], int]]:
    """The rows of a chunk of whole records, each with the number of lines before it in the chunk.

    Raises:
        DecodeError: it isn't UTF-8 or isn't CSV (while iterating).
    """
    try:
        reader = csv.reader(io.StringIO(chunk.decode("utf-8"), newline="\n"), delimiter=delimiter)
        before = 0
        for cells in reader:
            yield cells, before
            before = reader.line_num
    except (UnicodeDecodeError, csv.Error) as error:
        raise DecodeError(f"these bytes aren't CSV in UTF-8: {error}") from None


def line_writer(delimiter: str) -> Callable[[Sequence[str]], str]:
    """A function from cells to one record without its line ending; a record is quoted where any of its cells needs it.

    `csv.writer` would leave a CR unquoted where the line ending is LF, and takes three times as long.
    """
    between = f'"{delimiter}"'
    join, join_quoted = delimiter.join, between.join

    def line(cells: Sequence[str]) -> str:
        plain = join(cells)
        if plain and plain.count(delimiter) == len(cells) - 1 and not ('"' in plain or "\n" in plain or "\r" in plain):
            return plain
        inner = join_quoted(cells)
        if inner.count('"') != 2 * (len(cells) - 1):
            inner = join_quoted([cell.replace('"', '""') for cell in cells])
        return f'"{inner}"'

    return line


def cell_getter(places: Sequence[int]) -> Callable[[Sequence[str]], Sequence[str]]:
    """A function that takes the cells in `places` out of a row."""
    if len(places) == 1:
        (only,) = places
        return lambda cells: (cells[only],)
    return itemgetter(*places)
