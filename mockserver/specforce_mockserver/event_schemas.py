"""Schemas of platform events: Avro records of their fields, and the wider form that CometD's subscribers see.

Source: specs/reference/rest_resources.md section 4; how EXPANDED is nested is [E?].
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from specforce_mockserver.schema import Field, Schema, SObjectType

Json = Any
Form = Literal["EXPANDED", "COMPACT"]
NAMESPACE: Final = "com.sforce.eventbus"
_AVRO: Final = {"boolean": "boolean", "double": "double", "currency": "double", "percent": "double", "datetime": "long"}
_DOCS: Final = {"CreatedDate": "CreatedDate:DateTime", "CreatedById": "CreatedBy:EntityId"}
_KINDS: Final = {"string": "Text", "double": "Double", "boolean": "Checkbox", "datetime": "DateTime"}


def is_event(sobject: SObjectType) -> bool:
    """Whether an object is a platform event."""
    return sobject.name.endswith("__e")


def event_schema(sobject: SObjectType, form: Form) -> Json:
    """The schema of an event in one of its forms."""
    return _compact(sobject) if form == "COMPACT" else _expanded(sobject)


def schema_id(sobject: SObjectType) -> str:
    """The Id of an event's schema, 22 characters, which is another one when its fields are others."""
    text = json.dumps([NAMESPACE, sobject.name, _avro_fields(sobject)])
    return base64.urlsafe_b64encode(hashlib.md5(text.encode(), usedforsecurity=False).digest()).decode().rstrip("=")


def event_of(schema: Schema, wanted: str) -> SObjectType | None:
    """The event that has a schema Id; None when none has."""
    return next((each for each in schema.values() if is_event(each) and schema_id(each) == wanted), None)


def _compact(sobject: SObjectType) -> Json:
    return {
        "type": "record",
        "name": sobject.name,
        "namespace": NAMESPACE,
        "fields": _avro_fields(sobject),
        "uuid": schema_id(sobject),
    }


def _expanded(sobject: SObjectType) -> Json:
    payload = [{**each, "type": "string"} if each["name"] == "CreatedDate" else each for each in _avro_fields(sobject)]
    event = {"type": "record", "name": "Event", "fields": [{"name": "replayId", "type": "long"}]}
    data = {
        "type": "record",
        "name": "Data",
        "namespace": "",
        "fields": [
            {"name": "schema", "type": "string"},
            {"name": "payload", "type": {"type": "record", "name": "Payload", "doc": "", "fields": payload}},
            {"name": "event", "type": event},
        ],
    }
    fields = [{"name": "data", "type": data}, {"name": "channel", "type": "string"}]
    return {"name": sobject.name, "namespace": NAMESPACE, "type": "expanded-record", "fields": fields}


def _avro_fields(sobject: SObjectType) -> list[Json]:
    own = [each for each in sobject.columns if each.custom]
    system = [{"name": "CreatedDate", "type": "long", "doc": _DOCS["CreatedDate"]}]
    system.append({"name": "CreatedById", "type": "string", "doc": _DOCS["CreatedById"]})
    return [*system, *(_avro_field(each) for each in own)]


def _avro_field(field: Field) -> Json:
    kind = _AVRO.get(field.type, "string")
    doc = f"Data:{_KINDS.get(field.type, field.type.title())}"
    if not field.nillable:
        return {"name": field.name, "type": kind, "doc": doc}
    return {"name": field.name, "type": ["null", kind], "doc": doc, "default": None}
