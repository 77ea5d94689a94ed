"""Where downloaded tables go: a result file spooled to disk, a page of a query appended to the caller's file.

A sink takes pieces as they come, counts records on the way, and at the end says whether the table is whole: not cut
inside a cell, as many records as the server promised. What a failed download brought can be taken back.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Protocol

from specforce.bulk.header import MAX_HEADER_BYTES
from specforce.bulk.records import RecordCounter, nth_record_end
from specforce_api.runtime.errors import ConnectionCut, DecodeError, IntegrityError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_MARK: Final = b"\xef\xbb\xbf"


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


class GzipTarget:
    """Compresses what is written into a file; each table becomes a gzip member of its own, so it can be taken back.

    Args:
        file: the raw file; the caller closes it, after `finish`.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._member: Any = None

    def write(self, data: memoryview, /) -> int:
        """See `Target`."""
        if self._member is None:
            # Level 1: the network is slower than the disk is full, and half of the time of level 6 goes for a tenth.
            self._member = zlib.compressobj(1, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
        self._write(self._member.compress(data))
        return len(data)

    def tell(self) -> int:
        """See `Target`; ends the member before."""
        self.finish()
        return self._file.tell()

    def seek(self, offset: int, /) -> int:
        """See `Target`; drops the member that is being written."""
        self._member = None
        return self._file.seek(offset)

    def truncate(self) -> int:
        """See `Target`."""
        return self._file.truncate()

    def finish(self) -> None:
        """End the member that is being written."""
        if self._member is not None:
            self._write(self._member.flush())
            self._member = None

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[self._file.write(view) or 0 :]


class TableSink:
    """Writes one table to a file, with or without its header, and checks it.

    Args:
        file: the table begins where it stands.
        what: the table, for messages.
    """

    def __init__(self, file: Target, what: str) -> None:
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
                self._write(piece)
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

    def rewind(self) -> None:
        """See `Sink`."""
        self._file.seek(self._start)
        self._file.truncate()
        self._reset()

    def write_header(self, header: bytes) -> None:
        """Write the header record; a sink that doesn't want it writes nothing."""
        self._write(header)

    def _settle_header(self, size: int) -> None:
        head, self._head = self._head, b""
        self._header = head[:size]
        self.write_header(self._header)
        rest = head[size:]
        self._counter.feed(rest)
        self._write(rest)

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[self._file.write(view) or 0 :]

    def _reset(self) -> None:
        self._head = b""
        self._header = b""
        self._counter = RecordCounter()


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


class PageSink(TableSink):
    """Appends one page of a query's result to a file, its header only where the caller wants it.

    Args:
        expected_header: the first page's header, which every page repeats; `None` for the first page.
        keep_header: write the header too.
        newline: the job's line ending, for a page that ends without one.

    Attributes:
        next_locator: where the next page is; `None` after the last.
        promised: how many records the server said it has.
    """

    def __init__(
        self,
        file: Target,
        what: str,
        *,
        expected_header: bytes | None = None,
        keep_header: bool = True,
        newline: bytes = b"\n",
    ) -> None:
        self._expected_header = expected_header
        self._keep_header = keep_header
        self._newline = newline
        self.next_locator: str | None = None
        self.promised: int | None = None
        self._last = b"\n"
        super().__init__(file, what)

    def begin(self, headers: Mapping[str, str]) -> None:
        """See `Sink`.

        Raises:
            DecodeError: the headers of a page aren't there, so nobody knows what follows.
        """
        locator = headers.get("sforce-locator")
        promised = headers.get("sforce-numberofrecords", "")
        if locator is None or not promised.isdecimal():
            raise DecodeError(f"{self._what} come without Sforce-Locator and Sforce-NumberOfRecords")
        self.next_locator = None if locator == "null" else locator
        self.promised = int(promised)

    def put(self, pieces: Sequence[bytes]) -> None:
        """See `Sink`."""
        super().put(pieces)
        for piece in reversed(pieces):
            if piece:
                self._last = piece[-1:]
                break

    def end(self) -> None:
        """See `Sink`. A last record without its line ending gets one, since more may follow."""
        super().end()
        if self._last != b"\n" and (self.records or self._keep_header):
            self._write(self._newline)

    def check(self, records: int) -> None:
        """See `TableSink`."""
        if records != self.promised:
            raise IntegrityError(
                f"{self._what} hold {records} records, Sforce-NumberOfRecords says {self.promised}",
                expected=self.promised,
                actual=records,
            )

    def write_header(self, header: bytes) -> None:
        """See `TableSink`."""
        names = header.removeprefix(_MARK).rstrip(b"\r\n")
        if self._expected_header is not None and names != self._expected_header.removeprefix(_MARK).rstrip(b"\r\n"):
            raise IntegrityError(
                f"{self._what} have other columns than the page before: {names[:200]!r} instead of "
                f"{self._expected_header[:200]!r}"
            )
        if self._keep_header:
            super().write_header(header)
