"""The recycle bin: records brought back, and deleted for good.

What went along with a record comes back with it, and references that its delete cleared point at it again, unless
they point elsewhere by now. A record that went along is brought back with the one that it went with, not alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce_mockserver.ids import to_18
from specforce_mockserver.permissions.enforcement import Enforcement
from specforce_mockserver.records.batch import Batch
from specforce_mockserver.records.defaults import MODIFIED, system_values
from specforce_mockserver.records.deletes import purge
from specforce_mockserver.records.lookup import quoted, rows_by_id
from specforce_mockserver.records.results import RowError, RowRefusedError, RowResult
from specforce_mockserver.records.side_effects import forget, noted, went_along
from specforce_mockserver.records.transactions import together
from specforce_mockserver.records.unique import check_unique
from specforce_mockserver.records.write import set_where_id

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence

    from specforce_mockserver.org import Org
    from specforce_mockserver.records.side_effects import Effect
    from specforce_mockserver.schema import SObjectType

    Work = Callable[[sqlite3.Connection, SObjectType, str, set[str]], RowError | None]

NOT_IN_BIN = RowError("UNDELETE_FAILED", "Entity is not in the recycle bin")  # [E]
MALFORMED = "MALFORMED_ID"


class RecycleBin:
    """The deleted records of one org.

    Args:
        org: whose records they are.
        user_id: whose doing it is.
    """

    def __init__(self, org: Org, user_id: str) -> None:
        self._services = services = org.services
        self._records = org.records
        self._user_id = user_id
        access = services.permissions.of(user_id)
        self._rights = Enforcement(services.permissions, services.schema, services.database.writer, access)

    def restore(self, ids: Sequence[str], *, all_or_none: bool = False) -> list[RowResult]:
        """Bring records back, of any objects; one that isn't in the bin, or whose unique value is taken, is refused."""
        return self._all(ids, self._restore, all_or_none=all_or_none)

    def remove(self, ids: Sequence[str]) -> list[RowResult]:
        """Delete records of the bin for good."""
        return self._all(ids, self._purge, all_or_none=False)

    def _all(self, ids: Sequence[str], work: Work, *, all_or_none: bool) -> list[RowResult]:
        """Do something to the records of the bin; what it does to a record's company, it does to that, too."""

        def act() -> list[RowResult]:
            found = [self._find(text) for text in ids]
            verdicts: dict[str, RowError | None] = {}
            company: set[str] = set()
            for record_id, sobject, error in found:
                if record_id not in verdicts:
                    verdicts[record_id] = error
                    if sobject is not None and error is None:
                        verdicts[record_id] = self._tried(work, sobject, record_id, company)
            return [
                RowResult(record_id, False, None if record_id in company else verdicts[record_id])
                for record_id, _sobject, _error in found
            ]

        return together(self._services.database, act, all_or_none=all_or_none)

    def _tried(self, work: Work, sobject: SObjectType, record_id: str, company: set[str]) -> RowError | None:
        """Do something to a record in a savepoint of its own."""
        try:
            with self._services.database.write() as writer:
                return work(writer, sobject, record_id, company)
        except RowRefusedError as refused:
            return refused.error

    def _find(self, text: str) -> tuple[str, SObjectType | None, RowError | None]:
        record_id = to_18(text)
        sobject = self._services.schema.by_id(record_id) if record_id is not None else None
        if record_id is None or sobject is None:
            return text, None, RowError(MALFORMED, f"malformed id {text}")
        reader = self._services.database.reader()
        known = rows_by_id(reader, sobject, [record_id], ("IsDeleted",))
        if record_id not in known or not known[record_id][0] or went_along(reader, record_id):
            return record_id, sobject, NOT_IN_BIN
        errors: dict[int, RowError] = {}
        self._rights.check_object(sobject, "delete", [0], errors)
        self._rights.check_rows(sobject, [record_id], errors)
        return record_id, sobject, errors.get(0)

    def _purge(
        self, writer: sqlite3.Connection, sobject: SObjectType, record_id: str, company: set[str]
    ) -> RowError | None:
        company.update(each.record_id for each in noted(writer, record_id) if not each.field)
        purge(writer, self._services.schema, sobject, record_id)
        return None

    def _restore(
        self, writer: sqlite3.Connection, sobject: SObjectType, record_id: str, company: set[str]
    ) -> RowError | None:
        effects = noted(writer, record_id)
        back: dict[str, list[str]] = {sobject.name: [record_id]}
        for effect in effects:
            child = self._services.schema.by_id(effect.record_id)
            if not effect.field and child is not None:
                back.setdefault(child.name, []).append(effect.record_id)
        for name, ids in back.items():
            error = self._taken(writer, self._services.schema[name], ids)
            if error is not None:
                return error
        for name, ids in back.items():
            restored = self._services.schema[name]
            stamps = system_values(restored, MODIFIED, self._services.clock.stored_now(), self._user_id)
            merged = {"MasterRecordId": None} if restored.field("MasterRecordId") is not None else {}
            set_where_id(writer, restored, ids, {"IsDeleted": 0, **merged, **stamps})
        for effect in effects:
            if effect.field:
                self._point_back(writer, effect)
        forget(writer, record_id)
        self._clear_dangling(writer, sobject, record_id)
        for name, ids in back.items():
            refused = self._records.undeleted(self._services.schema[name], ids, user_id=self._user_id)
            if refused is not None:
                raise RowRefusedError(refused)
        company.update(each.record_id for each in effects if not each.field)
        return None

    def _taken(self, writer: sqlite3.Connection, sobject: SObjectType, ids: Sequence[str]) -> RowError | None:
        """Why records can't come back: a unique value that another record has by now."""
        names = [each.name for each in sobject.columns if each.unique]
        if not names:
            return None
        rows = rows_by_id(writer, sobject, ids, names)
        found = [rows[each] for each in ids if each in rows]
        batch = Batch(sobject, len(found), {name: list(values) for name, *values in zip(names, *found, strict=True)})
        check_unique(writer, batch, [each for each in ids if each in rows])
        return next(iter(batch.errors.values()), None)

    def _point_back(self, writer: sqlite3.Connection, effect: Effect) -> None:
        """Give a reference its value again, where it has none."""
        child = self._services.schema.by_id(effect.record_id)
        if child is not None and child.field(effect.field) is not None:
            column = quoted(effect.field)
            statement = f"UPDATE {quoted(child.name)} SET {column} = ? WHERE Id = ? AND {column} IS NULL"  # noqa: S608
            writer.execute(statement, (effect.value, effect.record_id))

    def _clear_dangling(self, writer: sqlite3.Connection, sobject: SObjectType, record_id: str) -> None:
        """Clear the references of a record to what is deleted by now."""
        fields = [each.name for each in sobject.columns if each.type == "reference" and each.nillable]
        values = rows_by_id(writer, sobject, [record_id], fields)[record_id]
        for name, value in zip(fields, values, strict=True):
            target = self._services.schema.by_id(str(value)) if value is not None else None
            if target is not None and name != "MasterRecordId":
                found = rows_by_id(writer, target, [str(value)], ("IsDeleted",)).get(str(value))
                if found is None or found[0]:
                    set_where_id(writer, sobject, [record_id], {name: None})
