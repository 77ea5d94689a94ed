"""Layouts: of pages, named ones, compact ones, of approvals; and the values that a new record starts with.

Source: specs/reference/rest.md section 6, rest_resources.md sections 1 and 10.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specforce_mockserver import rows
from specforce_mockserver.calls import Answer, Call, not_found
from specforce_mockserver.describe import described
from specforce_mockserver.ids import to_18
from specforce_mockserver.layouts.compact import compact_layout, compact_layouts, summary_items
from specforce_mockserver.layouts.pages import global_layouts, layout, layouts
from specforce_mockserver.processes.approvals import processes
from specforce_mockserver.providers.describes import sobject_of, unchanging
from specforce_mockserver.records.defaults import start_value
from specforce_mockserver.records.results import no_such_column
from specforce_mockserver.registry import provides

if TYPE_CHECKING:
    from specforce_mockserver.schema import SObjectType

Json = Any


@provides("describeLayouts", served="static")
def describe_layouts(call: Call) -> Answer:
    """The page layouts of an object."""
    sobject = sobject_of(call)
    body = layouts(call.org.schema, sobject, call.api_version, call.org.quick_actions.of(sobject))
    return unchanging(call, body, f"layouts {sobject.name}")


@provides("describeLayout", served="static")
def describe_layout(call: Call) -> Answer:
    """The page layout of a record type."""
    sobject = sobject_of(call)
    wanted = _record_type(call, sobject, call.params["record_type_id"])
    body = layout(call.org.schema, sobject, call.api_version, call.org.quick_actions.of(sobject))
    return unchanging(call, body, f"layout {sobject.name} {wanted}")


@provides("describeGlobalLayouts", served="static")
def describe_global_layouts(call: Call) -> Answer:
    """The global publisher layout."""
    return unchanging(call, global_layouts(call.org.quick_actions.of(None), call.api_version), "layouts Global")


@provides("getNamedLayout", served="static")
def get_named_layout(call: Call) -> Answer:
    """A named layout, as the object's describe lists them."""
    sobject = sobject_of(call)
    infos: list[Json] = described(sobject, call.api_version).get("namedLayoutInfos") or []
    if call.params["layout_name"].lower() not in {each["name"].lower() for each in infos}:
        raise not_found()
    body = layouts(call.org.schema, sobject, call.api_version, ())
    return Answer({**body, "recordTypeMappings": []})


@provides("describeCompactLayouts", served="static")
def describe_compact_layouts(call: Call) -> Answer:
    """The compact layouts of an object."""
    sobject = sobject_of(call)
    return unchanging(call, compact_layouts(sobject, call.api_version), f"compact {sobject.name}")


@provides("describePrimaryCompactLayout", served="static")
def describe_primary_compact_layout(call: Call) -> Answer:
    """The compact layout that an object uses."""
    return Answer(compact_layout(sobject_of(call)))


@provides("listCompactLayouts", served="static")
def list_compact_layouts(call: Call) -> Answer:
    """The compact layouts that several objects use."""
    found: dict[str, Json] = {}
    for name in call.params["q"]:
        sobject = call.org.schema.type(name)
        if sobject is None:
            raise not_found()
        found[sobject.name] = compact_layout(sobject)
    return Answer(found)


@provides("describeApprovalLayouts", served="static")
def describe_approval_layouts(call: Call) -> Answer:
    """What approvers see, process by process."""
    return Answer({"approvalLayouts": _approval_layouts(call)})


@provides("describeApprovalLayout", served="static")
def describe_approval_layout(call: Call) -> Answer:
    """What the approvers of one process see."""
    wanted = call.params["process_name"].lower()
    found = [each for each in _approval_layouts(call) if each["name"].lower() == wanted]
    if not found:
        raise not_found()
    return Answer({"approvalLayouts": found})


def _approval_layouts(call: Call) -> list[Json]:
    sobject = sobject_of(call)
    return [
        {
            "id": each["Id"],
            "label": each["Name"],
            "layoutItems": summary_items(sobject),
            "name": each["DeveloperName"],
        }
        for each in processes(call.org)
        if each["TableEnumOrId"].lower() == sobject.name.lower()
    ]


@provides("getDefaultValues", served="static")
def get_default_values(call: Call) -> Answer:
    """The values that a new record starts with: of the named fields, or of all that have one."""
    sobject = sobject_of(call)
    if "recordTypeId" in call.params:
        _record_type(call, sobject, call.params["recordTypeId"])
    names: list[str] | None = call.params.get("fields")
    values: dict[str, Json] = {"attributes": {"type": sobject.name}}
    if names is None:
        found = {field.name: start_value(field, call.user_id) for field in sobject.columns if field.createable}
        return Answer({**values, **{name: value for name, value in found.items() if value is not None}})
    for name in names:
        field = sobject.field(name)
        if field is None:
            raise rows.api_error(no_such_column(name, sobject))
        values[field.name] = start_value(field, call.user_id)
    return Answer(values)


def _record_type(call: Call, sobject: SObjectType, text: str) -> str:
    """The Id of a record type of an object.

    Raises:
        ApiError: 404, it has none such.
    """
    record_type_id = to_18(text)
    types: list[Json] = described(sobject, call.api_version)["recordTypeInfos"]
    if record_type_id is None or record_type_id not in {each["recordTypeId"] for each in types}:
        raise not_found()
    return record_type_id
