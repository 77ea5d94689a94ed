"""`sObject` elements and the JSON records of REST, made of each other.

A field's text becomes the JSON value of its type, where it can; else it stays text, and the row is refused as any row
with such a value is. Source: specs/reference/soap.md section 1.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from specforce_mockserver.calls import ApiError
from specforce_mockserver.schema import INTEGER_TYPES, NUMBER_TYPES
from specforce_mockserver.values import boolean_from_text, integer_from_text, number_from_text
from specforce_mockserver.xml_documents import XSI, Element, nil

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specforce_mockserver.schema import Field, Schema
    from specforce_mockserver.soap.dialect import Dialect

Json = dict[str, Any]
_LOCATION = ("latitude", "longitude")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3})\+0000\Z")


def record_of(element: Element, org_schema: Schema, dialect: Dialect) -> Json:
    """The JSON record of an element, `attributes.type` included.

    Raises:
        ApiError: INVALID_TYPE, it names no object that there is.
    """
    kind = _type_of(element)
    sobject = org_schema.type(kind)
    if sobject is None:
        raise ApiError(500, "INVALID_TYPE", f"sObject type '{kind}' is not supported.")
    record: Json = {"attributes": {"type": sobject.name}}
    for child in element.children:
        if child.name == "fieldsToNull":
            record[child.text.strip()] = None
        elif child.name != "type" and not (child.name == "Id" and child.is_nil):
            record[child.name] = _value(child, sobject.field(child.name), org_schema, dialect)
    return record


def _type_of(element: Element) -> str:
    named = element.text_of("type")
    if named is None and element.type_name is not None and element.type_name[1] != "sObject":
        named = element.type_name[1]
    if not named:
        raise ApiError(500, "INVALID_TYPE", "Must send a concrete entity type.")
    return named


def _value(child: Element, field: Field | None, org_schema: Schema, dialect: Dialect) -> Any:
    if child.children:
        return record_of(child, org_schema, dialect)
    return None if child.is_nil else plain_value(child.text, field)


def plain_value(text: str, field: Field | None) -> Any:
    """A text as the JSON value of a field's type, where it can be one; blank text is a null on the way in."""
    if not text.strip():
        return None
    try:
        if field is None:
            return text
        if field.type == "boolean":
            return bool(boolean_from_text(text.strip()))
        if field.type in INTEGER_TYPES:
            return integer_from_text(text.strip())
        if field.type in NUMBER_TYPES:
            return number_from_text(text.strip())
    except ValueError:
        return text
    return text


def record_element(namespace: str, name: str, record: Json, dialect: Dialect) -> Element:
    """The element of a JSON record.

    Partner records have an Id that was asked for twice: once as every record has it, once as a field. Those of an
    Enterprise WSDL have their fields by name, as the WSDL has them.
    """
    kind = str(record.get("attributes", {}).get("type") or "AggregateResult")
    element = Element(namespace, name, attributes={(XSI, "type"): f"sf:{kind if dialect.typed else 'sObject'}"})
    if not dialect.typed:
        element.children.append(Element(dialect.records, "type", kind))
    own_id = record.get("Id")
    element.children.append(
        Element(dialect.records, "Id", str(own_id)) if own_id is not None else nil(dialect.records, "Id")
    )
    for key, value in sorted(record.items()) if dialect.typed else record.items():
        if key != "attributes" and not (key == "Id" and dialect.typed):
            element.children.append(_field_element(key, value, dialect))
    return element


def _field_element(name: str, value: Any, dialect: Dialect) -> Element:
    if value is None:
        return nil(dialect.records, name)
    if isinstance(value, dict):
        return _nested(name, cast("Json", value), dialect)
    return Element(dialect.records, name, text_of(value))


def _nested(name: str, value: Json, dialect: Dialect) -> Element:
    if "records" in value:
        found = Element(dialect.records, name, attributes={(XSI, "type"): "QueryResult"})
        found.children.extend(page_elements(value, dialect))
        return found
    if "attributes" in value:
        return record_element(dialect.records, name, value, dialect)
    return _compound(name, value, dialect)


def _compound(name: str, value: Json, dialect: Dialect) -> Element:
    """An address, which is a location with more, or a location."""
    kind = "address" if "street" in value else "location"
    keys = sorted(value, key=lambda key: (key not in _LOCATION, key))
    found = Element(dialect.records, name, attributes={(XSI, "type"): kind})
    for key in keys:
        part = value[key]
        found.children.append(nil(dialect.own, key) if part is None else Element(dialect.own, key, text_of(part)))
    return found


def page_elements(page: Json, dialect: Dialect) -> Iterator[Element]:
    """The elements of one page of a query, as REST answers it."""
    locator = str(page.get("nextRecordsUrl", "")).rpartition("/")[2]
    yield Element(dialect.own, "done", text_of(page["done"]))
    yield Element(dialect.own, "queryLocator", locator) if locator else nil(dialect.own, "queryLocator")
    for record in page["records"]:
        yield record_element(dialect.own, "records", record, dialect)
    yield Element(dialect.own, "size", str(page["totalSize"]))


def text_of(value: Any) -> str:
    """A JSON value as XML has it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    found = _MOMENT.match(text) if isinstance(value, str) else None
    return f"{found[1]}Z" if found else text
