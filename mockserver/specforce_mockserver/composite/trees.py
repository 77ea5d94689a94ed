"""Records with their children below them, level by level.

Source: specs/reference/rest.md section 10.4. Order of the answer and the texts of refusals are [E].
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from specforce_mockserver.records.results import RowError, no_such_column

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from specforce_mockserver.schema import ChildRelationship, Schema, SObjectType

Json = Any
MAX_RECORDS = 200
MAX_LEVELS = 5
MAX_TYPES = 5


class TreeRefusedError(Exception):
    """A tree that can't be saved; carries the record at fault and why."""

    def __init__(self, reference_id: str, error: RowError) -> None:
        super().__init__(error.message)
        self.reference_id = reference_id
        self.error = error


@dataclass(slots=True)
class Node:
    """One record of a tree; `lookup` is the field that holds its parent's Id."""

    reference_id: str
    sobject: SObjectType
    fields: Mapping[str, Json]
    parent: Node | None = None
    lookup: str | None = None
    id: str | None = None


def levels_of(schema: Schema, root: SObjectType, given: Sequence[Json]) -> list[list[Node]]:
    """The records of a tree by level, the roots first.

    Args:
        schema: of the org.
        root: what the roots are.
        given: the roots as JSON.

    Raises:
        TreeRefusedError: it is too large, or a record isn't what its place in the tree says.
    """
    levels: list[list[Node]] = []
    seen: set[str] = set()
    types: set[str] = set()
    left: list[tuple[Json, Node | None, ChildRelationship | None]] = [(each, None, None) for each in given]
    while left:
        level: list[Node] = []
        below: list[tuple[Json, Node | None, ChildRelationship | None]] = []
        for record, parent, relationship in left:
            node = _node(schema, root, record, parent, relationship)
            types.add(node.sobject.name)
            below += _children(node, record)
            _check(node, seen, levels, types)
            seen.add(node.reference_id)
            level.append(node)
        levels.append(level)
        left = below
    return levels


def _check(node: Node, seen: set[str], above: Sequence[Sequence[Node]], types: set[str]) -> None:
    """Refuse a tree at the record that makes it too large, or has another's name."""
    message: str | None = None
    if node.reference_id in seen:
        message = "Duplicate ReferenceId provided in the request."
    elif len(seen) >= MAX_RECORDS:
        message = f"A tree can have at most {MAX_RECORDS} records."
    elif len(above) >= MAX_LEVELS:
        message = f"A tree can have at most {MAX_LEVELS} levels."
    elif len(types) > MAX_TYPES:
        message = f"A tree can have records of at most {MAX_TYPES} types."
    if message is not None:
        raise TreeRefusedError(node.reference_id, RowError("INVALID_INPUT", message))


def _node(
    schema: Schema, root: SObjectType, record: Json, parent: Node | None, relationship: ChildRelationship | None
) -> Node:
    """A record as a node, with what isn't a field of it left out."""
    named = _object(record)
    attributes = _object(named.get("attributes"))
    type_name, reference_id = attributes.get("type"), attributes.get("referenceId")
    if not isinstance(reference_id, str) or not reference_id:
        message = "Include a reference ID for each record in the request."
        raise TreeRefusedError(parent.reference_id if parent else "", RowError("INVALID_INPUT", message))
    expected = root.name if relationship is None else relationship.child_sobject
    sobject = schema.type(type_name) if isinstance(type_name, str) else None
    if sobject is None or sobject.name != expected:
        message = f"The type {type_name} doesn't fit: records here are of type {expected}."
        raise TreeRefusedError(reference_id, RowError("INVALID_INPUT", message))
    fields = {name: value for name, value in named.items() if name != "attributes" and not _is_subtree(value)}
    return Node(reference_id, sobject, fields, parent, relationship.field if relationship else None)


def _object(value: Json) -> Mapping[str, Json]:
    return cast("Mapping[str, Json]", value) if isinstance(value, dict) else {}


def _is_subtree(value: Json) -> bool:
    return isinstance(value, dict) and "records" in value


def _children(node: Node, record: Mapping[str, Json]) -> list[tuple[Json, Node | None, ChildRelationship | None]]:
    """The records below a record."""
    found: list[tuple[Json, Node | None, ChildRelationship | None]] = []
    for name, value in record.items():
        if not _is_subtree(value):
            continue
        relationship = node.sobject.child_relationship(name)
        if relationship is None:
            raise TreeRefusedError(node.reference_id, no_such_column(name, node.sobject))
        records: Json = value["records"]
        if not isinstance(records, list):
            message = f"The records of {name} must be an array."
            raise TreeRefusedError(node.reference_id, RowError("INVALID_INPUT", message))
        items: list[Json] = [*records]
        found += [(each, node, relationship) for each in items]
    return found
