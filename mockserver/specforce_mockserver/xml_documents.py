"""XML read and written: elements with namespaces, in order, without the parts of XML that attack their reader.

A document with a DOCTYPE is refused, and so are entities of its own, deep nesting and a second root: nothing is ever
expanded or fetched. Comments and processing instructions are passed over. Text is that of all pieces between an
element's tags, joined.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from xml.parsers.expat import ExpatError, ParserCreate
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>'
MAX_DEPTH: Final = 64
_WELL_KNOWN: Final = {XSI: "xsi", "http://www.w3.org/XML/1998/namespace": "xml"}
_UNWRITABLE: Final = dict.fromkeys((*range(9), 11, 12, *range(14, 32), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF), "�")
Name = tuple[str, str]


class XmlError(ValueError):
    """A document that can't be read, or that isn't read on purpose."""


@dataclass(slots=True)
class Element:
    """One element.

    Attributes:
        namespace: its URI; empty for none.
        name: its local name.
        text: what stands between its tags, beside its children.
        attributes: values by namespace and local name.
        children: in their order; repeated names stay apart.
        prefixes: of a document that was read, the URIs that prefixes stand for here; `xsi:type` values need them.
    """

    namespace: str
    name: str
    text: str = ""
    attributes: dict[Name, str] = field(default_factory=dict[Name, str])
    children: list[Element] = field(default_factory=list["Element"])
    prefixes: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)

    @property
    def is_nil(self) -> bool:
        """Whether `xsi:nil` says that it has no value."""
        return self.attributes.get((XSI, "nil"), "").strip() in {"true", "1"}

    @property
    def type_name(self) -> Name | None:
        """What `xsi:type` names, its prefix resolved; None without one."""
        found = self.attributes.get((XSI, "type"))
        if found is None:
            return None
        prefix, colon, local = found.strip().rpartition(":")
        return self.prefixes.get(prefix if colon else "", ""), local

    def find(self, name: str) -> Element | None:
        """The first child with a local name."""
        return next(self.all(name), None)

    def all(self, name: str) -> Iterator[Element]:
        """The children with a local name."""
        return (each for each in self.children if each.name == name)

    def text_of(self, name: str) -> str | None:
        """The text of the first child with a local name; None when there is none or it is nil."""
        found = self.find(name)
        return None if found is None or found.is_nil else found.text


def nil(namespace: str, name: str) -> Element:
    """An element that says that it has no value."""
    return Element(namespace, name, attributes={(XSI, "nil"): "true"})


def read(content: bytes) -> Element:
    """The root of a document.

    Raises:
        XmlError: it isn't well-formed, or it has a DOCTYPE, or it is nested too deep.
    """
    reader = _Reader()
    try:
        reader.parser.Parse(content, True)
    except ExpatError as error:
        message = f"not well-formed: {error}"
        raise XmlError(message) from None
    except (LookupError, UnicodeError) as error:
        message = f"unreadable encoding: {error}"
        raise XmlError(message) from None
    assert reader.root is not None, "expat accepts no document without a root"
    return reader.root


class _Reader:
    """Builds elements from what expat tells."""

    def __init__(self) -> None:
        self.root: Element | None = None
        self._open: list[Element] = []
        self._texts: list[list[str]] = []
        self._prefixes: list[dict[str, str]] = [{}]
        self._declared: dict[str, str] = {}
        self.parser = parser = ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartNamespaceDeclHandler = self._declare
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text

    def _doctype(self, *_: object) -> None:
        message = "a DOCTYPE is not allowed"
        raise XmlError(message)

    def _declare(self, prefix: str | None, uri: str | None) -> None:
        self._declared[prefix or ""] = uri or ""

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= MAX_DEPTH:
            message = f"nested deeper than {MAX_DEPTH} elements"
            raise XmlError(message)
        prefixes = self._prefixes[-1]
        if self._declared:
            prefixes = {**prefixes, **self._declared}
            self._declared = {}
        namespace, local = _split(name)
        element = Element(
            namespace, local, attributes={_split(key): value for key, value in attributes.items()}, prefixes=prefixes
        )
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)
        self._texts.append([])
        self._prefixes.append(prefixes)

    def _end(self, _name: str) -> None:
        self._open.pop().text = "".join(self._texts.pop())
        self._prefixes.pop()

    def _text(self, text: str) -> None:
        self._texts[-1].append(text)


def _split(name: str) -> Name:
    namespace, _space, local = name.rpartition(" ")
    return namespace, local


def to_bytes(root: Element, prefixes: Mapping[str, str] | None = None, *, declaration: bool = True) -> bytes:
    """A document.

    Args:
        root: its root.
        prefixes: the prefix of each namespace, by URI; empty makes it the default one. The root's own is the default
            where nothing is given, `xsi` always is that of XML Schema's instances, others are numbered. Elements of no
            namespace can't stand in a document that has a default one.
        declaration: begin with an XML declaration.
    """
    known = dict(prefixes if prefixes is not None else {root.namespace: ""})
    used = {uri for uri, _local in _names(root)}
    for uri in sorted(used - {""}):
        known.setdefault(uri, _WELL_KNOWN.get(uri, f"ns{len(known)}"))
    parts = [DECLARATION] if declaration else []
    _write(root, known, parts, "".join(_declarations(known, used | set(prefixes or ()))))
    return "".join(parts).encode()


def text(value: str) -> str:
    """A value as it stands between tags; characters that XML can't hold are replaced."""
    return escape(value.translate(_UNWRITABLE), {"\r": "&#13;"})


def _names(element: Element) -> Iterator[Name]:
    yield element.namespace, element.name
    yield from element.attributes
    for child in element.children:
        yield from _names(child)


def _declarations(prefixes: Mapping[str, str], used: set[str]) -> Iterator[str]:
    for uri, prefix in prefixes.items():
        if uri in used and uri and prefix != "xml":
            yield f" xmlns{':' + prefix if prefix else ''}={quoteattr(uri)}"


def _write(element: Element, prefixes: Mapping[str, str], parts: list[str], declarations: str = "") -> None:
    name = _qualified((element.namespace, element.name), prefixes)
    attributes = "".join(
        f" {_qualified(key, prefixes)}={quoteattr(value.translate(_UNWRITABLE))}"
        for key, value in element.attributes.items()
    )
    if not element.children and not element.text:
        parts.append(f"<{name}{declarations}{attributes}/>")
        return
    parts.append(f"<{name}{declarations}{attributes}>{text(element.text)}")
    for child in element.children:
        _write(child, prefixes, parts)
    parts.append(f"</{name}>")


def _qualified(name: Name, prefixes: Mapping[str, str]) -> str:
    uri, local = name
    prefix = prefixes.get(uri, "") if uri else ""
    return f"{prefix}:{local}" if prefix else local
