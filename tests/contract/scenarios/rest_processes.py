"""Scenarios of approvals and workflow rules."""

from __future__ import annotations

from typing import Any

from tests.contract.stage import Scene, Stage, scenario

Json = Any
DONE = {"errors": None, "success": True}


def _process(stage: Stage) -> str:
    """Set up an approval process for accounts; its Id."""
    record = {"Name": "Big deals", "DeveloperName": "Big_deals", "TableEnumOrId": "Account"}
    made = stage.request("POST", "/__mock/seed", json={"ProcessDefinition": [record]}).json()
    process_id: str = made["ProcessDefinition"][0]
    return process_id


def _rule(stage: Stage) -> str:
    """Set up a workflow rule for accounts; its Id."""
    action = {"type": "Task", "name": "Call", "subject": "Call them"}
    rule = {"object": "Account", "name": "Greet", "actions": [action]}
    rule_id: str = stage.request("POST", "/__mock/rules", json=rule).json()["id"]
    return rule_id


@scenario("listApprovals")
def list_approvals(stage: Stage) -> Scene:
    return Scene({}, {"approvals": {"Account": [{"id": _process(stage), "name": "Big deals", "sortOrder": 1}]}})


@scenario("processApprovals")
def process_approvals(stage: Stage) -> Scene:
    _process(stage)
    record_id = stage.create("Account", Name="Acme")
    submit = {"actionType": "Submit", "contextId": record_id}
    (waiting,) = stage.request("POST", "/process/approvals", json={"requests": [submit]}).json()
    approve = {"actionType": "Approve", "contextId": waiting["newWorkitemIds"][0], "comments": None}

    def approved(results: list[Json]) -> bool:
        return [(each["entityId"], each["instanceStatus"]) for each in results] == [(record_id, "Approved")]

    return Scene({}, approved, body={"requests": [approve]})


@scenario("listRules")
def list_rules(stage: Stage) -> Scene:
    return Scene({}, {"rules": {"Account": [{"id": _rule(stage), "actions": [{"type": "Task"}]}]}})


@scenario("listSObjectRules")
def list_sobject_rules(stage: Stage) -> Scene:
    return Scene({"sobject": "Account"}, {"rules": {"Account": [{"id": _rule(stage)}]}})


@scenario("getRule")
def get_rule(stage: Stage) -> Scene:
    rule_id = _rule(stage)
    return Scene({"sobject": "Account", "rule_id": rule_id}, {"id": rule_id, "name": "Greet", "description": None})


@scenario("triggerRules")
def trigger_rules(stage: Stage) -> Scene:
    _rule(stage)
    return Scene({}, DONE, body={"contextIds": [stage.create("Account", Name="Acme")]})


@scenario("triggerSObjectRules")
def trigger_sobject_rules(stage: Stage) -> Scene:
    _rule(stage)
    return Scene({"sobject": "Account"}, DONE, body={"contextIds": [stage.create("Account", Name="Acme")]})


@scenario("triggerRule")
def trigger_rule(stage: Stage) -> Scene:
    arguments = {"sobject": "Account", "rule_id": _rule(stage)}
    return Scene(arguments, DONE, body={"contextIds": [stage.create("Account", Name="Acme")]})
