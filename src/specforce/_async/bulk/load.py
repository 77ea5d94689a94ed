"""One load: a source split into parts, a job for each, the results joined; whatever goes wrong on the way.

A part that fails stops the load: parts that wait aren't sent, those under way are waited for and joined, and the error
carries the report of all of it. A load that is cancelled or interrupted lets go at once, with the report as it stands.

Every row ends as created, updated, failed or unprocessed, and their sum is the number of rows; where it isn't, an
IntegrityError says so.
"""

from __future__ import annotations

import math
import random
from functools import partial
from typing import TYPE_CHECKING, Any

from specforce._aio import closing, ordered_map, run, to_the_end
from specforce.bulk.journal import Journal, fingerprint
from specforce.bulk.outcomes import Counts, Kind
from specforce.bulk.progress import SendingAgain, SourceChecked, Telling
from specforce.bulk.report import LoadReport, with_report
from specforce.bulk.resending import again_after_s, parts_again
from specforce.bulk.sources import source_path
from specforce.bulk.tally import Tally
from specforce.bulk.workspace import Workspace
from specforce_api.runtime.errors import InputError

from .field_checking import check_header
from .part_load import AsyncPartLoad
from .reading import AsyncSource
from .waiting import nap

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from specforce._async.session import AsyncSession
    from specforce.bulk.load_options import LoadOptions
    from specforce.bulk.parts import Part
    from specforce.bulk.report_rows import LoadedJob
    from specforce.bulk.table import Table


class AsyncLoad:
    """One run of `sf.bulk.load`.

    Args:
        source: what to load.
        options: everything else that the caller said.
    """

    def __init__(self, session: AsyncSession, source: Any, options: LoadOptions) -> None:
        self._session = session
        self._source = source
        self._options = options
        self._tell = Telling(options.progress, f"{options.operation} {options.sobject}")
        self._tally = Tally()
        self._started_s = session.clock.now()
        self._reading: AsyncSource | None = None
        self._parts: list[Part] = []
        self._loads: list[AsyncPartLoad] = []
        self._again: list[AsyncPartLoad] = []
        self._failure: Exception | None = None
        self._journal: Journal | None = None

    async def run(self) -> LoadReport:
        """Do it; see `AsyncBulk.load`."""
        options = self._options
        if options.journal is not None:
            self._journal = await run(partial(Journal, options.journal, resume=options.resume))
        try:
            return await self._run_in(await run(Workspace, options.folder))
        finally:
            if self._journal is not None:
                self._journal.close()

    async def _run_in(self, workspace: Workspace) -> LoadReport:
        try:
            await self._load(workspace)
        except BaseException as error:
            if not self._loads:
                workspace.close()
                raise
            if self._options.abort_on_cancel and not isinstance(error, Exception):
                await to_the_end(self._abort)
            with_report(error, self._report(workspace), journal=self._options.journal)
            raise
        if self._failure is None:
            return self._report(workspace)
        if not self._loads and (isinstance(self._failure, InputError) or not self._parts):
            await run(workspace.close)
            raise self._failure
        raise with_report(self._failure, self._report(workspace), journal=self._options.journal)

    async def _load(self, workspace: Workspace) -> None:
        concurrency = self._options.concurrency
        reading = self._reading = AsyncSource(self._source, self._options.table, workspace.folder)
        async with closing(reading.parts()) as source:
            if self._options.whole:
                self._parts = [part async for part in source]
                self._tally.expect(self._parts)
                rows = self._tally.rows or 0
                self._tell(SourceChecked(done=rows, total=rows, parts=len(self._parts)))
                concurrency = max(1, min(concurrency, len(self._parts)))
            parts = self._listed() if self._options.whole else source
            await self._run(self._begun(parts, reading, workspace), concurrency)
        for attempt in range(2, self._options.retry_failed + 2):
            await self._send_again(attempt, workspace)

    async def _run(self, begun: AsyncGenerator[AsyncPartLoad, None], concurrency: int) -> None:
        async with closing(ordered_map(AsyncPartLoad.run, begun, concurrency, abandon=self._abandon)) as ended:
            async for load in ended:
                if self._failure is None:
                    self._failure = load.failure

    async def _send_again(self, attempt: int, workspace: Workspace) -> None:
        """Send rows once more that failed for a reason that goes by, after a while and one job at a time.

        Where nothing failed so, another failure stands, or the deadline comes first, all stays as it is.
        """
        if self._failure is not None or not self._parts:
            return
        parts = await run(self._parts_again, attempt, workspace)
        delay_s = again_after_s(attempt, chance=random.random())  # noqa: S311 - jitter, not a secret
        left_s = math.inf if self._deadline_s is None else self._deadline_s - self._session.clock.now()
        if not parts or delay_s >= left_s:
            return
        tally = Tally()
        tally.expect(parts)
        self._tell(SendingAgain(done=0, total=tally.rows, attempt=attempt, delay_s=delay_s))
        await nap(self._session.clock, delay_s, None)
        await self._run(self._begun_again(parts, workspace, tally), 1)

    def _parts_again(self, attempt: int, workspace: Workspace) -> list[Part]:
        limits, number = self._options.table.limits, len(self._parts) + len(self._again) + 1
        outcomes, folder = workspace.outcomes, workspace.folder
        return list(parts_again(outcomes, self._parts, limits, attempt=attempt, number=number, folder=folder))

    async def _begun_again(
        self, parts: Sequence[Part], workspace: Workspace, tally: Tally
    ) -> AsyncGenerator[AsyncPartLoad, None]:
        for part in parts:
            if self._failure is None:
                self._again.append(self._part_load(part, workspace, tally))
                yield self._again[-1]

    async def _abort(self) -> None:
        """Abort the jobs under way, each asked once."""
        async with closing(
            ordered_map(AsyncPartLoad.abort, [*self._loads, *self._again], self._options.concurrency)
        ) as aborted:
            async for _ in aborted:
                pass

    def _abandon(self) -> None:
        """Nobody waits for the outcome any more: let the parts under way know."""
        for load in (*self._loads, *self._again):
            load.abandon()

    async def _begun(
        self, parts: AsyncGenerator[Part, None], reading: AsyncSource, workspace: Workspace
    ) -> AsyncGenerator[AsyncPartLoad, None]:
        """The parts to load, as long as all goes well; an error of the source ends them like its end does."""
        try:
            while self._failure is None and not any(load.failure for load in self._loads):
                part = await anext(parts, None)
                if part is None:
                    if self._journal is not None:
                        self._journal.refuse_missing(len(self._parts))
                    return
                if not self._options.whole:
                    self._parts.append(part)
                assert reading.table is not None, "a part has a header"
                if not self._loads:
                    await self._check_header(reading.table)
                    await self._begin_journal(reading.table)
                self._loads.append(self._part_load(part, workspace, self._tally))
                yield self._loads[-1]
        except Exception as error:  # noqa: BLE001 - raised once the parts under way have ended
            self._failure = error

    def _part_load(self, part: Part, workspace: Workspace, tally: Tally) -> AsyncPartLoad:
        assert self._reading is not None, "a part was read"
        assert self._reading.table is not None, "a part has a header"
        return AsyncPartLoad(
            self._session,
            part,
            self._options,
            table=self._reading.table,
            workspace=workspace,
            tally=tally,
            tell=self._tell,
            deadline_s=self._deadline_s,
            journal=self._journal,
        )

    async def _check_header(self, table: Table) -> None:
        """Refuse a header that doesn't fit; a delete's is Id alone, as was seen before."""
        options = self._options
        if options.check_header and options.operation not in ("delete", "hardDelete"):
            await check_header(self._session, table.columns, options, self._tell)

    async def _begin_journal(self, table: Table) -> None:
        """Say in the journal what is loaded, or see that it is what was loaded before."""
        if self._journal is not None:
            source = await run(fingerprint, source_path(self._source))
            head = {"org": await self._session.instance_url(), "load": self._options.plain(table), "source": source}
            await run(self._journal.begin, head)

    async def _listed(self) -> AsyncGenerator[Part, None]:
        for part in self._parts:
            yield part

    @property
    def _deadline_s(self) -> float | None:
        timeout_s = self._options.timeout_s
        return None if timeout_s is None else self._started_s + timeout_s

    def _report(self, workspace: Workspace) -> LoadReport:
        """The report of what was done; parts that never went out count as unprocessed."""
        counts = Counts()
        jobs: list[LoadedJob] = []
        alike: list[tuple[Part, Kind]] = []
        for load in self._loads:
            counts += load.counts
            jobs += load.jobs
            if not load.joined:
                alike.append((load.part, Kind.UNKNOWN if load.counts.unknown else Kind.UNPROCESSED))
        for part in self._parts[len(self._loads) :]:
            # What an earlier run sent may be in the org, and nobody has asked.
            sent = self._journal is not None and self._journal.was_sent(part)
            counts += Counts(unknown=part.rows) if sent else Counts(unprocessed=part.rows)
            alike.append((part, Kind.UNKNOWN if sent else Kind.UNPROCESSED))
        for load in self._again:
            counts += load.counts + Counts(failed=-load.part.rows)
            jobs += load.jobs
            if load.counts.unknown and not load.joined:
                alike.append((load.part, Kind.UNKNOWN))
        table = self._reading.table if self._reading is not None else None
        return LoadReport(
            sobject=self._options.sobject,
            operation=self._options.operation,
            counts=counts,
            jobs=tuple(jobs),
            seconds=self._session.clock.now() - self._started_s,
            detailed=self._options.results,
            retried=sum(load.part.rows for load in self._again if load.part.attempt == 2),
            _columns=table.names if table is not None else (),
            _source=source_path(self._source),
            _parts=tuple(self._parts),
            _alike=tuple(alike),
            _workspace=workspace,
        )
