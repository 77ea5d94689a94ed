"""Deleting: into the recycle bin (`IsDeleted`) or for good, with what that does to the records that point here.

What happens beside the records that a call names is noted, so that the recycle bin can take it back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce_mockserver.records.defaults import MODIFIED, system_values
from specforce_mockserver.records.deletion_plans import DeletionPlanner
from specforce_mockserver.records.side_effects import Effect, forget, note, noted
from specforce_mockserver.records.write import remove, set_where_id

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from specforce_mockserver.records.deletion_plans import DeletionPlan
    from specforce_mockserver.records.results import RowError
    from specforce_mockserver.schema import Schema, SObjectType


class Deletion:
    """One delete call: the same moment and user for everything that goes along."""

    def __init__(self, connection: sqlite3.Connection, schema: Schema, *, now: str, user_id: str, hard: bool) -> None:
        self._connection = connection
        self._schema = schema
        self._now = now
        self._user_id = user_id
        self._hard = hard

    def run(self, sobject: SObjectType, ids: Sequence[str]) -> dict[str, RowError]:
        """Delete live records; those that others depend on are refused and answered."""
        plan = DeletionPlanner(self._connection, self._schema).plan(sobject, ids)
        for (child, field), pointers in plan.cleared.items():
            set_where_id(self._connection, self._schema[child], [each.child_id for each in pointers], {field: None})
        if self._hard:
            for name, going in plan.going.items():
                remove(self._connection, self._schema[name], going)
            return plan.refused
        for name, going in plan.going.items():
            stamps = system_values(self._schema[name], MODIFIED, self._now, self._user_id)
            set_where_id(self._connection, self._schema[name], going, {"IsDeleted": 1, **stamps})
        self._note(plan)
        return plan.refused

    def _note(self, plan: DeletionPlan) -> None:
        """Keep what was done beside the records of the call."""
        roots = {record_id: root for going in plan.going.values() for record_id, root in going.items()}
        along = ((Effect(record_id, "", ""), root) for record_id, root in roots.items() if record_id != root)
        cleared = (
            (Effect(each.child_id, field, each.parent_id), roots[each.parent_id])
            for (_child, field), pointers in plan.cleared.items()
            for each in pointers
        )
        note(self._connection, (*along, *cleared))


def purge(connection: sqlite3.Connection, schema: Schema, sobject: SObjectType, record_id: str) -> None:
    """Delete a record of the recycle bin for good, with all that went along with it."""
    for effect in noted(connection, record_id):
        child = schema.by_id(effect.record_id)
        if not effect.field and child is not None:
            remove(connection, child, [effect.record_id])
    forget(connection, record_id)
    remove(connection, sobject, [record_id])
