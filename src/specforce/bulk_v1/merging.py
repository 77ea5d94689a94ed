"""CSV results of many batches, written into one file under one header."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce.bulk.records import RecordCounter
from specforce.bulk.results import table_chunks
from specforce.bulk.sources import file_pieces
from specforce.bulk_v1.records import NOTHING_FOUND
from specforce_api.runtime.errors import IntegrityError

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO


class CsvMerger:
    """Appends results to a file.

    Args:
        file: unbuffered; the caller closes it.

    Attributes:
        records: how many it has written.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._header = b""
        self._checked = 0
        self.records = 0

    def add(self, path: Path) -> None:
        """Append one result.

        Raises:
            IntegrityError: its header isn't that of the results before. DecodeError: it isn't CSV.
        """
        chunks = table_chunks(file_pieces(path), what="the results of a query")
        header = next(chunks)
        if header.strip() == NOTHING_FOUND:
            return
        if not self._header:
            self._header = header
            self._write(_ended(header))
        elif header.rstrip(b"\r\n") != self._header.rstrip(b"\r\n"):
            raise IntegrityError(f"a result begins with {header[:200]!r}, the first one with {self._header[:200]!r}")
        counter = RecordCounter()
        for chunk in chunks:
            counter.feed(chunk)
            self._write(_ended(chunk))
        self.records += counter.total()

    def check(self, batch_id: str, expected: int) -> None:
        """Hold the records written since the last check to what a batch says.

        Raises:
            IntegrityError: they differ.
        """
        found = self.records - self._checked
        self._checked = self.records
        if found != expected:
            raise IntegrityError(
                f"batch {batch_id} says that it found {expected} records, its results hold {found}",
                expected=expected,
                actual=found,
            )

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[self._file.write(view) or 0 :]


def _ended(records: bytes) -> bytes:
    """Records of which the last one has its line end too, so that others can follow."""
    return records if records.endswith(b"\n") else records + b"\n"
