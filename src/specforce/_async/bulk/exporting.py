"""`sf.bulk.export`, what goes on with one and what reads a page of it: from what they are told to an export."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from specforce.bulk.dialect import Dialect, read_dialect
from specforce.bulk.export_options import ExportOptions, export_method, query_operation, read_query
from specforce.bulk.pages import PageOptions
from specforce.bulk.resuming import read_token
from specforce.bulk_v1.chunking import read_chunking

from .export import AsyncExport, find_run
from .job import DEFAULT_WAIT_S
from .planning import AsyncPageResult

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from specforce import soql
    from specforce._async.session import AsyncSession
    from specforce.bulk.plan import PlannedPage
    from specforce.bulk.progress import Listener
    from specforce.bulk_v1.chunking import Chunking


class AsyncExporting:
    """The exports of an org; `AsyncBulk` has the session that they are sent with."""

    _session: AsyncSession

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
            dialect=read_dialect(delimiter, line_ending),
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
            dialect=Dialect(),
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
