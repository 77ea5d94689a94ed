"""Schemas of records and of the answers that come back, in OpenAPI 3.0."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from specforce_mockserver.schema import Field, SObjectType

Json = Any
_TYPES: Final[dict[str, Json]] = {
    "boolean": {"type": "boolean"},
    "int": {"type": "integer", "format": "int32"},
    "long": {"type": "integer", "format": "int64"},
    "double": {"type": "number", "format": "double"},
    "currency": {"type": "number", "format": "double"},
    "percent": {"type": "number", "format": "double"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "base64": {"type": "string", "format": "byte"},
    "anyType": {},
}
_TEXT: Final = {"type": "string"}
_TEXTS: Final = {"type": "array", "items": _TEXT}
SHARED: Final[dict[str, Json]] = {
    "ErrorInfo": {
        "type": "object",
        "properties": {"message": _TEXT, "errorCode": _TEXT, "fields": _TEXTS},
    },
    "SaveResult": {
        "type": "object",
        "properties": {
            "success": {"type": "boolean"},
            "id": _TEXT,
            "errors": {"type": "array", "items": {"$ref": "#/components/schemas/SaveResult_errors"}},
        },
    },
    "SaveResult_errors": {
        "type": "object",
        "properties": {"message": _TEXT, "fields": _TEXTS, "statusCode": _TEXT},
    },
    "CustomHttpHeaderSObject_attributes": {"type": "object", "properties": {"type": _TEXT, "url": _TEXT}},
}


def schema_name(sobject: SObjectType) -> str:
    """The name of an object's schema."""
    return f"{sobject.name}SObject"


def record_schema(sobject: SObjectType) -> Json:
    """The schema of an object's records; every property is optional."""
    properties: dict[str, Json] = {"attributes": {"$ref": "#/components/schemas/CustomHttpHeaderSObject_attributes"}}
    for field in sobject.fields:
        properties[field.name] = _property(sobject, field)
    return {"type": "object", "title": sobject.label, "properties": properties}


def _property(sobject: SObjectType, field: Field) -> Json:
    shown: Json = {"title": field.label}
    if field.compound:
        parts = {each.name: _property(sobject, each) for each in sobject.components(field)}
        shown |= {"type": "object", "properties": parts}
    else:
        shown |= _TYPES.get(field.type, _TEXT)
    if shown.get("type") == "string" and "format" not in shown and field.length:
        shown["maxLength"] = field.length
    if field.restricted_picklist and field.type == "picklist" and field.picklist:
        shown["enum"] = [*(each.value for each in field.picklist), *([None] if field.nillable else [])]
    if field.nillable:
        shown["nullable"] = True
    if not field.createable and not field.updateable:
        shown["readOnly"] = True
    return shown
