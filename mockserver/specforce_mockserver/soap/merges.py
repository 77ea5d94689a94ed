"""Merging: up to two records go into a third, with what belongs to them.

The losing records go into the recycle bin, and lookups that pointed at them point at the winner. Source:
specs/reference/soap.md sections 5 and 8; the refusals' texts are [E].
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from specforce_mockserver.composite.records import row_json
from specforce_mockserver.ids import to_18
from specforce_mockserver.records import batch_from_json
from specforce_mockserver.records.lookup import quoted
from specforce_mockserver.records.results import RowError, RowRefusedError, RowResult
from specforce_mockserver.records.write import set_where_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specforce_mockserver.org import Org
    from specforce_mockserver.schema import SObjectType

MERGEABLE = frozenset({"Account", "Case", "Contact", "Lead"})
MAX_LOSERS = 2


class Merger:
    """Merges records of one org in a user's name."""

    def __init__(self, org: Org, user_id: str) -> None:
        self._org = org
        self._user_id = user_id

    def merge(self, master: dict[str, Any], losers: Sequence[str]) -> dict[str, Any]:
        """One merge; its result by wire names."""
        sobject = self._org.schema[master["attributes"]["type"]]
        if sobject.name not in MERGEABLE:
            return _refused(RowError("INVALID_TYPE", f"{sobject.name} records can't be merged"))
        if not 0 < len(losers) <= MAX_LOSERS:
            return _refused(RowError("INVALID_ARGUMENT_TYPE", f"a merge takes one or {MAX_LOSERS} records"))
        ids = [to_18(each) or each for each in losers]
        winner_id = to_18(str(master.get("Id") or "")) or ""
        if winner_id in ids:
            return _refused(RowError("INVALID_CROSS_REFERENCE_KEY", "a record can't be merged with itself"))
        try:
            with self._org.database.write():
                return self._merged(sobject, master, winner_id, ids)
        except RowRefusedError as refused:
            return _refused(refused.error)

    def _merged(self, sobject: SObjectType, master: dict[str, Any], winner_id: str, ids: list[str]) -> dict[str, Any]:
        records = self._org.records
        saved = records.update(batch_from_json(self._org.schema, sobject, [master]), user_id=self._user_id)[0]
        if saved.error is not None:
            raise RowRefusedError(saved.error)
        related = self._handed_over(sobject, winner_id, ids)
        deleted = records.delete(sobject, ids, user_id=self._user_id)
        if refused := next((each.error for each in deleted if each.error is not None), None):
            raise RowRefusedError(refused)
        if sobject.field("MasterRecordId") is not None:
            set_where_id(self._org.database.writer, sobject, ids, {"MasterRecordId": winner_id})
        return {
            "id": winner_id,
            "mergedRecordIds": ids,
            "updatedRelatedIds": related,
            "success": True,
        }

    def _handed_over(self, sobject: SObjectType, winner_id: str, losers: list[str]) -> list[str]:
        """Let what points at the losers point at the winner; the Ids of what changed."""
        writer, schema = self._org.database.writer, self._org.services.schema
        found: list[str] = []
        for relationship in schema[sobject.name].child_relationships:
            child = schema.type(relationship.child_sobject)
            if child is None or child.field(relationship.field) is None or relationship.field == "MasterRecordId":
                continue
            statement = (
                f"SELECT Id FROM {quoted(child.name)} "  # noqa: S608 - quoted names
                f"WHERE {quoted(relationship.field)} IN (SELECT value FROM json_each(?)) AND IsDeleted = 0"
            )
            ids = [str(row[0]) for row in writer.execute(statement, (json.dumps(losers),))]
            if ids:
                set_where_id(writer, child, ids, {relationship.field: winner_id})
                found += ids
        return found


def _refused(error: RowError) -> dict[str, Any]:
    result: dict[str, Any] = row_json(RowResult(None, False, error))
    return result
