"""Scenarios of invocable and quick actions."""

from __future__ import annotations

from typing import Any

from tests.contract.stage import Scene, Stage, scenario

Json = Any
GREET: Json = {
    "type": "flow",
    "name": "Greet_Customer",
    "label": "Greet a customer",
    "inputs": {"customerName": "STRING"},
    "output": {"greeting": "Hello"},
}
FLOW = {"action_type": "flow", "action_name": "Greet_Customer"}


def _greet(stage: Stage) -> None:
    stage.request("POST", "/__mock/actions", json=GREET)


def _names(listed: Json) -> set[str]:
    return {each["name"] for each in listed}


@scenario("listActions")
def list_actions(_: Stage) -> Scene:
    return Scene({}, {"standard": "/services/data/v67.0/actions/standard"})


@scenario("listStandardActions")
def list_standard_actions(_: Stage) -> Scene:
    return Scene({}, {"actions": lambda found: {"chatterPost", "emailSimple"} <= _names(found)})


@scenario("listCustomActionTypes")
def list_custom_action_types(_: Stage) -> Scene:
    return Scene({}, {"apex": "/services/data/v67.0/actions/custom/apex"})


@scenario("listCustomActions")
def list_custom_actions(stage: Stage) -> Scene:
    _greet(stage)
    return Scene({"action_type": "flow"}, {"actions": [{"name": "Greet_Customer", "type": "FLOW"}]})


@scenario("describeStandardAction")
def describe_standard_action(_: Stage) -> Scene:
    inputs = lambda found: {"text", "subjectNameOrId"} <= _names(found)  # noqa: E731 - a test of one value
    return Scene({"action_name": "chatterPost"}, {"standard": True, "type": "CHATTERPOST", "inputs": inputs})


@scenario("describeCustomAction")
def describe_custom_action(stage: Stage) -> Scene:
    _greet(stage)
    found = {"standard": False, "label": "Greet a customer", "inputs": [{"name": "customerName", "required": False}]}
    return Scene(FLOW, found)


@scenario("invokeStandardAction")
def invoke_standard_action(_: Stage) -> Scene:
    body = {"inputs": [{"subjectNameOrId": "me", "text": "Hello"}, {"subjectNameOrId": "nobody", "text": "Hello"}]}
    return Scene({"action_name": "chatterPost"}, lambda found: [it["isSuccess"] for it in found] == [True, False], body)


@scenario("invokeCustomAction")
def invoke_custom_action(stage: Stage) -> Scene:
    _greet(stage)
    return Scene(FLOW, lambda found: found[0]["outputValues"]["greeting"] == "Hello", {"inputs": [{}]})


NEW_CONTACT = {"sobject": "Account", "action_name": "Account.NewContact"}


@scenario("listQuickActions")
def list_quick_actions(_: Stage) -> Scene:
    return Scene({}, lambda found: {"NewTask", "LogACall"} <= _names(found))


@scenario("getQuickAction")
def get_quick_action(_: Stage) -> Scene:
    return Scene({"action_name": "NewTask"}, {"name": "NewTask", "type": "Create", "targetSobjectType": "Task"})


@scenario("describeQuickAction")
def describe_quick_action(_: Stage) -> Scene:
    return Scene({"action_name": "LogACall"}, {"name": "LogACall", "type": "LogACall", "contextSobjectType": None})


@scenario("getQuickActionDefaultValues")
def get_quick_action_default_values(_: Stage) -> Scene:
    return Scene({"action_name": "NewTask"}, {"Priority": "Normal", "Status": "Not Started"})


@scenario("performQuickAction")
def perform_quick_action(_: Stage) -> Scene:
    made = {"success": True, "created": True, "id": lambda it: it.startswith("00T")}
    return Scene({"action_name": "LogACall"}, made, body={"record": {"Description": "Nobody home"}}, status=201)


@scenario("listSObjectQuickActions")
def list_sobject_quick_actions(_: Stage) -> Scene:
    return Scene({"sobject": "Account"}, lambda found: {"Account.NewContact", "NewTask"} <= _names(found))


@scenario("getSObjectQuickAction")
def get_sobject_quick_action(_: Stage) -> Scene:
    return Scene(NEW_CONTACT, {"targetParentField": "AccountId", "targetSobjectType": "Contact"})


@scenario("describeSObjectQuickAction")
def describe_sobject_quick_action(_: Stage) -> Scene:
    return Scene(NEW_CONTACT, {"contextSobjectType": "Account", "layout": {"columns": 1}})


@scenario("getSObjectQuickActionDefaultValues")
def get_sobject_quick_action_default_values(_: Stage) -> Scene:
    return Scene(NEW_CONTACT, {"LastName": None})


@scenario("getSObjectQuickActionDefaultValuesByContext")
def get_sobject_quick_action_default_values_by_context(stage: Stage) -> Scene:
    account_id = stage.create("Account", Name="Acme")
    return Scene({**NEW_CONTACT, "context_id": account_id}, {"AccountId": account_id})


@scenario("performSObjectQuickAction")
def perform_sobject_quick_action(stage: Stage) -> Scene:
    account_id = stage.create("Account", Name="Acme")
    body = {"contextId": account_id, "record": {"LastName": "Doe"}}
    return Scene(NEW_CONTACT, {"created": True, "contextId": account_id, "errors": []}, body=body, status=201)
