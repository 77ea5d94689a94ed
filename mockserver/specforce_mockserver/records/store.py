"""`org.records`: insert, update, upsert and delete of whole batches, for every protocol alike.

Promises: one result per row, in the order of the rows; a refused row changes nothing; with `all_or_none` one
refused row undoes the call. A call is one transaction, or one savepoint of the caller's. Where an object has triggers,
rows go in chunks of 200, and a chunk is tried again without the rows that its triggers refused.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from specforce_mockserver.ids import short
from specforce_mockserver.records.batch import Batch
from specforce_mockserver.records.matching import matched
from specforce_mockserver.records.options import DEFAULTS, SaveOptions
from specforce_mockserver.records.planned import planned_refusals, refuse_planned
from specforce_mockserver.records.results import RowError, RowResult
from specforce_mockserver.records.saving import Saving
from specforce_mockserver.records.transactions import together
from specforce_mockserver.triggers.firing import Firing, RefusedByTriggerError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from specforce_mockserver.records.services import Services
    from specforce_mockserver.schema import Field, SObjectType

CHUNK_ROWS: Final = 200


class Records:
    """The records of one org."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._firing = Firing(services, self)

    def insert(
        self,
        batch: Batch,
        *,
        user_id: str,
        all_or_none: bool = False,
        options: SaveOptions = DEFAULTS,
    ) -> list[RowResult]:
        """Insert every row.

        Args:
            batch: the rows.
            user_id: whose doing it is.
            all_or_none: whether one refused row undoes the call.
            options: what else the request says about saving.
        """
        return self._together(lambda: self._insert(batch, user_id, options), all_or_none=all_or_none)

    def update(
        self, batch: Batch, *, user_id: str, all_or_none: bool = False, options: SaveOptions = DEFAULTS
    ) -> list[RowResult]:
        """Update the records that the rows' `Id` names."""
        return self._together(lambda: self._update(batch, user_id, options), all_or_none=all_or_none)

    def upsert(
        self, batch: Batch, key: Field, *, user_id: str, all_or_none: bool = False, options: SaveOptions = DEFAULTS
    ) -> list[RowResult]:
        """Update the records that have a row's value of `key`, insert the rest."""
        return self._together(lambda: self._upsert(batch, key, user_id, options), all_or_none=all_or_none)

    def delete(
        self,
        sobject: SObjectType,
        ids: Sequence[str | None],
        *,
        user_id: str,
        hard: bool = False,
        all_or_none: bool = False,
        options: SaveOptions = DEFAULTS,
    ) -> list[RowResult]:
        """Delete records by Id (15 or 18 characters), for good when `hard`."""
        return self._together(lambda: self._delete(sobject, ids, user_id, options, hard=hard), all_or_none=all_or_none)

    def undeleted(self, sobject: SObjectType, ids: Sequence[str], *, user_id: str) -> RowError | None:
        """Let triggers know of records that came back; why they can't, where a trigger refuses one."""
        try:
            self._firing.after_undelete(sobject, ids, user_id)
        except RefusedByTriggerError as refused:
            return next(iter(refused.errors.values()))
        return None

    def _together(self, work: Callable[[], list[RowResult]], *, all_or_none: bool) -> list[RowResult]:
        return together(self._services.database, work, all_or_none=all_or_none)

    def _saving(self, user_id: str, options: SaveOptions) -> Saving:
        return Saving(self._services, self._firing.by(user_id), user_id, options)

    def _insert(self, batch: Batch, user_id: str, options: SaveOptions) -> list[RowResult]:
        if not options.with_audit_fields:
            refuse_planned(self._services, batch, "insert", user_id)
        return self._in_chunks(batch, "insert", self._saving(user_id, options).insert)

    def _update(self, batch: Batch, user_id: str, options: SaveOptions) -> list[RowResult]:
        refuse_planned(self._services, batch, "update", user_id)
        update = self._saving(user_id, options).update
        rounds = _rounds(batch.columns.get("Id", ()))
        if len(rounds) < 2:
            return self._in_chunks(batch, "update", update)
        return [result for rows in rounds for result in self._in_chunks(_parted(batch, rows), "update", update)]

    def _upsert(self, batch: Batch, key: Field, user_id: str, options: SaveOptions) -> list[RowResult]:
        matches = matched(self._services.database.writer, batch, key)
        rows_new = [row for row in range(batch.size) if row not in matches and row not in batch.errors]
        rows_old = [row for row in range(batch.size) if row in matches and row not in batch.errors]
        merged = {row: RowResult(matches.get(row), False, error) for row, error in batch.errors.items()}
        new, old = _parted(batch, rows_new), _parted(batch, rows_old)
        if rows_new:
            new.columns.pop("Id", None)
            merged.update(zip(rows_new, self._insert(new, user_id, options), strict=True))
        if rows_old:
            if key.type != "id":
                old.columns.pop(key.name, None)
            old.columns["Id"] = [matches[row] for row in rows_old]
            merged.update(zip(rows_old, self._update(old, user_id, options), strict=True))
        return [merged[row] for row in range(batch.size)]

    def _delete(
        self, sobject: SObjectType, ids: Sequence[str | None], user_id: str, options: SaveOptions, *, hard: bool
    ) -> list[RowResult]:
        saving = self._saving(user_id, options)
        refused = planned_refusals(self._services, sobject, ids, user_id)
        if not self._services.triggers.any_of(sobject.name, "delete"):
            return saving.delete(sobject, ids, refused, hard=hard)
        done: list[RowResult] = []
        for start in range(0, len(ids), CHUNK_ROWS):
            chunk = range(start, min(start + CHUNK_ROWS, len(ids)))
            work = partial(saving.delete, sobject, ids[chunk.start : chunk.stop], hard=hard)
            done += self._tried(work, {row - start: refused[row] for row in chunk if row in refused})
        return done

    def _in_chunks(self, batch: Batch, operation: str, work: Callable[[Batch], list[RowResult]]) -> list[RowResult]:
        """Save a batch; in chunks, each tried until its triggers accept what is left, where there are triggers."""
        if not self._services.triggers.any_of(batch.sobject.name, operation):
            return work(batch)
        done: list[RowResult] = []
        for start in range(0, batch.size, CHUNK_ROWS):
            part = _parted(batch, list(range(start, min(start + CHUNK_ROWS, batch.size))))
            done += self._tried(partial(_on_copy, work, part), part.errors)
        return done

    def _tried(
        self, work: Callable[[dict[int, RowError]], list[RowResult]], errors: dict[int, RowError]
    ) -> list[RowResult]:
        """Do something until no trigger refuses a row any more; each time, refused rows join `errors`."""
        while True:
            try:
                with self._services.database.write():
                    return work(dict(errors))
            except RefusedByTriggerError as refused:
                if refused.errors.keys() <= errors.keys():
                    raise
                errors.update({row: error for row, error in refused.errors.items() if row not in errors})


def _rounds(ids: Sequence[object]) -> list[list[int]]:
    """Rows in runs in which no record is there twice, so that each row finds what those before it left."""
    rounds: list[list[int]] = []
    seen: set[str] = set()
    for row, record_id in enumerate(ids):
        key = short(record_id) if isinstance(record_id, str) else ""
        if not rounds or (key and key in seen):
            rounds.append([])
            seen.clear()
        rounds[-1].append(row)
        seen.add(key)
    return rounds


def _on_copy(work: Callable[[Batch], list[RowResult]], batch: Batch, errors: dict[int, RowError]) -> list[RowResult]:
    """Do something to a copy of a batch, with other errors."""
    columns = {name: list(column) for name, column in batch.columns.items()}
    return work(Batch(batch.sobject, batch.size, columns, list(batch.links), errors))


def _parted(batch: Batch, rows: list[int]) -> Batch:
    """Some rows of a batch, with columns and errors that the batch doesn't share."""
    part = batch.subset(rows)
    if part is not batch:
        return part
    return Batch(batch.sobject, batch.size, dict(batch.columns), list(batch.links), dict(batch.errors))
