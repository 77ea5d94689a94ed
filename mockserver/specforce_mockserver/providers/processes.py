"""Approvals and workflow rules: listed, and run on records.

Source: specs/reference/rest.md section 11, rest_resources.md section 7.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specforce_mockserver.calls import Answer, ApiError, Call, not_found
from specforce_mockserver.ids import to_18
from specforce_mockserver.processes import approvals, rules
from specforce_mockserver.providers.describes import sobject_of
from specforce_mockserver.records.lookup import rows_by_id
from specforce_mockserver.registry import provides

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specforce_mockserver.schema import SObjectType

Json = Any


@provides("listApprovals", served="static")
def list_approvals(call: Call) -> Answer:
    """The processes that records can be submitted to, by object."""
    listed: dict[str, list[Json]] = {}
    for each in approvals.processes(call.org):
        of_object = listed.setdefault(each["TableEnumOrId"], [])
        of_object.append(
            {
                "description": each["Description"],
                "id": each["Id"],
                "name": each["Name"],
                "object": each["TableEnumOrId"],
                "sortOrder": len(of_object) + 1,
            }
        )
    return Answer({"approvals": listed})


@provides("processApprovals", writes=True)
def process_approvals(call: Call) -> Answer:
    """Submit, approve and reject; all of it or nothing."""
    with call.org.database.write():
        outcomes = [approvals.act(call.org, each, call.user_id) for each in call.body["requests"]]
    return Answer(
        [
            {
                "actorIds": each.actor_ids,
                "entityId": each.record_id,
                "errors": None,
                "instanceId": each.instance_id,
                "instanceStatus": each.status,
                "newWorkitemIds": each.work_item_ids,
                "success": True,
            }
            for each in outcomes
        ]
    )


@provides("listRules", served="static")
def list_rules(call: Call) -> Answer:
    """Every workflow rule, by object."""
    return _listed(rules.rules_of(call.org))


@provides("listSObjectRules", served="static")
def list_sobject_rules(call: Call) -> Answer:
    """The workflow rules of an object."""
    return _listed(rules.rules_of(call.org, sobject_of(call)))


@provides("getRule", served="static")
def get_rule(call: Call) -> Answer:
    """One workflow rule."""
    return Answer(rules.public(_rule(call)))


@provides("triggerRules", writes=True)
def trigger_rules(call: Call) -> Answer:
    """Run all rules of the records' object on them."""
    sobject, record_ids = _records(call)
    return _run(call, rules.rules_of(call.org, sobject), sobject, record_ids)


@provides("triggerSObjectRules", writes=True)
def trigger_sobject_rules(call: Call) -> Answer:
    """Run all rules of an object on records of it."""
    sobject, record_ids = _records(call, sobject_of(call))
    return _run(call, rules.rules_of(call.org, sobject), sobject, record_ids)


@provides("triggerRule", writes=True)
def trigger_rule(call: Call) -> Answer:
    """Run one rule on records of its object."""
    rule = _rule(call)
    sobject, record_ids = _records(call, sobject_of(call))
    return _run(call, [rule], sobject, record_ids)


def _listed(found: Sequence[Json]) -> Answer:
    by_object: dict[str, list[Json]] = {}
    for each in found:
        by_object.setdefault(each["object"], []).append(rules.public(each))
    return Answer({"rules": by_object})


def _rule(call: Call) -> Json:
    """The rule that the path names.

    Raises:
        ApiError: 404, the object has none of that Id.
    """
    rule_id = to_18(call.params["rule_id"])
    found = next((each for each in rules.rules_of(call.org, sobject_of(call)) if each["id"] == rule_id), None)
    if found is None:
        raise not_found()
    return found


def _records(call: Call, expected: SObjectType | None = None) -> tuple[SObjectType, list[str]]:
    """The records that a request names, all of one object.

    Raises:
        ApiError: 400, they aren't, or one isn't there. [E]
    """
    texts: list[str] = call.body["contextIds"]
    ids = [record_id for text in texts if (record_id := to_18(text)) is not None]
    types = {sobject for each in ids if (sobject := call.org.schema.by_id(each)) is not None}
    if len(ids) < len(texts) or len(types) != 1 or (expected is not None and expected not in types):
        raise ApiError(400, "MALFORMED_ID", "The context ids must be ids of one object, the one of the rules")
    (sobject,) = types
    known = rows_by_id(call.org.database.reader(), sobject, ids, ("IsDeleted",))
    if any(each not in known or known[each][0] for each in ids):
        raise ApiError(400, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [])
    return sobject, list(dict.fromkeys(ids))


def _run(call: Call, found: Sequence[Json], sobject: SObjectType, record_ids: Sequence[str]) -> Answer:
    with call.org.database.write():
        rules.run_rules(call.org, found, sobject, record_ids, call.user_id)
    return Answer({"errors": None, "success": True})
