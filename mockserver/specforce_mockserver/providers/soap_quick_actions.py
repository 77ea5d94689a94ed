"""Quick actions over SOAP, as the REST resources have them: described, performed, with the values they start with.

Of elements that the reference doesn't list (an action's default values) nothing is said. Source:
specs/reference/soap.md sections 5, 7 and 8.
"""

from __future__ import annotations

from typing import Any, Final

from specforce_mockserver.calls import Answer, ApiError, Call
from specforce_mockserver.registry import provides
from specforce_mockserver.soap.delegation import ask, check_count, failed, malformed_id, object_named

Json = dict[str, Any]
MAX_PERFORMED: Final = 200


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
    return Answer([_described(call, each) for each in call.params["quickActions"]])


@provides("soap.describeQuickActionsForRecordType", served="static")
def describe_quick_actions_for_record_type(call: Call) -> Answer:
    """Actions in full; those here look the same for every record type."""
    return Answer([_described(call, each) for each in call.params["quickActions"]])


@provides("soap.retrieveQuickActionTemplates")
def retrieve_quick_action_templates(call: Call) -> Answer:
    """What several actions start with on one record."""
    context = call.params.get("contextId")
    return Answer([_template(call, name, context) for name in call.params["quickActionNames"]])


@provides("soap.retrieveMassQuickActionTemplates")
def retrieve_mass_quick_action_templates(call: Call) -> Answer:
    """What one action starts with on several records."""
    name = call.params["quickActionName"]
    return Answer([_template(call, name, context) for context in call.params["contextIds"]])


@provides("soap.performQuickActions", writes=True)
def perform_quick_actions(call: Call) -> Answer:
    """Make what actions make, each request for itself."""
    requests = call.params["quickActions"]
    check_count(requests, MAX_PERFORMED)
    return Answer([_performed(call, each) for each in requests])


def _described(call: Call, name: str) -> Json:
    found = _asked(call, "describeQuickAction", "describeSObjectQuickAction", name)
    return {key: value for key, value in found.items() if key != "defaultValues"}


def _template(call: Call, name: str, context: str | None) -> Json:
    try:
        if context:
            path = _path(call, name)
            if "sobject" not in path:
                path["sobject"] = _object_of(call, context)
            values = ask(call, "getSObjectQuickActionDefaultValuesByContext", **path, context_id=context)
        else:
            values = _asked(call, "getQuickActionDefaultValues", "getSObjectQuickActionDefaultValues", name)
    except ApiError as error:
        return {**failed(error), "contextId": context}
    return {"contextId": context, "defaultValues": values, "success": True}


def _performed(call: Call, request: Json) -> Json:
    """One request's result; what it made of its records is undone where one of them is refused."""
    context = request.get("contextId")
    told = {"contextId": context} if context else {}
    name: str = request["quickActionName"]
    records: list[Json] = request.get("records") or [{}]
    results: list[Json] = []
    try:
        with call.org.database.write():
            results += [
                _asked(call, "performQuickAction", "performSObjectQuickAction", name, {"record": record, **told})
                for record in records
            ]
    except ApiError as error:
        return {**failed(error), **told}
    ids = [each["id"] for each in results]
    return {**told, "created": all(each["created"] for each in results), "ids": ids, "success": True}


def _asked(call: Call, everywhere: str, of_object: str, name: str, body: Json | None = None) -> Json:
    """Ask the REST operation of a global action, or that of an object's action."""
    path = _path(call, name)
    found: Json = ask(call, of_object if "sobject" in path else everywhere, body=body, **path)
    return found


def _path(call: Call, name: str) -> dict[str, str]:
    """Where the REST resource of an action is: `Account.NewContact` belongs to an object, `NewTask` to none."""
    context, _, action = name.rpartition(".")
    return {"action_name": action} | ({"sobject": object_named(call, context).name} if context else {})


def _object_of(call: Call, record_id: str) -> str:
    sobject = call.org.schema.by_id(record_id)
    if sobject is None:
        raise malformed_id(record_id)
    return sobject.name
