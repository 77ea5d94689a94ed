"""A WSDL, compiled by zeep: names, extensions and headers resolved.

Documentation and enumerations, which zeep forgets, come from the document itself. Plain values go out, so that nothing
after this module knows zeep or lxml.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

from .names import argument, class_name_of, snake_case
from .sources import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .sources import Json

_XSD = "{http://www.w3.org/2001/XMLSchema}"
_WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
_OWN = "{urn:specforce:wsdl}"
_WILDCARD = "_value_"  # what zeep calls an `xsd:any`


@dataclass(frozen=True, slots=True)
class Member:
    """One element of a type.

    Attributes:
        wire: its name on the wire.
        name: its Python name.
        type: the local name of its type, such as `string`, `ID` or `LeadConvert`.
        optional: it may be left out.
        many: it may come more than once.
        nillable: it may be null.
        default: what it is where nothing is said, as the document has it.
        most: how many entries the server takes, None where nothing is known.
    """

    wire: str
    name: str
    type: str
    optional: bool
    many: bool
    nillable: bool
    default: str | None = None
    most: int | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class ComplexType:
    """One type with elements; `members` are its own, without those of the type that it extends.

    Attributes:
        open: it has elements that the document doesn't name (`xsd:any`).
    """

    wire: str
    name: str
    base: str
    members: tuple[Member, ...]
    description: str = ""
    open: bool = False


@dataclass(frozen=True, slots=True)
class Enumeration:
    """One simple type with the values that are known."""

    wire: str
    name: str
    values: tuple[str, ...]
    description: str = ""


@dataclass(frozen=True, slots=True)
class SoapOperation:
    """One operation.

    Attributes:
        operation_id: `soap.` and its name on the wire: some names are also those of REST operations.
        request: the elements of its request.
        result: the element of its answer, None where there is none.
        headers: the headers that it takes, by wire name, the session's own apart.
        authenticated: it wants a session.
        rows: the rows of the reference that it follows.
        apart: its results aren't one for each entry of the request's list, though the counts of lists look like it.
    """

    operation_id: str
    wire: str
    name: str
    request: tuple[Member, ...]
    result: Member | None
    headers: tuple[str, ...]
    faults: tuple[str, ...]
    authenticated: bool
    repeatable: bool
    since: str | None
    until: str | None
    rows: tuple[str, ...]
    description: str = ""
    api: str = "soap"
    apart: bool = False

    @property
    def aligned(self) -> bool:
        """One list goes in, and a list of as many results comes out."""
        return self.listed and not self.apart and sum(member.many for member in self.request) == 1

    @property
    def listed(self) -> bool:
        """A list of results comes out."""
        return self.result is not None and self.result.many

    @property
    def paged(self) -> bool:
        """It begins a query, which other operations go on with."""
        return self.result is not None and self.result.type == "QueryResult" and self.request[0].type == "string"


@dataclass(frozen=True, slots=True)
class Wsdl:
    """The whole document; `headers` are types too, by the name of their element."""

    operations: tuple[SoapOperation, ...]
    types: dict[str, ComplexType] = field(repr=False)
    headers: dict[str, ComplexType] = field(repr=False)
    enumerations: dict[str, Enumeration] = field(repr=False)

    def all_members(self, name: str) -> tuple[Member, ...]:
        """The members of a type or header, inherited ones first."""
        found = self.types.get(name) or self.headers[name]
        return (*(self.all_members(found.base) if found.base else ()), *found.members)

    def subtypes(self, name: str) -> list[str]:
        """The types that extend a type directly, sorted."""
        return sorted(found.wire for found in self.types.values() if found.base == name)


def read_wsdl(folder: Path, path: str, api: str) -> Wsdl:
    """Compile a WSDL of the specs folder.

    Raises:
        SourceError: it can't be read, zeep can't compile it, or zeep isn't installed.
    """
    try:
        zeep: Any = import_module("zeep")  # without types, slow to import, and only SOAP needs it
        etree: Any = import_module("lxml.etree")
    except ImportError:
        message = "zeep isn't installed, which compiles it: run `make setup`, or install specforce[codegen]"
        raise SourceError(f"{path}:1: {message}") from None
    try:
        root: Any = etree.parse(str(folder / path), etree.XMLParser(resolve_entities=False)).getroot()
        client: Any = zeep.Client(str(folder / path))
    except OSError as error:
        raise SourceError(f"{path}:1: can't be read: {error}") from None
    except etree.XMLSyntaxError as error:
        raise SourceError(f"{path}:{error.lineno}: isn't XML: {error.msg}") from None
    except (zeep.exceptions.Error, LookupError, ValueError) as error:
        raise SourceError(f"{path}:1: zeep can't compile it: {error}") from None
    return _Reader(root, client, api).read()


class _Reader:
    """Walks what zeep compiled, and the document beside it."""

    def __init__(self, root: Any, client: Any, api: str) -> None:
        self._root = root
        self._client = client
        self._api = api
        self._namespace: str = root.get("targetNamespace")

    def read(self) -> Wsdl:
        written = {node.get("name"): node for node in self._root.iter(f"{_XSD}complexType") if node.get("name")}
        elements = {
            node.get("name"): node
            for schema in self._root.iter(f"{_XSD}schema")
            for node in schema.iterchildren(f"{_XSD}element")
        }
        declared = {
            node.get("name"): node for node in self._root.find(f"{_WSDL}portType").iterchildren(f"{_WSDL}operation")
        }
        compiled: dict[str, Any] = next(iter(self._client.wsdl.bindings.values()))._operations  # noqa: SLF001 - pinned
        operations = tuple(
            self._operation(compiled[name], declared[name], elements[name]) for name in declared if name in compiled
        )
        names = {name for operation in operations for name in operation.headers} | {"LimitInfoHeader"}
        return Wsdl(
            operations,
            {
                name: self._type(name, node)
                for name, node in written.items()
                if name not in ("sObject", *_faults(written))
            },
            {name: self._header(name, elements[name]) for name in elements if name in names},
            {found.wire: found for found in self._enumerations()},
        )

    def _operation(self, compiled: Any, declared: Any, element: Any) -> SoapOperation:
        wire: str = compiled.name
        result = self._members(compiled.output.body.type, None)
        headers = [str(name) for name, _ in compiled.input.header.type.elements]
        return SoapOperation(
            operation_id=f"{self._api}.{wire}",
            wire=wire,
            name=snake_case(wire),
            request=self._members(compiled.input.body.type, element),
            result=result[0] if result else None,
            headers=tuple(name for name in headers if name != "SessionHeader"),
            faults=tuple(node.get("name") for node in declared.iterchildren(f"{_WSDL}fault")),
            authenticated="SessionHeader" in headers,
            repeatable=declared.get(f"{_OWN}repeatable") == "true",
            since=declared.get(f"{_OWN}since"),
            until=declared.get(f"{_OWN}until"),
            rows=tuple((declared.get(f"{_OWN}rows") or "").split()),
            description=_line(declared.findtext(f"{_WSDL}documentation")),
            api=self._api,
            apart=declared.get(f"{_OWN}aligned") == "false",
        )

    def _type(self, name: str, node: Any) -> ComplexType:
        extension = node.find(f".//{_XSD}extension")
        base = "" if extension is None else str(extension.get("base")).rpartition(":")[2]
        compiled = self._client.get_type(f"{{{self._namespace}}}{name}")
        own = {element.get("name") for element in node.iter(f"{_XSD}element")}
        members = tuple(member for member in self._members(compiled, node) if member.wire in own)
        wildcard = node.find(f".//{_XSD}any") is not None
        return ComplexType(name, class_name_of(name), base, members, _documentation(node), open=wildcard)

    def _header(self, name: str, node: Any) -> ComplexType:
        compiled = self._client.get_element(f"{{{self._namespace}}}{name}").type
        return ComplexType(name, class_name_of(name), "", self._members(compiled, node), _documentation(node))

    def _members(self, compiled: Any, node: Any) -> tuple[Member, ...]:
        """The elements of a compiled type; `node` is where their documentation stands."""
        beside = {} if node is None else {element.get("name"): element for element in node.iter(f"{_XSD}element")}
        named = ((wire, element) for wire, element in compiled.elements if not wire.startswith(_WILDCARD))
        return tuple(self._member(wire, element, beside.get(wire)) for wire, element in named)

    def _member(self, wire: str, element: Any, node: Any) -> Member:
        return Member(
            wire=wire,
            name=argument(wire.replace("sObject", "SObject")),
            type=str(element.type.name),
            optional=bool(element.is_optional),
            many=bool(element.accepts_multiple),
            nillable=bool(element.nillable),
            default=None if node is None else node.get("default"),
            most=int(most) if node is not None and (most := node.get(f"{_OWN}most")) else None,
            description="" if node is None else _documentation(node),
        )

    def _enumerations(self) -> Iterator[Enumeration]:
        for node in self._root.iter(f"{_XSD}simpleType"):
            values = tuple(found.get("value") for found in node.iter(f"{_XSD}enumeration"))
            if values:
                wire = node.get("name")
                yield Enumeration(wire, class_name_of(wire), values, _documentation(node))


def as_json(wsdl: Wsdl) -> Json:
    """What the fake org needs of it: operations by operationId, types by wire name, members in the schema's order."""
    return {
        "operations": {
            operation.operation_id: {
                "name": operation.wire,
                "request": [_member_json(member) for member in operation.request],
                "result": None if operation.result is None else _member_json(operation.result),
                "headers": list(operation.headers),
                "faults": list(operation.faults),
                "authenticated": operation.authenticated,
                "until": operation.until,
            }
            for operation in wsdl.operations
        },
        "types": {
            name: {"base": found.base, "members": [_member_json(member) for member in wsdl.all_members(name)]}
            for name, found in (wsdl.types | wsdl.headers).items()
        },
        "enumerations": {name: list(found.values) for name, found in wsdl.enumerations.items()},
    }


def _member_json(member: Member) -> Json:
    return {
        "name": member.wire,
        "type": member.type,
        "optional": member.optional,
        "many": member.many,
        "nillable": member.nillable,
    }


def _faults(written: dict[str, Any]) -> list[str]:
    """The types of faults: whoever reads an answer reads all of them alike."""
    return [name for name in written if name.endswith("Fault")]


def _documentation(node: Any) -> str:
    return _line(node.findtext(f"{_XSD}annotation/{_XSD}documentation"))


def _line(text: str | None) -> str:
    return " ".join((text or "").split())
