"""A load cut into parts: each the data of one job, between two records, small enough for Salesforce.

A part is a range of bytes in a file, so that it can be sent, sent again and read back without being held in memory.
Parts cover every record of the source once and in order; each is sent behind the same header.

Source: reference/bulk_v2.md section 8 (150 MB of base64 per job, 100 MB raw).
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from specforce.bulk.records import last_record_end, nth_record_end, whole_records
from specforce.bulk.structure import Facts, Structure
from specforce_api.runtime.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from specforce.bulk.dialect import Dialect
    from specforce.bulk.rewrite import Rewrite

DEFAULT_PART_BYTES: Final = 100_000_000
# Salesforce measures a job's data as base64, three bytes as four: 150 MB are 112.5 MB raw.
MAX_PART_BYTES: Final = 150_000_000 * 3 // 4
UPLOAD_PIECE_BYTES: Final = 1 << 18
CHUNK_BYTES: Final = 1 << 18
_NUMBERS_BYTES: Final = 8 * 4096


@dataclass(frozen=True, slots=True)
class Part:
    """The data of one job.

    Attributes:
        number: its place in the load, from 1.
        path: the file that holds its records.
        start: the offset of its first record there.
        end: the offset after its last record.
        header: the header line as it is sent, with its line ending.
        rewrite: how the records are written in the file, how they are sent, and what changes on the way.
        first_row: the number of its first row in the source, from 1.
        first_line: the number of its first line in the source; 0 where the source has no lines.
        facts: how many rows and lines, and what line breaks they hold.
        identity: what tells whether the file is still the one that was read; `None` for files that only this load
            knows.
        attempt: how often its rows will have been sent with it.
        numbers: the file that holds the number of each of its rows in the source, eight bytes each; `None` where they
            follow one another from `first_row`.
    """

    number: int
    path: Path
    start: int
    end: int
    header: bytes
    rewrite: Rewrite
    first_row: int
    first_line: int
    facts: Facts
    identity: FileIdentity | None = None
    attempt: int = 1
    numbers: Path | None = None

    @property
    def rows(self) -> int:
        """How many records it has."""
        return self.facts.rows

    @property
    def dialect(self) -> Dialect:
        """How header and records are sent."""
        return self.rewrite.sent

    @property
    def size(self) -> int:
        """How many bytes header and records have in the source; rewritten, a few more or less are sent."""
        return len(self.header) + self.end - self.start

    @property
    def sent_bytes(self) -> int | None:
        """How many bytes are sent; `None` where rewriting will tell."""
        return None if self.rewrite.changes else self.size

    def row_numbers(self) -> Iterator[int]:
        """The numbers of its rows in the source."""
        if self.numbers is None:
            yield from range(self.first_row, self.first_row + self.rows)
            return
        with self.numbers.open("rb") as file:
            while piece := file.read(_NUMBERS_BYTES):
                yield from array("Q", piece)

    def open(self) -> Iterator[bytes]:
        """The bytes as they are sent, header first; each call starts anew.

        Raises:
            InputError: the file has changed since it was read.
        """
        yield self.header
        if not self.rewrite.changes:
            yield from self._pieces(UPLOAD_PIECE_BYTES)
            return
        for chunk in self.chunks():
            yield self.rewrite.chunk(chunk)

    def chunks(self) -> Iterator[bytes]:
        """The records as the file holds them, in chunks of whole records; errors as for `open`."""
        return whole_records(self._pieces(CHUNK_BYTES), self.end - self.start)

    def read(self, start: int, size: int) -> bytes:
        """Some of the bytes of the part's file, in memory; errors as for `open`."""
        if self.identity is not None:
            self.identity.refuse_change(self.path)
        with self.path.open("rb", buffering=0) as file:
            file.seek(start)
            return file.read(size)

    def _pieces(self, size: int) -> Iterator[bytes]:
        if self.identity is not None:
            self.identity.refuse_change(self.path)
        left = self.end - self.start
        with self.path.open("rb", buffering=0) as file:
            file.seek(self.start)
            while left:
                piece = file.read(min(left, size))
                if not piece:
                    raise InputError(f"{self.path} became shorter while it was loaded")
                left -= len(piece)
                yield piece


@dataclass(frozen=True, slots=True)
class FileIdentity:
    """Size and time of last change of a source file, by which a change during the load is noticed."""

    size: int
    changed_ns: int

    @classmethod
    def of(cls, path: Path) -> FileIdentity:
        """Read it."""
        found = path.stat()
        return cls(found.st_size, found.st_mtime_ns)

    def refuse_change(self, path: Path) -> None:
        """Raise InputError where the file isn't what it was."""
        if FileIdentity.of(path) != self:
            raise InputError(f"{path} was changed while it was loaded: its rows can't be told any more")


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a part may become.

    Attributes:
        part_bytes: header and records together.
        part_rows: records; `None` for no limit.
    """

    part_bytes: int = DEFAULT_PART_BYTES
    part_rows: int | None = None

    def __post_init__(self) -> None:
        if not 0 < self.part_bytes <= MAX_PART_BYTES:
            raise InputError(
                f"max_part_bytes={self.part_bytes}: a job takes 150 MB of base64, so at most {MAX_PART_BYTES} bytes"
            )
        if self.part_rows is not None and self.part_rows < 1:
            raise InputError(f"max_part_rows={self.part_rows}: a part has at least one row")


@dataclass(slots=True)
class Cut:
    """Consecutive records that belong to one part; `closes` says that the part ends with them."""

    chunk: bytes
    facts: Facts
    closes: bool = False


class Splitter:
    """Decides, chunk by chunk, where one part ends and the next begins.

    Args:
        header_bytes: the size of the header that each part carries.
        limits: how large a part may become.
        structure: re-examines a chunk that is cut in two.
    """

    def __init__(self, header_bytes: int, limits: Limits, structure: Structure) -> None:
        self._room = limits.part_bytes - header_bytes
        self._limits = limits
        self._structure = structure
        self._bytes = 0
        self._rows = 0

    def place(self, chunk: bytes, facts: Facts, *, row: int, line: int) -> Iterator[Cut]:
        """Cut a chunk of whole records where parts end.

        Args:
            facts: what `structure` found in it.
            row: the number of its first row in the source.
            line: the number of its first line in the source.

        Raises:
            InputError: a record is larger than a part may be.
        """
        while chunk:
            end = self._end(chunk, facts)
            if end == len(chunk):
                self._bytes += end
                self._rows += facts.rows
                full = self._rows == self._limits.part_rows
                yield Cut(chunk, facts, closes=full)
                if full:
                    self._bytes = self._rows = 0
                return
            if end:
                head = self._structure.examine(chunk[:end], row=row, line=line)
                yield Cut(chunk[:end], head, closes=True)
                row, line = row + head.rows, line + head.lines
                chunk = chunk[end:]
                facts = self._structure.examine(chunk, row=row, line=line)
            elif self._bytes:
                yield Cut(b"", Facts(), closes=True)
            else:
                where = f"line {line} (row {row})" if line else f"row {row}"
                size = nth_record_end(chunk, 1) or len(chunk)
                raise InputError(
                    f"{where}: the row has {size} bytes, and a part may have {self._limits.part_bytes} with its header"
                )
            self._bytes = self._rows = 0

    def _end(self, chunk: bytes, facts: Facts) -> int:
        """How much of the chunk the current part still takes, up to the end of a record."""
        room = self._room - self._bytes
        end = len(chunk) if len(chunk) <= room else last_record_end(chunk, limit=max(room, 0))
        part_rows = self._limits.part_rows
        if part_rows is not None and self._rows + facts.rows > part_rows:
            end = min(end, nth_record_end(chunk, part_rows - self._rows))
        return end
