"""`org.records`: insert, update, upsert and delete of whole batches, for REST and Bulk alike.

Promises: one result per row, in the order of the rows; a refused row changes nothing; with `all_or_none` one
refused row undoes the call. A call is one transaction, or one savepoint of the caller's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce_mockserver.ids import to_18
from specforce_mockserver.records import checks, defaults, files, references, results
from specforce_mockserver.records.batch import ABSENT, Batch, Column
from specforce_mockserver.records.deletes import Deletion
from specforce_mockserver.records.derive import derive
from specforce_mockserver.records.lookup import ids_by_value, match_key, rows_by_id
from specforce_mockserver.records.results import RowError, RowResult
from specforce_mockserver.records.transactions import together
from specforce_mockserver.records.unique import check_unique
from specforce_mockserver.records.write import insert_rows, update_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from specforce_mockserver.clock import Clock
    from specforce_mockserver.counters import Counters
    from specforce_mockserver.database import Database
    from specforce_mockserver.schema import Field, Schema, SObjectType


class Records:
    """The records of one org."""

    def __init__(self, database: Database, schema: Schema, clock: Clock, counters: Counters) -> None:
        self._database = database
        self._schema = schema
        self._clock = clock
        self._counters = counters

    def insert(
        self, batch: Batch, *, user_id: str, all_or_none: bool = False, with_audit_fields: bool = False
    ) -> list[RowResult]:
        """Insert every row.

        Args:
            batch: the rows.
            user_id: whose doing it is.
            all_or_none: whether one refused row undoes the call.
            with_audit_fields: whether rows may say themselves when and by whom they were made and changed.
        """
        return self._all_or_none(
            lambda: self._insert(batch, user_id, with_audit_fields=with_audit_fields), all_or_none=all_or_none
        )

    def update(self, batch: Batch, *, user_id: str, all_or_none: bool = False) -> list[RowResult]:
        """Update the records that the rows' `Id` names."""
        return self._all_or_none(lambda: self._update(batch, user_id), all_or_none=all_or_none)

    def upsert(self, batch: Batch, key: Field, *, user_id: str, all_or_none: bool = False) -> list[RowResult]:
        """Update the records that have a row's value of `key`, insert the rest."""
        return self._all_or_none(lambda: self._upsert(batch, key, user_id), all_or_none=all_or_none)

    def delete(
        self,
        sobject: SObjectType,
        ids: Sequence[str | None],
        *,
        user_id: str,
        hard: bool = False,
        all_or_none: bool = False,
    ) -> list[RowResult]:
        """Delete records by Id (15 or 18 characters), for good when `hard`."""
        return self._all_or_none(
            lambda: self._delete(sobject, ids, user_id=user_id, hard=hard), all_or_none=all_or_none
        )

    def _all_or_none(self, work: Callable[[], list[RowResult]], *, all_or_none: bool) -> list[RowResult]:
        return together(self._database, work, all_or_none=all_or_none)

    def _insert(self, batch: Batch, user_id: str, *, with_audit_fields: bool = False) -> list[RowResult]:
        connection = self._database.writer
        sobject = batch.sobject
        prefix = sobject.key_prefix or "000"
        for row, _value in batch.given("Id"):
            batch.fail(row, results.ID_IN_INSERT)
        audit = {*defaults.CREATED, *defaults.MODIFIED, "IsDeleted"} if with_audit_fields else set[str]()
        checks.check_writable(batch, lambda field: field.createable or field.name in audit)
        defaults.fill_defaults(batch, user_id)
        references.resolve_links(connection, batch)
        checks.check_required(batch, on_insert=True)
        checks.check_values(batch)
        references.check_references(connection, self._schema, batch)
        ids = self._counters.new_ids(prefix, batch.size)
        check_unique(connection, batch, ids)
        accepted = [row for row in range(batch.size) if row not in batch.errors]
        kept = batch.subset(accepted)
        kept_ids = ids if kept is batch else [ids[row] for row in accepted]
        if accepted:
            defaults.number(kept, self._counters)
            defaults.name_from_id(kept, kept_ids)
            defaults.compose_names(connection, kept, kept_ids, on_insert=True)
            derive(kept)
            names = (*defaults.CREATED, *defaults.MODIFIED)
            constants = defaults.system_values(sobject, names, self._clock.stored_now(), user_id)
            for name in audit & kept.columns.keys() & constants.keys():
                constant = constants.pop(name)
                kept.columns[name] = [constant if value is ABSENT else value for value in kept.columns[name]]
            if sobject.name == files.VERSION:
                files.publish(connection, self._schema, kept, kept_ids, self._counters, now=self._clock.stored_now())
            insert_rows(connection, kept, kept_ids, constants)
        if not batch.errors:
            return [RowResult(record_id, True) for record_id in kept_ids]
        errors = batch.errors
        return [
            RowResult(None, False, errors[row]) if row in errors else RowResult(record_id, True)
            for row, record_id in enumerate(ids)
        ]

    def _update(self, batch: Batch, user_id: str) -> list[RowResult]:
        connection = self._database.writer
        ids = self._addressed(batch.sobject, batch.columns.pop("Id", [None] * batch.size), batch.errors)
        checks.check_writable(batch, lambda field: field.updateable)
        references.resolve_links(connection, batch)
        _no_null_booleans(batch)
        checks.check_required(batch, on_insert=False)
        checks.check_values(batch)
        references.check_references(connection, self._schema, batch)
        check_unique(connection, batch, ids)
        accepted = [row for row in range(batch.size) if row not in batch.errors]
        kept = batch.subset(accepted)
        kept_ids = [record_id for row in accepted if (record_id := ids[row]) is not None]
        if accepted:
            defaults.compose_names(connection, kept, kept_ids, on_insert=False)
            derive(kept)
            constants = defaults.system_values(batch.sobject, defaults.MODIFIED, self._clock.stored_now(), user_id)
            update_rows(connection, kept, kept_ids, constants)
        return [RowResult(record_id, False, batch.errors.get(row)) for row, record_id in enumerate(ids)]

    def _addressed(self, sobject: SObjectType, given: Column, errors: dict[int, RowError]) -> list[str | None]:
        """The Ids of the rows' records; rows whose Id is missing, malformed, unknown or deleted are failed."""
        ids: list[str | None] = []
        for row, text in enumerate(given):
            record_id = to_18(text) if isinstance(text, str) else None
            if record_id is not None and record_id.startswith(sobject.key_prefix or ""):
                ids.append(record_id)
                continue
            ids.append(None)
            missing = not isinstance(text, str)
            errors.setdefault(row, results.ID_MISSING if missing else results.malformed_row_id(sobject, text))
        wanted = (each for each in ids if each is not None)
        known = rows_by_id(self._database.writer, sobject, wanted, ("IsDeleted",))
        for row, record_id in enumerate(ids):
            if record_id is None:
                continue
            found = known.get(record_id)
            if found is None:
                errors.setdefault(row, results.unknown_id())
            elif found[0]:
                errors.setdefault(row, results.ENTITY_IS_DELETED)
        return ids

    def _upsert(self, batch: Batch, key: Field, user_id: str) -> list[RowResult]:
        matches = self._match(batch, key)
        rows_new = [row for row in range(batch.size) if row not in matches and row not in batch.errors]
        rows_old = [row for row in range(batch.size) if row in matches and row not in batch.errors]
        merged = {row: RowResult(matches.get(row), False, error) for row, error in batch.errors.items()}
        new, old = _parted(batch, rows_new), _parted(batch, rows_old)
        if rows_new:
            new.columns.pop("Id", None)
            merged.update(zip(rows_new, self._insert(new, user_id), strict=True))
        if rows_old:
            if key.type != "id":
                old.columns.pop(key.name, None)
            old.columns["Id"] = [matches[row] for row in rows_old]
            merged.update(zip(rows_old, self._update(old, user_id), strict=True))
        return [merged[row] for row in range(batch.size)]

    def _match(self, batch: Batch, key: Field) -> dict[int, str]:
        """Which rows have a record already; rows whose key is missing, repeated or ambiguous are failed."""
        column = batch.columns.get(key.name, [ABSENT] * batch.size)
        if key.type == "id":
            return {row: value for row, value in enumerate(column) if isinstance(value, str)}
        rows_by_key: dict[object, list[int]] = {}
        for row, value in enumerate(column):
            if value is None or value is ABSENT:
                batch.fail(row, results.external_id_missing(key))
            else:
                rows_by_key.setdefault(match_key(key, value), []).append(row)
        for rows in rows_by_key.values():
            for row in rows if len(rows) > 1 else ():
                batch.fail(row, results.duplicate_in_call(column[row]))
        wanted = (column[rows[0]] for rows in rows_by_key.values())
        matches: dict[int, str] = {}
        for match, ids in ids_by_value(self._database.writer, batch.sobject, key, wanted).items():
            for row in rows_by_key.get(match, ()):
                if len(ids) > 1:
                    batch.fail(row, results.ambiguous(ids))
                matches[row] = ids[0]
        return matches

    def _delete(
        self, sobject: SObjectType, given: Sequence[str | None], *, user_id: str, hard: bool
    ) -> list[RowResult]:
        errors: dict[int, RowError] = {}
        ids = self._addressed(sobject, list(given), errors)
        live = [record_id for row, record_id in enumerate(ids) if record_id is not None and row not in errors]
        deletion = Deletion(
            self._database.writer, self._schema, now=self._clock.stored_now(), user_id=user_id, hard=hard
        )
        refused = deletion.run(sobject, live)
        return [
            RowResult(record_id, False, errors.get(row) or refused.get(record_id or ""))
            for row, record_id in enumerate(ids)
        ]


def _no_null_booleans(batch: Batch) -> None:
    for field in batch.sobject.columns:
        if field.type == "boolean" and field.name in batch.columns:
            batch.columns[field.name] = [0 if value is None else value for value in batch.columns[field.name]]


def _parted(batch: Batch, rows: list[int]) -> Batch:
    """Some rows of a batch, with columns and errors that the batch doesn't share."""
    part = batch.subset(rows)
    if part is not batch:
        return part
    return Batch(batch.sobject, batch.size, dict(batch.columns), list(batch.links), dict(batch.errors))
