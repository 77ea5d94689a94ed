"""The work of an ingest job: check the upload, save its rows transaction by transaction, say of each what became of it.

Promises: one internal batch of rows is held at a time; a row lands in at most one result file; rows that were saved
stay saved whatever happens to the job afterwards. A transaction is 200 rows, which shows: two rows with one external
id fail together when they share one, and a row can refer to rows of earlier transactions only.

Source: reference/bulk_v2.md sections 3, 4, 6 and 8.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from specforce_mockserver.bulk.blocks import header_line
from specforce_mockserver.bulk.failure import JobFailure, no_records_failure, out_of_batches_failure
from specforce_mockserver.bulk.header import header_names, header_text, read_header
from specforce_mockserver.bulk.results import ResultFiles, result_path
from specforce_mockserver.bulk.rows import BATCH_ROWS, RowBatch, RowReader, split
from specforce_mockserver.bulk.saving import Saving
from specforce_mockserver.bulk.scan import scan

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from specforce_mockserver.bulk.job import IngestJob
    from specforce_mockserver.org import Org

TRANSACTION_ROWS: Final = 200
BATCH_LIMIT: Final = "DailyBulkApiBatches"


class IngestWork:
    """The work of one ingest job.

    Args:
        org: whose records are written.
        job: the job, whose upload stands still.
        batch_rows: how many rows a step takes; 10,000 but under the manual clock.
    """

    def __init__(self, org: Org, job: IngestJob, *, batch_rows: int = BATCH_ROWS) -> None:
        self._org = org
        self._job = job
        self._batch_rows = batch_rows
        self._stream: BinaryIO | None = job.upload.open("rb") if job.upload else None
        self._line = header_line(self._stream) if self._stream else b""
        self._files = ResultFiles(
            job.directory, job.dialect, header_text(self._line), hold_back=job.behaviour.truncate_results
        )
        self._saving: Saving | None = None
        self._batches: Iterator[RowBatch] | None = None
        self._waiting = RowBatch()
        self._rows_allowed = 0
        self._out_of_batches = False

    def step(self) -> bool:
        """Save one internal batch; the first step checks the upload before."""
        if self._saving is None:
            self._saving = self._open()
            self._read_on()
        while self._waiting.rows and self._job.state == "InProgress":
            self._fail_if_told()
            self._save(self._saving)
        if self._job.state == "InProgress":
            self._read_on()
        if not self._waiting.rows:
            self._fail_if_told()
        return bool(self._waiting.rows)

    def settle(self) -> None:
        """Write the rows that were never tried, close the files."""
        unfinished = bool(self._job.failure) or self._job.state == "Aborted"
        if unfinished and self._batches is None:
            with suppress(JobFailure):
                self._open()
        if unfinished and not self._out_of_batches:
            self._leave_the_rest()
        self._files.close()
        if self._stream is not None:
            if self._batches is None and self._line:
                self._leave_the_upload(self._stream)
            self._stream.close()

    def _open(self) -> Saving:
        """Check the upload as a whole.

        Raises:
            JobFailure: nothing of it can be saved.
        """
        if self._stream is None or not self._line.strip():
            raise no_records_failure()
        job = self._job
        spaced = scan(self._stream, job.dialect)
        names = header_names(header_text(self._line), job.dialect)
        self._stream.seek(len(self._line))
        reader = RowReader(job.dialect, len(names), spaced=spaced, batch_rows=self._batch_rows)
        self._batches = reader.batches(self._stream)
        header = read_header(
            self._line,
            job.dialect,
            operation=job.operation,
            sobject=self._org.schema[job.object],
            schema=self._org.schema,
        )
        return Saving(self._org, job, header)

    def _read_on(self) -> None:
        """Read the next internal batch; an empty one when there is none."""
        self._waiting = next(self._batches, RowBatch()) if self._batches else RowBatch()

    def _save(self, saving: Saving) -> None:
        """Save one transaction."""
        if not self._rows_allowed:
            self._take_a_batch()
        wanted = min(TRANSACTION_ROWS, self._rows_allowed)
        if self._job.behaviour.fail_message is not None:
            wanted = min(wanted, self._job.behaviour.fail_after_records - self._job.records_processed)
        transaction, self._waiting = split(self._waiting, wanted)
        self._rows_allowed -= len(transaction.rows)
        saved = saving.save(transaction)
        self._files.add("successful", saved.successful)
        self._files.add("failed", saved.failed)
        with self._job.changed:
            self._job.records_processed += len(transaction.rows)
            self._job.records_failed += len(saved.failed)
            self._job.active_ms += saved.active_ms

    def _take_a_batch(self) -> None:
        """Take one of the org's internal batches of the day, of 10,000 rows.

        Raises:
            JobFailure: none is left; the rows beyond are in none of the result files [P].
        """
        limits = self._org.limits
        if limits.used(BATCH_LIMIT) >= limits.maximum(BATCH_LIMIT):
            self._out_of_batches = True
            raise out_of_batches_failure()
        limits.use(BATCH_LIMIT)
        self._rows_allowed = BATCH_ROWS

    def _fail_if_told(self) -> None:
        """Fail where a test wants the job to fail."""
        behaviour = self._job.behaviour
        if behaviour.fail_message is not None and self._job.records_processed >= behaviour.fail_after_records:
            raise JobFailure(behaviour.fail_message)

    def _leave_the_rest(self) -> None:
        """Write the rows that were never tried."""
        self._files.add("unprocessed", self._waiting.rows)
        for batch in self._batches or ():
            if self._job.forgotten:
                return
            self._files.add("unprocessed", batch.rows)

    def _leave_the_upload(self, upload: BinaryIO) -> None:
        """Leave an upload that can't be read as rows as it is."""
        upload.seek(0)
        with result_path(self._job.directory, "unprocessed").open("wb") as file:
            shutil.copyfileobj(upload, file)
