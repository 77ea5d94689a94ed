"""JSON records made into a batch: names resolved, values converted, parents by external id set aside as links.

Source: specs/reference/rest.md section 4, "Input".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from specforce_mockserver.records.batch import ABSENT, Batch, Column, Link
from specforce_mockserver.records.convert import json_column
from specforce_mockserver.records.results import (
    RowRefusedError,
    no_such_column,
    not_an_external_id,
    unknown_id,
    wrong_json,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from specforce_mockserver.schema import Field, Schema, SObjectType


def batch_from_json(schema: Schema, sobject: SObjectType, rows: Sequence[Mapping[str, Any]]) -> Batch:
    """A batch of JSON records; what can't be understood fails its row."""
    batch = Batch(sobject, len(rows))
    raw: dict[str, Column] = {}
    parents: dict[str, list[tuple[int, Any]]] = {}
    fields: dict[str, Field | None] = {}
    keys: dict[str, str] = {}
    for row, record in enumerate(rows):
        for name, value in record.items():
            if name == "attributes":
                continue
            if name not in fields:
                fields[name] = sobject.field(name)
            found = fields[name]
            if found is not None:
                if found.name not in raw:
                    raw[found.name] = [ABSENT] * batch.size
                    keys[found.name] = name
                raw[found.name][row] = value
            elif sobject.by_relationship(name) is not None:
                parents.setdefault(name, []).append((row, value))
            else:
                batch.fail(row, no_such_column(name, sobject))
    for name, column in raw.items():
        field = sobject.field(name)
        if field is not None:
            batch.columns[name] = json_column(batch, field, column, (keys[name],))
    for name, given in parents.items():
        reference = sobject.by_relationship(name)
        if reference is not None:
            _add_links(schema, batch, reference, name, given)
    return batch


def _add_links(schema: Schema, batch: Batch, reference: Field, name: str, given: list[tuple[int, Any]]) -> None:
    """Set aside nested parents, one link per parent object and key field."""
    links: dict[tuple[str, str], Link] = {}
    for row, value in given:
        if value is None:
            batch.column(reference.name)[row] = None
            continue
        try:
            target, key, wanted = _parent(schema, reference, name, value)
        except RowRefusedError as refused:
            batch.fail(row, refused.error)
            continue
        link = links.get((target.name, key.name))
        if link is None:
            link = links[target.name, key.name] = Link(reference, target, key, [ABSENT] * batch.size)
        link.values[row] = wanted
    for link in links.values():
        link.values = json_column(batch, link.key, link.values, (name, link.key.name))
        batch.links.append(link)


def _parent(schema: Schema, reference: Field, name: str, value: Any) -> tuple[SObjectType, Field, Any]:
    """The parent's object, the field it is found by, and the value wanted."""
    if not isinstance(value, dict):
        raise RowRefusedError(wrong_json("complexvalue", "VALUE_STRING", value, (name,)))
    members = cast("dict[str, Any]", value)
    target = _target(schema, reference, members)
    named = [name for name in members if name != "attributes"]
    if len(named) != 1:
        raise RowRefusedError(not_an_external_id(", ".join(named) or "null", target))
    key = target.field(named[0])
    if key is None:
        raise RowRefusedError(no_such_column(named[0], target))
    if not key.matchable:
        raise RowRefusedError(not_an_external_id(key.name, target))
    return target, key, members[named[0]]


def _target(schema: Schema, reference: Field, members: dict[str, Any]) -> SObjectType:
    """The parent's object: the one that `attributes.type` names, else the first that the field allows."""
    attributes = members.get("attributes")
    wanted = cast("dict[str, Any]", attributes).get("type") if isinstance(attributes, dict) else None
    allowed = [each for each in map(schema.type, reference.reference_to) if each is not None]
    for target in allowed:
        if wanted is None or target.name.lower() == str(wanted).lower():
            return target
    raise RowRefusedError(unknown_id(reference))
