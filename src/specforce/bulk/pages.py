"""Pages of a query's result: which there are, how they are fetched, and one that lies in a file, whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from specforce._checks import whole_number
from specforce.bulk.cells import read_batch
from specforce.bulk.records import whole_records
from specforce.bulk.resuming import ResumeToken
from specforce_api.runtime.errors import DecodeError, InputError, IntegrityError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from specforce.bulk.dialect import Dialect
    from specforce_api.runtime.errors import VersionConflict

_MARK: Final = b"\xef\xbb\xbf"
_PIECE_BYTES: Final = 1 << 18
MAX_CONCURRENCY: Final = 5
PARALLEL_SINCE: Final = 58.0
"""The API version from which on `resultPages` names the pages, so that several can be fetched at a time."""


@dataclass(frozen=True, slots=True)
class PageOptions:
    """How the pages of a result are fetched.

    Attributes:
        concurrency: how many at a time, at most 5: so many links Salesforce hands out per call.
        ordered: in the result's order; else as they come.
        max_records: the most records in a page, which makes the pages come one after the other; `None` leaves it to
            Salesforce.

    Raises:
        InputError: a number out of its range.
    """

    concurrency: int = 5
    ordered: bool = True
    max_records: int | None = None

    def __post_init__(self) -> None:
        whole_number("concurrency", self.concurrency)
        if self.concurrency > MAX_CONCURRENCY:
            raise InputError(f"concurrency={self.concurrency}: at most {MAX_CONCURRENCY} pages are fetched at a time")
        if self.max_records is not None:
            whole_number("max_records", self.max_records)

    def parallel(self, api_version: str) -> bool:
        """Whether pages are fetched side by side."""
        return self.concurrency > 1 and self.max_records is None and float(api_version) >= PARALLEL_SINCE


@dataclass(frozen=True, slots=True)
class QueryResult:
    """The result of a query job.

    Attributes:
        job_id: the job's id.
        sobject: what it is a query of.
        api_version: what the job was made with, such as `67.0`; no other reads its result.
        dialect: how it is written.
    """

    job_id: str
    sobject: str
    api_version: str
    dialect: Dialect

    @property
    def token(self) -> ResumeToken:
        """What it takes to go on with it elsewhere."""
        return ResumeToken("bulk", self.api_version, self.job_id)

    def advised(self, error: VersionConflict) -> VersionConflict:
        """The refusal to read it with another API version, and what to do."""
        error.add_note(f"the job was made with API version {self.api_version}: read it with a client of that version")
        return error


@dataclass(frozen=True, slots=True)
class PageRef:
    """A page that can be asked for: its place in the result, from 1, and its locator (`None`: had without)."""

    number: int
    locator: str | None


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
        body_start: where in the file the records begin.
    """

    number: int
    locator: str | None
    next_locator: str | None
    records: int
    header: bytes
    path: Path
    delimiter: str
    body_start: int

    @property
    def columns(self) -> tuple[str, ...]:
        """The column names: the field paths as they were queried."""
        return header_columns(self.header, self.delimiter)

    def chunks(self, size: int = _PIECE_BYTES) -> Iterator[bytes]:
        """The records as CSV, header left out, in chunks of whole records of about so many bytes."""
        return whole_records(self._pieces(size), self.path.stat().st_size)

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

    def _pieces(self, size: int) -> Iterator[bytes]:
        with self.path.open("rb", buffering=0) as file:
            file.seek(self.body_start)
            while piece := file.read(size):
                yield piece


class PageTally:
    """Holds the pages of one result to each other, and at the end to the job.

    Args:
        what: the job, for messages.
        header: the header line of pages that were taken before; `None` for none.
        records: how many records those had.

    Attributes:
        header: the first page's header line; `None` before it came.
        records: how many records the pages hold so far.
    """

    def __init__(self, what: str, *, header: bytes | None = None, records: int = 0) -> None:
        self._what = what
        self.header = header
        self.records = records

    def add(self, page: ResultPage) -> None:
        """Take a page.

        Raises:
            IntegrityError: its columns aren't those of the pages before.
        """
        if self.header is None:
            self.header = page.header
        elif _names(page.header) != _names(self.header):
            raise IntegrityError(
                f"page {page.number} of {self._what} has other columns than the pages before: "
                f"{_names(page.header)[:200]!r} instead of {_names(self.header)[:200]!r}"
            )
        self.records += page.records

    def refuse_total(self, expected: int | None) -> None:
        """Hold the sum of all pages to what the job says.

        Raises:
            IntegrityError: it differs.
        """
        if expected is not None and expected != self.records:
            raise IntegrityError(
                f"{self._what} found {expected} records, its pages hold {self.records}",
                expected=expected,
                actual=self.records,
            )


class SeenLocators:
    """Notices a result whose pages lead back to each other, which would never end or hold records twice."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._seen: set[str | None] = set()

    def add(self, page: PageRef) -> PageRef:
        """Take note of a page and return it.

        Raises:
            IntegrityError: it was there before.
        """
        if page.locator in self._seen:
            raise IntegrityError(f"page {page.number} of {self._what} was named before: {page.locator!r}")
        self._seen.add(page.locator)
        return page


def header_columns(header: bytes, delimiter: str) -> tuple[str, ...]:
    """The column names in a header line.

    Raises:
        DecodeError: it isn't one line of CSV in UTF-8.
    """
    rows = read_batch(header.removeprefix(_MARK), delimiter)
    if len(rows) != 1 or not rows[0]:
        raise DecodeError(f"this isn't a header line: {header[:200]!r}")
    return tuple(rows[0])


def _names(header: bytes) -> bytes:
    """A header line without what doesn't count: a byte order mark, its line ending."""
    return header.removeprefix(_MARK).rstrip(b"\r\n")


def next_rows(batches: Iterator[list[list[str]]]) -> list[list[str]] | None:
    """The next batch of rows, `None` after the last: a step that can be taken off the loop."""
    return next(batches, None)


def next_chunk(chunks: Iterator[bytes]) -> bytes | None:
    """The next chunk of records, `None` after the last: likewise."""
    return next(chunks, None)
