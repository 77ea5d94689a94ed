"""The work of a query job: run the compiled SOQL once and write the result file, which pages are then cut from.

Promises: rows go from SQLite to the file without being held; a page can be served as soon as the job is JobComplete.
Source: reference/bulk_v2.md section 5; columns are in SELECT order from 50.0 on, by name before [P].
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

from specforce_mockserver.bulk.failure import JobFailure
from specforce_mockserver.bulk.pages import PageIndex
from specforce_mockserver.bulk.rows import BATCH_ROWS
from specforce_mockserver.soql import SoqlError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from specforce_mockserver.bulk.job import QueryJob
    from specforce_mockserver.org import Org

LAST_SORTED_VERSION: Final = 49.0
STORAGE_LIMIT: Final = "DailyBulkV2QueryFileStorageMB"


class QueryWork:
    """The work of one query job.

    Args:
        org: whose records are read.
        job: the job.
        batch_rows: how many rows a step takes.
    """

    def __init__(self, org: Org, job: QueryJob, *, batch_rows: int = BATCH_ROWS) -> None:
        self._org = org
        self._job = job
        self._batch_rows = batch_rows
        self._progress: Generator[int, None, None] | None = None

    def step(self) -> bool:
        """Write some thousand rows."""
        behaviour, job = self._job.behaviour, self._job
        if self._progress is None:
            self._progress = self._start()
        goal = job.records_processed + self._batch_rows
        while job.state == "InProgress":
            if behaviour.fail_message is not None and job.records_processed >= behaviour.fail_after_records:
                raise JobFailure(behaviour.fail_message)
            if job.records_processed >= goal:
                return True
            try:
                written = next(self._progress, None)
            except SoqlError as error:
                raise JobFailure(f"InvalidBatch : Failed to process query: {error.code}: {error.message}") from error
            if written is None:
                return False
            with job.changed:
                job.records_processed = written
        return False

    def settle(self) -> None:
        """Count what the result takes up of the day's volume."""
        if self._job.results is not None:
            self._org.limits.use(STORAGE_LIMIT, -(-self._job.results.size_bytes // 1_000_000))
        if self._progress is not None:
            self._progress.close()

    def _start(self) -> Generator[int, None, None]:
        """Begin to write the result file."""
        job = self._job
        connection = self._org.database.reader()
        columns = list(job.query.columns)
        if float(job.api_version) <= LAST_SORTED_VERSION:
            order = sorted(range(len(columns)), key=lambda place: columns[place].lower())
            rows = ([cells[place] for place in order] for cells in job.query.text_rows(connection))
            columns = [columns[place] for place in order]
            lines = self._lines(rows)
        else:
            lines = iter(
                job.query.csv_lines(connection, delimiter=job.dialect.delimiter, line_ending=job.dialect.newline)
            )
        job.results = PageIndex(job.directory / "results.csv", next(self._lines(iter([columns]))).encode())
        return job.results.write(lines)

    def _lines(self, rows: Iterator[Sequence[str]]) -> Iterator[str]:
        """Rows as CSV text."""
        sink = io.StringIO(newline="")
        writer = self._job.dialect.writer(sink)
        for row in rows:
            writer.writerow(row)
            yield sink.getvalue()
            sink.seek(0)
            sink.truncate()
