"""Layouts, tabs and quick actions over SOAP, as the REST resources describe them.

Of elements that the reference doesn't list (a layout's related content, an action's default values) nothing is said.
Source: specs/reference/soap.md sections 7 and 8.
"""

from __future__ import annotations

from typing import Any, Final

from specforce_mockserver.calls import Answer, Call
from specforce_mockserver.registry import provides
from specforce_mockserver.soap.delegation import ask, object_named

Json = dict[str, Any]
_UNLISTED: Final = frozenset({"defaultValues", "feedView", "quickActionList", "relatedContent", "saveOptions"})


@provides("soap.describeLayout", served="static")
def describe_layout(call: Call) -> Answer:
    """The layouts of an object, for all record types or some."""
    sobject = object_named(call, call.params["sObjectType"]).name
    if call.params.get("layoutName"):
        found: Json = ask(call, "getNamedLayout", sobject=sobject, layout_name=call.params["layoutName"])
    else:
        found = ask(call, "describeLayouts", sobject=sobject)
    wanted = {each[:15] for each in call.params["recordTypeIds"]}
    mappings: list[Json] = found["recordTypeMappings"]
    if wanted:
        mappings = [each for each in mappings if each["recordTypeId"][:15] in wanted]
    layouts: list[Json] = found["layouts"] or _of_types(call, sobject, mappings)
    result: Json = {
        "layouts": [_listed(each) for each in layouts],
        "recordTypeMappings": mappings,
        "recordTypeSelectorRequired": any(found["recordTypeSelectorRequired"]),
    }
    return Answer([result])


@provides("soap.describeAllTabs", served="static")
def describe_all_tabs(call: Call) -> Answer:
    """Every tab."""
    return Answer(ask(call, "listTabs"))


@provides("soap.describeAvailableQuickActions", served="static")
def describe_available_quick_actions(call: Call) -> Answer:
    """The actions of an object, or the global ones."""
    context = call.params.get("contextType")
    if not context:
        return Answer(ask(call, "listQuickActions"))
    return Answer(ask(call, "listSObjectQuickActions", sobject=object_named(call, context).name))


@provides("soap.describeQuickActions", served="static")
def describe_quick_actions(call: Call) -> Answer:
    """Actions in full, global ones and those of objects."""
    return Answer([_listed(_action(call, each)) for each in call.params["quickActions"]])


def _of_types(call: Call, sobject: str, mappings: list[Json]) -> list[Json]:
    """The layouts of an object whose record types have to be asked for one by one, each layout once."""
    found = [ask(call, "describeLayout", sobject=sobject, record_type_id=each["recordTypeId"]) for each in mappings]
    return list({each["id"]: each for each in found}.values())


def _action(call: Call, name: str) -> Json:
    context, _, action = name.rpartition(".")
    if not context:
        found: Json = ask(call, "describeQuickAction", action_name=action)
    else:
        sobject = object_named(call, context).name
        found = ask(call, "describeSObjectQuickAction", sobject=sobject, action_name=action)
    return found


def _listed(described: Json) -> Json:
    return {name: value for name, value in described.items() if name not in _UNLISTED}
