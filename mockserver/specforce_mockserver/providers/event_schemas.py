"""Schemas of platform events, by the event's name and by the schema's Id.

Source: specs/reference/rest_resources.md section 4.
"""

from __future__ import annotations

from specforce_mockserver.calls import Answer, Call, not_found
from specforce_mockserver.event_schemas import event_of, event_schema, is_event
from specforce_mockserver.providers.describes import sobject_of
from specforce_mockserver.registry import provides


@provides("getEventSchemaByName", served="static")
def get_event_schema_by_name(call: Call) -> Answer:
    """The schema of an event."""
    sobject = sobject_of(call)
    if not is_event(sobject):
        raise not_found()
    return Answer(event_schema(sobject, call.params.get("payloadFormat", "EXPANDED")))


@provides("getEventSchema", served="static")
def get_event_schema(call: Call) -> Answer:
    """The schema that has an Id."""
    sobject = event_of(call.org.schema, call.params["schema_id"])
    if sobject is None:
        raise not_found()
    return Answer(event_schema(sobject, call.params.get("payloadFormat", "EXPANDED")))
