"""The figures behind a load's progress: how much there is, is sent, is processed. Safe between threads."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from specforce.bulk.parts import Part

_TOLD_EVERY_BYTES: Final = 4_000_000


class Tally:
    """Counts what the parts of one load are doing.

    Attributes:
        rows: rows of the whole source; `None` until it has been read to its end.
        size: its bytes, headers of all parts included; `None` likewise.
    """

    def __init__(self) -> None:
        self.rows: int | None = None
        self.size: int | None = None
        self._lock = threading.Lock()
        self._sent: dict[int, int] = {}
        self._told = 0
        self._rows_sent = 0
        self._processed: dict[int, int] = {}
        self._joined = 0

    def expect(self, parts: Iterable[Part]) -> None:
        """The source has been read to its end: these are all its parts."""
        sizes = [(part.rows, part.size) for part in parts]
        self.rows = sum(rows for rows, _ in sizes)
        self.size = sum(size for _, size in sizes)

    def begin(self, part: Part) -> None:
        """A part begins to be sent, perhaps anew."""
        with self._lock:
            self._sent[part.number] = 0

    def add_bytes(self, part: Part, size: int) -> int | None:
        """Bytes of a part went out: all bytes so far, where it is time to tell somebody; else `None`."""
        with self._lock:
            self._sent[part.number] += size
            done = sum(self._sent.values())
            if abs(done - self._told) < _TOLD_EVERY_BYTES:
                return None
            self._told = done
            return done

    def add_rows(self, part: Part) -> int:
        """A part is with Salesforce: rows sent so far."""
        with self._lock:
            self._rows_sent += part.rows
            return self._rows_sent

    def processed(self, part: Part, rows: int) -> int:
        """A job says how many of its records it has processed: all jobs' records so far."""
        with self._lock:
            self._processed[part.number] = rows
            return sum(self._processed.values())

    def joined(self, rows: int) -> int:
        """The outcomes of rows are known: all such rows so far."""
        with self._lock:
            self._joined += rows
            return self._joined
