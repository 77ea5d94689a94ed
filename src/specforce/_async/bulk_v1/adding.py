"""Adding a batch once: where the answer gets lost, the job's batches say whether it arrived.

A batch is worked on as soon as it is there, so one that is sent twice may save its records twice. Before it is sent
again, the job is asked for batches that nobody here knows; one that was given the same bytes is the lost one.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from specforce._aio import closing, run
from specforce._async.bulk.attempts import AsyncAttempts
from specforce._retry import ONCE, may_pass
from specforce_api.bulk_v1 import operations
from specforce_api.runtime.errors import SalesforceError, TransportError

if TYPE_CHECKING:
    from specforce._async.bulk_v1.job_operations import JobOperations
    from specforce._async.session import AsyncSession
    from specforce.bulk_v1.contents import Content
    from specforce_api.bulk_v1.models import BatchInfo


async def add_once(
    session: AsyncSession, job: JobOperations, content: Content, *, known: set[str], compress: bool
) -> BatchInfo:
    """Add a batch.

    Args:
        known: the ids of the job's batches that were added before; the new one's is put in.
        compress: send it gzipped.

    Raises:
        ApiError: the job refuses it. TransportError: no answer as often as the session's policy tries; the error of
            the last try. No batch was added, unless a note says that nobody could tell.
    """
    body = await run(lambda: content.body(compress=compress))
    operation = job.add_batch(body, compressed=compress)
    attempts = AsyncAttempts(session, operation.info.operation_id, job.list_batches().info.operation_id)
    while True:
        try:
            added = await session.send(operation, retry=ONCE)
        except SalesforceError as error:
            if not may_pass(error):
                raise
            failure = error
        else:
            known.add(added.id)
            return added
        try:
            arrived = not isinstance(failure, TransportError) or failure.sent
            lost = await _lost(session, job, content, known) if arrived else None
        except SalesforceError as unknown:
            failure.add_note(f"job {job.job_id} may have the batch or not: look at batches() before you add it again")
            raise failure from unknown
        if lost is not None:
            known.add(lost.id)
            return lost
        await attempts.wait_after(failure)


async def _lost(session: AsyncSession, job: JobOperations, content: Content, known: set[str]) -> BatchInfo | None:
    """The batch that arrived although nobody said so; None where none did.

    Raises:
        SalesforceError: that can't be told, so the batch must not be sent again.
    """
    listed = await session.send(job.list_batches())
    strangers = [info for info in listed.infos if info.id not in known]
    if not strangers:
        return None
    wanted = await run(content.digest)
    for info in strangers:
        found = hashlib.sha256()
        async with (
            session.stream(operations.get_batch_request(job.job_id, info.id)) as reply,
            closing(reply.iter_bytes()) as pieces,
        ):
            async for piece in pieces:
                found.update(piece)
        if found.digest() == wanted:
            return info
    return None
