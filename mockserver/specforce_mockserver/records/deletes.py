"""Deleting: into the recycle bin (`IsDeleted`) or for good, with what that does to the records that point here.

A cascading lookup takes its records along, a restricting one refuses, any other is cleared.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from specforce_mockserver.records import results
from specforce_mockserver.records.defaults import system_values
from specforce_mockserver.records.lookup import quoted, rows_by_id
from specforce_mockserver.records.write import remove, set_where_id

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from specforce_mockserver.records.results import RowError
    from specforce_mockserver.schema import ChildRelationship, Schema, SObjectType

MAX_DEPTH = 10


class Deletion:
    """One delete call: the same moment and user for everything that goes along."""

    def __init__(self, connection: sqlite3.Connection, schema: Schema, *, now: str, user_id: str, hard: bool) -> None:
        self._connection = connection
        self._schema = schema
        self._now = now
        self._user_id = user_id
        self._hard = hard

    def run(self, sobject: SObjectType, ids: Sequence[str], depth: int = 0) -> dict[str, RowError]:
        """Delete live records; those that others depend on are refused and answered."""
        refused = self._refused(sobject, ids)
        going = [each for each in ids if each not in refused]
        if not going:
            return refused
        if depth < MAX_DEPTH:
            for relationship in sobject.child_relationships:
                self._release(relationship, going, depth)
        if self._hard:
            remove(self._connection, sobject, going)
        else:
            stamps = system_values(
                sobject, ("LastModifiedDate", "LastModifiedById", "SystemModstamp"), self._now, self._user_id
            )
            set_where_id(self._connection, sobject, going, {"IsDeleted": 1, **stamps})
        return refused

    def _refused(self, sobject: SObjectType, ids: Sequence[str]) -> dict[str, RowError]:
        refused: dict[str, RowError] = {}
        for relationship in sobject.child_relationships:
            child = self._schema.type(relationship.child_sobject) if relationship.restricted_delete else None
            if child is None or child.name_field is None:
                continue
            names: dict[str, list[str]] = {}
            for parent_id, name in self._children(relationship, child, ids, child.name_field.name):
                names.setdefault(parent_id, []).append(str(name))
            for parent_id, listed in names.items():
                own = self._name(sobject, parent_id)
                refused.setdefault(parent_id, results.delete_restricted(own, child.label_plural, listed))
        return refused

    def _name(self, sobject: SObjectType, record_id: str) -> str:
        if sobject.name_field is None:
            return record_id
        return str(rows_by_id(self._connection, sobject, (record_id,), (sobject.name_field.name,))[record_id][0])

    def _release(self, relationship: ChildRelationship, ids: Sequence[str], depth: int) -> None:
        child = self._schema.type(relationship.child_sobject)
        if child is None or relationship.restricted_delete or child.field(relationship.field) is None:
            return
        children = [child_id for _parent_id, child_id in self._children(relationship, child, ids, "Id")]
        if not children:
            return
        if relationship.cascade_delete:
            self.run(child, children, depth + 1)
        else:
            set_where_id(self._connection, child, children, {relationship.field: None})

    def _children(
        self, relationship: ChildRelationship, child: SObjectType, ids: Sequence[str], column: str
    ) -> list[tuple[str, str]]:
        """Parent Id and one column of the live records that point at these parents."""
        statement = (
            f"SELECT {quoted(relationship.field)}, {quoted(column)} FROM {quoted(child.name)} "  # noqa: S608 - quoted names
            f"WHERE {quoted(relationship.field)} IN (SELECT value FROM json_each(?)) AND IsDeleted = 0"
        )
        return self._connection.execute(statement, (json.dumps(list(ids)),)).fetchall()
