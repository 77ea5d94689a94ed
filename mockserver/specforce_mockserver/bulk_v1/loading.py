"""The work of a load's batch: read it, save its records transaction by transaction, say of each what became of it.

Promises: results are in the order of the batch; records that were saved stay saved whatever happens to the batch. A
transaction is 200 records. Source: reference/bulk_v1.md sections 3, 4 and 7.
"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from specforce_mockserver.bulk.failure import JobFailure
from specforce_mockserver.bulk.ingest import TRANSACTION_ROWS
from specforce_mockserver.bulk.saving import FAILED_IDS_SINCE, carry_out
from specforce_mockserver.bulk_v1.outcomes import write_outcomes
from specforce_mockserver.bulk_v1.payloads import read_payload
from specforce_mockserver.records import RowResult

if TYPE_CHECKING:
    from collections.abc import Callable

    from specforce_mockserver.bulk_v1.job import Batch
    from specforce_mockserver.bulk_v1.payloads import Payload
    from specforce_mockserver.org import Org
    from specforce_mockserver.records.results import RowError


class LoadWork:
    """The work of one batch.

    Args:
        org: whose records are written.
        batch: the batch.
        step_records: how many records a step takes.
        then: called when it is over, so that the next batch may begin.
    """

    def __init__(self, org: Org, batch: Batch, *, step_records: int, then: Callable[[], None]) -> None:
        self._org = org
        self._batch = batch
        self._step_records = step_records
        self._then = then
        self._payload: Payload | None = None
        self._results: list[RowResult] = []

    def step(self) -> bool:
        """Save some records; the first step reads them all before."""
        batch = self._batch
        if self._payload is None:
            self._payload = read_payload(self._org.schema, batch.owner, batch.request.read_bytes())
        goal = min(len(self._results) + self._step_records, self._payload.size)
        while batch.state == "InProgress" and len(self._results) < goal:
            self._fail_if_told()
            self._save(self._payload, goal)
        more = len(self._results) < self._payload.size
        if not more:
            self._fail_if_told()
        return more

    def settle(self) -> None:
        """Write the results."""
        left_out = self._batch.behaviour.truncate_results
        write_outcomes(self._batch.outcomes, self._batch.owner, self._results[: len(self._results) - left_out])
        self._then()

    def _save(self, payload: Payload, goal: int) -> None:
        """Save one transaction."""
        batch, first = self._batch, len(self._results)
        last = min(first + TRANSACTION_ROWS, goal)
        if batch.behaviour.fail_message is not None:
            last = min(last, batch.behaviour.fail_after_records)
        places = range(first, last)
        refused = {place: payload.faults[place] for place in places if place in payload.faults}
        refused |= self._refused_by_rules(payload, places)
        tried = [place for place in places if place not in refused]
        begun_s = time.perf_counter()
        saved = self._carry_out(payload, tried) if tried else []
        active_ms = (time.perf_counter() - begun_s) * 1000
        results = dict(zip(tried, saved, strict=True)) | {
            place: RowResult(None, error=error) for place, error in refused.items()
        }
        shows_ids = float(batch.api_version) >= FAILED_IDS_SINCE
        for place in places:
            found = results[place]
            self._results.append(found if found.success or shows_ids else found._replace(id=None))
        with batch.changed:
            batch.records_processed += len(places)
            batch.records_failed += sum(not results[place].success for place in places)
            batch.active_ms += active_ms

    def _carry_out(self, payload: Payload, places: list[int]) -> list[RowResult]:
        owner = self._batch.owner
        return carry_out(
            self._org.records,
            owner.operation,
            self._org.schema[owner.object],
            batch=lambda: payload.rows(places),
            ids=lambda: [payload.record_id(place) for place in places],
            external_id_field=owner.external_id_field,
            user_id=owner.created_by_id,
            assignment_rule=owner.assignment_rule_id,
        )

    def _refused_by_rules(self, payload: Payload, places: range) -> dict[int, RowError]:
        """The records that a test wants refused."""
        refused: dict[int, RowError] = {}
        for rule in self._batch.behaviour.row_rules:
            for place in places:
                if rule.refuses(place, partial(payload.value, place)):
                    refused.setdefault(place, rule.error)
        return refused

    def _fail_if_told(self) -> None:
        """Fail where a test wants the batch to fail."""
        behaviour = self._batch.behaviour
        if behaviour.fail_message is not None and len(self._results) >= behaviour.fail_after_records:
            raise JobFailure(behaviour.fail_message)
