"""The CSV dialect of one job: its delimiter and its line ending, as Bulk API 2.0 names and writes them.

Source: Bulk API 2.0 guide, "Create a Job" (columnDelimiter, lineEnding) and "Prepare CSV Files"; reference/bulk_v2.md
sections 2, 4 and 6.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

DELIMITERS: Final = {
    "COMMA": ",",
    "TAB": "\t",
    "PIPE": "|",
    "SEMICOLON": ";",
    "CARET": "^",
    "BACKQUOTE": "`",
}
LINE_ENDINGS: Final = {"LF": "\n", "CRLF": "\r\n"}


class TextSink(Protocol):
    """Where cells are written: a text file opened with `newline=""`."""

    def write(self, text: str, /) -> object:
        """Take one piece of text."""
        ...


class RowWriter(Protocol):
    """What `csv.writer` returns."""

    def writerow(self, row: Iterable[object], /) -> object:
        """Write one row."""
        ...

    def writerows(self, rows: Iterable[Iterable[object]], /) -> None:
        """Write many rows."""
        ...


@dataclass(frozen=True, slots=True)
class Dialect:
    """A job's delimiter and line ending, by the names that the API uses."""

    column_delimiter: str = "COMMA"
    line_ending: str = "LF"

    @property
    def delimiter(self) -> str:
        """The delimiter character."""
        return DELIMITERS[self.column_delimiter]

    @property
    def newline(self) -> str:
        """The bytes between records, as text."""
        return LINE_ENDINGS[self.line_ending]

    def writer(self, sink: TextSink) -> RowWriter:
        """A writer in the output dialect: every cell in double quotes, `""` for null.

        Source: reference/bulk_v2.md section 4 (result files) and section 6 (output dialect).
        """
        return csv.writer(
            sink, delimiter=self.delimiter, lineterminator=self.newline, quoting=csv.QUOTE_ALL, doublequote=True
        )

    def system_header(self, system: Sequence[str], uploaded: str) -> str:
        """The header row of a result file: quoted system columns, then the uploaded header as it was sent.

        Args:
            system: names such as `sf__Id`; none for unprocessed records.
            uploaded: the uploaded header line without its line ending.

        Returns:
            The row, without a line ending.
        """
        return self.delimiter.join([*(f'"{name}"' for name in system), uploaded])
