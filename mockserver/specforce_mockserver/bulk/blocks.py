"""A CSV file in pieces that end at record borders, so that nobody holds the whole file.

A line feed ends a record unless it stands inside quotes; whether it does is the parity of the quotes before it, which
needs no parser. A record that never ends (an unclosed quote) is given up after `MAX_RECORD_BYTES`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specforce_mockserver.bulk.failure import record_too_long_failure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

# Small, because a block of short rows becomes fifteen times as many bytes of Python objects.
BLOCK_BYTES: Final = 1 << 16
# 400,000 characters per record (reference/bulk_v2.md section 8), up to four bytes each, every one possibly a doubled
# quote: no legal record is longer.
MAX_RECORD_BYTES: Final = 8 * 400_000


def record_blocks(stream: BinaryIO, block_bytes: int = BLOCK_BYTES) -> Iterator[bytes]:
    """Cut a stream into pieces of whole records.

    Args:
        stream: the uploaded bytes, read from where the stream stands.
        block_bytes: how much is read at a time.

    Yields:
        Pieces that end with a line feed outside quotes; the last one ends where the file ends, perhaps inside quotes.

    Raises:
        JobFailure: a record is longer than any legal record.
    """
    carry = b""
    while piece := stream.read(block_bytes):
        block = carry + piece if carry else piece
        cut = last_record_end(block)
        if cut:
            yield block[:cut]
            carry = block[cut:]
        else:
            carry = block
        if len(carry) > MAX_RECORD_BYTES + block_bytes:
            raise record_too_long_failure()
    if carry:
        yield carry


def last_record_end(block: bytes) -> int:
    """Where the last whole record of a block ends.

    Args:
        block: bytes that begin at the start of a record.

    Returns:
        The offset after the last line feed outside quotes; 0 when there is none.
    """
    end = block.rfind(b"\n")
    quotes = block.count(b'"', 0, end) if end >= 0 else 0
    while end >= 0 and quotes % 2:
        previous = block.rfind(b"\n", 0, end)
        quotes -= block.count(b'"', max(previous, 0), end)
        end = previous
    return end + 1


def header_line(stream: BinaryIO) -> bytes:
    """The header record of an upload, with its line ending; the stream is left standing at the first data record.

    What is longer than any legal record is cut, so that the check of the whole upload can refuse it.
    """
    stream.seek(0)
    header = b""
    while piece := stream.readline(MAX_RECORD_BYTES):
        header += piece
        if (header.endswith(b"\n") and header.count(b'"') % 2 == 0) or len(header) > MAX_RECORD_BYTES:
            break
    return header
