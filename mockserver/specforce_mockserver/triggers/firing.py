"""Calls triggers, and makes refusals of what they say and of what goes wrong in them.

Source: specs/reference/errors_and_limits.md section 3 (CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY), soap.md section 6.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from specforce_mockserver.records.batch import ABSENT, Batch
from specforce_mockserver.records.convert import json_column
from specforce_mockserver.records.lookup import whole_rows
from specforce_mockserver.records.results import RowError
from specforce_mockserver.triggers.context import Trigger, TriggerRecord
from specforce_mockserver.triggers.dml import Dml, DmlError
from specforce_mockserver.triggers.library import name_of
from specforce_mockserver.values import to_rest

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Mapping, Sequence

    from specforce_mockserver.records.services import Services
    from specforce_mockserver.records.store import Records
    from specforce_mockserver.schema import Field, SObjectType
    from specforce_mockserver.triggers.library import Hook

MAX_DEPTH: Final = 16
Stored = dict[str, Any]
Rows = dict[str, int]


class RefusedByTriggerError(Exception):
    """Triggers refused rows, by their number; everything since the chunk began has to be undone."""

    def __init__(self, errors: Mapping[int, RowError]) -> None:
        super().__init__(f"triggers refused {len(errors)} rows")
        self.errors = dict(errors)


class TooDeepError(Exception):
    """Triggers fired triggers too often. Text as Apex has it: [E]."""


class Firing:
    """Fires the triggers of one org."""

    def __init__(self, services: Services, records: Records, depth: list[int] | None = None, user_id: str = "") -> None:
        """Fire triggers.

        Args:
            services: the org's parts.
            records: its records, for what triggers save.
            depth: how many triggers are under way, shared by all that fire in one org; writers come one at a time.
            user_id: whose doing it is.
        """
        self._services = services
        self._records = records
        self._under_way = depth if depth is not None else []
        self._dml = Dml(services, records, user_id)

    def by(self, user_id: str) -> Firing:
        """The same, in a user's name."""
        return Firing(self._services, self._records, self._under_way, user_id)

    def before_save(
        self, batch: Batch, operation: str, before: Mapping[str, Stored], ids: Sequence[str | None] = ()
    ) -> None:
        """Let triggers change rows, or refuse them.

        Args:
            batch: the rows.
            operation: insert or update.
            before: the records as they are.
            ids: of the rows' records; none on insert.

        Raises:
            RefusedByTriggerError: they refuse some.
        """
        hooks = self._services.triggers.of(batch.sobject.name, f"before {operation}")
        rows = [row for row in range(batch.size) if row not in batch.errors] if hooks else []
        if rows:
            known = [before.get(ids[row] or "", {}) if ids else {} for row in rows]
            new = [_writable(batch, row, old) for row, old in zip(rows, known, strict=True)]
            olds = [_read_only(batch.sobject, old) for old in known] if ids else []
            self._run(hooks, Trigger(batch.sobject.name, f"before {operation}", new, olds, self._dml), rows)

    def after_save(self, sobject: SObjectType, operation: str, rows: Rows, before: Mapping[str, Stored]) -> None:
        """Tell triggers what was saved: the rows' numbers by Id.

        Raises:
            RefusedByTriggerError: they refuse some.
        """
        hooks = self._services.triggers.of(sobject.name, f"after {operation}")
        if hooks and rows:
            saved = whole_rows(self._services.database.writer, sobject, rows)
            new = [_read_only(sobject, saved[each]) for each in rows]
            old = [_read_only(sobject, before[each]) for each in rows if each in before]
            self._run(hooks, Trigger(sobject.name, f"after {operation}", new, old, self._dml), list(rows.values()))

    def before_delete(self, sobject: SObjectType, rows: Rows, before: Mapping[str, Stored]) -> None:
        """Let triggers refuse deletes: the rows' numbers by Id.

        Raises:
            RefusedByTriggerError: they refuse some.
        """
        self._deleting("before delete", sobject, rows, before)

    def after_delete(self, sobject: SObjectType, rows: Rows, before: Mapping[str, Stored]) -> None:
        """Tell triggers what was deleted: the rows' numbers by Id.

        Raises:
            RefusedByTriggerError: they refuse some.
        """
        self._deleting("after delete", sobject, rows, before)

    def _deleting(self, event: str, sobject: SObjectType, rows: Rows, before: Mapping[str, Stored]) -> None:
        hooks = self._services.triggers.of(sobject.name, event)
        if hooks and rows:
            old = [_read_only(sobject, before[each]) for each in rows]
            self._run(hooks, Trigger(sobject.name, event, [], old, self._dml), list(rows.values()))

    def after_undelete(self, sobject: SObjectType, ids: Sequence[str], user_id: str) -> None:
        """Tell triggers what came back.

        Raises:
            RefusedByTriggerError: they refuse some.
        """
        rows = {record_id: row for row, record_id in enumerate(ids)}
        self.by(user_id).after_save(sobject, "undelete", rows, {})

    def _run(self, hooks: Iterable[Hook], trigger: Trigger, rows: Sequence[int]) -> None:
        """Call the triggers of one event.

        Raises:
            RefusedByTriggerError: one raised an exception, or added errors to records.
        """
        for hook in hooks:
            try:
                with self._deeper():
                    hook(trigger)
            except Exception as error:
                refusal = _of_exception(name_of(hook), trigger.event, error)
                raise RefusedByTriggerError(dict.fromkeys(rows, refusal)) from error
        judged = trigger.new or trigger.old
        errors = {row: _of_errors(record) for row, record in zip(rows, judged, strict=True) if record.errors}
        if errors:
            raise RefusedByTriggerError(errors)

    @contextmanager
    def _deeper(self) -> Generator[None, None, None]:
        if len(self._under_way) == MAX_DEPTH:
            message = "Maximum trigger depth exceeded"
            raise TooDeepError(message)
        self._under_way.append(1)
        try:
            yield
        finally:
            self._under_way.pop()


def _of_exception(name: str, event: str, error: Exception) -> RowError:
    """A trigger went wrong, and none of its records is saved."""
    words = "".join(word.capitalize() for word in event.split())
    kind = "System.DmlException" if isinstance(error, DmlError | TooDeepError) else type(error).__name__
    message = f"{name}: execution of {words}\n\ncaused by: {kind}: {error}"
    return RowError("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", message)


def _of_errors(record: TriggerRecord) -> RowError:
    message, field = record.errors[0]
    return RowError("FIELD_CUSTOM_VALIDATION_EXCEPTION", message, (field,) if field else ())


def _shown(sobject: SObjectType) -> list[Field]:
    return [each for each in sobject.columns if each.type != "base64"]


def _as_json(field: Field, stored: Any) -> Any:
    show = to_rest(field)
    return stored if stored is None or show is None else show(stored)


def _read_only(sobject: SObjectType, stored: Stored) -> TriggerRecord:
    return TriggerRecord({each.name: _as_json(each, stored[each.name]) for each in _shown(sobject)}, None)


def _writable(batch: Batch, row: int, before: Stored) -> TriggerRecord:
    """A row that is about to be saved, over the record that it changes."""
    values: dict[str, Any] = {}
    for field in _shown(batch.sobject):
        column = batch.columns.get(field.name)
        stored = before.get(field.name) if column is None or column[row] is ABSENT else column[row]
        values[field.name] = _as_json(field, stored)

    def assign(name: str, value: Any) -> Any:
        field = batch.sobject.field(name)
        if field is None or not (field.createable or field.updateable):
            message = f"Field is not writeable: {batch.sobject.name}.{name}"
            raise TypeError(message)
        one = Batch(batch.sobject, 1)
        (stored,) = json_column(one, field, [value], (name,))
        if one.errors:
            raise ValueError(one.errors[0].message)
        batch.column(name)[row] = stored
        return _as_json(field, stored)

    return TriggerRecord(values, assign)
