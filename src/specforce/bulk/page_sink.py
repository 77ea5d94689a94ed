"""Where one page of a query's result goes: a file of its own, to read its records from, or to append to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce.bulk.sinks import TableSink
from specforce_api.runtime.errors import DecodeError, IntegrityError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from specforce.bulk.sinks import Target


class PageSink(TableSink):
    """Writes one page, and holds it to what its headers promise.

    Args:
        newline: the job's line ending, for a page that ends without one.
        headed: write the header line too.

    Attributes:
        next_locator: where the next page is; `None` after the last.
        promised: how many records the server said it has.
        body_start: where in the file the records begin.
    """

    def __init__(self, file: Target, what: str, *, newline: bytes = b"\n", headed: bool = True) -> None:
        super().__init__(file, what, headed=headed)
        self._newline = newline
        self._last = b""
        self.next_locator: str | None = None
        self.promised: int | None = None
        self.body_start = 0

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
        self._last = b""

    def put(self, pieces: Sequence[bytes]) -> None:
        """See `Sink`."""
        super().put(pieces)
        for piece in reversed(pieces):
            if piece:
                self._last = piece[-1:]
                break

    def end(self) -> None:
        """See `Sink`. A last line without its line ending gets one, since more may follow."""
        super().end()
        if self._last == b"\n":
            return
        if self.records or self.headed:
            self.write(self._newline)
        if not self.records:
            self.header_written()

    def check(self, records: int) -> None:
        """See `TableSink`."""
        if records != self.promised:
            raise IntegrityError(
                f"{self._what} hold {records} records, Sforce-NumberOfRecords says {self.promised}",
                expected=self.promised,
                actual=records,
            )

    def header_written(self) -> None:
        """See `TableSink`."""
        self.body_start = self._file.tell()
