"""Quotes where no CSV cell has them: inside an unquoted cell, or with text between a closing quote and the delimiter.

Salesforce refuses the job for them (`Found unescaped quote`), or reads other cells than were meant where they happen to
be balanced. Found at the speed of `bytes.split`: outside of quotes, each stretch that lies between two quotes begins
after a cell and ends before one, unless it is empty, which is an escaped quote.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection

_FIRST: Final = itemgetter(slice(0, 1))
_FIRST_TWO: Final = itemgetter(slice(0, 2))
_LAST: Final = itemgetter(slice(-1, None))
_DENSE: Final = 40
"""With so many bytes for each quoted cell or fewer, little stands outside of them."""


def has_stray_quote(records: bytes, delimiter: bytes) -> bool:
    """Whether whole records hold such a quote.

    Args:
        records: with or without the last one's line ending; every quote is closed.
        delimiter: between the cells.
    """
    outside = records.split(b'"')[::2]
    if len(outside) == 1:
        return False
    ends = {b"", delimiter, b"\n"}
    before: Collection[bytes] = outside[:-1]
    after: Collection[bytes] = outside[1:]
    if len(outside) * _DENSE > len(records):  # nearly all are a delimiter or a line ending, each looked at once
        before, after = set(before), set(after)
    if not set(map(_LAST, before)) <= ends:
        return True
    begins = set(map(_FIRST, after))
    if b"\r" in begins:
        begins.remove(b"\r")
        returns = {each for each in set(map(_FIRST_TWO, after)) if each.startswith(b"\r")}
        if returns != {b"\r\n"}:
            return True
    return not begins <= ends
