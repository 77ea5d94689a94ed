"""Where downloaded tables go: files. `page_sink` is for the pages of a query, `gzip_target` for compressed files.

A sink takes pieces as they come, counts records on the way, and at the end says whether the table is whole: not cut
inside a cell, as many records as the server promised. What a failed download brought can be taken back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from specforce.bulk.files import write_all
from specforce.bulk.header import MAX_HEADER_BYTES
from specforce.bulk.records import RecordCounter, nth_record_end
from specforce_api.runtime.errors import ConnectionCut, DecodeError, IntegrityError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Sink(Protocol):
    """Takes one download; blocking."""

    def begin(self, headers: Mapping[str, str]) -> None:
        """The answer's headers, lower-case; called once per try."""
        ...

    def put(self, pieces: Sequence[bytes]) -> None:
        """The next pieces of the body."""
        ...

    def end(self) -> None:
        """The body has ended.

        Raises:
            ConnectionCut: it can't be all. IntegrityError: it isn't what the server promised.
        """
        ...

    def rewind(self) -> None:
        """Take back what this try brought; nothing happened."""
        ...


class Target(Protocol):
    """What a sink writes to: an unbuffered file, or something that behaves like one."""

    def write(self, data: memoryview, /) -> int | None:
        """Take some of the bytes and say how many."""
        ...

    def tell(self) -> int:
        """Where the next byte goes."""
        ...

    def seek(self, offset: int, /) -> int:
        """Go back to where `tell` once said it was."""
        ...

    def truncate(self) -> int:
        """Forget what lies behind."""
        ...


class TableSink:
    """Writes one table to a file and checks it.

    Args:
        file: the table begins where it stands.
        what: the table, for messages.
        headed: write its header line too.
    """

    def __init__(self, file: Target, what: str, *, headed: bool = True) -> None:
        self.headed = headed
        self._file = file
        self._what = what
        self._start = file.tell()
        self._head = b""
        self._header = b""
        self._counter = RecordCounter()

    @property
    def header(self) -> bytes:
        """The header record with its line ending."""
        return self._header

    @property
    def records(self) -> int:
        """How many records follow the header."""
        return self._counter.total()

    def begin(self, headers: Mapping[str, str]) -> None:
        """See `Sink`."""

    def put(self, pieces: Sequence[bytes]) -> None:
        """See `Sink`."""
        for piece in pieces:
            if self._header:
                self._counter.feed(piece)
                self.write(piece)
            else:
                self._head += piece
                size = nth_record_end(self._head, 1)
                if size:
                    self._settle_header(size)
                elif len(self._head) > MAX_HEADER_BYTES:
                    raise DecodeError(f"{self._what} have no header line in their first {len(self._head)} bytes")

    def end(self) -> None:
        """See `Sink`."""
        if not self._header:
            if not self._head.strip():
                raise IntegrityError(f"{self._what} are empty: not even a header line")
            self._settle_header(len(self._head))
        if self._counter.in_quotes:
            raise ConnectionCut(f"{self._what} end inside a quoted cell: the rest is missing")
        self.check(self._counter.total())

    def check(self, records: int) -> None:
        """Hold the number of records to what the server promised.

        Raises:
            IntegrityError: it differs.
        """

    def wants_header(self) -> bool:
        """Whether the header that has come is to be written."""
        return self.headed

    def header_written(self) -> None:
        """The header has come, and was written where it is wanted: the records follow."""

    def rewind(self) -> None:
        """See `Sink`."""
        self._file.seek(self._start)
        self._file.truncate()
        self._head = b""
        self._header = b""
        self._counter = RecordCounter()

    def write(self, data: bytes) -> None:
        """Append bytes to the file."""
        write_all(self._file, data)

    def _settle_header(self, size: int) -> None:
        head, self._head = self._head, b""
        self._header = head[:size]
        if self.wants_header():
            self.write(self._header)
        self.header_written()
        rest = head[size:]
        self._counter.feed(rest)
        self.write(rest)


class ResultSink(TableSink):
    """Spools a result file of an ingest job.

    Args:
        expected: how many records the job's counters promise; `None` where they don't say.
    """

    def __init__(self, file: Target, what: str, *, expected: int | None) -> None:
        super().__init__(file, what)
        self._expected = expected

    def check(self, records: int) -> None:
        """See `TableSink`."""
        if self._expected is not None and records != self._expected:
            raise IntegrityError(
                f"{self._what} hold {records} rows, the job's counters say {self._expected}",
                expected=self._expected,
                actual=records,
            )
