"""`sf.bulk_v1`: jobs of Bulk API 1.0 step by step, queries as whole tasks, and every operation of the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specforce._async.bulk.attempts import AsyncAttempts
from specforce.bulk_v1 import options
from specforce.bulk_v1.chunking import read_chunking
from specforce.soql import identifier
from specforce_api.bulk_v1 import AsyncBulkV1Api, operations
from specforce_api.runtime.errors import InputError
from specforce_api.runtime.types import UNSET

from .batch import DEFAULT_WAIT_S, AsyncJobBatch
from .job import AsyncBatchJob
from .job_operations import JobOperations
from .query import AsyncBatchQuery

if TYPE_CHECKING:
    from specforce._async.session import AsyncSession
    from specforce.bulk_v1.chunking import Chunking

__all__ = ["AsyncBatchJob", "AsyncBatchQuery", "AsyncBulkV1", "AsyncJobBatch"]


class AsyncBulkV1(AsyncBulkV1Api):
    """Bulk API 1.0 of one org; `sf.bulk` is the one to choose where nothing speaks for this one.

    Args:
        session: what sends.
    """

    def __init__(self, session: AsyncSession) -> None:
        super().__init__(session)
        self._session = session

    async def job(
        self,
        sobject: str,
        *,
        operation: str,
        content_type: str = "CSV",
        external_id: str | None = None,
        concurrency_mode: str = "Parallel",
        assignment_rule_id: str | None = None,
        pk_chunking: Chunking = None,
        line_ending: str = "LF",
        batch_retry: bool = True,
        gzip: bool = False,
    ) -> AsyncBatchJob:
        """Make a job.

        Args:
            sobject: the one object, such as `Contact`.
            operation: insert, update, upsert, delete, hardDelete, query or queryAll.
            content_type: of batches and results: CSV, JSON or XML.
            external_id: upsert only: the field that tells old records from new ones; `Id` will do.
            concurrency_mode: `Serial` for batches one after the other, where they would lock each other out.
            assignment_rule_id: of Cases and Leads.
            pk_chunking: queries only: split them by ranges of ids; `True`, or options as a `PkChunking` or a mapping
                with chunk_size, parent and start_row.
            line_ending: of CSV results: LF or CRLF.
            batch_retry: let Salesforce try a batch again that failed.
            gzip: send batches compressed.

        Raises:
            InputError: an argument that there isn't, or that doesn't fit the others.
            ApiError: no such object, no such external id, no permission.
        """
        wanted = options.operation(operation)
        options.external_id(wanted, external_id)
        kind = options.content_type(content_type)
        chunking = read_chunking(pk_chunking)
        if chunking is not None and wanted not in options.QUERIES:
            raise InputError(f"pk_chunking is for queries, the operation is {operation!r}")
        if line_ending not in ("LF", "CRLF"):
            raise InputError(f"line_ending={line_ending!r}: it is 'LF' or 'CRLF'")
        if not sobject:
            raise InputError("sobject is empty: say what the job is for, such as 'Contact'")
        body: dict[str, Any] = {"operation": wanted, "object": identifier(sobject, what="sobject")}
        if external_id is not None:
            body["externalIdFieldName"] = external_id
        body |= {"concurrencyMode": options.concurrency_mode(concurrency_mode), "contentType": kind}
        if assignment_rule_id is not None:
            body["assignmentRuleId"] = assignment_rule_id
        create = operations.create_job(
            body=body,
            sforce_enable_pk_chunking=chunking.header if chunking is not None else UNSET,
            sforce_disable_batch_retry=UNSET if batch_retry else "TRUE",
            sforce_line_ending=UNSET if line_ending == "LF" else "CRLF",
        )
        # An answer that got lost costs a job without batches, which Salesforce closes after a day.
        created = await AsyncAttempts(self._session, "createJob").send(create)
        known = JobOperations(created.id, kind)
        return AsyncBatchJob(self._session, created, known, gzip=gzip, chunked=chunking is not None)

    async def attach_job(
        self, job_id: str, *, content_type: str = "CSV", gzip: bool = False, pk_chunking: bool = False
    ) -> AsyncBatchJob:
        """A job that was made elsewhere or before.

        Args:
            job_id: its id.
            content_type: of its batches; decides in which format the job is asked for.
            gzip: send further batches compressed.
            pk_chunking: whether it was made with PK chunking.

        Raises:
            ApiError: there is no such job. InputError: its content type is another.
        """
        kind = options.content_type(content_type)
        known = JobOperations(job_id, kind)
        found = await self._session.send(known.get_job())
        if found.content_type != kind:
            raise InputError(f"job {job_id} has the content type {found.content_type}, not {kind}")
        job = AsyncBatchJob(self._session, found, known, gzip=gzip, chunked=pk_chunking)
        await job.know_batches()
        return job

    def query(
        self,
        soql: str,
        *,
        sobject: str | None = None,
        content_type: str = "CSV",
        include_deleted: bool = False,
        pk_chunking: Chunking = None,
        timeout_s: float | None = DEFAULT_WAIT_S,
    ) -> AsyncBatchQuery:
        """A query, run when its records are asked for.

        Args:
            soql: no GROUP BY, OFFSET, TYPEOF, aggregates or child queries.
            sobject: the object of its FROM, unless that is to be read from the text.
            content_type: of the results: CSV, JSON (values keep their types) or XML.
            include_deleted: find deleted and archived records too (`queryAll`).
            pk_chunking: as for `job`.
            timeout_s: seconds until it must be done; `None` for no deadline. A query that isn't is aborted.

        Raises:
            InputError: an argument that there isn't.
        """
        target = sobject or options.queried_object(soql)
        options.content_type(content_type)
        chunking = read_chunking(pk_chunking)

        async def start() -> AsyncBatchJob:
            operation = "queryAll" if include_deleted else "query"
            return await self.job(target, operation=operation, content_type=content_type, pk_chunking=chunking)

        return AsyncBatchQuery(start, soql, timeout_s=timeout_s)
