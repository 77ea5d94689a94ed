"""Where one result of a query by Bulk API 1.0 goes: as a page, though it doesn't say how many records it has."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Final

from specforce.bulk.sinks import TableSink
from specforce.bulk_v1.records import NOTHING_FOUND
from specforce_api.runtime.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specforce.bulk.dialect import Dialect
    from specforce.bulk.sinks import Target

_SELECTED: Final = re.compile(r"\s*SELECT\s+(.*?)\s+FROM\s", re.IGNORECASE | re.DOTALL)


class BatchSink(TableSink):
    """Writes one result; one that found nothing, and says so in place of a header line, writes nothing.

    Args:
        newline: the job's line ending, for a result that ends without one.
        headed: write the header line too.

    Attributes:
        body_start: where in the file the records begin.
    """

    def __init__(self, file: Target, what: str, *, newline: bytes, headed: bool) -> None:
        super().__init__(file, what, headed=headed)
        self._newline = newline
        self._last = b""
        self.body_start = 0

    @property
    def found_nothing(self) -> bool:
        """Whether there is no table in it."""
        return self.header.strip() == NOTHING_FOUND

    def put(self, pieces: Sequence[bytes]) -> None:
        """See `Sink`."""
        super().put(pieces)
        self._last = next((piece[-1:] for piece in reversed(pieces) if piece), self._last)

    def end(self) -> None:
        """See `Sink`. A last line without its line ending gets one, since more may follow."""
        super().end()
        if self._last != b"\n" and not self.found_nothing and (self.records or self.headed):
            self.write(self._newline)
            if not self.records:
                self.header_written()

    def wants_header(self) -> bool:
        """See `TableSink`."""
        return self.headed and not self.found_nothing

    def header_written(self) -> None:
        """See `TableSink`."""
        self.body_start = self._file.tell()


def header_of(soql: str, dialect: Dialect) -> bytes:
    """The header line of a query that found nothing: what it selects, by its alias where it has one.

    Raises:
        DecodeError: it isn't a query.
    """
    found = _SELECTED.match(soql)
    if found is None:
        raise DecodeError(f"this isn't a query: {soql[:200]!r}")
    line = io.StringIO()
    names = [part.split()[-1] for part in found[1].split(",")]
    csv.writer(line, quoting=csv.QUOTE_ALL, delimiter=dialect.delimiter, lineterminator="").writerow(names)
    return line.getvalue().encode() + dialect.newline
