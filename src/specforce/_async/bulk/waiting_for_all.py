"""Waiting for many jobs in one loop: each is asked at its own pace, one after the other, without a task or thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from specforce_api.runtime.errors import JobError

from .ingest_job import AsyncIngestJob
from .waiting import nap

if TYPE_CHECKING:
    from collections.abc import Iterable

    from specforce._async.session import AsyncSession
    from specforce._waiting import Ending
    from specforce_api.bulk_v2.models import IngestJobInfo, QueryJobInfo

    from .job import AsyncJob
    from .query_job import AsyncQueryJob

J = TypeVar("J", bound="IngestJobInfo | QueryJobInfo")


async def wait_for_all(
    session: AsyncSession,
    jobs: Iterable[AsyncIngestJob | AsyncQueryJob],
    *,
    timeout_s: float | None,
    abort_on_timeout: bool,
) -> list[IngestJobInfo | QueryJobInfo]:
    """See `AsyncBulk.wait`."""
    waits = [_begun(job, timeout_s) for job in jobs]
    while pending := [wait for wait in waits if not wait.over]:
        next_ = min(pending, key=lambda wait: wait.due_s)
        await nap(session.clock, max(0.0, next_.due_s - session.clock.now()), None)
        await next_.poll()
    infos: list[IngestJobInfo | QueryJobInfo] = []
    failures: list[JobError] = []
    for wait in waits:
        try:
            infos.append(await wait.settled(timeout_s=timeout_s, abort_on_timeout=abort_on_timeout))
        except JobError as error:
            failures.append(error)
    if failures:
        for other in failures[1:]:
            failures[0].add_note(f"also: {other}")
        raise failures[0]
    return infos


class _Wait(Generic[J]):
    """The wait for one of the jobs."""

    def __init__(self, job: AsyncJob[J], timeout_s: float | None) -> None:
        self._job = job
        self._polling = job.polling(timeout_s=timeout_s)
        self._ended: tuple[J, Ending] | None = None

    @property
    def over(self) -> bool:
        """Whether the job needs no more polls."""
        return self._ended is not None

    @property
    def due_s(self) -> float:
        """When the next poll is due."""
        return self._polling.due_s

    async def poll(self) -> None:
        """Ask once."""
        self._ended = await self._polling.poll()

    async def settled(self, *, timeout_s: float | None, abort_on_timeout: bool) -> J:
        """The job at its end; errors as for `AsyncJob.wait`."""
        assert self._ended is not None, "it is over"
        return await self._job.settled(*self._ended, timeout_s=timeout_s, abort_on_timeout=abort_on_timeout)


def _begun(job: AsyncIngestJob | AsyncQueryJob, timeout_s: float | None) -> _Wait[IngestJobInfo] | _Wait[QueryJobInfo]:
    if isinstance(job, AsyncIngestJob):
        return _Wait(job, timeout_s)
    return _Wait(job, timeout_s)
