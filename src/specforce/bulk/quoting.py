"""Quotes where no CSV cell has them: inside an unquoted cell, or with text between a closing quote and the delimiter.

Salesforce refuses the job for them (`Found unescaped quote`), or reads other cells than were meant where they happen to
be balanced. Found at the speed of `bytes.split`: outside of quotes, each stretch that lies between two quotes begins
after a cell and ends before one, unless it is empty, which is an escaped quote.
"""

from __future__ import annotations

from typing import Final

_QUOTE: Final = b'"'


def has_stray_quote(records: bytes, delimiter: bytes) -> bool:
    """Whether whole records hold such a quote.

    Args:
        records: with or without the last one's line ending; every quote is closed.
        delimiter: between the cells.
    """
    outside = records.split(_QUOTE)[::2]
    between = len(outside) - 1
    if not between:
        return False
    empty = outside.count(b"")
    joined = _QUOTE.join(outside)
    opened = joined.count(delimiter + _QUOTE) + joined.count(b"\n" + _QUOTE) + empty - (not outside[-1])
    closed = joined.count(_QUOTE + delimiter) + joined.count(_QUOTE + b"\n") + joined.count(_QUOTE + b"\r\n")
    return opened != between or closed + empty - (not outside[0]) != between
