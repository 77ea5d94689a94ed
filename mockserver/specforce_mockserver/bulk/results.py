"""The result files of an ingest job: successful, failed and unprocessed records, written while the job works.

Promises: one row of the upload ends in at most one file; nothing is held but a buffer; an untouched set is a header
row alone. Source: reference/bulk_v2.md section 4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TextIO

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from specforce_mockserver.bulk.dialect import Dialect, RowWriter
    from specforce_mockserver.records.results import RowError

ResultSet = Literal["successful", "failed", "unprocessed"]
SYSTEM_COLUMNS: Final[dict[ResultSet, tuple[str, ...]]] = {
    "successful": ("sf__Id", "sf__Created"),
    "failed": ("sf__Id", "sf__Error"),
    "unprocessed": (),
}
BUFFER_BYTES: Final = 1 << 20


def error_text(error: RowError) -> str:
    """The `sf__Error` of a refused row: `CODE:message:fields --`, or `CODE:message:--` without fields [S]."""
    fields = " ".join(error.fields or ())
    return f"{error.code}:{error.message}:{fields} --" if fields else f"{error.code}:{error.message}:--"


def result_path(directory: Path, which: ResultSet) -> Path:
    """Where a job keeps one of its result sets."""
    return directory / f"{which}.csv"


class ResultFiles:
    """Writes the three files of one job.

    Args:
        directory: the job's own.
        dialect: the job's delimiter and line ending.
        header: the uploaded header without its line ending; empty when there is no upload.
        hold_back: how many rows at the end of each set are never written (a test's knob).
    """

    def __init__(self, directory: Path, dialect: Dialect, header: str, *, hold_back: int = 0) -> None:
        self._hold_back = hold_back
        self._held: dict[ResultSet, list[Sequence[str]]] = {which: [] for which in SYSTEM_COLUMNS}
        self._files: dict[ResultSet, TextIO] = {}
        self._writers: dict[ResultSet, RowWriter] = {}
        for which, system in SYSTEM_COLUMNS.items():
            file = result_path(directory, which).open("w", encoding="utf-8", newline="", buffering=BUFFER_BYTES)
            file.write(f"{dialect.system_header(system, header)}{dialect.newline}")
            self._files[which] = file
            self._writers[which] = dialect.writer(file)

    def add(self, which: ResultSet, rows: Sequence[Sequence[str]]) -> None:
        """Add rows to a set: its system columns, then the uploaded cells."""
        if self._hold_back:
            rows = [*self._held[which], *rows]
            rows, self._held[which] = rows[: -self._hold_back], rows[-self._hold_back :]
        self._writers[which].writerows(rows)

    def close(self) -> None:
        """Write out and close the files."""
        for file in self._files.values():
            file.close()
