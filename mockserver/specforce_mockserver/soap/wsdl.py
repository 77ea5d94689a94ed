"""The org's WSDL, of either dialect: the specs' operations and types; the Enterprise one has the org's own objects too.

Source: specs/reference/soap.md sections 1 and 10. An Enterprise WSDL's objects have their fields in the order in which
this org answers them, by name. [E]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import quoteattr

import specforce_specs
from specforce_mockserver.soap.schema import API, RECORD
from specforce_mockserver.xml_documents import DECLARATION

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from specforce_mockserver.schema import Field, Schema, SObjectType
    from specforce_mockserver.soap.dialect import Dialect

Json = dict[str, Any]
_XSD: Final = frozenset({"anyType", "base64Binary", "boolean", "dateTime", "double", "int", "long", "string"})
_ANYTHING: Final = "None"  # how the specs' reading of the WSDL calls a value of any type
_FIELD_TYPES: Final = {
    "id": "tns:ID",
    "reference": "tns:ID",
    "boolean": "xsd:boolean",
    "int": "xsd:int",
    "long": "xsd:long",
    "double": "xsd:double",
    "currency": "xsd:double",
    "percent": "xsd:double",
    "date": "xsd:date",
    "datetime": "xsd:dateTime",
    "time": "xsd:time",
    "base64": "xsd:base64Binary",
    "anyType": "xsd:anyType",
    "address": "tns:address",
    "location": "tns:location",
}
_SESSION: Final = {"name": "sessionId", "type": "string", "optional": False, "many": False, "nillable": False}
_LIMITS: Final = "LimitInfoHeader"
_QUERY_FAULTS: Final = ("InvalidFieldFault", "InvalidSObjectFault", "MalformedQueryFault", "MalformedSearchFault")
_LOCATION: Final = ("latitude", "longitude")
_ADDRESS: Final = (
    "city", "country", "countryCode", "geocodeAccuracy", "postalCode", "state", "stateCode", "street",
)  # fmt: skip
_ANY: Final = '<xsd:any minOccurs="0" maxOccurs="unbounded" processContents="lax"/>'


def wsdl(dialect: Dialect, org_schema: Schema, address: str) -> bytes:
    """The document.

    Args:
        dialect: whose namespaces it has; a typed one's objects are those of the org.
        org_schema: the org's objects.
        address: where the service is.
    """
    document = specforce_specs.wsdl(API)
    operations: dict[str, Json] = {each["name"]: each for each in document["operations"].values()}
    headers = _headers(operations.values(), document["types"])
    faults = sorted({name for each in operations.values() for name in each["faults"]})
    pieces = [
        _opening(dialect),
        *_schema(dialect.records, dialect.own, _records(dialect, org_schema)),
        *_schema(dialect.own, dialect.records, _messages(document, operations, headers)),
        *_schema(dialect.faults, dialect.own, _faults(faults)),
        "</types>\n",
        _message("Header", *((name, f"tns:{name}") for name in headers)),
        *(_message(name, ("fault", f"fns:{name}")) for name in faults),
        *(_message(f"{name}Request", ("parameters", f"tns:{name}")) for name in operations),
        *(_message(f"{name}Response", ("parameters", f"tns:{name}Response")) for name in operations),
        '<portType name="Soap">\n',
        *map(_port, operations.values()),
        "</portType>\n",
        '<binding name="SoapBinding" type="tns:Soap">\n',
        '<soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>\n',
        *map(_binding, operations.values()),
        "</binding>\n",
        '<service name="SforceService"><port binding="tns:SoapBinding" name="Soap">',
        f"<soap:address location={quoteattr(address)}/></port></service>\n</definitions>\n",
    ]
    return "".join(pieces).encode()


def _opening(dialect: Dialect) -> str:
    namespaces = {
        "": "http://schemas.xmlsoap.org/wsdl/",
        ":soap": "http://schemas.xmlsoap.org/wsdl/soap/",
        ":xsd": "http://www.w3.org/2001/XMLSchema",
        ":tns": dialect.own,
        ":ens": dialect.records,
        ":fns": dialect.faults,
    }
    declared = " ".join(f'xmlns{prefix}="{uri}"' for prefix, uri in namespaces.items())
    return f'{DECLARATION}\n<definitions targetNamespace="{dialect.own}" {declared}>\n<types>\n'


def _schema(target: str, other: str, content: Iterable[str]) -> Iterator[str]:
    yield f'<xsd:schema elementFormDefault="qualified" targetNamespace="{target}">\n'
    yield f'<xsd:import namespace="{other}"/>\n'
    yield from content
    yield "</xsd:schema>\n"


def _records(dialect: Dialect, org_schema: Schema) -> Iterator[str]:
    """The record types: one for all, or one for each object."""
    if not dialect.typed:
        members = '<xsd:element name="type" type="xsd:string"/>' + _nullable("fieldsToNull", "xsd:string", many=True)
        yield _type(RECORD, members + _nullable("Id", "tns:ID") + _ANY)
        return
    yield _type(RECORD, _nullable("fieldsToNull", "xsd:string", many=True) + _nullable("Id", "tns:ID"))
    yield _extension("AggregateResult", f"ens:{RECORD}", _ANY)
    for sobject in org_schema.by_name():
        elements = sorted(_fields(sobject, org_schema).items())
        yield _extension(sobject.name, f"ens:{RECORD}", "".join(_nullable(each, kind) for each, kind in elements))


def _fields(sobject: SObjectType, org_schema: Schema) -> dict[str, str]:
    """The types of a record's elements by name: of fields, of parents, of children."""
    found: dict[str, str] = {}
    for field in sobject.fields:
        if field.name != "Id":
            found[field.name] = _FIELD_TYPES.get(field.type, "xsd:string")
        if field.relationship_name:
            found[field.relationship_name] = _parent(field, org_schema)
    for child in sobject.child_relationships:
        if child.relationship_name:
            found[child.relationship_name] = "tns:QueryResult"
    return found


def _parent(field: Field, org_schema: Schema) -> str:
    """The one object that a field refers to; any record, where there are several."""
    only = org_schema.type(field.reference_to[0]) if len(field.reference_to) == 1 else None
    return f"ens:{RECORD if only is None else only.name}"


def _messages(document: Json, operations: dict[str, Json], headers: dict[str, list[Json]]) -> Iterator[str]:
    """Plain types, enumerations, types, headers, and the elements of requests and answers."""
    types: Json = document["types"]
    used = {each["type"] for holder in types.values() for each in holder["members"]}
    messages = [*(each["request"] for each in operations.values()), *([each["result"]] for each in operations.values())]
    used |= {each["type"] for listed in messages for each in listed if each}
    known = {*types, *document["enumerations"], *_XSD, _ANYTHING, RECORD}
    for name in sorted({*used, "ID"} - known):
        yield _simple(name)
    for name, values in document["enumerations"].items():
        yield _simple(name, "".join(f'<xsd:enumeration value="{each}"/>' for each in values))
    for name, each in types.items():
        if name not in headers:
            yield _described(name, each, types)
    yield _type("location", "".join(_nullable(each, "xsd:double") for each in _LOCATION))
    yield _extension("address", "tns:location", "".join(_nullable(each, "xsd:string") for each in _ADDRESS))
    for name, members in headers.items():
        yield _element(name, members)
    for name, each in operations.items():
        yield _element(name, each["request"])
        yield _element(f"{name}Response", [each["result"]] if each["result"] else [])


def _described(name: str, described: Json, types: Json) -> str:
    """A type of the specs; one of which they say no elements may have any."""
    base: str = described["base"]
    inherited = len(types[base]["members"]) if base else 0
    own: list[Json] = described["members"][inherited:]
    content = "".join(map(_member, own)) if described["members"] else _ANY
    return _extension(name, f"tns:{base}", content) if base else _type(name, content)


def _headers(operations: Iterable[Json], types: Json) -> dict[str, list[Json]]:
    names = sorted({name for each in operations for name in each["headers"]} | {_LIMITS})
    return {"SessionHeader": [_SESSION], **{name: types[name]["members"] for name in names}}


def _faults(names: Iterable[str]) -> Iterator[str]:
    yield _simple("ExceptionCode")
    code = '<xsd:element name="exceptionCode" type="fns:ExceptionCode"/>'
    yield _type("ApiFault", code + '<xsd:element name="exceptionMessage" type="xsd:string"/>')
    place = '<xsd:element name="row" type="xsd:int"/><xsd:element name="column" type="xsd:int"/>'
    yield _extension("ApiQueryFault", "fns:ApiFault", place)
    for name in names:
        yield _extension(name, f"fns:{'ApiQueryFault' if name in _QUERY_FAULTS else 'ApiFault'}", "")
        yield f'<xsd:element name="{name}" type="fns:{name}"/>\n'


def _simple(name: str, values: str = "") -> str:
    restriction = f'<xsd:restriction base="xsd:string">{values}</xsd:restriction>'
    return f'<xsd:simpleType name="{name}">{restriction}</xsd:simpleType>\n'


def _type(name: str, content: str) -> str:
    return f'<xsd:complexType name="{name}"><xsd:sequence>{content}</xsd:sequence></xsd:complexType>\n'


def _extension(name: str, base: str, content: str) -> str:
    extension = f'<xsd:extension base="{base}"><xsd:sequence>{content}</xsd:sequence></xsd:extension>'
    return f'<xsd:complexType name="{name}"><xsd:complexContent>{extension}</xsd:complexContent></xsd:complexType>\n'


def _element(name: str, members: Iterable[Json]) -> str:
    sequence = f"<xsd:sequence>{''.join(map(_member, members))}</xsd:sequence>"
    return f'<xsd:element name="{name}"><xsd:complexType>{sequence}</xsd:complexType></xsd:element>\n'


def _member(each: Json) -> str:
    kind: str = "anyType" if each["type"] == _ANYTHING else each["type"]
    prefix = "ens" if kind == RECORD else "xsd" if kind in _XSD else "tns"
    many = ' maxOccurs="unbounded"' if each["many"] else ""
    optional = ' minOccurs="0"' if each["optional"] else ""
    nillable = ' nillable="true"' if each["nillable"] else ""
    return f'<xsd:element name="{each["name"]}" type="{prefix}:{kind}"{optional}{many}{nillable}/>'


def _nullable(name: str, kind: str, *, many: bool = False) -> str:
    most = ' maxOccurs="unbounded"' if many else ""
    return f'<xsd:element name="{name}" type="{kind}" nillable="true" minOccurs="0"{most}/>'


def _message(name: str, *parts: tuple[str, str]) -> str:
    listed = "".join(f'<part name="{part}" element="{element}"/>' for part, element in parts)
    return f'<message name="{name}">{listed}</message>\n'


def _port(operation: Json) -> str:
    name = operation["name"]
    faults = "".join(f'<fault message="tns:{each}" name="{each}"/>' for each in operation["faults"])
    return (
        f'<operation name="{name}"><input message="tns:{name}Request"/><output message="tns:{name}Response"/>'
        f"{faults}</operation>\n"
    )


def _binding(operation: Json) -> str:
    def heads(names: Iterable[str]) -> str:
        return "".join(f'<soap:header use="literal" message="tns:Header" part="{each}"/>' for each in names)

    body = '<soap:body use="literal" parts="parameters"/>'
    given = [*(["SessionHeader"] if operation["authenticated"] else []), *operation["headers"]]
    told = [_LIMITS] if operation["authenticated"] else []
    faults = "".join(
        f'<fault name="{each}"><soap:fault name="{each}" use="literal"/></fault>' for each in operation["faults"]
    )
    return (
        f'<operation name="{operation["name"]}"><soap:operation soapAction=""/><input>{heads(given)}{body}</input>'
        f"<output>{heads(told)}{body}</output>{faults}</operation>\n"
    )
