"""Rows that failed for a reason that goes by, written out again as parts of their own.

Salesforce refused these rows and nothing of them was saved, so sending them again doubles none, inserts included. Which
rows a round takes follows from their outcomes alone: a load that is continued makes the same parts again.
"""

from __future__ import annotations

from array import array
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from specforce.bulk.files import write_all
from specforce.bulk.outcomes import Kind
from specforce.bulk.results import row_error
from specforce.bulk.structure import Facts, split_records

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from specforce.bulk.outcomes import Outcomes
    from specforce.bulk.parts import Limits, Part

PASSING_CODES: Final = frozenset(
    {"UNABLE_TO_LOCK_ROW", "SERVER_UNAVAILABLE", "QUERY_TIMEOUT", "REQUEST_RUNNING_TOO_LONG"}
)
"""Refusals of a row that go by: locks and timeouts. Source: reference/errors_and_limits.md section 3."""
_HELD_BYTES: Final = 1 << 18
_FIRST_DELAY_S: Final = 2.0
_MAX_DELAY_S: Final = 60.0


def parts_again(
    outcomes: Outcomes, parts: Sequence[Part], limits: Limits, *, attempt: int, number: int, folder: Path
) -> Iterator[Part]:
    """The rows that failed for a reason that goes by, as parts, in the source's order.

    Args:
        outcomes: of all rows so far.
        parts: those of the source.
        limits: how large a part may become.
        attempt: how often these rows will have been sent then.
        number: of the first part that is made.
        folder: where they are written.
    """
    spool: _Spool | None = None
    for row, part, record in _failed_records(outcomes, parts):
        if spool is not None and not spool.takes(part, record, limits):
            yield spool.close()
            number += 1
            spool = None
        spool = spool or _Spool(part, folder, number=number, attempt=attempt, first_row=row)
        spool.add(row, record)
    if spool is not None:
        yield spool.close()


def again_after_s(attempt: int, *, chance: float) -> float:
    """Seconds to wait before rows are sent for the `attempt`-th time: from 2 to 4, then twice as long, 60 at most.

    Args:
        chance: a random number from 0 to 1.
    """
    bound_s: float = min(_MAX_DELAY_S, 2 * _FIRST_DELAY_S * 2.0 ** (attempt - 2))
    return bound_s * (1 + chance) / 2


class _Spool:
    """A part under way: its records in one file, the numbers of its rows in another."""

    def __init__(self, like: Part, folder: Path, *, number: int, attempt: int, first_row: int) -> None:
        path = folder / f"again-{attempt}-{number:05d}.csv"
        self._part = replace(
            like,
            number=number,
            path=path,
            start=0,
            end=0,
            first_row=first_row,
            first_line=0,
            identity=None,
            attempt=attempt,
            numbers=path.with_suffix(".rows"),
        )
        self._records: list[bytes] = []
        self._rows = array("Q")
        self._held = 0
        self._count = 0
        self._size = 0

    def takes(self, part: Part, record: bytes, limits: Limits) -> bool:
        """Whether a record of a part of the source has its place here: it has room, and is rewritten alike."""
        full = self._count == limits.part_rows
        size = len(self._part.header) + self._size + len(record)
        return not full and size <= limits.part_bytes and part.rewrite == self._part.rewrite

    def add(self, row: int, record: bytes) -> None:
        """Take a record; it may lack its line ending at the end of the source."""
        newline = self._part.rewrite.read.newline
        record = record if record.endswith(b"\n") else record + newline
        self._records.append(record)
        self._rows.append(row)
        self._count += 1
        self._size += len(record)
        self._held += len(record)
        if self._held >= _HELD_BYTES:
            self._flush()

    def close(self) -> Part:
        """The part."""
        self._flush()
        return replace(self._part, end=self._size, facts=Facts(self._count))

    def _flush(self) -> None:
        assert self._part.numbers is not None, "it was made with one"
        with self._part.path.open("ab", buffering=0) as file:
            write_all(file, b"".join(self._records))
        with self._part.numbers.open("ab", buffering=0) as file:
            write_all(file, self._rows.tobytes())
        self._records, self._rows, self._held = [], array("Q"), 0


def _failed_records(outcomes: Outcomes, parts: Sequence[Part]) -> Iterator[tuple[int, Part, bytes]]:
    """The rows that failed for a reason that goes by: number, part, and the record as the part's file has it."""
    records: list[bytes] = []
    part, first = parts[0], 0
    for outcome in outcomes.read([Kind.FAILED]):
        if row_error(outcome.error).code not in PASSING_CODES:
            continue
        if not first <= outcome.row < first + len(records):
            place = outcomes.place_of(outcome.row)
            part, first = parts[place.part - 1], place.first_row
            records = list(split_records(part.read(place.start, place.size)))
        yield outcome.row, part, records[outcome.row - first]
