"""A page of a query's result that has come whole and lies in a temporary file: read as bytes, rows or dicts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from specforce.bulk.cells import read_batch
from specforce.bulk.records import whole_records
from specforce_api.runtime.errors import DecodeError, IntegrityError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PIECE_BYTES = 1 << 18


@dataclass(frozen=True, slots=True)
class ResultPage:
    """One page; its file is there until the next page is asked for.

    Attributes:
        number: its place in the result, from 1.
        locator: what to ask for to get it again; `None` for the first page.
        next_locator: the one of the next page; `None` after the last.
        records: how many it holds, as counted and as the server said.
        header: the header line as it came, with its line ending.
        path: the file, header line included.
        delimiter: between its cells.
    """

    number: int
    locator: str | None
    next_locator: str | None
    records: int
    header: bytes
    path: Path
    delimiter: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The column names: the field paths as they were queried."""
        return header_columns(self.header, self.delimiter)

    def chunks(self) -> Iterator[bytes]:
        """The records as CSV, header left out, in chunks of whole records."""
        size = self.path.stat().st_size
        return whole_records(self._pieces(), size)

    def batches(self) -> Iterator[list[list[str]]]:
        """The records as text cells, in batches; null is `""`."""
        for chunk in self.chunks():
            yield read_batch(chunk, self.delimiter)

    def rows(self) -> Iterator[list[str]]:
        """The records as text cells; null is `""`."""
        for batch in self.batches():
            yield from batch

    def dicts(self) -> Iterator[dict[str, str]]:
        """The records by column name; null is `""`."""
        columns = self.columns
        for row in self.rows():
            yield dict(zip(columns, row, strict=True))

    def discard(self) -> None:
        """Remove the file."""
        self.path.unlink(missing_ok=True)

    def _pieces(self) -> Iterator[bytes]:
        with self.path.open("rb", buffering=0) as file:
            file.seek(len(self.header))
            while piece := file.read(_PIECE_BYTES):
                yield piece


class Locators:
    """Follows the locators of a result from page to page.

    Args:
        job_id: for messages.

    Attributes:
        number: the current page's place, from 1.
        current: its locator; `None` for the first page.
    """

    def __init__(self, job_id: str) -> None:
        self.number = 1
        self.current: str | None = None
        self._job_id = job_id
        self._seen: set[str] = set()

    def advance(self, following: str | None) -> bool:
        """Go to the next page; whether there is one.

        Raises:
            IntegrityError: it was read before: the result would never end.
        """
        if following is None:
            return False
        if following in self._seen:
            raise IntegrityError(
                f"page {self.number} of job {self._job_id} names a page as the next that was read before"
            )
        self._seen.add(following)
        self.current = following
        self.number += 1
        return True


def header_columns(header: bytes, delimiter: str) -> tuple[str, ...]:
    """The column names in a header line.

    Raises:
        DecodeError: it isn't one line of CSV in UTF-8.
    """
    rows = read_batch(header.removeprefix(b"\xef\xbb\xbf"), delimiter)
    if len(rows) != 1 or not rows[0]:
        raise DecodeError(f"this isn't a header line: {header[:200]!r}")
    return tuple(rows[0])


def next_rows(batches: Iterator[list[list[str]]]) -> list[list[str]] | None:
    """The next batch of rows, `None` after the last: a step that can be taken off the loop."""
    return next(batches, None)


def next_chunk(chunks: Iterator[bytes]) -> bytes | None:
    """The next chunk of records, `None` after the last: likewise."""
    return next(chunks, None)
