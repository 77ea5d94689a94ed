"""Records in SOAP: plain dicts on this side, `sObject` elements on the other.

A dict has the object's API name under `type` (or `attributes.type`, as records of the REST API do) and fields by API
name. None empties a field (`fieldsToNull`); a dict in place of a value is another record, such as a parent named by its
external id. In answers every value is text or None, because the Partner API doesn't say types; parents are dicts, and
children are dicts with `records`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeGuard

from .errors import InputError
from .record_ids import check_id
from .xml import Name, Node, as_dict, text_of

PARTNER: Final = "urn:partner.soap.sforce.com"
SOBJECT: Final = "urn:sobject.partner.soap.sforce.com"
Record = dict[str, Any]


def record_node(name: str, namespace: str, record: Mapping[str, Any]) -> Node:
    """The element of one record: its type, the fields to empty, its id, then its fields as they come.

    Raises:
        InputError: it names no type, its Id isn't one, or a value has no form in XML.
    """
    if not _is_mapping(record):
        raise InputError(f"{name}: a {type(record).__name__} isn't a record: records are dicts with a type")
    kind = record.get("type") or _attributes(record).get("type")
    if not isinstance(kind, str) or not kind:
        raise InputError(f'{name}: the record names no type: {{"type": "Account", ...}}')
    fields = {key: value for key, value in record.items() if key not in ("type", "attributes", "Id")}
    node = Node(name, namespace, children=[Node("type", SOBJECT, kind)])
    node.children += [Node("fieldsToNull", SOBJECT, key) for key, value in fields.items() if value is None]
    if record.get("Id") is not None:
        node.children.append(Node("Id", SOBJECT, check_id(str(record["Id"]), name="Id")))
    for key, value in fields.items():
        if _is_mapping(value):
            node.children.append(record_node(key, SOBJECT, value))
            node.children[-1].type = Name(SOBJECT, "sObject")
        elif isinstance(value, list | tuple | set):
            raise InputError(f"{key}: a list can't be the value of a field; a multi-select picklist takes 'a;b'")
        elif value is not None:
            node.children.append(Node(key, SOBJECT, text_of(key, value)))
    return node


def read_record(node: Node) -> Record:
    """The dict of one record; an Id that comes twice is in it once, and one that wasn't asked for isn't."""
    found: Record = {}
    for child in node.children:
        if child.name == "Id" and (child.nil or "Id" in found):
            continue
        value = _value(child)
        if child.name in found:
            before = found[child.name]
            found[child.name] = [*before, value] if isinstance(before, list) else [before, value]
        else:
            found[child.name] = value
    return found


def _value(node: Node) -> Any:
    if node.nil:
        return None
    if node.type is not None and node.type.local == "QueryResult":
        return {
            "size": int(node.value("size") or 0),
            "done": node.value("done") != "false",
            "queryLocator": node.value("queryLocator"),
            "records": [read_record(child) for child in node.all("records") if not child.nil],
        }
    if node.child("type") is not None:
        return read_record(node)
    return as_dict(node) if node.children else node.text


def _attributes(record: Mapping[str, Any]) -> Mapping[str, Any]:
    found: object = record.get("attributes")
    return found if _is_mapping(found) else {}


def _is_mapping(value: object) -> TypeGuard[Mapping[str, Any]]:
    return isinstance(value, Mapping)


__all__ = ["PARTNER", "SOBJECT", "Record", "read_record", "record_node"]
