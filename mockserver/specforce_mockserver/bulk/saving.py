"""One transaction of an ingest job: its rows go to the org's records, its result rows come back.

Source: reference/bulk_v2.md section 4.
"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from specforce_mockserver.bulk.results import error_text
from specforce_mockserver.records import SaveOptions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from specforce_mockserver.bulk.header import Header
    from specforce_mockserver.bulk.job import IngestJob
    from specforce_mockserver.bulk.rows import RowBatch
    from specforce_mockserver.org import Org
    from specforce_mockserver.records import Batch, RowResult
    from specforce_mockserver.records.store import Records
    from specforce_mockserver.schema import SObjectType

# From this version on, failed rows carry the Id of the record where it is known (reference/bulk_v2.md section 4).
FAILED_IDS_SINCE: Final = 53.0


class Saved(NamedTuple):
    """What became of a transaction's rows, in the form of the result files, and how long saving took."""

    successful: list[list[str]]
    failed: list[list[str]]
    active_ms: float


class Saving:
    """Saves the rows of one job.

    Args:
        org: whose records are written.
        job: whose rows they are.
        header: what the columns mean.
    """

    def __init__(self, org: Org, job: IngestJob, header: Header) -> None:
        self._records = org.records
        self._job = job
        self._plan = header.plan
        self._names = header.names
        self._shows_failed_ids = float(job.api_version) >= FAILED_IDS_SINCE

    def save(self, transaction: RowBatch) -> Saved:
        """Save the rows of one transaction."""
        refused = transaction.faults | self._refused_by_rules(transaction.rows)
        failed = [["", fault, *transaction.rows[place]] for place, fault in sorted(refused.items())]
        rows = [row for place, row in enumerate(transaction.rows) if place not in refused]
        begun_s = time.perf_counter()
        results = self._write(rows) if rows else []
        active_ms = (time.perf_counter() - begun_s) * 1000
        successful: list[list[str]] = []
        for row, result in zip(rows, results, strict=True):
            if result.error is None:
                successful.append([result.id or "", "true" if result.created else "false", *row])
            else:
                known = result.id if self._shows_failed_ids else None
                failed.append([known or "", error_text(result.error), *row])
        return Saved(successful, failed, active_ms)

    def _write(self, rows: Sequence[Sequence[str]]) -> list[RowResult]:
        """Carry out the job's operation."""
        return carry_out(
            self._records,
            self._job.operation,
            self._plan.sobject,
            batch=lambda: self._plan.batch(rows),
            ids=lambda: [row[0] or None for row in rows],
            external_id_field=self._job.external_id_field,
            user_id=self._job.created_by_id,
            assignment_rule=self._job.assignment_rule_id,
        )

    def _refused_by_rules(self, rows: Sequence[Sequence[str]]) -> dict[int, str]:
        """The rows that a test wants refused."""
        refused: dict[int, str] = {}
        first = self._job.records_processed
        for rule in self._job.behaviour.row_rules:
            for place, row in enumerate(rows):
                if rule.refuses(first + place, partial(self._cell, row)):
                    refused.setdefault(place, error_text(rule.error))
        return refused

    def _cell(self, row: Sequence[str], column: str) -> str | None:
        return row[self._names.index(column)] if column in self._names else None


def carry_out(
    records: Records,
    operation: str,
    sobject: SObjectType,
    *,
    batch: Callable[[], Batch],
    ids: Callable[[], list[str | None]],
    external_id_field: str | None,
    user_id: str,
    assignment_rule: str | None,
) -> list[RowResult]:
    """Save or delete some rows.

    Args:
        records: the org's.
        operation: the job's.
        sobject: the job's object.
        batch: makes the rows to save; not called for deletes.
        ids: finds the ids to delete; called for deletes only.
        external_id_field: what an upsert matches by; `Id` without.
        user_id: who saves.
        assignment_rule: the Id of the assignment rule to run.

    Raises:
        LookupError: the job was made with an operation or a field that there isn't.
    """
    options = SaveOptions(assignment_rule=assignment_rule or False)
    match operation:
        case "insert":
            return records.insert(batch(), user_id=user_id, options=options)
        case "update":
            return records.update(batch(), user_id=user_id, options=options)
        case "upsert":
            key = sobject.field(external_id_field or "Id")
            if key is None:
                message = f"the job was made with an external id field that is none: {external_id_field}"
                raise LookupError(message)
            return records.upsert(batch(), key, user_id=user_id, options=options)
        case "delete" | "hardDelete":
            return records.delete(sobject, ids(), user_id=user_id, hard=operation == "hardDelete")
        case other:
            message = f"no rule for the operation {other}"
            raise LookupError(message)
