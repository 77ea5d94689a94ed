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
from typing import TYPE_CHECKING, Any, Final

from specforce._aio import closing, run, to_the_end
from specforce._async.describing import described
from specforce.bulk.journal import Journal, fingerprint
from specforce.bulk.outcomes import Counts, Kind
from specforce.bulk.progress import SendingAgain, SourceChecked, Telling
from specforce.bulk.report import LoadReport
from specforce.bulk.reports_of_errors import E, with_report
from specforce.bulk.resending import again_after_s, parts_again
from specforce.bulk.sources import source_path
from specforce.bulk.tally import Tally
from specforce.bulk.workspace import Workspace
from specforce_api.runtime.errors import ApiError, DecodeError, InputError, RequestLimitExceeded, TransportError

from .field_checking import check_header
from .part_runs import AsyncPartRuns
from .reading import AsyncSource
from .waiting import nap

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from specforce._async.session import AsyncSession
    from specforce.bulk.load_options import LoadOptions
    from specforce.bulk.parts import Part
    from specforce.bulk.report import OpenRows
    from specforce.bulk.table import Table

_FEW_ROWS: Final = 2_000
"""Below so many rows, the requests of sObject Collections are done before a job would be."""
_COLLECTIONS_SINCE: Final = 46.0
"""The API version that has all of them, and tells created records from changed ones."""


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
        self._deadline_s = None if options.timeout_s is None else self._started_s + options.timeout_s
        self._table: Table | None = None
        self._parts: list[Part] = []
        self._read_whole = False
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
        runs = AsyncPartRuns(
            self._session,
            self._options,
            workspace=workspace,
            tell=self._tell,
            deadline_s=self._deadline_s,
            journal=self._journal,
        )
        try:
            await self._load(workspace, runs)
        except BaseException as error:
            if not runs.begun:
                workspace.close()
                raise
            if self._options.abort_on_cancel and not isinstance(error, Exception):
                await to_the_end(runs.abort)
            self._with_report(error, workspace, runs)
            raise
        if runs.failure is None:
            return self._report(workspace, runs)
        if not runs.begun and (isinstance(runs.failure, InputError) or not self._parts):
            await run(workspace.close)
            raise runs.failure
        raise self._with_report(runs.failure, workspace, runs)

    def _with_report(self, error: E, workspace: Workspace, runs: AsyncPartRuns) -> E:
        report = self._report(workspace, runs)
        return with_report(error, report, journal=self._options.journal, read_whole=self._read_whole)

    async def _load(self, workspace: Workspace, runs: AsyncPartRuns) -> None:
        concurrency = self._options.concurrency
        reading = AsyncSource(self._source, self._options.table, workspace.folder)
        async with closing(reading.parts()) as source:
            if self._options.whole:
                self._parts = [part async for part in source]
                self._read_whole = True
                self._tally.expect(self._parts)
                rows = self._tally.rows or 0
                self._tell(SourceChecked(done=rows, total=rows, parts=len(self._parts)))
                concurrency = max(1, min(concurrency, len(self._parts)))
            elif self._options.method == "auto":
                while self._has_few_rows() and (part := await anext(source, None)) is not None:
                    self._parts.append(part)
            self._table = reading.table
            await runs.run(self._prepared(source, reading, runs), self._tally, concurrency)
        for attempt in range(2, self._options.retry_failed + 2):
            await self._send_again(attempt, workspace, runs)

    async def _prepared(
        self, source: AsyncGenerator[Part, None], reading: AsyncSource, runs: AsyncPartRuns
    ) -> AsyncGenerator[tuple[Part, Table], None]:
        """The parts to load with their table; before the first of them, what comes before sending."""
        async with closing(self._all_parts(source)) as parts:
            async for part in parts:
                table = self._table = reading.table
                assert table is not None, "a part has a header"
                if not runs.begun:
                    await self._check_header(table)
                    await self._begin_journal(table)
                    await self._choose_method(runs)
                yield part, table
        if self._journal is not None:
            self._journal.refuse_missing(len(self._parts))

    async def _all_parts(self, source: AsyncGenerator[Part, None]) -> AsyncGenerator[Part, None]:
        """The parts that were read already, then those that come."""
        for part in list(self._parts):
            yield part
        async for part in source:
            self._parts.append(part)
            yield part
        self._read_whole = True

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

    async def _choose_method(self, runs: AsyncPartRuns) -> None:
        """Jobs, or requests of sObject Collections, which need to know the types of the fields."""
        options = self._options
        if options.method == "auto":
            suits = options.operation != "hardDelete" and options.journal is None
            if not suits or not self._has_few_rows() or float(self._session.api_version) < _COLLECTIONS_SINCE:
                return
        elif options.method == "bulk":
            return
        try:
            if options.operation != "delete":
                runs.describe = await described(self._session, options.sobject)
        except RequestLimitExceeded:
            raise
        except (ApiError, DecodeError, TransportError):
            if options.method == "collections":
                raise
            return
        runs.method = "collections"

    def _has_few_rows(self) -> bool:
        return sum(part.rows for part in self._parts) < _FEW_ROWS

    async def _send_again(self, attempt: int, workspace: Workspace, runs: AsyncPartRuns) -> None:
        """Send rows once more that failed for a reason that goes by, after a while and one job at a time.

        Where nothing failed so, another failure stands, or the deadline comes first, all stays as it is.
        """
        if runs.stopped or not self._parts:
            return
        number = len(runs.begun) + 1
        parts = await run(self._parts_again, attempt, number, workspace)
        delay_s = again_after_s(attempt, chance=random.random())  # noqa: S311 - jitter, not a secret
        left_s = math.inf if self._deadline_s is None else self._deadline_s - self._session.clock.now()
        if not parts or delay_s >= left_s:
            return
        tally = Tally()
        tally.expect(parts)
        self._tell(SendingAgain(done=0, total=tally.rows, attempt=attempt, delay_s=delay_s))
        await nap(self._session.clock, delay_s, None)
        await runs.run(self._with_table(parts), tally, 1)

    def _parts_again(self, attempt: int, number: int, workspace: Workspace) -> list[Part]:
        limits, outcomes, folder = self._options.table.limits, workspace.outcomes, workspace.folder
        return list(parts_again(outcomes, self._parts, limits, attempt=attempt, number=number, folder=folder))

    async def _with_table(self, parts: Sequence[Part]) -> AsyncGenerator[tuple[Part, Table], None]:
        assert self._table is not None, "parts have a header"
        for part in parts:
            yield part, self._table

    def _report(self, workspace: Workspace, runs: AsyncPartRuns) -> LoadReport:
        """The report of what was done; parts that never went out count as unprocessed."""
        counts, jobs, alike = runs.outcome()
        begun = {each.part.number for each in runs.begun}
        for part in self._parts:
            if part.number not in begun:
                alike.append(self._never_begun(part))
                counts += _alike_counts(alike[-1])
        return LoadReport(
            sobject=self._options.sobject,
            operation=self._options.operation,
            counts=counts,
            jobs=tuple(jobs),
            seconds=self._session.clock.now() - self._started_s,
            method=runs.method,
            detailed=self._options.results,
            retried=sum(each.part.rows for each in runs.begun if each.part.attempt == 2),
            _columns=self._table.names if self._table is not None else (),
            _source=source_path(self._source),
            _parts=tuple(self._parts),
            _alike=tuple(alike),
            _workspace=workspace,
        )

    def _never_begun(self, part: Part) -> OpenRows:
        """The rows of a part that wasn't begun; what an earlier run sent may be in the org, and nobody has asked."""
        sent = self._journal is not None and self._journal.was_sent(part)
        return part, Kind.UNKNOWN if sent else Kind.UNPROCESSED, None


def _alike_counts(rows: OpenRows) -> Counts:
    part, kind, _ = rows
    return Counts(unknown=part.rows) if kind is Kind.UNKNOWN else Counts(unprocessed=part.rows)
