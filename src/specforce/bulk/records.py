"""Where records end in CSV bytes: by the parity of quotes, at the speed of `bytes.count`, without parsing cells.

A line feed ends a record when an even number of quotes stands before it, counted from the start of a record. That holds
for every table that RFC 4180 allows, whatever its delimiter, line ending or text: UTF-8 never hides a quote or a line
feed inside another character. Nothing here looks at cells, decodes text or keeps more than the record it is waiting
for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specforce_api.runtime.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_QUOTE: Final = b'"'
_KEEP_QUOTES_AND_FEEDS: Final = bytes(byte for byte in range(256) if byte not in b'"\n')
_COUNTED_AT_ONCE: Final = 1 << 18
_PAIRS: Final = (_QUOTE * 16, _QUOTE * 2)
"""What a row's quotes are taken out by: several pairs at a time first, which is three times as fast."""


def last_record_end(data: bytes, *, in_quotes: bool = False, limit: int | None = None) -> int:
    """Where the last whole record of `data` ends.

    Args:
        data: CSV bytes.
        in_quotes: whether `data` starts inside a quoted cell; if not, it starts at a record or outside quotes.
        limit: look no further than this offset.

    Returns:
        The offset after the last line feed outside quotes, 0 when there is none.
    """
    end = len(data) if limit is None else min(limit, len(data))
    return record_end_before(data, end, in_quotes=in_quotes ^ bool(data.count(_QUOTE, 0, end) & 1))


def record_end_before(data: bytes, end: int, *, in_quotes: bool) -> int:
    """Where the last record ends that ends before an offset; 0 when none does.

    Args:
        in_quotes: whether a quoted cell is open at that offset.
    """
    odd = int(in_quotes)
    while (feed := data.rfind(b"\n", 0, end)) >= 0:
        odd ^= data.count(_QUOTE, feed, end) & 1
        if not odd:
            return feed + 1
        end = feed
    return 0


def nth_record_end(data: bytes, count: int) -> int:
    """Where the `count`-th record of `data` ends, which starts at a record; 0 when it holds fewer.

    Walks line by line: meant for the one place in a part where a limit of rows falls.
    """
    start = 0
    while count and (feed := data.find(b"\n", start)) >= 0:
        quotes = data.count(_QUOTE, start, feed)
        while quotes & 1:
            onward = data.find(b"\n", feed + 1)
            if onward < 0:
                return 0
            quotes += data.count(_QUOTE, feed, onward)
            feed = onward
        start = feed + 1
        count -= 1
    return 0 if count else start


class RecordCutter:
    """Cuts pieces of any size into chunks of whole records.

    Blank lines at the very end belong to no record: they wait until something follows them, and `finish` drops them.

    Args:
        max_record_bytes: a record that hasn't ended after so many bytes is refused, so that an unclosed quote can't
            draw the rest of the source into memory.
    """

    def __init__(self, max_record_bytes: int) -> None:
        self._max_record_bytes = max_record_bytes
        self._held: list[bytes] = []
        self._held_bytes = 0
        self._in_quotes = False

    @property
    def in_quotes(self) -> bool:
        """Whether what is held ends inside a quoted cell."""
        return self._in_quotes

    def feed(self, piece: bytes) -> bytes:
        """Take a piece, return the records that are whole now (perhaps none, `b""`).

        Raises:
            RecordTooLong: a record is longer than `max_record_bytes`.
        """
        end = last_record_end(piece, in_quotes=self._in_quotes)
        if not end:
            self._in_quotes ^= bool(piece.count(_QUOTE) & 1)
            self._hold(piece)
            return b""
        chunk = b"".join([*self._held, memoryview(piece)[:end]]) if self._held else piece[:end]
        self._held, self._held_bytes = [], 0
        rest = piece[end:]
        self._in_quotes = bool(rest.count(_QUOTE) & 1)
        whole = end_without_blank_lines(chunk)
        self._hold(chunk[whole:] + rest)
        return chunk[:whole]

    def finish(self) -> bytes:
        """The last record, where the source doesn't end with a line ending; `b""` if nothing is left."""
        last = b"".join(self._held)
        self._held, self._held_bytes = [], 0
        return last if last.strip(b"\r\n") else b""

    def _hold(self, piece: bytes) -> None:
        if not piece:
            return
        self._held.append(piece)
        self._held_bytes += len(piece)
        if self._held_bytes > self._max_record_bytes:
            raise RecordTooLong(self._held_bytes, in_quotes=self._in_quotes)


class RecordTooLong(InputError):
    """A record doesn't end within the bytes it may have."""

    def __init__(self, size: int, *, in_quotes: bool) -> None:
        super().__init__(f"a record hasn't ended after {size} bytes")
        self.in_quotes = in_quotes


def end_without_blank_lines(chunk: bytes) -> int:
    """Where `chunk` (it ends with a line ending) ends without the blank lines after its last record; 0 without one."""
    if chunk[-3:].strip(b"\r\n"):  # the usual case, without a copy: there are none
        last = chunk[-3:].rstrip(b"\r\n")
        return chunk.find(b"\n", len(chunk) - 3 + len(last)) + 1
    text = len(chunk.rstrip(b"\r\n"))
    return chunk.find(b"\n", text) + 1 if text else 0


def whole_records(pieces: Iterable[bytes], max_record_bytes: int) -> Iterator[bytes]:
    """Cut pieces of CSV, header already taken off, into chunks of whole records; the last may lack its line ending.

    Raises:
        RecordTooLong: a record is longer than `max_record_bytes`.
        InputError: the source ends inside a quoted cell.
    """
    cutter = RecordCutter(max_record_bytes)
    for piece in pieces:
        if chunk := cutter.feed(piece):
            yield chunk
    in_quotes = cutter.in_quotes
    if last := cutter.finish():
        if in_quotes:
            raise InputError("the last record ends inside a quoted cell")
        yield last


class RecordCounter:
    """Counts the records of a table whose bytes go elsewhere, exactly, and without parsing.

    Quotes and line feeds alone are kept of each piece; two neighbouring quotes open and close (or escape) something
    that holds no line feed, so they go. Where no quote is left, every line feed ends a record; only a table with line
    feeds inside cells needs to be walked.
    """

    def __init__(self) -> None:
        self._skeleton: list[bytes] = []
        self._size = 0
        self._records = 0
        self._last = b""

    def feed(self, piece: bytes) -> None:
        """Count one piece, cut anywhere."""
        skeleton = piece.translate(None, _KEEP_QUOTES_AND_FEEDS)
        self._skeleton.append(skeleton)
        self._size += len(skeleton)
        self._last = piece[-1:] or self._last
        if self._size > _COUNTED_AT_ONCE:
            self._settle()

    @property
    def in_quotes(self) -> bool:
        """Whether the pieces so far end inside a quoted cell."""
        self._settle()
        return bool(self._size)

    def total(self) -> int:
        """Records so far, a last one without its line ending included."""
        self._settle()
        return self._records + (1 if self._last not in (b"", b"\n") else 0)

    def _settle(self) -> None:
        """Count what is held, down to an opening quote that hasn't been closed yet."""
        skeleton = b"".join(self._skeleton)
        for pairs in _PAIRS:
            skeleton = skeleton.replace(pairs, b"")
        self._skeleton, self._size = [], 0
        outside = skeleton.split(_QUOTE)
        self._records += sum(part.count(b"\n") for part in outside[::2])
        if len(outside) % 2 == 0:
            # Line feeds after it don't end records; whether it is closed, the next piece says.
            self._skeleton, self._size = [_QUOTE], 1
