"""Result files of an ingest job on disk, and their rows as the step-by-step API hands them out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from specforce.bulk.results import ResultReader, row_error
from specforce.bulk.sources import file_pieces

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from specforce.bulk.results import ResultHeader, ResultSet


@dataclass(frozen=True, slots=True)
class ResultFile:
    """A result file that has come whole: where it lies, how it is written, how many rows it holds."""

    path: Path
    result_set: ResultSet
    delimiter: str
    rows: int

    def reader(self) -> ResultReader:
        """Read it from its start."""
        return ResultReader(file_pieces(self.path), self.result_set, self.delimiter)


@dataclass(frozen=True, slots=True)
class SuccessfulResult:
    """A record that a job made (`created`) or changed; `values` are the uploaded cells that came back."""

    id: str
    created: bool
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FailedResult:
    """A record that a job refused: errorCode, message, the fields it blames; `id` is `""` where it isn't known."""

    id: str
    code: str
    message: str
    fields: tuple[str, ...]
    values: Mapping[str, str]


def successful_result(header: ResultHeader, cells: Sequence[str]) -> SuccessfulResult:
    """Read a row of the successful results."""
    return SuccessfulResult(cells[0], cells[1] == "true", unprocessed_record(header, cells))


def failed_result(header: ResultHeader, cells: Sequence[str]) -> FailedResult:
    """Read a row of the failed results."""
    error = row_error(cells[1])
    return FailedResult(cells[0], error.code, error.message, error.fields, unprocessed_record(header, cells))


def unprocessed_record(header: ResultHeader, cells: Sequence[str]) -> dict[str, str]:
    """The uploaded cells of a row, by column."""
    return dict(zip(header.columns, cells[header.system :], strict=True))
