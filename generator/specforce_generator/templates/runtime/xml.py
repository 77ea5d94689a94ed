"""XML, read and written: the one codec that SOAP and Bulk API 1.0 share.

An element is a `Node`, on the way in and on the way out: what `write` makes, `parse` reads back as it was. Answers are
read by the names of elements, never by their place, so that elements of a newer release disturb nothing.
"""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeGuard

from .encode import wire_text
from .errors import InputError
from .xml_node import XSD, XSI, Name, Node
from .xml_reader import MAX_BYTES, MAX_DEPTH, NodeParser, parse, read_xml
from .xml_writer import write


def as_dict(node: Node, *, lists: Collection[str] = ()) -> dict[str, Any]:
    """The children by local name: a text, `None` for null, a dict for an element that has children of its own.

    Args:
        lists: names that may come more than once: always a list. Any other name is one where it does so.
    """
    times = Counter(child.name for child in node.children)
    found: dict[str, Any] = {}
    for child in node.children:
        value: Any = None if child.nil else as_dict(child, lists=lists) if child.children else child.text
        if child.name in lists or times[child.name] > 1:
            found.setdefault(child.name, []).append(value)
        else:
            found[child.name] = value
    return found


def element(name: str, value: object, *, namespace: str = "", order: Collection[str] = ()) -> Node:
    """A node of a Python value: None is null, a mapping has its keys as children, a list in it repeats its key.

    Args:
        value: text, numbers, booleans, aware datetimes, dates, bytes (as base64), enums, mappings and lists of these.
        namespace: of the element and all within it.
        order: the order that the schema declares; keys that it doesn't name come after, as the mapping has them.

    Raises:
        InputError: a value that XML has no form for.
    """
    node = Node(name, namespace)
    if value is None:
        node.nil = True
    elif _is_mapping(value):
        names = [key for key in order if key in value] + [key for key in value if key not in order]
        for key in names:
            for item in _items(value[key]):
                node.children.append(element(key, item, namespace=namespace, order=order))
    else:
        node.text = text_of(name, value)
    return node


def text_of(name: str, value: object) -> str:
    """One value as XML schema's types write it: base64 for bytes, no exponent in decimals; `name` is for the error.

    Raises:
        InputError: a datetime without a zone, or a number that isn't one.
    """
    if isinstance(value, bytes):
        return b64encode(value).decode()
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise InputError(f"{name}={value} isn't a number that can be sent")
        return format(value, "f")
    return wire_text(name, value)


def _items(value: object) -> Sequence[object]:
    """The entries of a list, else the value itself as the only one."""
    return value if _is_sequence(value) else (value,)


def _is_sequence(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def _is_mapping(value: object) -> TypeGuard[Mapping[str, object]]:
    return isinstance(value, Mapping)


__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "XSD",
    "XSI",
    "Name",
    "Node",
    "NodeParser",
    "as_dict",
    "element",
    "parse",
    "read_xml",
    "text_of",
    "write",
]
