"""The recycle bin: records brought back, and deleted for good.

A record that went along with its parent isn't brought back with it: it has to be named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce_mockserver.ids import to_18
from specforce_mockserver.records.defaults import MODIFIED, system_values
from specforce_mockserver.records.lookup import rows_by_id
from specforce_mockserver.records.results import ROLLED_BACK, RowError, RowResult
from specforce_mockserver.records.write import remove, set_where_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specforce_mockserver.org import Org
    from specforce_mockserver.schema import SObjectType

NOT_IN_BIN = RowError("UNDELETE_FAILED", "Entity is not in the recycle bin")  # [E]
MALFORMED = "MALFORMED_ID"


class RecycleBin:
    """The deleted records of one org.

    Args:
        org: whose records they are.
        user_id: whose doing it is.
    """

    def __init__(self, org: Org, user_id: str) -> None:
        self._org = org
        self._user_id = user_id

    def restore(self, ids: Sequence[str], *, all_or_none: bool = False) -> list[RowResult]:
        """Bring records back, of any objects; one that isn't in the bin is refused."""
        found = [self._find(each) for each in ids]
        if all_or_none and any(error for _, _, error in found):
            return [RowResult(None, False, error or ROLLED_BACK) for _, _, error in found]
        with self._org.database.write() as writer:
            for sobject, record_id, error in found:
                if sobject is not None and error is None:
                    stamps = system_values(sobject, MODIFIED, self._org.clock.stored_now(), self._user_id)
                    set_where_id(writer, sobject, [record_id], {"IsDeleted": 0, **stamps})
        return [RowResult(record_id, False, error) for _, record_id, error in found]

    def remove(self, ids: Sequence[str]) -> list[RowResult]:
        """Delete records of the bin for good."""
        found = [self._find(each) for each in ids]
        with self._org.database.write() as writer:
            for sobject, record_id, error in found:
                if sobject is not None and error is None:
                    remove(writer, sobject, [record_id])
        return [RowResult(record_id, False, error) for _, record_id, error in found]

    def _find(self, text: str) -> tuple[SObjectType | None, str, RowError | None]:
        record_id = to_18(text)
        sobject = self._org.schema.by_id(record_id) if record_id is not None else None
        if record_id is None or sobject is None:
            return None, text, RowError(MALFORMED, f"malformed id {text}")
        known = rows_by_id(self._org.database.reader(), sobject, [record_id], ("IsDeleted",))
        in_bin = record_id in known and bool(known[record_id][0])
        return sobject, record_id, None if in_bin else NOT_IN_BIN
