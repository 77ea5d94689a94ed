"""`sf.bulk`: loads and exports as whole tasks, and the jobs of Bulk API 2.0 step by step."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from specforce._hooks import TaskEvent
from specforce.bulk import dialect as dialects
from specforce.bulk.export_options import ExportOptions, export_method, query_operation, read_query
from specforce.bulk.load_options import LoadOptions, ingest_operation, journal_path
from specforce.bulk.observed import observed
from specforce.bulk.pages import PageOptions
from specforce.bulk.parts import DEFAULT_PART_BYTES, Limits
from specforce.bulk.resuming import read_token
from specforce.bulk.source_formats import is_read_in_place
from specforce.bulk.table import TableOptions
from specforce.bulk_v1.chunking import read_chunking
from specforce_api.bulk_v2 import operations
from specforce_api.runtime.errors import InputError

from .export import AsyncExport, find_run
from .ingest_job import AsyncIngestJob, create_ingest_job
from .job import DEFAULT_WAIT_S
from .planning import AsyncPageResult
from .query_job import AsyncQueryJob, create_query_job

if TYPE_CHECKING:
    import os
    from collections.abc import AsyncIterable, Collection, Iterable, Mapping, Sequence

    from specforce import soql
    from specforce._async.session import AsyncSession
    from specforce.bulk.load_options import Check, LoadMethod
    from specforce.bulk.plan import PlannedPage
    from specforce.bulk.progress import Listener
    from specforce.bulk.report import LoadReport
    from specforce.bulk.rewrite import BreakPolicy
    from specforce.bulk.rows import Row
    from specforce.bulk.sources import BlockingSource, Bytes
    from specforce.bulk.table import SourceFormat
    from specforce.bulk.values import NanPolicy
    from specforce.bulk_v1.chunking import Chunking
    from specforce_api.bulk_v2.models import IngestJobInfo, QueryJobInfo

__all__ = ["AsyncBulk", "AsyncExport", "AsyncIngestJob", "AsyncPageResult", "AsyncQueryJob"]


class AsyncBulk:
    """Bulk API 2.0 of one org.

    Args:
        session: what sends.
    """

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

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

    def export(
        self,
        text: str | None = None,
        /,
        *,
        sobject: str | None = None,
        fields: Sequence[str] | None = None,
        where: str | None = None,
        operation: str = "query",
        method: str = "auto",
        pk_chunking: Chunking = True,
        delimiter: str = ",",
        line_ending: str = "LF",
        concurrency: int = 5,
        ordered: bool = True,
        max_records: int | None = None,
        timeout_s: float | None = DEFAULT_WAIT_S,
        abort_on_timeout: bool = False,
        abort_on_cancel: bool = False,
        progress: bool | Listener | None = None,
        temp_folder: str | os.PathLike[str] | None = None,
        binds: Mapping[str, soql.Value] | None = None,
        **values: soql.Value,
    ) -> AsyncExport:
        """Bring the result of a query out: to CSV, rows, dicts, typed records, Arrow or Parquet.

            sf.bulk.export("SELECT Id FROM Account WHERE Code__c IN :codes", codes=codes)
            sf.bulk.export(sobject="Account", where="Industry = :industry", industry="Energy")

        Args:
            text: the query; no aggregates, no OFFSET, no child queries. It may be far longer than `sf.query` takes.
            sobject: in place of a query: the object.
            fields: of that object, field paths such as `Owner.Name`; `None` for all of its fields, by describe, but for
                compound ones (addresses, locations: their parts are there) and binary ones, which bulk queries don't
                take.
            where: of that object: the condition, as after WHERE; without it, all records.
            operation: `query`, or `queryAll` for deleted and archived records too.
            method: `bulk` for Bulk API 2.0, `bulk_v1` for 1.0, where the query is split by ranges of ids. `auto` takes
                2.0, and 1.0 where the API version has no other (below 47.0), where 2.0 doesn't support the object, and
                where the query takes too long; `export.api` says which it was.
            pk_chunking: how 1.0 splits it, as for `sf.bulk_v1.query`; `False` for not at all.
            delimiter: of the CSV that Salesforce writes; 1.0 writes commas.
            line_ending: likewise, `LF` or `CRLF`.
            concurrency: how many pages of the result are fetched at a time, 1 to 5; each waits on disk until it is its
                turn. API versions before 58.0 have them one after the other.
            ordered: the records as the query orders them; `False` takes pages as they come.
            max_records: the most records in a page; pages then come one after the other. Without it, Salesforce
                chooses.
            timeout_s: seconds until the job must be done; `None` for no deadline.
            abort_on_timeout: abort the job if it isn't.
            abort_on_cancel: abort it where waiting for it is cancelled or interrupted.
            progress: a function that is told of each step, or `True` for lines on standard error.
            temp_folder: where pages wait; by default beside the file that is written, or the system's place.
            binds: values of binds, for names that are arguments here.
            values: values of the binds in the text.

        Raises:
            InputError: an argument makes no sense; a bind without a value, a value without a bind, or one that SOQL
                can't hold.
        """
        options = ExportOptions(
            query=read_query(text, sobject, fields, where, {**(binds or {}), **values}),
            operation=query_operation(operation),
            method=export_method(method),
            pk_chunking=read_chunking(pk_chunking),
            dialect=_dialect(delimiter, line_ending),
            pages=PageOptions(concurrency, ordered, max_records),
            folder=None if temp_folder is None else Path(temp_folder),
            timeout_s=timeout_s,
            abort_on_timeout=abort_on_timeout,
            abort_on_cancel=abort_on_cancel,
            progress=progress,
        )
        return AsyncExport(self._session, options)

    def resume_export(
        self,
        token: str,
        *,
        concurrency: int = 5,
        ordered: bool = True,
        max_records: int | None = None,
        timeout_s: float | None = DEFAULT_WAIT_S,
        abort_on_timeout: bool = False,
        abort_on_cancel: bool = False,
        progress: bool | Listener | None = None,
        temp_folder: str | os.PathLike[str] | None = None,
    ) -> AsyncExport:
        """Go on with an export whose job was made before, perhaps by a process that is no more.

            export = sf.bulk.resume_export(token);  export.to_csv("accounts.csv")

        `to_csv` goes on with `accounts.csv.part` where there is one of this job; other ways out begin anew, without the
        query being run again.

        Args:
            token: `export.resume_token`, `resume_token_of(error)`, or what the command line said.
            concurrency, ordered, max_records, timeout_s, abort_on_timeout, abort_on_cancel, progress, temp_folder: as
                for `export`.

        Raises:
            InputError: it isn't a resume token, or it is one of another API version than the client's.
        """
        options = ExportOptions(
            query="",
            operation="query",
            method="auto",
            pk_chunking=None,
            dialect=dialects.Dialect(),
            pages=PageOptions(concurrency, ordered, max_records),
            folder=None if temp_folder is None else Path(temp_folder),
            timeout_s=timeout_s,
            abort_on_timeout=abort_on_timeout,
            abort_on_cancel=abort_on_cancel,
            progress=progress,
        )
        return AsyncExport(self._session, options, partial(find_run, self._session, read_token(token), options))

    def read_page(self, page: PlannedPage, *, temp_folder: str | os.PathLike[str] | None = None) -> AsyncPageResult:
        """Read one page of an export's plan, in this process or another one: the same ways out, of this page alone.

        Args:
            page: of `export.plan()`.
            temp_folder: where the page waits; by default beside the file that is written, or the system's place.

        Raises:
            InputError: the client uses another API version than the job.
        """
        return AsyncPageResult(self._session, page, temp_folder=None if temp_folder is None else Path(temp_folder))

    async def ingest_job(
        self,
        sobject: str,
        *,
        operation: str,
        external_id: str | None = None,
        column_delimiter: str = "COMMA",
        line_ending: str = "LF",
        assignment_rule_id: str | None = None,
    ) -> AsyncIngestJob:
        """Make an ingest job, to be given its data by one `upload`.

        Args:
            sobject: what to load, such as `Account`.
            operation: insert, update, upsert, delete or hardDelete.
            external_id: upsert only: the field that tells old rows from new ones.
            column_delimiter: of its CSV, in and out: `COMMA` `TAB` `PIPE` `SEMICOLON` `CARET` `BACKQUOTE`, or the
                character.
            line_ending: likewise, `LF` or `CRLF`.
            assignment_rule_id: of Cases and Leads.
        """
        return await create_ingest_job(
            self._session,
            sobject,
            operation=ingest_operation(operation),
            external_id=external_id,
            dialect=_dialect(column_delimiter, line_ending),
            assignment_rule_id=assignment_rule_id,
        )

    async def attach_ingest_job(self, job_id: str) -> AsyncIngestJob:
        """Find an ingest job again by its id."""
        return AsyncIngestJob(self._session, await self._session.send(operations.get_ingest_job(job_id)))

    async def wait(
        self,
        jobs: Iterable[AsyncIngestJob | AsyncQueryJob],
        *,
        timeout_s: float | None = DEFAULT_WAIT_S,
        abort_on_timeout: bool = False,
    ) -> list[IngestJobInfo | QueryJobInfo]:
        """Wait for many jobs in one loop, each asked at its own pace, until all have ended.

            jobs = [sf.bulk.attach_ingest_job(job_id) for job_id in ids];  sf.bulk.wait(jobs)

        Args:
            jobs: of either kind.
            timeout_s: seconds until the deadline of all; `None` waits as long as it takes.
            abort_on_timeout: abort jobs that aren't done by then; else they go on.

        Returns:
            The jobs at their end, in the order given.

        Raises:
            JobFailed, JobAborted, JobTimeout: of the first job, as given, that didn't end well; the others' are its
                notes. ApiError, TransportError, DecodeError: a job can't be read; at once.
        """
        from .waiting_for_all import wait_for_all  # noqa: PLC0415 - rare

        return await wait_for_all(self._session, jobs, timeout_s=timeout_s, abort_on_timeout=abort_on_timeout)

    async def query_job(
        self, soql: str, *, operation: str = "query", column_delimiter: str = "COMMA", line_ending: str = "LF"
    ) -> AsyncQueryJob:
        """Make a query job, which starts at once.

        Args:
            soql: the query.
            operation: `query`, or `queryAll` for deleted and archived records too.
            column_delimiter: of the CSV that Salesforce writes.
            line_ending: likewise, `LF` or `CRLF`.
        """
        dialect = _dialect(column_delimiter, line_ending)
        return await create_query_job(self._session, soql, operation=query_operation(operation), dialect=dialect)

    async def attach_query_job(self, job_id: str) -> AsyncQueryJob:
        """Find a query job again by its id."""
        return AsyncQueryJob(self._session, await self._session.send(operations.get_query_job(job_id)))


def _dialect(delimiter: str, line_ending: str) -> dialects.Dialect:
    return dialects.Dialect(dialects.column_delimiter(delimiter), dialects.line_ending(line_ending))
