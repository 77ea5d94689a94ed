"""One job of Bulk API 1.0: batches added, waited for, read; the job closed or aborted.

Source: reference/bulk_v1.md sections 2 to 5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specforce._aio import Lock, closing, run
from specforce._async.bulk.changing import change_state
from specforce._async.bulk.waiting import wait_for_end
from specforce._waiting import Ending
from specforce.bulk.workspace import Workspace
from specforce.bulk_v1.contents import Content
from specforce.bulk_v1.endings import bad_batches
from specforce.bulk_v1.infos import BATCH_STATES
from specforce.bulk_v1.options import BATCH_LIMITS, QUERIES
from specforce_api.bulk_v1.models import BatchState, JobState
from specforce_api.runtime.errors import InputError, JobTimeout

from .adding import add_once
from .batch import DEFAULT_WAIT_S, AsyncJobBatch
from .reading import contents

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterable, Callable

    from specforce._async.session import AsyncSession
    from specforce.bulk.rows import Row
    from specforce.bulk.sources import BlockingSource, Bytes
    from specforce.bulk_v1.results import RecordResult
    from specforce_api.bulk_v1.models import BatchInfo, JobInfo

    from .job_operations import JobOperations


class AsyncBatchJob:
    """One job. Made by `sf.bulk_v1.job(...)`, found again by `sf.bulk_v1.attach_job(job_id)`.

    Attributes:
        id: the job's id, 18 characters.
        created: the answer that it was made (or found) with.
    """

    def __init__(
        self,
        session: AsyncSession,
        created: JobInfo,
        operations: JobOperations,
        *,
        gzip: bool = False,
        chunked: bool = False,
    ) -> None:
        self.id = created.id
        self.created = created
        self._session = session
        self._operations = operations
        self._gzip = gzip
        self._chunked = chunked
        self._known: set[str] = set()
        self._adding = Lock()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id} {self.created.operation} {self.created.object_}>"

    async def info(self) -> JobInfo:
        """The job as it stands."""
        return await self._session.send(self._operations.get_job())

    async def add_batch(self, source: BlockingSource | AsyncIterable[Bytes] | AsyncIterable[Row]) -> AsyncJobBatch:
        """Give the job one batch: of a load the records, of a query the SOQL.

        Args:
            source: CSV, JSON or XML, as the job's content type is: as a path, an open binary file, bytes or an
                iterable of bytes; or an iterable (also an asynchronous one) of rows. Of a query, its text.

        Raises:
            InputError: the source can't be read, has no records, or has more than one batch takes: 10,000 records and
                10,000,000 bytes; `add_batches` splits it. Nothing was sent.
            ApiError: the job refuses it: it isn't open any more. TransportError: no batch was added, unless a note of
                the error says that nobody could tell.
        """
        if self.created.operation in QUERIES:
            return await self._add(_soql(source))
        workspace = await run(Workspace)
        try:
            async with closing(contents(source, self.created, workspace.folder)) as reading:
                found = [content async for content in reading]
            if len(found) != 1:
                limits = f"the {BATCH_LIMITS.part_rows} records and {BATCH_LIMITS.part_bytes} bytes of one batch"
                raise InputError("the source has no rows" if not found else f"the source is more than {limits}")
            return await self._add(found[0])
        finally:
            await run(workspace.close)

    async def add_batches(
        self, source: BlockingSource | AsyncIterable[Bytes] | AsyncIterable[Row]
    ) -> list[AsyncJobBatch]:
        """Give the job a source of any size, in as many batches as it takes; each is sent as soon as it is full.

        Args:
            source: as for `add_batch`.

        Raises:
            InputError: the source can't be read; batches before the bad record have been added. Others as for
                `add_batch`.
        """
        if self.created.operation in QUERIES:
            return [await self._add(_soql(source))]
        workspace = await run(Workspace)
        try:
            async with closing(contents(source, self.created, workspace.folder)) as reading:
                return [await self._add(content) async for content in reading]
        finally:
            await run(workspace.close)

    def batch(self, batch_id: str, *, rows: int | None = None) -> AsyncJobBatch:
        """A batch of this job by its id.

        Args:
            rows: how many records it was given, where that is known: its results must be as many.
        """
        return AsyncJobBatch(self._session, self._operations, batch_id, operation=self.created.operation, rows=rows)

    async def batches(self) -> list[BatchInfo]:
        """All batches as they stand, in the order in which they were added."""
        return list((await self._session.send(self._operations.list_batches())).infos)

    async def know_batches(self) -> None:
        """Take note of the batches that the job has, so that none of them is taken for one that is added here."""
        self._known |= {info.id for info in await self.batches()}

    async def close(self) -> JobInfo:
        """Say that no batch follows; those that were added are processed all the same."""
        return await self._changed(JobState.CLOSED, leaving={JobState.OPEN.value})

    async def abort(self) -> JobInfo:
        """Stop the job: batches that haven't begun are never processed, what was saved stays saved.

        Raises:
            ApiError: there is nothing left to stop.
        """
        return await self._changed(JobState.ABORTED, leaving={JobState.OPEN.value, JobState.CLOSED.value})

    async def wait(
        self,
        *,
        timeout_s: float | None = DEFAULT_WAIT_S,
        abort_on_timeout: bool = False,
        checked: Callable[[], object] | None = None,
    ) -> list[BatchInfo]:
        """Wait until every batch that the job has been given has ended; the job itself may stay open.

        Args:
            timeout_s: seconds until the deadline; `None` waits as long as it takes.
            abort_on_timeout: abort the job at the deadline; otherwise it goes on.
            checked: called at least every second; what it raises ends the wait.

        Returns:
            The batches.

        Raises:
            JobFailed: a batch failed as a whole, with Salesforce's reason. JobAborted: batches were never processed.
            JobTimeout: the deadline has passed. DecodeError: a state that the specs don't know.
        """
        look = self._operations.list_batches()
        found, ending = await wait_for_end(self._session, BATCH_STATES, look, timeout_s=timeout_s, checked=checked)
        if ending is Ending.TIMEOUT:
            if abort_on_timeout:
                await self.abort()
            left = sum(info.state.value in BATCH_STATES.pending for info in found.infos)
            fate = "it was aborted" if abort_on_timeout else "it goes on: wait for it again, or abort it"
            message = f"{left} of {len(found.infos)} batches of job {self.id} aren't done after {timeout_s} s; {fate}"
            raise JobTimeout(message, job_id=self.id, state=found.state.value)
        error = bad_batches(found.infos, chunked=self._chunked)
        if error is not None:
            raise error
        return list(found.infos)

    async def results(self, *, values: bool = True) -> AsyncGenerator[RecordResult, None]:
        """What became of each record of a load, batch after batch; all must be done.

        Args:
            values: join each result to the record that was sent.

        Raises:
            As `batch.results`; JobFailed for a batch that failed as a whole.
        """
        for batch in await self._completed():
            for result in await batch.results(values=values):
                yield result

    async def dicts(self) -> AsyncGenerator[dict[str, Any], None]:
        """The records that a query found, over all batches and results; all batches must be done.

        Raises:
            As `batch.dicts`; JobFailed for a batch that failed as a whole.
        """
        for batch in await self._completed():
            async with closing(batch.dicts()) as records:
                async for record in records:
                    yield record

    async def _completed(self) -> list[AsyncJobBatch]:
        """The batches that have results.

        Raises:
            JobError: one failed, or was never processed. InputError: one isn't done.
        """
        infos = await self.batches()
        pending = next((info for info in infos if info.state.value in BATCH_STATES.pending), None)
        if pending is not None:
            raise InputError(f"batch {pending.id} of job {self.id} isn't done: wait() for it first")
        error = bad_batches(infos, chunked=self._chunked)
        if error is not None:
            raise error
        return [self.batch(info.id) for info in infos if info.state is BatchState.COMPLETED]

    async def _add(self, content: Content) -> AsyncJobBatch:
        async with self._adding:
            added = await add_once(self._session, self._operations, content, known=self._known, compress=self._gzip)
        return self.batch(added.id, rows=content.rows)

    async def _changed(self, state: JobState, *, leaving: set[str]) -> JobInfo:
        change = self._operations.update_job(state.value)
        return await change_state(self._session, change, self._operations.get_job(), leaving=leaving)


def _soql(source: object) -> Content:
    text = source if isinstance(source, str) else None
    if not text or not text.strip():
        raise InputError("a query job takes the SOQL as text")
    return Content.of_bytes(text.encode(), None)
