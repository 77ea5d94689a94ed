"""From the types of a WSDL to Python source: annotations, and the expressions that read and write elements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .names import class_name_of, snake_case

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .wsdl import Member, SoapOperation, Wsdl

_READERS = {
    "boolean": ("bool", "boolean"),
    "int": ("int", "integer"),
    "long": ("int", "integer"),
    "double": ("float", "number"),
    "dateTime": ("datetime.datetime", "moment"),
    "base64Binary": ("bytes", "binary"),
}
_TEXT = ("str", "text")
RECORD = "sObject"


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of an operation.

    Attributes:
        type: its annotation.
        elements: the expression for its elements.
        single: the annotation of one entry, where the argument is a list that a method takes one entry of as well.
        default: what it is where nothing is said; empty where something has to be.
    """

    name: str
    type: str
    elements: str
    description: str = ""
    single: str = ""
    default: str = ""


class SoapSource:
    """Knows which types there are, which of them are sent and which received; what it returns is source."""

    def __init__(self, wsdl: Wsdl) -> None:
        self.wsdl = wsdl
        operations = wsdl.operations
        headers = sorted({name for operation in operations for name in operation.headers})
        requests = [member for operation in operations for member in operation.request]
        self.models = [name for name in headers if not self.is_flat(name)]
        self.sent = self._reached(
            [*requests, *(each for name in headers for each in wsdl.all_members(name))], sent=True
        )
        self.received = self._reached([operation.result for operation in operations if operation.result], sent=False)

    def is_flat(self, header: str) -> bool:
        """A header of one plain value: the argument is that value."""
        members = self.wsdl.all_members(header)
        return len(members) == 1 and not members[0].many and members[0].type not in self.wsdl.types

    def _reached(self, members: Iterable[Member], *, sent: bool) -> list[str]:
        """The types that elements are of, with what these extend, what extends them, and what is in them; sorted.

        Those that are open are mappings where they are sent, and no classes.
        """
        found: set[str] = set()
        waiting = [member.type for member in members]
        while waiting:
            name = waiting.pop()
            if name in found or name not in self.wsdl.types or (sent and self.wsdl.types[name].open):
                continue
            found.add(name)
            base = self.wsdl.types[name].base
            waiting += [*([base] if base else ()), *self.wsdl.subtypes(name)]
            waiting += [member.type for member in self.wsdl.types[name].members]
        return sorted(found)

    def references(self, name: str) -> list[str]:
        """The classes that a class needs, sorted: of its members, and the one that it extends."""
        kinds = {member.type for member in self.wsdl.all_members(name)} - {name}
        if name in self.wsdl.types and (base := self.wsdl.types[name].base):
            kinds.add(base)
        return sorted(class_name_of(kind) for kind in kinds if kind in self.wsdl.types or self._enumerated(kind))

    def _open(self, kind: str) -> bool:
        return kind in self.wsdl.types and self.wsdl.types[kind].open

    def _enumerated(self, kind: str) -> bool:
        return kind in self.wsdl.enumerations

    def entry(self, member: Member, *, sent: bool) -> str:
        """The annotation of one entry."""
        if member.type == RECORD:
            return "Mapping[str, Any]" if sent else "Record"
        if sent and self._open(member.type):
            return "Mapping[str, Any]"
        if member.type in self.wsdl.types:
            return class_name_of(member.type)
        if self._enumerated(member.type):
            return f"{class_name_of(member.type)} | str" if sent else class_name_of(member.type)
        return _READERS.get(member.type, _TEXT)[0]

    def field(self, member: Member, *, sent: bool) -> str:
        """The declaration of a class's attribute, with its default."""
        kind = self.entry(member, sent=sent)
        if member.many:
            if not sent:
                return f"list[{kind}] = _attrs_field(factory=list[{kind.strip()}])"
            return f"Sequence[{kind}]{' = ()' if member.optional else ''}"
        if member.default is not None:
            return f"{kind} = {member.default.capitalize()}"
        return f"{kind} | None = None" if member.optional or member.nillable else kind

    def elements(self, member: Member, given: str) -> str:
        """The expression for a member's elements."""
        null = ", null=True" if member.nillable and not member.optional else ""
        wire = f'"{member.wire}"'
        if member.type == RECORD:
            return f"records({wire}, {given}{null})"
        if member.type in self.wsdl.types and not self._open(member.type):
            return f"parts({wire}, {given}{null})"
        ids = ", ids=True" if member.type == "ID" else ""
        return f"values({wire}, {given}{null}{ids})"

    def taken(self, member: Member) -> str:
        """The expression that takes a member from a `Taker` called `take`."""
        how = "many" if member.many else "maybe" if member.optional or member.nillable else "one"
        return f'take.{how}("{member.wire}", {self.reader(member)})'

    def reader(self, member: Member) -> str:
        """The function that reads one entry."""
        if member.type == RECORD:
            return "read_record"
        if member.type in self.wsdl.types:
            return f"{class_name_of(member.type)}.from_node"
        if self._enumerated(member.type):
            return f"one_of({class_name_of(member.type)})"
        return _READERS.get(member.type, _TEXT)[1]

    def arguments(self, operation: SoapOperation) -> list[Argument]:
        """The positional arguments: the request's elements, in their order; those that end it may be left out."""
        found: list[Argument] = []
        omissible = not operation.aligned
        for member in reversed(operation.request):
            omissible = omissible and (member.optional or (member.nillable and not member.many))
            found.append(self._argument(operation, member, omissible=omissible))
        return found[::-1]

    def _argument(self, operation: SoapOperation, member: Member, *, omissible: bool) -> Argument:
        kind = self.entry(member, sent=True)
        elements = self.elements(member, member.name)
        if not member.many:
            kind = f"{kind} | None" if member.optional or member.nillable else kind
            return Argument(member.name, kind, elements, member.description, default="None" if omissible else "")
        single = kind if operation.aligned else ""
        listed = f"list[{kind}] | tuple[{kind}, ...]" if kind == "str" else f"Sequence[{kind}]"
        return Argument(member.name, listed, elements, member.description, single, "()" if omissible else "")

    def keywords(self, operation: SoapOperation) -> list[Argument]:
        """The keyword arguments: the headers, a header of one plain value as that value."""
        return [self._header(name) for name in operation.headers]

    def _header(self, name: str) -> Argument:
        found = self.wsdl.headers[name]
        if self.is_flat(name):
            member = found.members[0]
            kind = self.entry(member, sent=True)
            elements = f'header("{name}", {self.elements(member, member.name)})'
            return Argument(
                member.name, f"{kind} | None", elements, f"{member.description or found.description} (`{name}`)"
            )
        argument = snake_case(name.removesuffix("Header"))
        kind = f"{class_name_of(name)} | None"
        return Argument(argument, kind, f'parts("{name}", {argument})', f"{found.description} (`{name}`)")

    def result(self, operation: SoapOperation) -> str:
        """The annotation of one result; `None` for an operation without any."""
        if operation.result is None:
            return "None"
        kind = self.entry(operation.result, sent=False)
        return f"{kind} | None" if operation.aligned and operation.result.type == RECORD else kind

    def returned(self, operation: SoapOperation) -> str:
        """The annotation of what an operation decodes to."""
        return f"list[{self.result(operation)}]" if operation.listed else self.result(operation)

    def told(self, operation: SoapOperation) -> str:
        """What an operation returns, in words."""
        if operation.result is None:
            return "None."
        found = self.wsdl.types.get(operation.result.type)
        return found.description if found else "The answer."

    def decode(self, operation: SoapOperation) -> str:
        """The expression that reads an answer called `reply`."""
        if operation.result is None:
            return "read_nothing(INFO, reply)"
        read = self.reader(operation.result)
        if not operation.listed:
            return f"read_result(INFO, reply, {read})"
        if not operation.aligned:
            return f"read_list(INFO, reply, {read})"
        listed = next(member.name for member in operation.request if member.many)
        read = f"or_null({read})" if operation.result.type == RECORD else read
        return f"read_results(INFO, reply, {read}, sent=len({listed}))"

    def classes(self, operation: SoapOperation) -> list[str]:
        """The models that an operation's module names, sorted."""
        kinds = {member.type for member in (*operation.request, *([operation.result] if operation.result else ()))}
        made = {*self.sent, *self.received}
        known = {class_name_of(kind) for kind in kinds if kind in made or self._enumerated(kind)}
        return sorted(known | {class_name_of(name) for name in operation.headers if name in self.models})
