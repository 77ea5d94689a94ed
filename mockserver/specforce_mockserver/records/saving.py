"""The way of a batch into its table: what it may set, what the org fills in, what it is held to, what follows.

The order is Salesforce's: the caller's rights and the defaults, triggers before the save, the rules of fields,
validation and duplicate rules, assignment, the save itself, triggers after it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce_mockserver.permissions.enforcement import Enforcement
from specforce_mockserver.records import checks, defaults, files, references, results
from specforce_mockserver.records.batch import ABSENT
from specforce_mockserver.records.deletes import Deletion
from specforce_mockserver.records.derive import derive
from specforce_mockserver.records.lookup import whole_rows
from specforce_mockserver.records.matching import addressed
from specforce_mockserver.records.pictures import keep_pictures
from specforce_mockserver.records.results import RowError, RowResult
from specforce_mockserver.records.unique import check_unique
from specforce_mockserver.records.write import insert_rows, update_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from specforce_mockserver.permissions.access import Right
    from specforce_mockserver.records.batch import Batch
    from specforce_mockserver.records.options import SaveOptions
    from specforce_mockserver.records.services import Services
    from specforce_mockserver.schema import Field, SObjectType
    from specforce_mockserver.triggers.firing import Firing

AUDIT_FIELDS = frozenset({*defaults.CREATED, *defaults.MODIFIED, "IsDeleted"})


class Saving:
    """Saves and deletes rows of one object for one user, inside a transaction of the caller's.

    Args:
        services: the org's parts.
        firing: calls the org's triggers.
        user_id: whose doing it is.
        options: what the request says about saving.

    Raises:
        RefusedByTriggerError: from every method; triggers refused rows, and what was done has to be undone.
    """

    def __init__(self, services: Services, firing: Firing, user_id: str, options: SaveOptions) -> None:
        self._services = services
        self._connection = services.database.writer
        self._firing = firing
        self._user_id = user_id
        self._options = options
        permissions = services.permissions
        access = None if options.system_mode else permissions.of(user_id)
        self._rights = Enforcement(permissions, services.schema, self._connection, access)

    def insert(self, batch: Batch) -> list[RowResult]:
        """Insert every row that no rule refuses."""
        connection, counters = self._connection, self._services.counters
        for row, _value in batch.given("Id"):
            batch.fail(row, results.ID_IN_INSERT)
        audit = AUDIT_FIELDS if self._options.with_audit_fields else frozenset[str]()
        self._admit(batch, "create", lambda field: field.createable or field.name in audit)
        defaults.fill_defaults(batch, self._user_id)
        references.resolve_links(connection, batch)
        self._firing.before_save(batch, "insert", {})
        self._check(batch, on_insert=True)
        ids = counters.new_ids(batch.sobject.key_prefix or "000", batch.size)
        check_unique(connection, batch, ids)
        self._judge(batch, ids)
        accepted = [row for row in range(batch.size) if row not in batch.errors]
        kept = batch.subset(accepted)
        kept_ids = ids if kept is batch else [ids[row] for row in accepted]
        if accepted:
            self._fill_in(kept, kept_ids)
            self._insert_rows(kept, kept_ids, audit)
            self._firing.after_save(batch.sobject, "insert", dict(zip(kept_ids, accepted, strict=True)), {})
        if not batch.errors:
            return [RowResult(record_id, True) for record_id in kept_ids]
        errors = batch.errors
        return [
            RowResult(None, False, errors[row]) if row in errors else RowResult(record_id, True)
            for row, record_id in enumerate(ids)
        ]

    def _admit(self, batch: Batch, right: Right, allowed: Callable[[Field], bool]) -> None:
        """Hold rows to the caller's rights; from then on they are of the object as the org has it."""
        sobject = batch.sobject
        self._rights.check_object(sobject, right, range(batch.size), batch.errors)
        checks.check_writable(batch, lambda field: allowed(field) and self._rights.may_write(sobject, field))
        batch.sobject = self._services.schema[sobject.name]

    def _check(self, batch: Batch, *, on_insert: bool) -> None:
        """Hold rows to the rules of their fields."""
        checks.check_required(batch, on_insert=on_insert)
        checks.check_values(batch)
        references.check_references(self._connection, self._services.schema, batch)
        self._rights.check_references(batch)

    def _judge(self, batch: Batch, ids: Sequence[str | None]) -> None:
        """Hold rows that keep the rules of their fields to those of the org; the owner may change."""
        self._services.validation.check(self._connection, batch, ids)
        self._services.duplicates.check(self._connection, batch, ids, self._options)
        self._services.assignment.assign(self._connection, batch, ids, wanted=self._options.assignment_rule)

    def _fill_in(self, kept: Batch, ids: list[str]) -> None:
        """What the org itself writes into new records."""
        defaults.number(kept, self._services.counters)
        defaults.name_from_id(kept, ids)
        defaults.compose_names(self._connection, kept, ids, on_insert=True)
        derive(kept)
        keep_pictures(kept, ids, self._services.database, self._services.counters)

    def _insert_rows(self, kept: Batch, ids: list[str], audit: frozenset[str]) -> None:
        now = self._services.clock.stored_now()
        names = (*defaults.CREATED, *defaults.MODIFIED)
        constants = defaults.system_values(kept.sobject, names, now, self._user_id)
        for name in audit & kept.columns.keys() & constants.keys():
            constant = constants.pop(name)
            kept.columns[name] = [constant if value is ABSENT else value for value in kept.columns[name]]
        if kept.sobject.name == files.VERSION:
            files.publish(self._connection, self._services.schema, kept, ids, self._services.counters, now=now)
        insert_rows(self._connection, kept, ids, constants)

    def update(self, batch: Batch) -> list[RowResult]:
        """Change the records that the rows' Ids name."""
        connection = self._connection
        given = batch.columns.pop("Id", [None] * batch.size)
        self._admit(batch, "edit", lambda field: field.updateable)
        sobject = batch.sobject
        ids = addressed(connection, sobject, given, batch.errors)
        self._rights.check_rows(sobject, ids, batch.errors)
        references.resolve_links(connection, batch)
        _no_null_booleans(batch)
        before = self._before(sobject, "update", [each for row, each in enumerate(ids) if row not in batch.errors])
        self._firing.before_save(batch, "update", before, ids)
        self._check(batch, on_insert=False)
        check_unique(connection, batch, ids)
        self._judge(batch, ids)
        accepted = [row for row in range(batch.size) if row not in batch.errors]
        kept = batch.subset(accepted)
        kept_ids = [record_id for row in accepted if (record_id := ids[row]) is not None]
        if accepted:
            defaults.compose_names(connection, kept, kept_ids, on_insert=False)
            derive(kept)
            keep_pictures(kept, kept_ids, self._services.database, self._services.counters)
            now = self._services.clock.stored_now()
            constants = defaults.system_values(sobject, defaults.MODIFIED, now, self._user_id)
            update_rows(connection, kept, kept_ids, constants)
            self._firing.after_save(sobject, "update", dict(zip(kept_ids, accepted, strict=True)), before)
        return [RowResult(record_id, False, batch.errors.get(row)) for row, record_id in enumerate(ids)]

    def delete(
        self, sobject: SObjectType, given: Sequence[str | None], errors: dict[int, RowError], *, hard: bool
    ) -> list[RowResult]:
        """Delete records by their Ids; rows that are in `errors` stay."""
        sobject = self._services.schema[sobject.name]
        self._rights.check_object(sobject, "delete", range(len(given)), errors)
        ids = addressed(self._connection, sobject, list(given), errors)
        self._rights.check_rows(sobject, ids, errors)
        live = {record_id: row for row, record_id in enumerate(ids) if record_id is not None and row not in errors}
        before = self._before(sobject, "delete", list(live))
        self._firing.before_delete(sobject, live, before)
        deletion = Deletion(
            self._connection,
            self._services.schema,
            now=self._services.clock.stored_now(),
            user_id=self._user_id,
            hard=hard,
        )
        refused = deletion.run(sobject, list(live))
        gone = {record_id: row for record_id, row in live.items() if record_id not in refused}
        self._firing.after_delete(sobject, gone, before)
        return [
            RowResult(record_id, False, errors.get(row) or refused.get(record_id or ""))
            for row, record_id in enumerate(ids)
        ]

    def _before(self, sobject: SObjectType, operation: str, ids: Sequence[str | None]) -> dict[str, dict[str, object]]:
        """The records as they are, where triggers will ask."""
        if not self._services.triggers.any_of(sobject.name, operation):
            return {}
        return whole_rows(self._connection, sobject, (each for each in ids if each is not None))


def _no_null_booleans(batch: Batch) -> None:
    for field in batch.sobject.columns:
        if field.type == "boolean" and field.name in batch.columns:
            batch.columns[field.name] = [0 if value is None else value for value in batch.columns[field.name]]
