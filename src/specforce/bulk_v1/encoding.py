"""Rows of Python values as JSON and XML, one record at a time, and records as they came in a document.

Rows are mappings. A parent is a mapping of its own, or is named in the key as CSV names it: `Owner.Ext__c`,
`Lead:Who.Email`. None clears a field in every format. Source: reference/bulk_v1.md section 4.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeGuard

import msgspec

from specforce.bulk.values import NULL_CELL, Cells
from specforce_api.runtime.errors import DecodeError, InputError
from specforce_api.runtime.xml import XSI, Node, NodeParser, parse, write

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMESPACE: Final = "http://www.force.com/2009/06/asyncapi/dataload"
_PREFIXES: Final = {NAMESPACE: "", XSI: "xsi"}
_DECLARATIONS: Final = (f' xmlns="{NAMESPACE}"'.encode(), f' xmlns:xsi="{XSI}"'.encode())
_CELLS: Final = Cells()
Values = dict[str, Any]


class Encoding(Protocol):
    """How a batch is written in one format.

    Attributes:
        before, between, after: what stands around the records.
    """

    before: bytes
    between: bytes
    after: bytes

    def record(self, row: Mapping[str, Any]) -> bytes:
        """One record.

        Raises:
            InputError: a value that has no form.
        """
        ...

    def records(self, document: bytes) -> Iterator[bytes]:
        """The records of a whole document, as they stand there.

        Raises:
            InputError: it isn't a document of records.
        """
        ...

    def rows(self, document: bytes) -> list[Values]:
        """The records of a document as values."""
        ...


class JsonEncoding:
    """An array of objects."""

    before = b"["
    between = b","
    after = b"]"

    def record(self, row: Mapping[str, Any]) -> bytes:
        """See `Encoding`."""
        return msgspec.json.encode(nested(row))

    def records(self, document: bytes) -> Iterator[bytes]:
        """See `Encoding`."""
        try:
            found = msgspec.json.decode(document, type=list[msgspec.Raw])
            for each in found:
                if not bytes(each).lstrip().startswith(b"{"):
                    raise InputError("the source is JSON, but not an array of objects")
                yield bytes(each)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise InputError(f"the source isn't an array of JSON objects: {error}") from None

    def rows(self, document: bytes) -> list[Values]:
        """See `Encoding`."""
        return msgspec.json.decode(document, type=list[Values])


class XmlEncoding:
    """An `sObjects` document."""

    before = b'<?xml version="1.0" encoding="UTF-8"?><sObjects' + b"".join(_DECLARATIONS) + b">"
    between = b""
    after = b"</sObjects>"

    def record(self, row: Mapping[str, Any]) -> bytes:
        """See `Encoding`."""
        return _written(_sobject(nested(row)))

    def records(self, document: bytes) -> Iterator[bytes]:
        """See `Encoding`."""
        parser = NodeParser(depth=1, max_bytes=None)
        try:
            for node in (*parser.feed(document), *parser.close()):
                if (node.namespace, node.name) != (NAMESPACE, "sObject"):
                    raise InputError(f"the source is XML, but not of sObject elements: it has {node.name}")
                yield _written(node)
        except DecodeError as error:
            raise InputError(f"the source isn't an sObjects document: {error}") from None

    def rows(self, document: bytes) -> list[Values]:
        """See `Encoding`."""
        return [values_of(node) for node in parse(document).all("sObject")]


def nested(row: Mapping[str, Any]) -> Values:
    """A row with parents as mappings and values that JSON has."""
    found: Values = {}
    for key, value in row.items():
        path, dot, field = key.rpartition(".")
        try:
            plain = nested(value) if _is_mapping(value) and key != "attributes" else _plain(value)
        except InputError as error:
            raise InputError(f"column {key!r}: {error}") from None
        if not dot:
            found[key] = plain
            continue
        kind, colon, relationship = path.rpartition(":")
        parent: Values = found.setdefault(relationship, {"attributes": {"type": kind}} if colon else {})
        parent[field] = plain
    return found


def values_of(node: Node) -> Values:
    """The fields of a record in XML: texts, None for null, a dict for a parent. The last of repeated ones counts."""
    found: Values = {}
    for child in node.children:
        inside = child.child("sObject") or (child if child.children else None)
        found[child.name] = None if child.nil else child.text if inside is None else values_of(inside)
    return found


def _plain(value: Any) -> Any:
    """A value as JSON has it; what JSON has no form for as Salesforce's text."""
    if value is None or isinstance(value, str | bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    if _is_mapping(value):
        return dict(value)
    text = _CELLS[type(value)](value)
    return None if text == NULL_CELL else text


def _is_mapping(value: object) -> TypeGuard[Mapping[str, Any]]:
    return isinstance(value, Mapping)


def _sobject(values: Mapping[str, Any]) -> Node:
    node = Node("sObject", NAMESPACE)
    for name, value in values.items():
        if name == "attributes":
            node.children.append(Node("type", NAMESPACE, str(value.get("type", ""))))
        elif _is_mapping(value):
            node.children.append(Node(name, NAMESPACE, children=[_sobject(value)]))
        else:
            text = "" if value is None else _CELLS[type(value)](value)
            node.children.append(Node(name, NAMESPACE, text, nil=value is None))
    return node


def _written(node: Node) -> bytes:
    """One record as it stands within the document, which declares the namespaces once."""
    start, end, rest = write(node, prefixes=_PREFIXES).partition(b"?>")[2].lstrip().partition(b">")
    for declaration in _DECLARATIONS:
        start = start.replace(declaration, b"")
    return start + end + rest


ENCODINGS: Final[Mapping[str, Encoding]] = {"JSON": JsonEncoding(), "XML": XmlEncoding()}
