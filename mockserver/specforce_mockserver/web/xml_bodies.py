"""REST in XML: a request's document as the JSON body that it stands for.

Children of the root are keys, repeated ones lists; texts are of the type that the field of the path's object has, else
of the type that the spec says. Source: specs/reference/rest.md, before section 1; the form of documents is [E].
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from specforce_mockserver.calls import ApiError
from specforce_mockserver.operations import resolved
from specforce_mockserver.soap.records import plain_value
from specforce_mockserver.xml_documents import Element, XmlError, read

if TYPE_CHECKING:
    from specforce_mockserver.operations import OperationSpec
    from specforce_mockserver.schema import SObjectType

XML_TYPES: Final = frozenset({"application/xml", "text/xml"})
XML_APIS: Final = frozenset({"rest", "tooling"})
_INTEGER: Final = re.compile(r"-?[0-9]{1,18}")


def takes_xml(operation: OperationSpec) -> bool:
    """Whether an operation's JSON body may come as XML."""
    return operation.api in XML_APIS and operation.body_kind == "json"


def read_xml(raw: bytes, operation: OperationSpec, sobject: SObjectType | None) -> Any:
    """The JSON body that a document stands for.

    Args:
        raw: the document.
        operation: which it is for.
        sobject: the object that the path names, where it names one.

    Raises:
        ApiError: 400, it can't be read.
    """
    try:
        root = read(raw)
    except XmlError as error:
        raise ApiError(400, "XML_PARSER_ERROR", str(error)) from None
    found: dict[str, Any] = {}
    for child in root.children:
        many = [_value(each, operation, sobject) for each in root.all(child.name)]
        found[child.name] = many if len(many) > 1 or _kind(operation, child.name) == "array" else many[0]
    return found


def _value(element: Element, operation: OperationSpec, sobject: SObjectType | None) -> Any:
    if element.is_nil:
        return None
    if element.children:
        return {each.name: _value(each, operation, None) for each in element.children}
    if sobject is not None:
        return plain_value(element.text, sobject.field(element.name))
    kind = _kind(operation, element.name)
    if kind == "boolean" and element.text.strip() in {"true", "false"}:
        return element.text.strip() == "true"
    if kind == "integer" and _INTEGER.fullmatch(element.text.strip()):
        return int(element.text)
    return element.text


def _kind(operation: OperationSpec, name: str) -> str | None:
    """The JSON type that the spec says of a key, the first where it says several."""
    said: dict[str, Any] = operation.body_schema.get("properties", {}).get(name, {})
    kind: str | list[str] | None = resolved(operation.document, said).get("type")
    return kind[0] if isinstance(kind, list) else kind
