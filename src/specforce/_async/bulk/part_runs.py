"""The parts of one load that were begun: run side by side, stopped by the first that fails, given up together."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from specforce._aio import closing, ordered_map
from specforce._limits import refuse_over
from specforce.bulk.outcomes import Counts

from .part_load import AsyncPartLoad
from .part_saving import AsyncPartSaving

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from specforce._async.session import AsyncSession
    from specforce.bulk.journal import Journal
    from specforce.bulk.load_options import LoadOptions
    from specforce.bulk.parts import Part
    from specforce.bulk.progress import Telling
    from specforce.bulk.report import Method, OpenRows
    from specforce.bulk.report_rows import LoadedJob
    from specforce.bulk.table import Table
    from specforce.bulk.tally import Tally
    from specforce.bulk.workspace import Workspace
    from specforce_api.rest.models import DescribeSObjectResult

AsyncPartRun: TypeAlias = AsyncPartLoad | AsyncPartSaving


class AsyncPartRuns:
    """Runs parts.

    Args:
        deadline_s: by the session's clock; `None` for none.
        journal: what was done before is in it, and what will be goes there; `None` for none.

    Attributes:
        method: how parts are loaded; set before the first begins.
        describe: of the object, for `collections`.
        begun: the parts so far, in the order in which they were begun.
        failure: the first error; no part is begun after it.
    """

    def __init__(
        self,
        session: AsyncSession,
        options: LoadOptions,
        *,
        workspace: Workspace,
        tell: Telling,
        deadline_s: float | None,
        journal: Journal | None,
    ) -> None:
        self.method: Method = "bulk"
        self.describe: DescribeSObjectResult | None = None
        self.begun: list[AsyncPartRun] = []
        self.failure: Exception | None = None
        self._session = session
        self._options = options
        self._workspace = workspace
        self._tell = tell
        self._deadline_s = deadline_s
        self._journal = journal

    @property
    def stopped(self) -> bool:
        """Whether no more parts should begin."""
        return self.failure is not None or any(each.failure for each in self.begun)

    async def run(self, parts: AsyncGenerator[tuple[Part, Table], None], tally: Tally, concurrency: int) -> None:
        """Run parts as long as all goes well; an error of the source ends them like its end does.

        Args:
            parts: taken from as places are free.
            tally: of these parts.
            concurrency: how many run at a time.
        """
        begun = self._begin(parts, tally)
        async with closing(ordered_map(_run, begun, concurrency, abandon=self._abandon)) as ended:
            async for each in ended:
                if self.failure is None:
                    self.failure = each.failure

    async def abort(self) -> None:
        """Abort the jobs under way, each asked once."""
        async with closing(ordered_map(_abort, self.begun, self._options.concurrency)) as aborted:
            async for _ in aborted:
                pass

    def outcome(self) -> tuple[Counts, list[LoadedJob], list[OpenRows]]:
        """The rows of all parts by what became of them at last; the jobs; the rows whose outcome isn't kept yet."""
        counts = Counts()
        jobs: list[LoadedJob] = []
        open_rows: list[OpenRows] = []
        for each in self.begun:
            before = Counts(failed=-each.part.rows) if each.part.attempt > 1 else Counts()
            counts += each.counts + before
            jobs += each.jobs
            open_rows += each.open_rows()
        return counts, jobs, open_rows

    async def _begin(
        self, parts: AsyncGenerator[tuple[Part, Table], None], tally: Tally
    ) -> AsyncGenerator[AsyncPartRun, None]:
        try:
            while not self.stopped and (found := await anext(parts, None)) is not None:
                self._refuse_over()
                self.begun.append(self._made(*found, tally))
                yield self.begun[-1]
        except Exception as error:  # noqa: BLE001 - raised once the parts under way have ended
            self.failure = error

    def _refuse_over(self) -> None:
        """Raise BudgetReached where no more parts should be sent."""
        session, fraction = self._session, self._options.max_api_fraction
        refuse_over(session.limits, session.max_api_fraction if fraction is None else fraction)

    def _made(self, part: Part, table: Table, tally: Tally) -> AsyncPartRun:
        if self.method == "collections":
            return AsyncPartSaving(
                self._session,
                part,
                self._options,
                table=table,
                workspace=self._workspace,
                tally=tally,
                tell=self._tell,
                deadline_s=self._deadline_s,
                describe=self.describe,
            )
        return AsyncPartLoad(
            self._session,
            part,
            self._options,
            table=table,
            workspace=self._workspace,
            tally=tally,
            tell=self._tell,
            deadline_s=self._deadline_s,
            journal=self._journal,
        )

    def _abandon(self) -> None:
        """Nobody waits for the outcome any more: let the parts under way know."""
        for each in self.begun:
            each.abandon()


async def _run(each: AsyncPartRun) -> AsyncPartRun:
    return await each.run()


async def _abort(each: AsyncPartRun) -> None:
    await each.abort()
