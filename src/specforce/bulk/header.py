"""The header line of a CSV source: its column names, and where the rows begin.

What can be known to be wrong from the header alone is refused here, with words that say what to type instead: a byte
order mark of another encoding, another delimiter than declared, empty and doubled names, no header at all. A UTF-8 byte
order mark is dropped: sent on, it would become part of the first column's name.

Source: reference/bulk_v2.md section 6 (first row, 32,000 characters) and 7 (a mark before a quoted header fails the
    job).
"""

from __future__ import annotations

import codecs
import csv
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from specforce.bulk.dialect import DELIMITERS, LineEnding
from specforce.bulk.quoting import has_stray_quote
from specforce.bulk.records import nth_record_end
from specforce_api.runtime.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_HEADER_CHARACTERS: Final = 32_000
# Four bytes for the longest UTF-8 character, and every one could be a doubled quote.
MAX_HEADER_BYTES: Final = 8 * MAX_HEADER_CHARACTERS
_UTF16_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ARCHIVES: Final = {
    b"PK\x03\x04": "an Excel workbook (.xlsx) or another zip archive: save the sheet as CSV UTF-8, or unpack it",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook (.xls): save the sheet as CSV UTF-8",
    b"\x1f\x8b": "compressed by gzip: call it .gz, or pass source_format='csv.gz'",
    b"PAR1": "a Parquet file: call it .parquet, or pass source_format='parquet'",
}


@dataclass(frozen=True, slots=True)
class Header:
    """A source's first record.

    Attributes:
        names: the column names as the source spells them.
        line: the bytes of the record, without byte order mark and line ending.
        size: how many bytes of the source it takes, byte order mark and line ending included.
        lines: how many lines of the source it takes.
        line_ending: what ends it, `None` where the source ends with it.
    """

    names: tuple[str, ...]
    line: bytes
    size: int
    lines: int
    line_ending: LineEnding | None


def read_header(start: bytes, delimiter: str) -> Header:
    """Read the header from a source's first bytes.

    Args:
        start: the source's first bytes, UTF-8, at least `MAX_HEADER_BYTES` of them unless the source is shorter.
        delimiter: the declared delimiter, one character.

    Raises:
        InputError: there is no header, it isn't UTF-8, or its names can't be right.
    """
    for magic, what in _ARCHIVES.items():
        if start.startswith(magic):
            raise InputError(f"the source isn't CSV, it is {what}")
    if start.startswith(_UTF16_MARKS):
        raise InputError("line 1: this is UTF-16, not UTF-8: pass encoding='utf-16'")
    mark = len(codecs.BOM_UTF8) if start.startswith(codecs.BOM_UTF8) else 0
    if not start[mark:].strip():
        raise InputError("the source is empty: not even a header line")
    size = nth_record_end(start[mark:], 1)
    if not size and len(start) >= MAX_HEADER_BYTES:
        raise InputError(
            f"line 1: the header hasn't ended after {len(start)} bytes: is there a quote that is never closed, "
            "or does the file end its lines with CR alone?"
        )
    record = start[mark : mark + size] if size else start[mark:]
    ending: LineEnding | None = "CRLF" if record.endswith(b"\r\n") else "LF" if size else None
    line = record.removesuffix(b"\n").removesuffix(b"\r") if ending == "CRLF" else record.removesuffix(b"\n")
    names = _names(line, delimiter)
    refuse_names(names, delimiter)
    return Header(names, line, mark + len(record), record.count(b"\n") or 1, ending)


def _names(line: bytes, delimiter: str) -> tuple[str, ...]:
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(
            f"line 1: the header isn't UTF-8 (byte {error.object[error.start]:#04x} at {error.start}): "
            "pass encoding=, such as encoding='cp1252'"
        ) from None
    if len(text) > MAX_HEADER_CHARACTERS:
        raise InputError(f"line 1: the header has {len(text)} characters, Salesforce takes {MAX_HEADER_CHARACTERS}")
    if "\r" in text or "\n" in text:
        raise InputError("line 1: the header holds a line break: a quote is never closed, or lines end with CR alone")
    if has_stray_quote(line, delimiter.encode()):
        raise InputError("line 1: a stray quote; quotes inside a name are doubled, and it is quoted as a whole")
    try:
        return tuple(next(csv.reader([text], delimiter=delimiter, strict=True), ()))
    except csv.Error as error:
        raise InputError(f"line 1: the header isn't CSV: {error}") from None


def refuse_names(names: Sequence[str], delimiter: str) -> None:
    """Refuse column names that no table can have.

    Raises:
        InputError: a single name holds another delimiter; a name is empty; two names are the same.
    """
    if len(names) == 1:
        for known, character in DELIMITERS.items():
            if character != delimiter and character in names[0]:
                raise InputError(
                    f"line 1: with delimiter={delimiter!r} the header is one column, {names[0][:200]!r}: "
                    f"it looks separated by {character!r}, pass delimiter={character!r} ({known})"
                )
    for place, name in enumerate(names, 1):
        if not name.strip():
            raise InputError(f"line 1: column {place} of {len(names)} has no name")
        if "\0" in name:
            raise InputError(f"line 1: the name of column {place} holds a NUL character")
    # Salesforce's field names don't tell upper from lower case.
    doubled = [name for name, times in Counter(name.casefold() for name in names).items() if times > 1]
    if doubled:
        places = [place for place, name in enumerate(names, 1) if name.casefold() == doubled[0]]
        raise InputError(
            f"line 1: the column {names[places[0] - 1]!r} appears {len(places)} times (columns "
            f"{', '.join(map(str, places))}): Salesforce would take one of them, so none is sent"
        )
