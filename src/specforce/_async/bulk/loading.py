"""`sf.bulk.load`: from what it is told to a load."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from specforce._hooks import TaskEvent
from specforce.bulk.load_options import LoadOptions, ingest_operation, journal_path
from specforce.bulk.observed import observed
from specforce.bulk.parts import DEFAULT_PART_BYTES, Limits
from specforce.bulk.source_formats import is_read_in_place
from specforce.bulk.table import TableOptions
from specforce_api.runtime.errors import InputError

from .job import DEFAULT_WAIT_S

if TYPE_CHECKING:
    import os
    from collections.abc import AsyncIterable, Collection, Mapping, Sequence

    from specforce._async.session import AsyncSession
    from specforce.bulk.load_options import Check, LoadMethod
    from specforce.bulk.progress import Listener
    from specforce.bulk.report import LoadReport
    from specforce.bulk.rewrite import BreakPolicy
    from specforce.bulk.rows import Row
    from specforce.bulk.sources import BlockingSource, Bytes
    from specforce.bulk.table import SourceFormat
    from specforce.bulk.values import NanPolicy


class AsyncLoading:
    """The loads of an org; `AsyncBulk` has the session that they are sent with."""

    _session: AsyncSession

    async def load(
        self,
        source: BlockingSource | AsyncIterable[Bytes] | AsyncIterable[Row],
        sobject: str,
        *,
        operation: str = "insert",
        external_id: str | None = None,
        method: LoadMethod = "bulk",
        mapping: Mapping[str, str | None] | None = None,
        columns: Sequence[str] | None = None,
        null_values: Collection[str] = (),
        delimiter: str = ",",
        encoding: str = "utf-8",
        line_ending: str | None = None,
        newlines: BreakPolicy = "keep",
        nan: NanPolicy = "error",
        source_format: SourceFormat | None = None,
        max_part_bytes: int = DEFAULT_PART_BYTES,
        max_part_rows: int | None = None,
        assignment_rule_id: str | None = None,
        concurrency: int = 2,
        results: bool = True,
        check: Check | None = None,
        check_header: bool = True,
        retry_failed: int = 0,
        journal: str | os.PathLike[str] | None = None,
        resume: str | os.PathLike[str] | None = None,
        max_api_fraction: float | None = None,
        timeout_s: float | None = DEFAULT_WAIT_S,
        abort_on_timeout: bool = False,
        abort_on_cancel: bool = False,
        progress: bool | Listener | None = None,
        temp_folder: str | os.PathLike[str] | None = None,
    ) -> LoadReport:
        """Load a source of any size: split it, run a job for each part, join the results to the rows.

        Args:
            source: CSV as a path, an open binary file, bytes or an iterable of bytes; an iterable (also an
                asynchronous one) of rows: mappings, or sequences with `columns`; a Parquet file; or anything with
                `__arrow_c_stream__`, such as a data frame (both need specforce[arrow]).
            sobject: what to load, such as `Account`.
            operation: insert, update, upsert, delete or hardDelete.
            external_id: upsert only: the field that tells old rows from new ones; `Id` will do.
            method: `bulk` for jobs of Bulk API 2.0; `collections` for requests of 200 rows each, sooner done with few
                rows; `auto` takes these below 2,000 rows. docs/bulk.md lists the differences; the report says which.
            mapping: column → field path, such as `{"origin": "Origin__r.Code__c"}`; `None` leaves a column out.
            columns: the names of the columns, for rows that don't say, or may not have every key.
            null_values: cells of the source that mean "no value", such as `("NA",)`: the field is set to null.
            delimiter: of CSV: `,` `;` `|` `^`, a tab or a backquote.
            encoding: of CSV; it is sent as UTF-8.
            line_ending: of CSV: `LF` or `CRLF`, to refuse a source that differs; it is told from the header.
            newlines: line breaks inside cells: `keep` them, or turn all into `LF` or `CRLF`; a job takes one kind.
            nan: NaN among rows of values: an `error`, or `null`.
            source_format: `csv`, `csv.gz` or `parquet`; by default told from a path's suffix.
            max_part_bytes: the most bytes in one job; Salesforce takes 100 MB.
            max_part_rows: the most rows in one job; `None` for as many as fit.
            assignment_rule_id: of Cases and Leads.
            concurrency: jobs under way at a time.
            results: fetch the results and join them; without them the report has counts only.
            check: `"whole"` reads and checks the source to its end before anything is sent, `"parts"` checks each part
                before it is sent. By default whole where that needs no copy: CSV as a path or bytes.
            check_header: hold the header against describe before anything is sent: fields that aren't there, can't be
                written or are missing, external ids, parents. It costs one request per object and client; where the
                user can't describe the object, a `HeaderNotChecked` event says so and the load goes on.
            retry_failed: how often to send rows again that Salesforce refused for locks or timeouts
                (`UNABLE_TO_LOCK_ROW` and its like), in jobs of their own after 2 to 60 seconds; each row has one
                outcome in the end, the last.
            journal: a new file, in which the load notes each step before it takes it, so that it can be continued.
            resume: the journal of a load that didn't come to its end, however it ended, to continue it: with the same
                source and arguments. Jobs that have their rows are asked what became of them, the others' rows are
                sent: none twice. See docs/bulk.md.
            max_api_fraction: the share of the org's requests a day, such as 0.8, from which on no more parts are sent;
                by default the client's. Those under way are ended, and `BudgetReached` has the report.
            timeout_s: seconds until the jobs must be done; `None` for no deadline.
            abort_on_timeout: abort jobs that aren't done by then; else they go on.
            abort_on_cancel: abort jobs under way when the load is cancelled or interrupted, so that they end partly
                done; else closed ones go on to their end, and open ones are never processed.
            progress: a function that is told of each step, or `True` for lines on standard error.
            temp_folder: where temporary files go: spooled parts, results. By default the system's place.

        Returns:
            What became of every row. Close it, or use it as a context manager, to free the disk.

        Raises:
            InputError: the source can't be loaded; the message names the line or row. Nothing was sent, unless the
                error has a `report`.
            JobFailed, JobAborted, JobTimeout, IntegrityError, BudgetReached, ApiError, TransportError: with a `report`
                of what was done (`specforce.bulk.report_of`), if anything was. So do a cancellation and a
                KeyboardInterrupt.
        """
        if check not in (None, "whole", "parts"):
            raise InputError(f"check={check!r}: it is 'whole' or 'parts'")
        table = TableOptions(
            operation=ingest_operation(operation),
            external_id=external_id,
            mapping=mapping,
            columns=columns,
            null_values=null_values,
            delimiter=delimiter,
            encoding=encoding,
            line_ending=line_ending,
            newlines=newlines,
            nan=nan,
            source_format=source_format,
            limits=Limits(max_part_bytes, max_part_rows),
        )
        options = LoadOptions(
            sobject=sobject,
            table=table,
            method=method,
            assignment_rule_id=assignment_rule_id,
            concurrency=concurrency,
            results=results,
            check_header=check_header,
            retry_failed=retry_failed,
            journal=journal_path(journal, resume),
            resume=resume is not None,
            max_api_fraction=max_api_fraction,
            whole=is_read_in_place(source, source_format) if check is None else check == "whole",
            timeout_s=timeout_s,
            abort_on_timeout=abort_on_timeout,
            abort_on_cancel=abort_on_cancel,
            progress=progress,
            folder=None if temp_folder is None else Path(temp_folder),
        )
        from .load import AsyncLoad  # noqa: PLC0415 - exports don't need it in memory

        with observed(self._session.hooks, self._session.clock, TaskEvent("load", sobject, options.operation)) as task:
            report = await AsyncLoad(self._session, source, options).run()
            task.loaded(report)
        return report
