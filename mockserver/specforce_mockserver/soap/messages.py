"""Envelopes: a request taken apart, an answer put together, by what the WSDL says.

Source: specs/reference/soap.md sections 1, 3 and 7.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from specforce_mockserver.soap import records
from specforce_mockserver.soap.dialect import ENVELOPE
from specforce_mockserver.soap.faults import client_fault
from specforce_mockserver.soap.schema import RECORD, schema
from specforce_mockserver.xml_documents import XSI, Element, XmlError, nil, read, to_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from specforce_mockserver.schema import Schema
    from specforce_mockserver.soap.dialect import Dialect
    from specforce_mockserver.soap.schema import Member, SoapOperation

Json = dict[str, Any]
_ZEROS = {"boolean": "false", "int": "0", "long": "0", "double": "0.0"}


@dataclass(frozen=True, slots=True)
class Message:
    """One request: its operation, its header elements by name, and the element of the operation."""

    operation: SoapOperation
    headers: Mapping[str, Element]
    body: Element

    def session_id(self) -> str:
        """The session that SessionHeader names; empty where there is none."""
        found = self.headers.get("SessionHeader")
        return (found.text_of("sessionId") or "").strip() if found is not None else ""

    def header(self, name: str) -> dict[str, str]:
        """The plain values of a header; empty where it isn't sent."""
        found = self.headers.get(name)
        return {} if found is None else {each.name: each.text.strip() for each in found.children if not each.is_nil}


def read_message(content: bytes, dialect: Dialect) -> Message:
    """Take a request apart.

    Raises:
        ApiError: it isn't SOAP, or of no operation of this endpoint. [E]
    """
    try:
        root = read(content)
    except XmlError as error:
        raise client_fault(f"The request is not XML that can be read: {error}") from None
    if (root.namespace, root.name) != (ENVELOPE, "Envelope"):
        raise client_fault(f"The root of a request is Envelope in {ENVELOPE}")
    parts = {each.name: each for each in root.children if each.namespace == ENVELOPE}
    body = parts["Body"].children if "Body" in parts else []
    if len(body) != 1:
        raise client_fault("The Body of a request holds one element")
    operation = schema().operations.get(body[0].name)
    if operation is None or body[0].namespace != dialect.own:
        raise client_fault(
            f"No operation available for request {{{body[0].namespace}}}{body[0].name}, "
            "please check the WSDL for the service."
        )
    head = parts["Header"].children if "Header" in parts else []
    return Message(operation, {each.name: each for each in head if each.namespace == dialect.own}, body[0])


def arguments(message: Message, org_schema: Schema, dialect: Dialect) -> Json:
    """The request's elements by name: texts, records, dicts; lists where an element may come more than once.

    Raises:
        ApiError: an element is missing, or isn't one of the operation's. [E]
    """
    return _members(message.body, message.operation.request, org_schema, dialect)


def _members(element: Element, members: Sequence[Member], org_schema: Schema, dialect: Dialect) -> Json:
    known = {each.name for each in members}
    for child in element.children:
        if child.name not in known or child.namespace != dialect.own:
            raise client_fault(f"Element {{{child.namespace}}}{child.name} invalid at this location")
    found: Json = {}
    for member in members:
        values = [_value(each, member, org_schema, dialect) for each in element.all(member.name)]
        if member.many:
            found[member.name] = values
        elif values:
            found[member.name] = values[0]
        elif not member.optional and not member.nillable:
            raise client_fault(f"Required element {{{dialect.own}}}{member.name} missing")
    return found


def _value(element: Element, member: Member, org_schema: Schema, dialect: Dialect) -> Any:
    if element.is_nil:
        return None
    if member.type == RECORD:
        return records.record_of(element, org_schema, dialect)
    types = schema().types
    named = element.type_name[1] if element.type_name is not None else member.type
    if named in types or member.type in types:
        kind = named if named in types else member.type
        if not types[kind]:
            return _anything(element)
        return {"type": kind, **_members(element, types[kind], org_schema, dialect)}
    return element.text


def _anything(element: Element) -> Any:
    """An element of a type that the WSDL leaves open: texts, and dicts in which every value is a list."""
    if element.is_nil:
        return None
    if not element.children:
        return element.text
    found: dict[str, list[Any]] = {}
    for child in element.children:
        found.setdefault(child.name, []).append(_anything(child))
    return found


def answer(message: Message, results: Sequence[Any], dialect: Dialect, *, used: int, limit: int) -> bytes:
    """The envelope of an answer; `used` of `limit` API requests go into its LimitInfoHeader."""
    operation = message.operation
    response = Element(dialect.own, f"{operation.name}Response")
    if operation.result is not None:
        for each in results:
            response.children.append(_element(operation.result, each, dialect))
    parts = [Element(ENVELOPE, "Body", children=[response])]
    if operation.authenticated:
        parts.insert(0, Element(ENVELOPE, "Header", children=[_limits(dialect, used, limit)]))
    return to_bytes(Element(ENVELOPE, "Envelope", children=parts), dialect.prefixes)


def _limits(dialect: Dialect, used: int, limit: int) -> Element:
    values = {"current": used, "limit": limit, "type": "API REQUESTS"}
    told = Element(dialect.own, "limitInfo", children=list(_plain(values, dialect)))
    return Element(dialect.own, "LimitInfoHeader", children=[told])


def _plain(values: Json, dialect: Dialect) -> Iterator[Element]:
    return (Element(dialect.own, name, str(value)) for name, value in values.items())


def _element(member: Member, value: Any, dialect: Dialect) -> Element:
    if value is None:
        return nil(dialect.own, member.name)
    if member.type == RECORD:
        return records.record_element(dialect.own, member.name, value, dialect)
    if member.type == "QueryResult":
        return Element(dialect.own, member.name, children=list(records.page_elements(value, dialect)))
    if member.type == "Error" and "duplicateResult" in value:
        children = _children(schema().types["DuplicateError"], value, dialect)
        return Element(dialect.own, member.name, children=list(children), attributes={(XSI, "type"): "DuplicateError"})
    members = schema().types.get(member.type)
    if members is None:
        return Element(dialect.own, member.name, records.text_of(value))
    if not members:
        return _open_element(member.name, value, dialect)
    return Element(dialect.own, member.name, children=list(_children(members, value, dialect)))


def _open_element(name: str, value: Any, dialect: Dialect) -> Element:
    """An element of a type that the WSDL leaves open: what the value has by name, the order of all types there."""
    if value is None:
        return nil(dialect.own, name)
    if not isinstance(value, dict):
        return Element(dialect.own, name, records.text_of(value))
    children: list[Element] = []
    for key, each in sorted(cast("Json", value).items()):
        many = cast("Sequence[Any]", each) if isinstance(each, list) else [each]
        children += [_open_element(key, one, dialect) for one in many]
    return Element(dialect.own, name, children=children)


def _children(members: Sequence[Member], value: Json, dialect: Dialect) -> Iterator[Element]:
    """The elements of a type in the schema's order; what has to be there and isn't known is null, false, 0 or empty."""
    for member in members:
        found = value.get(member.name)
        if member.many:
            yield from (_element(member, each, dialect) for each in found or ())
        elif found is not None:
            yield _element(member, found, dialect)
        elif member.nillable and not member.optional:
            yield nil(dialect.own, member.name)
        elif not member.optional:
            yield Element(dialect.own, member.name, _ZEROS.get(member.type, ""))
