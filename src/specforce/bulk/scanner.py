"""Cutting and checking in one pass: pieces of any size become chunks of whole records together with their outlines.

What `records.RecordCutter` and `structure.Structure` do apart needs the quotes of every byte looked at twice; a source
is large enough to do it once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce.bulk.records import RecordTooLong, end_without_blank_lines, record_end_before
from specforce.bulk.structure import Outline

if TYPE_CHECKING:
    from specforce.bulk.structure import Structure


class Scanner:
    """Cuts pieces of a source into chunks of whole records.

    Blank lines at the very end belong to no record: they wait until something follows them, and `finish` drops them.

    Args:
        structure: outlines the chunks.
        max_record_bytes: a record that hasn't ended after so many bytes is refused, so that an unclosed quote can't
            draw the rest of the source into memory.
    """

    def __init__(self, structure: Structure, max_record_bytes: int) -> None:
        self._structure = structure
        self._max_record_bytes = max_record_bytes
        self._held: list[bytes] = []
        self._held_bytes = 0
        self._outline = Outline()

    @property
    def in_quotes(self) -> bool:
        """Whether what is held ends inside a quoted cell."""
        return self._outline.in_quotes

    def feed(self, piece: bytes) -> tuple[bytes, Outline]:
        """Take a piece, return the records that are whole now (perhaps none, `b""`) and their outline.

        Raises:
            RecordTooLong: a record is longer than `max_record_bytes`.
        """
        structure = self._structure
        outline = structure.outline(piece, in_quotes=self._outline.in_quotes)
        end = record_end_before(piece, len(piece), in_quotes=outline.in_quotes)
        outline = self._outline + outline
        if not end:
            self._hold(piece, outline)
            return b"", Outline()
        chunk = b"".join([*self._held, memoryview(piece)[:end]]) if self._held else piece[:end]
        whole = end_without_blank_lines(chunk)
        rest = chunk[whole:] + piece[end:]
        tail = structure.outline(rest)
        self._held, self._held_bytes = [], 0
        self._hold(rest, tail)
        return chunk[:whole], outline.without(tail)

    def finish(self) -> bytes:
        """The last record, where the source doesn't end with a line ending; `b""` if nothing is left."""
        last = b"".join(self._held)
        self._held, self._held_bytes = [], 0
        return last if last.strip(b"\r\n") else b""

    def _hold(self, piece: bytes, outline: Outline) -> None:
        self._outline = outline
        if piece:
            self._held.append(piece)
            self._held_bytes += len(piece)
        if self._held_bytes > self._max_record_bytes:
            raise RecordTooLong(self._held_bytes, in_quotes=outline.in_quotes)
