"""What a user saves, held to the user's rights: to the object, to its fields, to the records and those they point at.

Source of the codes: specs/reference/errors_and_limits.md section 3. Each check costs nothing for an administrator.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from specforce_mockserver.ids import short
from specforce_mockserver.permissions.sharing import row_condition
from specforce_mockserver.records.lookup import ids_where
from specforce_mockserver.records.results import RowError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from specforce_mockserver.permissions.access import Right, UserAccess
    from specforce_mockserver.permissions.library import Permissions
    from specforce_mockserver.records.batch import Batch
    from specforce_mockserver.schema import Field, Schema, SObjectType

NO_ACCESS = RowError("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id")
LOCKED = RowError("ENTITY_IS_LOCKED", "This record is locked. If you need to edit it, contact your admin.")  # [E]


def no_cross_access(record_id: str) -> RowError:
    """A record that the user doesn't see."""
    message = f"insufficient access rights on cross-reference id: {short(record_id)}"
    return RowError("INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", message)


class Enforcement:
    """The rights of one user over what is saved.

    Args:
        permissions: the org's.
        schema: the org's.
        connection: the writer.
        access: the user's rights; None for an administrator.
    """

    def __init__(
        self, permissions: Permissions, schema: Schema, connection: sqlite3.Connection, access: UserAccess | None
    ) -> None:
        self._permissions = permissions
        self._schema = schema
        self._connection = connection
        self._access = access

    def check_object(
        self, sobject: SObjectType, right: Right, rows: Iterable[int], errors: dict[int, RowError]
    ) -> None:
        """Refuse all rows, where the user hasn't the right to their object."""
        if self._access is not None and not self._access.may(sobject.name, right):
            for row in rows:
                errors.setdefault(row, NO_ACCESS)

    def may_write(self, sobject: SObjectType, field: Field) -> bool:
        """Whether the user may set a field."""
        return self._access is None or self._access.field_right(sobject.name, field.name) == "edit"

    def check_rows(self, sobject: SObjectType, ids: Sequence[str | None], errors: dict[int, RowError]) -> None:
        """Refuse rows whose records the user doesn't see, or may not change."""
        if self._access is None:
            return
        known = [each for row, each in enumerate(ids) if each is not None and row not in errors]
        seen = self._allowed(self._access, sobject, known, editing=False)
        editable = self._allowed(self._access, sobject, known, editing=True)
        for row, record_id in enumerate(ids):
            if record_id is not None and record_id not in seen:
                errors.setdefault(row, no_cross_access(record_id))
            elif record_id is not None and record_id not in editable:
                errors.setdefault(row, NO_ACCESS)
        locked = self._locked(self._access, known)
        for row, record_id in enumerate(ids):
            if record_id in locked:
                errors.setdefault(row, LOCKED)

    def _locked(self, access: UserAccess, ids: Sequence[str]) -> set[str]:
        """Those of some records that wait for the approval of somebody else."""
        if access.modify_all_data or self._schema.type("ProcessInstanceWorkitem") is None:
            return set()
        statement = (
            "SELECT i.TargetObjectId FROM ProcessInstance i WHERE i.Status = 'Pending' "
            "AND i.TargetObjectId IN (SELECT value FROM json_each(?)) AND NOT EXISTS (SELECT 1 "
            "FROM ProcessInstanceWorkitem w WHERE w.ProcessInstanceId = i.Id AND w.ActorId = ?)"
        )
        return {found for (found,) in self._connection.execute(statement, (json.dumps(ids), access.user_id))}

    def check_references(self, batch: Batch) -> None:
        """Refuse rows that point at records that the user doesn't see."""
        if self._access is None:
            return
        for name in batch.columns:
            field = batch.sobject.field(name)
            if field is None or field.type != "reference":
                continue
            given = [(row, str(value)) for row, value in batch.given(name) if row not in batch.errors]
            hidden = self._hidden(self._access, {value for _row, value in given})
            for row, value in given:
                if value in hidden:
                    batch.fail(row, no_cross_access(value))

    def _hidden(self, access: UserAccess, ids: Iterable[str]) -> set[str]:
        """Those of some records of any objects that the user doesn't see."""
        by_type: dict[str, list[str]] = {}
        for each in ids:
            target = self._schema.by_id(each)
            if target is not None:
                by_type.setdefault(target.name, []).append(each)
        hidden: set[str] = set()
        for name, found in by_type.items():
            readable = access.may(name, "read")
            hidden |= set(found) - (
                self._allowed(access, self._schema[name], found, editing=False) if readable else set()
            )
        return hidden

    def _allowed(self, access: UserAccess, sobject: SObjectType, ids: Sequence[str], *, editing: bool) -> set[str]:
        """Those of some records that the user sees, or may change."""
        condition = row_condition(self._schema, self._permissions.models, access, sobject, "t", editing=editing)
        return ids_where(self._connection, sobject, ids, condition)
