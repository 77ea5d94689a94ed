"""Reports: run at once or in the background, and read row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from specforce._ids import check_id
from specforce._operations import decoded_by
from specforce._reports import RUN_STATES, Filter, ReportOutcome, RunPoll, body_of
from specforce._waiting import Ending
from specforce_api.rest import operations
from specforce_api.runtime.errors import JobFailed, JobTimeout

from .bulk.waiting import wait_for_end

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from specforce_api.rest.models import ReportDescribe, ReportInstance
    from specforce_api.runtime.operation import Operation, Reply

    from .session import AsyncSession


class AsyncReport:
    """One saved report.

    sf.report("00O...").run(filters=[("INDUSTRY", "equals", "Energy")]).rows()

    Args:
        report_id: its id.

    Raises:
        InputError: it isn't an id.
    """

    def __init__(self, session: AsyncSession, report_id: str) -> None:
        self.id = check_id(report_id, name="report_id")
        self._session = session

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id}>"

    async def run(
        self, *, filters: Sequence[Filter] = (), details: bool = True, changes: Mapping[str, Any] | None = None
    ) -> ReportOutcome:
        """Run it now; 500 such runs are allowed an hour.

        Args:
            filters: `("column", "equals", "value")`, in place of the report's own.
            details: the detail rows too.
            changes: other parts of `reportMetadata` that shall differ in this run.

        Raises:
            NotFound: no such report. ApiError: a filter or column that isn't one, or too many runs.
        """
        body = body_of(filters, changes)
        if not body:
            answer = await self._session.send(operations.run_report(self.id, include_details=details))
            return ReportOutcome(answer)
        operation = operations.run_report_with_filters(self.id, body=body, include_details=details)
        answer = await self._session.send(operation)
        return ReportOutcome(answer)

    async def run_async(
        self, *, filters: Sequence[Filter] = (), details: bool = True, changes: Mapping[str, Any] | None = None
    ) -> AsyncReportRun:
        """Start a run in the background; its result is kept for a day. Arguments as for `run`."""
        operation = operations.run_report_async(self.id, body=body_of(filters, changes), include_details=details)
        started = await self._session.send(operation)
        return AsyncReportRun(self._session, self.id, started.id)

    def run_of(self, instance_id: str) -> AsyncReportRun:
        """A run in the background that was started before."""
        return AsyncReportRun(self._session, self.id, check_id(instance_id, name="instance_id"))

    async def runs(self) -> list[ReportInstance]:
        """The runs in the background, 2,000 at most."""
        return await self._session.send(operations.list_report_instances(self.id))

    async def describe(self) -> ReportDescribe:
        """What the report is made of."""
        return await self._session.send(operations.describe_report(self.id))

    async def delete(self) -> None:
        """Delete the report."""
        await self._session.send(operations.delete_report(self.id))


class AsyncReportRun:
    """A run in the background.

    Args:
        report_id: the report's id.
        run_id: the run's own.
    """

    def __init__(self, session: AsyncSession, report_id: str, run_id: str) -> None:
        self.id = run_id
        self._session = session
        self._report_id = report_id

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id} of {self._report_id}>"

    async def wait(self, *, timeout_s: float | None = 600) -> Self:
        """Wait until it is over.

        Args:
            timeout_s: seconds; `None` waits as long as it takes.

        Raises:
            JobFailed: it ended in an error. JobTimeout: it still runs.
        """
        poll, ending = await wait_for_end(self._session, RUN_STATES, self._look(), timeout_s=timeout_s)
        if ending is Ending.TIMEOUT:
            raise JobTimeout(f"{self!r} isn't over after {timeout_s} s", job_id=self.id, state=poll.state)
        if ending is not Ending.SUCCESS:
            raise JobFailed(f"{self!r} ended in an error", job_id=self.id, state=poll.state)
        return self

    async def result(self) -> ReportOutcome:
        """The result of a run that is over.

        Raises:
            JobFailed: it ended in an error. JobTimeout: it still runs.
        """
        await self.wait(timeout_s=0)
        answer = await self._session.send(operations.get_report_instance(self._report_id, self.id))
        return ReportOutcome(answer)

    async def delete(self) -> None:
        """Delete the run and its result."""
        await self._session.send(operations.delete_report_instance(self._report_id, self.id))

    def _look(self) -> Operation[RunPoll]:
        operation = operations.get_report_instance(self._report_id, self.id)

        def seen(reply: Reply) -> RunPoll:
            found = operation.decode(reply)
            return RunPoll(found.attributes.status, found)

        return decoded_by(operation, seen)
