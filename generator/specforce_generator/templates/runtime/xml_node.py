"""One element of an XML document, as it is read and as it is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NamedTuple

XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
XSD: Final = "http://www.w3.org/2001/XMLSchema"


class Name(NamedTuple):
    """A qualified name, such as the type that an element says it is of."""

    namespace: str
    local: str


@dataclass(slots=True)
class Node:
    """One element.

    Attributes:
        name: its local name.
        namespace: the namespace's URI, empty for none.
        text: its character data, entities resolved.
        children: its child elements, in their order.
        attributes: by local name; by `{namespace}name` where they are qualified. `xsi:nil` and `xsi:type` aren't here.
        nil: it is marked `xsi:nil`: a null, which isn't the same as an empty text.
        type: what its `xsi:type` names, `None` without one.
    """

    name: str
    namespace: str = ""
    text: str = ""
    children: list[Node] = field(default_factory=list["Node"])
    attributes: dict[str, str] = field(default_factory=dict[str, str])
    nil: bool = False
    type: Name | None = None

    def child(self, name: str) -> Node | None:
        """The first child element of that local name, `None` if there is none."""
        return next((child for child in self.children if child.name == name), None)

    def all(self, name: str) -> list[Node]:
        """All child elements of that local name, in their order."""
        return [child for child in self.children if child.name == name]

    def value(self, name: str) -> str | None:
        """The text of the first child of that local name; `None` if there is none, or it is null."""
        found = self.child(name)
        return None if found is None or found.nil else found.text


__all__ = ["XSD", "XSI", "Name", "Node"]
