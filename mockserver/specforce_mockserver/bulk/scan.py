"""The check of a whole upload before any row is written: encoding, line endings, quotes.

Salesforce fails the job and writes nothing when the line endings disagree with the job or a quote stands where none may
(reference/bulk_v2.md sections 6 and 7). The check works on whole blocks: between two quotes the text is inside and
outside a cell by turns, and every outside piece must be empty (a doubled quote) or begin and end at a cell border.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce_mockserver.bulk.blocks import record_blocks
from specforce_mockserver.bulk.failure import (
    encoding_failure,
    line_ending_failure,
    unclosed_quote_failure,
    unescaped_quote_failure,
)

if TYPE_CHECKING:
    from typing import BinaryIO

    from specforce_mockserver.bulk.dialect import Dialect


def scan(stream: BinaryIO, dialect: Dialect, *, any_line_ending: bool = False) -> bool:
    """Read an upload from its start to its end and refuse what fails the whole job.

    Args:
        stream: the uploaded bytes.
        dialect: the job's delimiter and line ending.
        any_line_ending: leave it to the rows how they end, as Bulk API 1.0 does.

    Returns:
        Whether some quote has a space beside it: an error of its row, not of the job ("A space before or after a double
        quote generates an error for the row", Bulk API 2.0 guide, Prepare CSV Files).

    Raises:
        JobFailure: wrong line ending, stray or unclosed quote, or not UTF-8.
    """
    stream.seek(0)
    spaced = False
    for block in record_blocks(stream):
        try:
            block.decode("utf-8")
        except UnicodeDecodeError as error:
            raise encoding_failure() from error
        spaced |= check_block(block, dialect, any_line_ending=any_line_ending)
    return spaced


def check_block(block: bytes, dialect: Dialect, *, any_line_ending: bool = False) -> bool:
    """Check one block of whole records; the meaning is that of `scan`."""
    parts = block.split(b'"')
    if not any_line_ending:
        check_line_endings(block, {*parts[::2]}, dialect)
    if len(parts) == 1:
        return False
    border = (dialect.delimiter.encode(), b"\n", b"\r")
    closed = len(parts) % 2 == 1
    spaced = not_at_border(parts[0], border, opening=True)
    for piece in {*parts[2:-1:2]}:
        spaced |= not_at_border(piece, border, opening=True, closing=True)
    if not closed:
        raise unclosed_quote_failure()
    return not_at_border(parts[-1], border, closing=True) or spaced


def check_line_endings(block: bytes, outside: set[bytes], dialect: Dialect) -> None:
    """Refuse line endings of the other kind, also inside quoted cells, and lone carriage returns outside of them.

    Args:
        block: the block.
        outside: its pieces outside quotes.
        dialect: the job's line ending.

    Raises:
        JobFailure: `LineEnding is invalid on user data` [S].
    """
    pairs = block.count(b"\r\n")
    other_kind = pairs if dialect.line_ending == "LF" else block.count(b"\n") - pairs
    if other_kind or (b"\r" in block and any(b"\r" in piece.replace(b"\r\n", b"\n") for piece in outside)):
        raise line_ending_failure(dialect.line_ending)


def not_at_border(
    piece: bytes, border: tuple[bytes, bytes, bytes], *, opening: bool = False, closing: bool = False
) -> bool:
    """Check the outside text before an opening quote and after a closing quote.

    Args:
        piece: the text between two quotes, outside of cells.
        border: the delimiter and the line end characters.
        opening: a quote opens after the piece.
        closing: a quote closes before the piece.

    Returns:
        Whether only spaces keep it from the border of a cell.

    Raises:
        JobFailure: the quote stands inside an unquoted value.
    """
    if not piece:
        return False
    before, after = piece.rstrip(b" "), piece.lstrip(b" ")
    stray = (
        (opening and closing and not before)
        or (opening and before and not before.endswith(border))
        or (closing and after and not after.startswith(border))
    )
    if stray:
        raise unescaped_quote_failure()
    return (opening and not piece.endswith(border)) or (closing and not piece.startswith(border))
