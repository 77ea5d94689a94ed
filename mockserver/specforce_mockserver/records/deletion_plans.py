"""What deleting some records means for those that point at them, worked out before anything is touched.

A cascading reference takes its records along, however deep; a restricting one refuses the delete of what it points
at, unless its own record goes along; any other is cleared. What hangs on a refused record stays as it is.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from specforce_mockserver.records import results
from specforce_mockserver.records.lookup import quoted, rows_by_id

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping, Sequence

    from specforce_mockserver.records.results import RowError
    from specforce_mockserver.schema import ChildRelationship, Field, Schema, SObjectType


class Pointer(NamedTuple):
    """A live record that points at another by a field."""

    child_id: str
    parent_id: str


@dataclass(slots=True)
class DeletionPlan:
    """What a delete does.

    Attributes:
        going: the Ids that are deleted, by object; each with the record of the call that it goes along with.
        cleared: the references that are cleared, by object and field.
        refused: the records of the call that stay, and why.
    """

    going: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    cleared: dict[tuple[str, str], list[Pointer]] = field(default_factory=dict[tuple[str, str], list[Pointer]])
    refused: dict[str, RowError] = field(default_factory=dict[str, "RowError"])


class DeletionPlanner:
    """Plans deletes over one schema, reading through one connection."""

    def __init__(self, connection: sqlite3.Connection, schema: Schema) -> None:
        self._connection = connection
        self._schema = schema

    def plan(self, sobject: SObjectType, ids: Sequence[str]) -> DeletionPlan:
        """What the delete of live records of an object does."""
        plan = DeletionPlan()
        roots = list(dict.fromkeys(ids))
        while True:
            plan.going = self._closure(sobject, roots)
            refused = self._refused(plan.going)
            if not refused:
                break
            plan.refused |= refused
            roots = [each for each in roots if each not in refused]
        self._add_cleared(plan)
        return plan

    def _closure(self, sobject: SObjectType, roots: Sequence[str]) -> dict[str, dict[str, str]]:
        """Everything that goes along with some records, themselves included."""
        going: dict[str, dict[str, str]] = {sobject.name: {each: each for each in roots}}
        frontier = [(sobject, dict(going[sobject.name]))]
        while frontier:
            parent, found = frontier.pop()
            for relationship, child, _reference in self._relationships(parent):
                if not relationship.cascade_delete:
                    continue
                known = going.setdefault(child.name, {})
                new = {
                    each.child_id: found[each.parent_id]
                    for each in self._pointers(child, relationship.field, found)
                    if each.child_id not in known
                }
                if new:
                    known |= new
                    frontier.append((child, new))
        return {name: found for name, found in going.items() if found}

    def _refused(self, going: Mapping[str, Mapping[str, str]]) -> dict[str, RowError]:
        """The records of the call that others keep from being deleted, or keep what goes along with them."""
        refused: dict[str, RowError] = {}
        for name, found in going.items():
            parent = self._schema[name]
            for relationship, child, _reference in self._relationships(parent):
                if not relationship.restricted_delete:
                    continue
                staying = [
                    each
                    for each in self._pointers(child, relationship.field, found)
                    if each.child_id not in going.get(child.name, {})
                ]
                names = self._names(child, [each.child_id for each in staying])
                by_parent: dict[str, list[str]] = {}
                for each in staying:
                    by_parent.setdefault(each.parent_id, []).append(names[each.child_id])
                for parent_id, listed in by_parent.items():
                    own = self._names(parent, [parent_id])[parent_id]
                    error = results.delete_restricted(own, child.label_plural, listed)
                    refused.setdefault(found[parent_id], error)
        return refused

    def _add_cleared(self, plan: DeletionPlan) -> None:
        for name, found in plan.going.items():
            for relationship, child, reference in self._relationships(self._schema[name]):
                if relationship.cascade_delete or relationship.restricted_delete:
                    continue
                pointers = [
                    each
                    for each in self._pointers(child, reference.name, found)
                    if each.child_id not in plan.going.get(child.name, {})
                ]
                if pointers:
                    plan.cleared.setdefault((child.name, reference.name), []).extend(pointers)

    def _relationships(self, parent: SObjectType) -> Iterator[tuple[ChildRelationship, SObjectType, Field]]:
        for relationship in parent.child_relationships:
            child = self._schema.type(relationship.child_sobject)
            reference = child.field(relationship.field) if child is not None else None
            if child is not None and reference is not None and reference.name != "MasterRecordId":
                yield relationship, child, reference

    def _pointers(self, child: SObjectType, reference: str, parents: Mapping[str, str]) -> list[Pointer]:
        """The live records that point at some parents by a field."""
        statement = (
            f'SELECT "Id", {quoted(reference)} FROM {quoted(child.name)} '  # noqa: S608 - quoted names
            f'WHERE {quoted(reference)} IN (SELECT value FROM json_each(?)) AND "IsDeleted" = 0 ORDER BY rowid'
        )
        return [Pointer(*row) for row in self._connection.execute(statement, (json.dumps(list(parents)),))]

    def _names(self, sobject: SObjectType, ids: Sequence[str]) -> dict[str, str]:
        """What people call some records; their Ids, where the object has no name."""
        if sobject.name_field is None or not ids:
            return {each: each for each in ids}
        found = rows_by_id(self._connection, sobject, ids, (sobject.name_field.name,))
        return {record_id: str(row[0]) for record_id, row in found.items()}
