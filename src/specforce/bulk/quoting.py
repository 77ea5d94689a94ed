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

_FEED, _RETURN = b"\n\r"
_FIRST: Final = itemgetter(0)
_FIRST_TWO: Final = itemgetter(slice(0, 2))
_LAST: Final = itemgetter(-1)
_DENSE: Final = 40
"""With so many bytes for each quoted cell or fewer, little stands outside of them."""


def has_stray_quote(records: bytes, delimiter: bytes) -> bool:
    """Whether whole records hold such a quote.

    Args:
        records: with or without the last one's line ending; every quote is closed.
        delimiter: between the cells.
    """
    return is_stray(records.split(b'"')[::2], delimiter, size=len(records))


def is_stray(outside: list[bytes], delimiter: bytes, *, size: int) -> bool:
    """The same, where the records are split already.

    Args:
        outside: every other of the pieces that the records' quotes cut them into, from the first on.
        size: of the records.
    """
    ends = {delimiter[0], _FEED}
    before: Collection[bytes] = outside[:-1]
    after: Collection[bytes] = outside[1:]
    if len(outside) * _DENSE > size:  # nearly all are a delimiter or a line ending, each looked at once
        before, after = set(before), set(after)
    if not set(map(_LAST, filter(None, before))) <= ends:
        return True
    begins = set(map(_FIRST, filter(None, after)))
    if _RETURN in begins:
        begins.remove(_RETURN)
        returns = {each for each in set(map(_FIRST_TWO, after)) if each.startswith(b"\r")}
        if returns != {b"\r\n"}:
            return True
    return not begins <= ends
