"""One ingest job of Bulk API 2.0, step by step: upload, close, wait, results.

A job takes exactly one upload, and answers to an upload or a close can get lost. What is safe is decided from the job:
until it is closed nothing of it is processed, so a job whose upload may or may not have arrived is aborted (or left to
expire, open and harmless) and never given data again; a close is repeated only when the job still says that it is open.

Source: reference/bulk_v2.md sections 2, 3 and 4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from specforce._aio import closing, run
from specforce.bulk.files import NewFile
from specforce.bulk.job_state import result_counts
from specforce.bulk.pages import next_rows
from specforce.bulk.parts import MAX_PART_BYTES, Limits
from specforce.bulk.result_rows import ResultFile, failed_result, successful_result, unprocessed_record
from specforce.bulk.sinks import ResultSink
from specforce.bulk.table import TableOptions
from specforce.bulk.workspace import Workspace
from specforce.soql import identifier
from specforce_api.bulk_v2 import operations
from specforce_api.runtime.errors import InputError
from specforce_api.runtime.operation import StreamBody
from specforce_api.runtime.waiters import WAITERS

from .attempts import AsyncAttempts
from .download import download
from .job import AsyncJob, JobKind
from .reading import AsyncSource

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterator
    from pathlib import Path

    from specforce._async.session import AsyncSession
    from specforce._retry import Retry
    from specforce.bulk.dialect import Dialect
    from specforce.bulk.parts import Part
    from specforce.bulk.result_rows import FailedResult, SuccessfulResult
    from specforce.bulk.results import ResultHeader, ResultSet
    from specforce.bulk.rows import Row
    from specforce.bulk.sources import BlockingSource, Bytes
    from specforce_api.bulk_v2.models import IngestJobInfo
    from specforce_api.runtime.operation import Operation

STATES: Final = WAITERS["ingest_job"]
_KIND: Final = JobKind(
    states=STATES,
    look=operations.get_ingest_job,
    change=lambda job_id, state: operations.update_ingest_job(job_id, body={"state": state}),
    delete=operations.delete_ingest_job,
)
_OPEN: Final = "Open"
_RESULTS: Final[dict[ResultSet, Callable[[str], Operation[bytes]]]] = {
    "successful": operations.get_ingest_successful_results,
    "failed": operations.get_ingest_failed_results,
    "unprocessed": operations.get_ingest_unprocessed_records,
}


async def create_ingest_job(
    session: AsyncSession,
    sobject: str,
    *,
    operation: str,
    external_id: str | None,
    dialect: Dialect,
    assignment_rule_id: str | None,
    attempts: AsyncAttempts | None = None,
) -> AsyncIngestJob:
    """Make a job. An answer that got lost is no harm: the job behind it stays open and empty until Salesforce removes
    it.

    Args:
        attempts: counts the tries, where making the job is part of larger work.

    Raises:
        InputError: no object can have that name.
        ApiError: no such object, no such external id, no permission.
    """
    body: dict[str, Any] = {
        "object": identifier(sobject, what="sobject"),
        "operation": operation,
        "contentType": "CSV",
        "columnDelimiter": dialect.column_delimiter,
        "lineEnding": dialect.line_ending,
    }
    if external_id is not None:
        body["externalIdFieldName"] = external_id
    if assignment_rule_id is not None:
        body["assignmentRuleId"] = assignment_rule_id
    attempts = attempts or AsyncAttempts(session, "createIngestJob")
    info = await attempts.send(operations.create_ingest_job(body=body))
    return AsyncIngestJob(session, info, checked=attempts.checked)


class AsyncIngestJob(AsyncJob["IngestJobInfo"]):
    """One ingest job. Made by `sf.bulk.ingest_job(...)`, found again by `sf.bulk.attach_ingest_job(job_id)`.

    Attributes:
        id: the job's id, 18 characters.
        created: the answer that it was made (or found) with.
    """

    def __init__(
        self, session: AsyncSession, created: IngestJobInfo, *, checked: Callable[[], object] | None = None
    ) -> None:
        super().__init__(session, created, _KIND, checked)
        self._sent_rows: int | None = None
        self._closed = False

    async def upload(
        self, source: BlockingSource | AsyncIterable[Bytes] | AsyncIterable[Row], *, encoding: str = "utf-8"
    ) -> int:
        """Give the job its data: once, and no more than one job takes.

        Args:
            source: CSV as a path, an open binary file, bytes or an iterable of bytes; or an iterable of rows. Iterables
                may be asynchronous.
            encoding: of CSV; it is sent as UTF-8.

        Returns:
            How many rows were sent.

        Raises:
            InputError: the source isn't rows in the job's dialect, or is too large; nothing was sent.
            TransportError: the job may hold the data or not. Don't upload again: abort it, and make another.
        """
        info = self.created
        options = TableOptions(
            operation=info.operation,
            external_id=info.external_id_field_name or None,
            delimiter=self.dialect.delimiter,
            encoding=encoding,
            limits=Limits(MAX_PART_BYTES),
        )
        workspace = await run(Workspace)
        try:
            async with closing(AsyncSource(source, options, workspace.folder).parts()) as reading:
                parts = [part async for part in reading]
            if len(parts) != 1:
                too = "has no rows" if not parts else f"is larger than the {MAX_PART_BYTES} bytes that one job takes"
                raise InputError(f"the source {too}: sf.bulk.load() takes sources of any size")
            (part,) = parts
            if part.dialect != self.dialect:
                ending = part.dialect.line_ending
                raise InputError(f"the source's rows end in {ending}: make the job with line_ending={ending!r}")
            await self.upload_part(part)
        finally:
            await run(workspace.close)
        return part.rows

    async def upload_part(
        self, part: Part, *, sent: Callable[[int], object] | None = None, retry: Retry | None = None
    ) -> None:
        """Give the job a part of a load; errors as for `upload`.

        Args:
            sent: told of each piece's size as it goes out, from the thread that reads it.
            retry: when to try again, in place of the session's policy.
        """

        def pieces() -> Iterator[bytes]:
            for piece in part.open():
                if sent is not None:
                    sent(len(piece))
                yield piece

        body = StreamBody(pieces if sent is not None else part.open, part.sent_bytes)
        await self._session.send(operations.upload_ingest_job_data(self.id, body=body), retry=retry)
        self._sent_rows = part.rows

    async def close(self) -> IngestJobInfo:
        """Say that the data is there: Salesforce begins to work on it."""
        info = await self._changed("UploadComplete", leaving=frozenset({_OPEN}))
        self._closed = True
        return info

    def _refuse(self, info: IngestJobInfo) -> None:
        if not self._closed and str(info.state.value) == _OPEN:
            raise InputError(f"job {self.id} is open: call close() once its data is uploaded, then wait()")

    async def successful(self) -> AsyncGenerator[SuccessfulResult, None]:
        """The records that were made or changed; fetched whole and checked before the first is handed out.

        Raises:
            IntegrityError: their number isn't what the job says. ApiError: the job hasn't ended.
        """
        async with closing(self._batches("successful")) as batches:
            async for header, rows in batches:
                for cells in rows:
                    yield successful_result(header, cells)

    async def failed(self) -> AsyncGenerator[FailedResult, None]:
        """The records that were refused, with the reasons; errors as for `successful`."""
        async with closing(self._batches("failed")) as batches:
            async for header, rows in batches:
                for cells in rows:
                    yield failed_result(header, cells)

    async def unprocessed(self) -> AsyncGenerator[dict[str, str], None]:
        """The records that were never tried, as uploaded; errors as for `successful`."""
        async with closing(self._batches("unprocessed")) as batches:
            async for header, rows in batches:
                for cells in rows:
                    yield unprocessed_record(header, cells)

    async def fetch_results(self, result_set: ResultSet, folder: Path, *, expected: int | None) -> ResultFile:
        """Spool a result file, whole.

        Args:
            folder: where.
            expected: how many rows it must hold; `None` where nobody can tell.

        Raises:
            ConnectionCut, IntegrityError: it didn't come whole, as often as the session's policy tries.
        """
        path = folder / f"{self.id}-{result_set}.csv"
        file = NewFile(path)
        try:
            sink = ResultSink(await run(file.open), f"the {result_set} results of job {self.id}", expected=expected)
            await download(self._session, _RESULTS[result_set](self.id), sink, checked=self._checked)
        finally:
            await run(file.close)
        return ResultFile(path, result_set, self.dialect.delimiter, sink.records)

    async def _batches(self, result_set: ResultSet) -> AsyncGenerator[tuple[ResultHeader, list[list[str]]], None]:
        info = await self.info()
        counts = dict(zip(_RESULTS, result_counts(info, self._sent_rows), strict=True))
        workspace = await run(Workspace)
        try:
            found = await self.fetch_results(result_set, workspace.folder, expected=counts[result_set])
            reader = await run(found.reader)
            batches = reader.batches()
            batch = await run(next_rows, batches)
            while batch is not None:
                yield reader.header, batch
                batch = await run(next_rows, batches)
        finally:
            await run(workspace.close)
