"""One part of a load saved by sObject Collections, 200 rows in a request: for few rows, where a job's waits cost most.

What can't double a row: inserts are sent again only where the request never left or was refused whole; where an answer
got lost, those rows are unknown and nothing more is sent. Updates, upserts and deletes are sent again, which leaves the
org as it is (an upsert's row may say `updated` then, though the lost answer's said `created`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeAlias

from specforce._aio import run
from specforce._collections import MAX_SAVED, body_of, rows_of
from specforce._limits import refuse_over
from specforce._records import encode_raw
from specforce._retry import ONCE
from specforce.bulk.cells import read_batch
from specforce.bulk.join import keep_places
from specforce.bulk.json_records import JsonRecords
from specforce.bulk.outcomes import Counts, Kind, Outcome
from specforce.bulk.progress import RowsSaved
from specforce_api.rest import operations
from specforce_api.runtime.errors import (
    DecodeError,
    IntegrityError,
    JobTimeout,
    SalesforceError,
    ServerUnavailable,
    TransportError,
)

from .attempts import AsyncAttempts
from .part_load import Abandoned

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from specforce._async.session import AsyncSession
    from specforce._collections import SavedRow
    from specforce.bulk.load_options import LoadOptions
    from specforce.bulk.parts import Part
    from specforce.bulk.progress import Telling
    from specforce.bulk.report import OpenRows
    from specforce.bulk.report_rows import LoadedJob
    from specforce.bulk.table import Table
    from specforce.bulk.tally import Tally
    from specforce.bulk.workspace import Workspace
    from specforce_api.rest.models import CollectionResult, DescribeSObjectResult
    from specforce_api.runtime.operation import Operation

_GROUP_CHARACTERS: Final = 5_000_000
"""The most text in one request, of which Salesforce takes 50 MB."""
Group: TypeAlias = tuple[list[int], list[list[str]]]
_GONE: Final = "ENTITY_IS_DELETED"


class AsyncPartSaving:
    """The saving of one part; used like an `AsyncPartLoad`, and makes no jobs.

    Args:
        describe: of the object: what type its fields have. Deletes need none.

    Attributes:
        counts: its rows by outcome, as far as it is known.
        failure: why it ended badly, `None` where it didn't.
        jobs: none.
    """

    def __init__(
        self,
        session: AsyncSession,
        part: Part,
        options: LoadOptions,
        *,
        table: Table,
        workspace: Workspace,
        tally: Tally,
        tell: Telling,
        deadline_s: float | None,
        describe: DescribeSObjectResult | None,
    ) -> None:
        self.part = part
        self.failure: Exception | None = None
        self.jobs: list[LoadedJob] = []
        self._session = session
        self._options = options
        self._records = None if describe is None else JsonRecords(table.columns.sent, describe)
        self._workspace = workspace
        self._tally = tally
        self._tell = tell
        self._deadline_s = deadline_s
        self._abandoned = False
        self._known = Counts()
        self._in_doubt: Sequence[int] = ()

    @property
    def counts(self) -> Counts:
        """Its rows by outcome, as far as it is known."""
        known = self._known + Counts(unknown=len(self._in_doubt))
        left = self.part.rows - known.total
        return known + (Counts(unprocessed=left) if self.part.attempt == 1 else Counts(failed=left))

    def open_rows(self) -> list[OpenRows]:
        """Rows whose outcome isn't kept: those of a request that nobody knows of, and those that come after."""
        found: list[OpenRows] = [(self.part, Kind.UNKNOWN, self._in_doubt)] if self._in_doubt else []
        if self.part.attempt == 1:
            begun = self._known.total + len(self._in_doubt)
            rest = range(self.part.first_row + begun, self.part.first_row + self.part.rows)
            found.append((self.part, Kind.UNPROCESSED, rest))
        return found

    def abandon(self) -> None:
        """Let go with the answer that is awaited."""
        self._abandoned = True

    async def abort(self) -> None:
        """Nothing is under way that could be aborted."""

    async def run(self) -> AsyncPartSaving:
        """Save the part. An error is kept as `failure`: what other parts do isn't its business."""
        try:
            await self._save()
        except Exception as error:  # noqa: BLE001 - the load raises it, with its report
            self.failure = error
        return self

    async def _save(self) -> None:
        if self._options.results and self.part.attempt == 1:
            await run(self._keep_places)
        groups = self._groups()
        while (group := await run(_next, groups)) is not None:
            self._refuse_late()
            refuse_over(self._session.limits, self._options.max_api_fraction)
            numbers, rows = group
            self._in_doubt = numbers
            try:
                results = await self._answered(rows)
                saved = rows_of(results, len(numbers), 0, creating=self._options.operation == "insert")
            except Exception as error:
                if not _in_doubt(error):
                    self._in_doubt = ()
                raise
            await run(self._keep, numbers, saved)

    def _keep_places(self) -> None:
        with self._workspace.outcomes.writing() as db:
            keep_places(db, self.part)

    def _groups(self) -> Iterator[Group]:
        """The rows that go into one request, with their numbers: as they are sent, without the columns left out."""
        numbers = self.part.row_numbers()
        rows: list[list[str]] = []
        size = 0
        for chunk in self.part.chunks():
            for row in read_batch(self.part.rewrite.chunk(chunk), self.part.dialect.delimiter):
                characters = sum(map(len, row))
                if rows and (len(rows) == MAX_SAVED or size + characters > _GROUP_CHARACTERS):
                    yield [next(numbers) for _ in rows], rows
                    rows, size = [], 0
                rows.append(row)
                size += characters
        if rows:
            yield [next(numbers) for _ in rows], rows

    async def _answered(self, rows: list[list[str]]) -> list[CollectionResult]:
        """Send one request, again where that doubles nothing."""
        operation = await run(self._operation, rows)
        if self._options.operation == "insert":
            return await self._session.send(operation)
        attempts = AsyncAttempts(self._session, operation.info.operation_id, checked=self._go_on)
        lost = False
        while True:
            try:
                results = await self._session.send(operation, retry=ONCE)
                break
            except SalesforceError as error:
                failure = error
            lost = lost or _in_doubt(failure)
            await attempts.wait_after(failure)
        if lost and self._options.operation == "delete":
            return [_deleted_before(result) for result in results]
        return results

    def _operation(self, rows: list[list[str]]) -> Operation[list[CollectionResult]]:
        options = self._options
        if options.operation == "delete":
            return operations.delete_records(ids=[row[0] for row in rows], all_or_none=False)
        assert self._records is not None, "only deletes go without a description"
        records = [self._records.record(row) for row in rows]
        body = encode_raw(body_of(options.sobject, records, all_or_none=False))
        # A job without a rule applies none; these requests would apply the active one.
        assign = options.assignment_rule_id or "FALSE"
        if options.operation == "insert":
            operation = operations.create_records(body={}, sforce_auto_assign=assign)
        elif options.operation == "update":
            operation = operations.update_records(body={}, sforce_auto_assign=assign)
        else:
            field = str(options.table.external_id)
            operation = operations.upsert_records(options.sobject, field, body={}, sforce_auto_assign=assign)
        return replace(operation, body=body)

    def _keep(self, numbers: Sequence[int], saved: Sequence[SavedRow]) -> None:
        """Keep the outcomes of one request."""
        outcomes = [_outcome(number, row, self.part.attempt) for number, row in zip(numbers, saved, strict=True)]
        if self._options.results:
            self._workspace.outcomes.keep(outcomes)
        created = sum(outcome.kind is Kind.CREATED for outcome in outcomes)
        failed = sum(outcome.kind is Kind.FAILED for outcome in outcomes)
        self._in_doubt = ()
        self._known += Counts(created=created, failed=failed, updated=len(outcomes) - created - failed)
        done, total = self._tally.joined(len(outcomes)), self._tally.rows
        self._tell(RowsSaved(done=done, total=total, part=self.part.number, failed=self._known.failed))

    def _refuse_late(self) -> None:
        self._go_on()
        if self._deadline_s is not None and self._session.clock.now() >= self._deadline_s:
            raise JobTimeout(f"the load isn't done after {self._options.timeout_s} s", job_id="")

    def _go_on(self) -> None:
        """Raise where the load is given up: threads can't be cancelled."""
        if self._abandoned:
            raise Abandoned


def _next(groups: Iterator[Group]) -> Group | None:
    return next(groups, None)


def _in_doubt(error: Exception) -> bool:
    """Whether rows may have been saved by a request that ended so."""
    if isinstance(error, TransportError):
        return error.sent
    return isinstance(error, ServerUnavailable | DecodeError | IntegrityError)


def _deleted_before(result: CollectionResult) -> CollectionResult:
    """The result of a delete whose earlier answer got lost: a record that is gone was deleted by that."""
    result.success = result.success or any(error.status_code == _GONE for error in result.errors)
    return result


def _outcome(number: int, row: SavedRow, attempt: int) -> Outcome:
    if row.success:
        return Outcome(number, Kind.CREATED if row.created else Kind.UPDATED, row.id, "", attempt)
    first = row.errors[0] if row.errors else None
    text = f"{first.error_code}:{first.message}:{' '.join(first.fields)} --" if first else "not saved: no reason given"
    return Outcome(number, Kind.FAILED, row.id, text, attempt)
