"""Nodes, written as an XML document: namespaces declared once, everything escaped, what XML can't hold refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from .errors import InputError
from .xml_node import XSD, XSI, Node

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_BARRED = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LOCAL_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-]*\Z")
_USUAL: Final = {
    "http://schemas.xmlsoap.org/soap/envelope/": "soapenv",
    "http://www.w3.org/XML/1998/namespace": "xml",
    XSD: "xsd",
    XSI: "xsi",
}


def write(root: Node, *, prefixes: Mapping[str, str] | None = None) -> bytes:
    """The document of a node, in UTF-8, with a declaration and every namespace declared at the root.

    Args:
        prefixes: namespace to the prefix that it shall have. The root's is the default namespace unless it is here, or
            something in the document has none.

    Raises:
        InputError: a name that can't be an element's, or a character that XML can't hold; it names the element's path.
    """
    uris = set(_namespaces(root))
    known = {uri: prefix for uri, prefix in (prefixes or {}).items() if uri in uris}
    if root.namespace and root.namespace not in known and "" not in uris:
        known[root.namespace] = ""
    for number, uri in enumerate(sorted(uris - known.keys() - {""})):
        usual = _USUAL.get(uri, "")
        known[uri] = usual if usual and usual not in known.values() else f"ns{number}"
    out = ['<?xml version="1.0" encoding="UTF-8"?>\n']
    declared = "".join(
        f' xmlns{":" if prefix else ""}{prefix}="{_escaped(uri, root.name, quoted=True)}"'
        for uri, prefix in known.items()
    )
    _Writer(known, out).element(root, root.name, declared)
    return "".join(out).encode()


class _Writer:
    """Appends elements to `out`; `prefixes` has every namespace that occurs, the default one as an empty prefix."""

    def __init__(self, prefixes: Mapping[str, str], out: list[str]) -> None:
        self._prefixes = prefixes
        self._out = out

    def element(self, node: Node, path: str, declared: str = "") -> None:
        """Append one element with all within it; `path` is for errors, `declared` goes into the start tag."""
        tag = self._name(node.namespace, node.name, path)
        attributes = declared + "".join(self._attribute(key, value, path) for key, value in node.attributes.items())
        if node.type is not None:
            attributes += f' {self._prefixes[XSI]}:type="{self._name(*node.type, path)}"'
        if node.nil:
            attributes += f' {self._prefixes[XSI]}:nil="true"'
        text = _escaped(node.text, path)
        if not text and not node.children:
            self._out.append(f"<{tag}{attributes}/>")
            return
        self._out.append(f"<{tag}{attributes}>{text}")
        for child in node.children:
            self.element(child, f"{path}/{child.name}")
        self._out.append(f"</{tag}>")

    def _attribute(self, key: str, value: str, path: str) -> str:
        namespace, local = _split(key)
        if key == "xmlns":
            raise InputError(f"{path}: an attribute can't be called xmlns, which declares a namespace")
        return f' {self._name(namespace, local, path)}="{_escaped(value, f"{path}/@{local}", quoted=True)}"'

    def _name(self, namespace: str, local: str, path: str) -> str:
        if not _LOCAL_NAME.match(local):
            raise InputError(f"{path}: {local!r} can't be the name of an XML element")
        prefix = self._prefixes.get(namespace, "")
        return f"{prefix}:{local}" if prefix else local


def _namespaces(node: Node) -> Iterator[str]:
    """Every namespace that the element uses, also of attributes and types, with repetitions."""
    yield node.namespace
    if node.nil or node.type is not None:
        yield XSI
    if node.type is not None:
        yield node.type.namespace
    for key in node.attributes:
        if key.startswith("{"):
            yield from (_split(key)[0], "")  # no default namespace beside it: attributes can't be in one
    for child in node.children:
        yield from _namespaces(child)


def _split(key: str) -> tuple[str, str]:
    """`{namespace}name` → its two parts."""
    namespace, _, local = key.rpartition("}")
    return namespace[1:], local


def _escaped(text: str, path: str, *, quoted: bool = False) -> str:
    if barred := _BARRED.search(text):
        raise InputError(f"{path}: XML can't hold the character {barred[0]!r} (at position {barred.start()})")
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")
    return text.replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;") if quoted else text


__all__ = ["write"]
