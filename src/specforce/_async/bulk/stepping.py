"""The jobs of Bulk API 2.0 step by step: making them, finding them again, waiting for many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce.bulk.dialect import read_dialect
from specforce.bulk.export_options import query_operation
from specforce.bulk.load_options import ingest_operation
from specforce_api.bulk_v2 import operations

from .ingest_job import AsyncIngestJob, create_ingest_job
from .job import DEFAULT_WAIT_S
from .query_job import AsyncQueryJob, create_query_job

if TYPE_CHECKING:
    from collections.abc import Iterable

    from specforce._async.session import AsyncSession
    from specforce_api.bulk_v2.models import IngestJobInfo, QueryJobInfo


class AsyncStepping:
    """The jobs of an org; `AsyncBulk` has the session that they are sent with."""

    _session: AsyncSession

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
            dialect=read_dialect(column_delimiter, line_ending),
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
        dialect = read_dialect(column_delimiter, line_ending)
        return await create_query_job(self._session, soql, operation=query_operation(operation), dialect=dialect)

    async def attach_query_job(self, job_id: str) -> AsyncQueryJob:
        """Find a query job again by its id."""
        return AsyncQueryJob(self._session, await self._session.send(operations.get_query_job(job_id)))
