"""What a load did: counts, jobs, and each row with its number and line in the source.

The counts are settled when the report is made; rows are read from the source and from the load's temporary folder when
they are asked for. So keep the source file unchanged as long as rows are wanted, and close the report (or use it as a
context manager) to free the disk: at the latest it is freed when nobody holds the report any more.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from specforce.bulk.cells import line_writer, read_numbered
from specforce.bulk.files import refuse_same, replacing, write_all
from specforce.bulk.join import keep_alike
from specforce.bulk.outcomes import Counts, Kind, Outcome
from specforce.bulk.report_plain import plain_counts, plain_job, plain_reason
from specforce.bulk.report_rows import FailedRow, FailureReason, LoadedJob, LoadedRow, SucceededRow
from specforce.bulk.results import row_error
from specforce_api.runtime.errors import InputError

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator
    from types import TracebackType
    from typing import Self

    from specforce.bulk.parts import Part
    from specforce.bulk.workspace import Workspace

OpenRows: TypeAlias = tuple["Part", Kind, "Iterable[int] | None"]
"""Rows of a part that share an outcome which isn't kept yet; `None` for all of them."""
Method: TypeAlias = Literal["bulk", "collections"]
WhichRows: TypeAlias = Literal["failed", "unprocessed", "unknown", "unsuccessful", "successful", "all"]

_KINDS: Final[dict[WhichRows, tuple[Kind, ...]]] = {
    "failed": (Kind.FAILED,),
    "unprocessed": (Kind.UNPROCESSED,),
    "unknown": (Kind.UNKNOWN,),
    "unsuccessful": (Kind.FAILED, Kind.UNPROCESSED, Kind.UNKNOWN),
    "successful": (Kind.CREATED, Kind.UPDATED),
    "all": tuple(Kind),
}
_LINES_AT_ONCE: Final = 500
_WORDS: Final = {
    Kind.UNPROCESSED: "never tried",
    Kind.UNKNOWN: "outcome unknown: look in the org before loading it again",
}


@dataclass(slots=True, kw_only=True)
class LoadReport:
    """What a load did.

    Attributes:
        sobject: what was loaded, such as `Account`.
        operation: insert, update, upsert, delete or hardDelete.
        counts: rows by outcome.
        jobs: the jobs that were made, by part.
        seconds: how long it took.
        method: `bulk`, or `collections` where no job was made.
        detailed: whether results were fetched and joined (`results=True`).
        retried: rows that were sent again because of locks or timeouts (`retry_failed=`).
    """

    sobject: str
    operation: str
    counts: Counts
    jobs: tuple[LoadedJob, ...]
    seconds: float
    method: Method
    detailed: bool
    retried: int = 0
    _columns: tuple[str, ...] = field(default=(), repr=False)
    _source: Path | None = field(default=None, repr=False)
    _parts: tuple[Part, ...] = field(default=(), repr=False)
    _alike: tuple[OpenRows, ...] = field(default=(), repr=False)
    _workspace: Workspace | None = field(default=None, repr=False)

    @property
    def total(self) -> int:
        """Rows of the source."""
        return self.counts.total

    @property
    def succeeded(self) -> int:
        """Rows that made or changed a record."""
        return self.counts.succeeded

    @property
    def created(self) -> int | None:
        """Rows that made a record; `None` for an upsert without results: Salesforce counts both kinds together."""
        return None if self.counts.either else self.counts.created

    @property
    def updated(self) -> int | None:
        """Rows that changed a record that was there before; for delete, that deleted it. `None` as for `created`."""
        return None if self.counts.either else self.counts.updated

    @property
    def failed(self) -> int:
        """Rows that Salesforce refused."""
        return self.counts.failed

    @property
    def unprocessed(self) -> int:
        """Rows that Salesforce never tried, or that were never sent."""
        return self.counts.unprocessed

    @property
    def unknown(self) -> int:
        """Rows that were sent and that nobody can tell of: 0 in the report of a load that returned."""
        return self.counts.unknown

    def failures(self) -> Iterator[FailedRow]:
        """The rows that Salesforce refused, in the source's order.

        Raises:
            InputError: the load was told to leave the results out, or the report is closed, or the source has changed.
        """
        for outcome, line, values in self._rows("failed"):
            error = row_error(outcome.error)
            yield FailedRow(
                row=outcome.row,
                line=line,
                values=values,
                code=error.code,
                message=error.message,
                fields=error.fields,
                id=outcome.id,
                attempts=outcome.attempt,
            )

    def successes(self) -> Iterator[SucceededRow]:
        """The rows that made or changed a record, in the source's order; errors as for `failures`."""
        for outcome, line, values in self._rows("successful"):
            created = outcome.kind is Kind.CREATED
            yield SucceededRow(
                row=outcome.row,
                line=line,
                values=values,
                id=outcome.id,
                created=created,
                attempts=outcome.attempt,
            )

    def unprocessed_rows(self) -> Iterator[LoadedRow]:
        """The rows that were never tried, in the source's order; errors as for `failures`."""
        for outcome, line, values in self._rows("unprocessed"):
            yield LoadedRow(row=outcome.row, line=line, values=values)

    def unknown_rows(self) -> Iterator[LoadedRow]:
        """The rows that nobody can tell of, in the source's order: of jobs whose end or results weren't seen.

        They may be in the org or not. Errors as for `failures`.
        """
        for outcome, line, values in self._rows("unknown"):
            yield LoadedRow(row=outcome.row, line=line, values=values)

    def failures_by_reason(self) -> Iterator[FailureReason]:
        """The failed rows by their error text, the most frequent first; errors as for `failures`."""
        workspace = self._open()
        for text, rows, first_row in workspace.outcomes.errors():
            error = row_error(text)
            _, line, _ = next(self._located([Outcome(first_row, Kind.FAILED, "", text)]))
            yield FailureReason(
                code=error.code,
                message=error.message,
                fields=error.fields,
                rows=rows,
                first_row=first_row,
                first_line=line,
            )

    def write_csv(self, path: str | os.PathLike[str], *, rows: WhichRows = "unsuccessful", reasons: bool = True) -> int:
        """Write rows as CSV (UTF-8, comma, LF), in the source's order, with the source's column names.

        Args:
            path: the file; it appears once it is whole.
            rows: which rows; `unsuccessful` are all but the successful ones.
            reasons: begin each row with `sf__Row`, `sf__Line`, `sf__Id` and `sf__Error`, which says of rows without an
                error whether they weren't tried or nobody knows. Without them the file can be corrected and loaded
                again as it is; of unknown rows, those that are in the org by then would be loaded twice.

        Returns:
            How many rows were written.

        Raises:
            InputError: `path` is the file that was loaded; else as for `failures`. OSError: it can't be written.
        """
        if self._source is not None:
            refuse_same(Path(path), self._source)
        line = line_writer(",")
        written = 0
        system = ("sf__Row", "sf__Line", "sf__Id", "sf__Error") if reasons else ()
        with replacing(path) as file:
            lines = [f"{line([*system, *self._columns])}\n"]
            for outcome, number, values in self._rows(rows):
                at = "" if number is None else str(number)
                error = outcome.error or _WORDS.get(outcome.kind, "")
                head = (str(outcome.row), at, outcome.id, error) if reasons else ()
                lines.append(f"{line([*head, *values.values()])}\n")
                written += 1
                if len(lines) == _LINES_AT_ONCE:
                    write_all(file, "".join(lines).encode())
                    lines.clear()
            write_all(file, "".join(lines).encode())
        return written

    def to_arrow(self, *, rows: WhichRows = "all") -> Any:
        """Rows as a pyarrow RecordBatchReader (needs specforce[arrow]), in the source's order, read as it is.

        Its columns are `sf__Row`, `sf__Line`, `sf__Outcome` (created, updated, failed, unprocessed, unknown), `sf__Id`
        and `sf__Error`, then the source's as text.

        Args:
            rows: which rows.

        Raises:
            InputError: pyarrow isn't installed; else as for `failures`.
        """
        from specforce.bulk.report_arrow import outcome_reader  # noqa: PLC0415 - pyarrow is an extra, and large

        return outcome_reader(self._rows(rows), self._columns)

    def summary(self, *, reasons: int = 20) -> dict[str, Any]:
        """The report as plain values, ready for JSON.

        Args:
            reasons: list at most so many reasons of failure.
        """
        found: list[dict[str, Any]] = []
        if self.detailed and self.failed and self._workspace is not None and not self._workspace.closed:
            for reason, _ in zip(self.failures_by_reason(), range(reasons), strict=False):
                found.append(plain_reason(reason))
        return {
            "sobject": self.sobject,
            "operation": self.operation,
            "method": self.method,
            "total": self.total,
            **plain_counts(self.counts),
            **({"retried": self.retried} if self.retried else {}),
            "seconds": round(self.seconds, 3),
            "jobs": [plain_job(job) for job in self.jobs],
            "reasons": found,
        }

    def to_json(self, *, reasons: int = 20) -> str:
        """`summary` as JSON text."""
        return json.dumps(self.summary(reasons=reasons), indent=2, ensure_ascii=False)

    def close(self) -> None:
        """Remove the load's temporary files; the counts stay, rows can't be read any more."""
        if self._workspace is not None:
            self._workspace.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _rows(self, rows: WhichRows) -> Iterator[tuple[Outcome, int | None, dict[str, str]]]:
        if rows not in _KINDS:
            raise InputError(f"rows={rows!r}: it is one of {', '.join(map(repr, _KINDS))}")
        if not self.total:
            return
        yield from self._located(self._open().outcomes.read(_KINDS[rows]))

    def _located(self, outcomes: Iterable[Outcome]) -> Iterator[tuple[Outcome, int | None, dict[str, str]]]:
        """Each outcome with its row's line and cells; reads only the chunks of the source that hold such rows."""
        workspace = self._open()
        rows: Iterator[tuple[list[str], int]] = iter(())
        first, last, line, at = 0, 0, 0, 0
        for outcome in outcomes:
            if not first <= outcome.row < last:
                place = workspace.outcomes.place_of(outcome.row)
                part = self._parts[place.part - 1]
                numbered = list(read_numbered(part.read(place.start, place.size), part.dialect.delimiter))
                rows, at = iter(numbered), place.first_row
                first, last, line = place.first_row, place.first_row + len(numbered), place.first_line
            cells, before = next(rows)
            while at < outcome.row:
                cells, before = next(rows)
                at += 1
            at += 1
            yield outcome, line + before if line else None, dict(zip(self._columns, cells, strict=True))

    def _open(self) -> Workspace:
        if not self.detailed:
            raise InputError(
                "the load was told to leave the results out (results=False), so nobody knows of single rows"
            )
        if self._workspace is None or self._workspace.closed:
            raise InputError("the report is closed: read rows before, or inside its `with` block")
        # Not before: a load that is interrupted shouldn't have to wait for it.
        for part, kind, numbers in self._alike:
            keep_alike(self._workspace.outcomes, part, kind, numbers)
        self._alike = ()
        return self._workspace
