"""How a CSV table is written down: its delimiter and its line ending, by Salesforce's names and as characters.

A job has exactly one dialect and its bytes must keep to it: rows that end in another line ending fail the whole job.

Source: reference/bulk_v2.md sections 2 and 6.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, cast

from specforce_api.runtime.errors import InputError

LineEnding: TypeAlias = Literal["LF", "CRLF"]
ColumnDelimiter: TypeAlias = Literal["COMMA", "TAB", "PIPE", "SEMICOLON", "CARET", "BACKQUOTE"]

DELIMITERS: Final[dict[ColumnDelimiter, str]] = {
    "COMMA": ",",
    "TAB": "\t",
    "PIPE": "|",
    "SEMICOLON": ";",
    "CARET": "^",
    "BACKQUOTE": "`",
}
NEWLINES: Final[dict[LineEnding, bytes]] = {"LF": b"\n", "CRLF": b"\r\n"}


@dataclass(frozen=True, slots=True)
class Dialect:
    """A job's delimiter and line ending.

    Attributes:
        column_delimiter: Salesforce's name of the delimiter.
        line_ending: Salesforce's name of what ends each row.
    """

    column_delimiter: ColumnDelimiter = "COMMA"
    line_ending: LineEnding = "LF"

    @property
    def delimiter(self) -> str:
        """The delimiter's character."""
        return DELIMITERS[self.column_delimiter]

    @property
    def newline(self) -> bytes:
        """The bytes that end a row."""
        return NEWLINES[self.line_ending]


def column_delimiter(delimiter: str) -> ColumnDelimiter:
    r"""Salesforce's name for a delimiter given as a character (`";"`, `"\t"`) or already as a name (`"SEMICOLON"`).

    Raises:
        InputError: Salesforce knows no such delimiter.
    """
    for name, character in DELIMITERS.items():
        if delimiter == character or delimiter.upper() == name:
            return name
    known = ", ".join(f"{character!r} ({name})" for name, character in DELIMITERS.items())
    raise InputError(f"delimiter={delimiter!r}: Bulk API 2.0 knows {known}")


def line_ending(name: str) -> LineEnding:
    """Check a line ending given by Salesforce's name.

    Raises:
        InputError: it is neither `LF` nor `CRLF`.
    """
    if name.upper() not in NEWLINES:
        raise InputError(f"line_ending={name!r}: Bulk API 2.0 knows 'LF' and 'CRLF'")
    return cast("LineEnding", name.upper())


def read_dialect(delimiter: str, ending: str) -> Dialect:
    """A job's dialect, from the arguments that say it.

    Raises:
        InputError: Salesforce knows no such delimiter or line ending.
    """
    return Dialect(column_delimiter(delimiter), line_ending(ending))
