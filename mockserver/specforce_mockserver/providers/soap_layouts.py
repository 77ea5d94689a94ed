"""Layouts over SOAP, as the REST resources describe them: of pages, in short, of approvals and of search results.

Of elements that the reference doesn't list (a page layout's related content) nothing is said.
Source: specs/reference/soap.md sections 7 and 8.
"""

from __future__ import annotations

from typing import Any, Final

from specforce_mockserver.calls import Answer, Call
from specforce_mockserver.registry import provides
from specforce_mockserver.soap.delegation import ask, object_named

Json = dict[str, Any]
_UNLISTED: Final = frozenset({"feedView", "quickActionList", "relatedContent", "saveOptions"})


@provides("soap.describeLayout", served="static")
def describe_layout(call: Call) -> Answer:
    """The layouts of an object, for all record types or some."""
    sobject = object_named(call, call.params["sObjectType"]).name
    if call.params.get("layoutName"):
        found: Json = ask(call, "getNamedLayout", sobject=sobject, layout_name=call.params["layoutName"])
    else:
        found = ask(call, "describeLayouts", sobject=sobject)
    mappings = _of_record_types(found["recordTypeMappings"], call.params["recordTypeIds"])
    layouts: list[Json] = found["layouts"] or _of_types(call, sobject, mappings)
    result: Json = {
        "layouts": [_listed(each) for each in layouts],
        "recordTypeMappings": mappings,
        "recordTypeSelectorRequired": any(found["recordTypeSelectorRequired"]),
    }
    return Answer([result])


@provides("soap.describeCompactLayouts", served="static")
def describe_compact_layouts(call: Call) -> Answer:
    """The compact layouts of an object, for all record types or some."""
    sobject = object_named(call, call.params["sObjectType"]).name
    found: Json = ask(call, "describeCompactLayouts", sobject=sobject)
    mappings = _of_record_types(found["recordTypeCompactLayoutMappings"], call.params["recordTypeIds"])
    told = [{name: value for name, value in each.items() if name != "urls"} for each in mappings]
    return Answer([{**found, "recordTypeCompactLayoutMappings": told}])


@provides("soap.describePrimaryCompactLayouts", served="static")
def describe_primary_compact_layouts(call: Call) -> Answer:
    """The compact layout that each of several objects uses."""
    names = [object_named(call, name).name for name in call.params["sObjectTypes"]]
    return Answer([ask(call, "describePrimaryCompactLayout", sobject=name) for name in names])


@provides("soap.describeApprovalLayout", served="static")
def describe_approval_layout(call: Call) -> Answer:
    """What approvers see, in all of an object's processes or some."""
    sobject = object_named(call, call.params["sObjectType"]).name
    names = call.params["approvalProcessNames"]
    if not names:
        return Answer([ask(call, "describeApprovalLayouts", sobject=sobject)])
    pages = [ask(call, "describeApprovalLayout", sobject=sobject, process_name=name) for name in names]
    return Answer([{"approvalLayouts": [each for page in pages for each in page["approvalLayouts"]]}])


@provides("soap.describeSearchLayouts", served="static")
def describe_search_layouts(call: Call) -> Answer:
    """How the search results of objects are shown."""
    return Answer(
        ask(call, "listSearchLayouts", q=[object_named(call, each).name for each in call.params["sObjectType"]])
    )


@provides("soap.describePathAssistants", served="static")
def describe_path_assistants(call: Call) -> Answer:
    """The paths of an object: this org has none."""
    object_named(call, call.params["sObjectType"])
    return Answer([{"pathAssistants": []}])


@provides("soap.describeSoftphoneLayout", served="static")
def describe_softphone_layout(_call: Call) -> Answer:
    """The caller's softphone: this org has no call center."""
    return Answer([None])


def _of_types(call: Call, sobject: str, mappings: list[Json]) -> list[Json]:
    """The layouts of an object whose record types have to be asked for one by one, each layout once."""
    found = [ask(call, "describeLayout", sobject=sobject, record_type_id=each["recordTypeId"]) for each in mappings]
    return list({each["id"]: each for each in found}.values())


def _of_record_types(mappings: list[Json], wanted: list[str]) -> list[Json]:
    """The mappings of some record types; all of them where none are named."""
    short = {each[:15] for each in wanted}
    return [each for each in mappings if not short or each["recordTypeId"][:15] in short]


def _listed(described: Json) -> Json:
    return {name: value for name, value in described.items() if name not in _UNLISTED}
