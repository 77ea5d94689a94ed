"""The tables of `soap.md` about operations, types and enumerations, and a judge of messages by them.

It reads the reference itself, not the WSDL that the fake org reads.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Final, TypeVar

from tests.mock.reference import row, rows_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from xml.etree import ElementTree as ET

F = TypeVar("F")
NIL: Final = "{http://www.w3.org/2001/XMLSchema-instance}nil"
KIND: Final = "{http://www.w3.org/2001/XMLSchema-instance}type"
_PLAIN: Final = {
    "ID": r"[a-zA-Z0-9]{18}",
    "boolean": "true|false",
    "int": r"-?\d+",
    "long": r"-?\d+",
    "double": r"-?\d+(\.\d+)?",
    "dateTime": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z",
}


@dataclass(frozen=True)
class Member:
    """An element as a row says it: `name`, then `?` optional, `*` repeated, `~` nillable, then its type."""

    name: str
    type: str
    optional: bool
    many: bool
    nillable: bool


def members(text: str) -> tuple[Member, ...]:
    """The elements that a cell of a table names, in its order."""
    found = re.findall(r"(\w+)([?*~]*) ([\w]+)", text)
    return tuple(Member(name, kind, "?" in flags, "*" in flags, "~" in flags) for name, flags, kind in found)


@cache
def table(section: str) -> dict[str, list[str]]:
    """The rows of a table of `soap.md` by their first cell."""
    lines = [each.text for each in rows_of("soap.md") if each.section == section and each.text.startswith("| ")]
    cells = ([cell.strip() for cell in line.strip("|").replace("| |", "|  |").split(" | ")] for line in lines)
    return {first: rest for first, *rest in cells}


def types(name: str) -> tuple[Member, ...] | None:
    """The elements of a type, those of its base first; None where no row has it."""
    found = table("8").get(name)
    if found is None:
        return None
    base, own = found
    return (*(types(base) or ()), *members(own)) if own != "(none)" else ()


@cache
def enumerations() -> dict[str, frozenset[str]]:
    """The values of each enumeration."""
    found = (re.match(r"\* \*\*(\w+)\*\*: (.*)", each.text) for each in rows_of("soap.md") if each.section == "9")
    return {each[1]: frozenset(each[2].split()) for each in found if each}


def holding(section: str, names: Iterable[str]) -> Callable[[F], F]:
    """Say that a test is about the rows of a table that begin with these names."""

    def hold(test: F) -> F:
        for name in names:
            row(f"soap.md#{section}", f"* **{name}**" if section == "9" else f"| {name} |")(test)  # type: ignore[type-var]
        return test

    return hold


@dataclass
class Judge:
    """Holds elements against the rows; `seen` are the types and enumerations that there were any of."""

    seen: set[str] = field(default_factory=set[str])

    def request(self, operation: str, element: ET.Element) -> None:
        """Judge the element of a request."""
        self._children(operation, element, members(table("7")[operation][0]))

    def response(self, operation: str, element: ET.Element) -> None:
        """Judge the element of an answer."""
        self._children(operation, element, members(table("7")[operation][1]))

    def type(self, name: str, element: ET.Element) -> None:
        """Judge an element of a type."""
        self.seen.add(name)
        self._children(name, element, types(name) or ())

    def _children(self, place: str, element: ET.Element, expected: tuple[Member, ...]) -> None:
        left = [(each.tag.rpartition("}")[2], each) for each in element]
        for member in expected:
            count = 0
            while left and left[0][0] == member.name and (member.many or not count):
                self._value(f"{place}/{member.name}", left.pop(0)[1], member)
                count += 1
            assert count or member.optional, f"{place} has no {member.name}"
        assert not left, f"{place}: {left[0][0]} is out of place"

    def _value(self, place: str, element: ET.Element, member: Member) -> None:
        if element.get(NIL) == "true":
            assert member.nillable, f"{place} is nil"
            return
        kind = element.get(KIND, "").rpartition(":")[2] or member.type
        if kind == "sObject":
            self._record(place, element)
        elif (expected := types(kind)) is not None:
            self.seen |= {kind, member.type}
            self._children(place, element, expected)
        elif kind in enumerations():
            assert element.text in enumerations()[kind], f"{place}: {element.text}"
            self.seen.add(kind)
        elif kind in _PLAIN:
            assert re.fullmatch(_PLAIN[kind], element.text or ""), f"{place}: {element.text}"

    def _record(self, place: str, element: ET.Element) -> None:
        """A record: its type, the fields to null, its Id, then whatever it has."""
        self.seen.add("sObject")
        names = [each.tag.rpartition("}")[2] for each in element]
        rest = [each for each in names[1:] if each != "fieldsToNull"]
        assert names[0] == "type", f"{place} begins with {names[0]}"
        assert "Id" not in rest or rest[0] == "Id", f"{place} has its Id among the fields"
