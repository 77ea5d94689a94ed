"""Approvals and workflow rules over raw HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from specforce_mockserver.formulas import FormulaError
from specforce_mockserver.processes.criteria import set_entry_criteria
from tests.mock.reference import row

if TYPE_CHECKING:
    from specforce_mockserver.org import Org
    from tests.mock.raw_org import RawOrg

Json = Any
BIG = {"Name": "Big deals", "DeveloperName": "Big_deals", "TableEnumOrId": "Account"}
PERSON = {
    "Username": "bo@example.com", "LastName": "Bo", "Email": "bo@example.com", "Alias": "bo", "CommunityNickname": "bo",
    "TimeZoneSidKey": "GMT", "LocaleSidKey": "en_US", "EmailEncodingKey": "UTF-8", "LanguageLocaleKey": "en_US",
}  # fmt: skip
RULE = {
    "object": "Account",
    "name": "Greet",
    "actions": [
        {"type": "FieldUpdate", "name": "Rate", "field": "Rating", "value": "Hot"},
        {"type": "Task", "name": "Call", "subject": "Call them"},
    ],
}


def seed_process(raw: RawOrg, **more: Json) -> str:
    """Set up an approval process; its Id."""
    process_id: str = raw.mock("POST", "seed", json={"ProcessDefinition": [{**BIG, **more}]})["ProcessDefinition"][0]
    return process_id


def act(raw: RawOrg, *requests: Json) -> list[Json]:
    """The results of requests that must be accepted."""
    results: list[Json] = raw.json("POST", "/process/approvals", json={"requests": list(requests)})
    return results


def refused(raw: RawOrg, *requests: Json) -> str:
    """The code of requests that must be refused."""
    status, (error,) = raw.refused("POST", "/process/approvals", json={"requests": list(requests)})
    assert status == 400
    code: str = error["errorCode"]
    return code


def submit(record_id: str, **more: Json) -> Json:
    """A request to submit a record."""
    return {"actionType": "Submit", "contextId": record_id, **more}


@row("rest.md#11", "* Approvals POST:")
def test_processes_are_listed_by_object_in_their_order(raw: RawOrg) -> None:
    assert raw.get("/process/approvals") == {"approvals": {}}
    first = seed_process(raw)
    seed_process(raw, Name="More", DeveloperName="More", Description="For the rest")
    seed_process(raw, State="Inactive")

    listed = raw.get("/process/approvals")["approvals"]["Account"]

    assert listed[0] == {"description": None, "id": first, "name": "Big deals", "object": "Account", "sortOrder": 1}
    assert [(each["name"], each["sortOrder"]) for each in listed] == [("Big deals", 1), ("More", 2)]


@row("rest.md#11", "* Approvals POST:")
@pytest.mark.parametrize(("action", "status"), [("Approve", "Approved"), ("Reject", "Rejected")])
def test_a_submitted_record_waits_until_somebody_decides(raw: RawOrg, org: Org, action: str, status: str) -> None:
    seed_process(raw)
    record_id, admin = raw.create("Account", Name="Acme"), org.identity.admin_id

    (waiting,) = act(raw, submit(record_id, comments="Have a look"))

    (item,) = waiting["newWorkitemIds"]
    instance = waiting["instanceId"]
    assert waiting == {
        "actorIds": [admin],
        "entityId": record_id,
        "errors": None,
        "instanceId": instance,
        "instanceStatus": "Pending",
        "newWorkitemIds": [item],
        "success": True,
    }
    soql = "SELECT Id, ActorId, ProcessInstance.TargetObjectId FROM ProcessInstanceWorkitem"
    (found,) = raw.query(soql)["records"]
    assert (found["Id"], found["ActorId"], found["ProcessInstance"]["TargetObjectId"]) == (item, admin, record_id)

    (decided,) = act(raw, {"actionType": action, "contextId": item, "comments": "Fine"})

    assert (decided["instanceId"], decided["instanceStatus"], decided["newWorkitemIds"]) == (instance, status, [])
    assert raw.query(soql)["totalSize"] == 0
    steps = "(SELECT StepStatus, Comments FROM Steps ORDER BY Id)"
    (run,) = raw.query(f"SELECT Status, CompletedDate, {steps} FROM ProcessInstance")["records"]
    assert (run["Status"], run["CompletedDate"] is None) == (status, False)
    assert [(each["StepStatus"], each["Comments"]) for each in run["Steps"]["records"]] == [
        ("Started", "Have a look"),
        (status, "Fine"),
    ]


def test_a_process_takes_the_records_that_meet_its_criteria(raw: RawOrg, org: Org) -> None:
    big = seed_process(raw)
    small = seed_process(raw, Name="Small", DeveloperName="Small")
    set_entry_criteria(org, "Big_deals", "AnnualRevenue > 1000")
    set_entry_criteria(org, "Small", "AND(NOT(ISBLANK(AnnualRevenue)), AnnualRevenue <= 1000)")
    records = [raw.create("Account", Name="A", AnnualRevenue=revenue) for revenue in (2000, 10)]
    neither = raw.create("Account", Name="B")

    act(raw, *map(submit, records))

    runs = raw.query("SELECT ProcessDefinitionId FROM ProcessInstance ORDER BY Id")["records"]
    assert [each["ProcessDefinitionId"] for each in runs] == [big, small]
    assert refused(raw, submit(neither)) == "NO_APPLICABLE_PROCESS"
    named = {"processDefinitionNameOrId": "Big_deals"}
    assert refused(raw, submit(neither, **named)) == "NO_APPLICABLE_PROCESS"
    (waiting,) = act(raw, submit(neither, **named, skipEntryCriteria=True))
    assert waiting["instanceStatus"] == "Pending"
    with pytest.raises(ValueError, match="no approval process Nope"):
        set_entry_criteria(org, "Nope", "TRUE")
    with pytest.raises(FormulaError):
        set_entry_criteria(org, "Small", "Nope__c > 1")


def test_a_record_that_waits_is_locked_for_all_but_its_approver_and_administrators(raw: RawOrg, org: Org) -> None:
    seed_process(raw)
    me = org.identity.admin_id
    other = raw.create("User", **PERSON, ProfileId=org.identity.profile_id)
    record_id = raw.create("Account", Name="Acme")
    act(raw, submit(record_id, nextApproverIds=[other]))
    change = ("PATCH", f"/sobjects/Account/{record_id}")
    assert raw.send(*change, json={"Phone": "1"}).status_code == 204

    org.permissions.set(me)
    status, (error,) = raw.refused(*change, json={"Phone": "2"})
    assert (status, error["errorCode"]) == (400, "ENTITY_IS_LOCKED")
    assert raw.refused("DELETE", f"/sobjects/Account/{record_id}")[1][0]["errorCode"] == "ENTITY_IS_LOCKED"

    org.permissions.set(me, modify_all_data=True)
    assert raw.send(*change, json={"Phone": "3"}).status_code == 204
    act(raw, {"actionType": "Approve", "contextId": record_id})
    org.permissions.set(me)
    act(raw, submit(record_id, nextApproverIds=[me]))
    assert raw.send(*change, json={"Phone": "4"}).status_code == 204


@row("rest.md#11", "* Approvals POST:")
def test_a_record_can_be_decided_on_by_its_own_id_and_submitted_again(raw: RawOrg) -> None:
    seed_process(raw)
    record_id = raw.create("Account", Name="Acme")
    act(raw, submit(record_id))

    act(raw, {"actionType": "Reject", "contextId": record_id})
    (again,) = act(raw, submit(record_id))

    assert again["instanceStatus"] == "Pending"


def test_the_named_process_and_approver_are_taken(raw: RawOrg, org: Org) -> None:
    seed_process(raw)
    other = seed_process(raw, DeveloperName="Other", Name="Other")
    record_id, admin = raw.create("Account", Name="Acme"), org.identity.admin_id

    more = {"contextActorId": admin, "nextApproverIds": [admin], "skipEntryCriteria": True}
    act(raw, submit(record_id, processDefinitionNameOrId="Other", **more))

    (run,) = raw.query("SELECT ProcessDefinitionId, SubmittedById FROM ProcessInstance")["records"]
    assert (run["ProcessDefinitionId"], run["SubmittedById"]) == (other, admin)


def test_a_record_without_process_or_in_one_already_is_refused(raw: RawOrg) -> None:
    account, contact = raw.create("Account", Name="Acme"), raw.create("Contact", LastName="Ek")
    assert refused(raw, submit(account)) == "NO_APPLICABLE_PROCESS"
    seed_process(raw)
    act(raw, submit(account))

    assert refused(raw, submit(account)) == "ALREADY_IN_PROCESS"
    assert refused(raw, submit(contact)) == "NO_APPLICABLE_PROCESS"
    assert refused(raw, submit(contact, processDefinitionNameOrId="Big_deals")) == "NO_APPLICABLE_PROCESS"


def test_one_refused_request_undoes_the_others(raw: RawOrg) -> None:
    seed_process(raw)
    record_id = raw.create("Account", Name="Acme")

    assert refused(raw, submit(record_id), submit(record_id)) == "ALREADY_IN_PROCESS"

    assert raw.query("SELECT Id FROM ProcessInstance")["totalSize"] == 0
    assert raw.query("SELECT Id FROM ProcessInstanceWorkitem")["totalSize"] == 0


@pytest.mark.parametrize(
    "request_",
    [
        {"actionType": "Submit", "contextId": "nonsense"},
        {"actionType": "Submit", "contextId": "001000000000000AAA"},
        {"actionType": "Approve", "contextId": "04i000000000000AAA"},
        {"actionType": "Approve", "contextId": "nonsense"},
        {"actionType": "Remove", "contextId": "001000000000000AAA"},
        {"actionType": "Submit"},
        {"actionType": "Submit", "contextId": 5},
    ],
)
def test_a_request_about_nothing_is_refused(raw: RawOrg, request_: Json) -> None:
    seed_process(raw)

    assert refused(raw, request_)


def test_an_approver_who_is_no_user_is_refused(raw: RawOrg) -> None:
    seed_process(raw)
    record_id = raw.create("Account", Name="Acme")

    assert refused(raw, submit(record_id, nextApproverIds=[record_id])) == "INVALID_CROSS_REFERENCE_KEY"


@row("rest_resources.md#7", "* `GET /process/rules`")
def test_rules_are_listed_by_object_and_read_one_by_one(raw: RawOrg) -> None:
    rule_id = raw.mock("POST", "rules", json=RULE)["id"]

    listed = raw.get("/process/rules")["rules"]

    (rule,) = listed["Account"]
    assert (rule["id"], rule["description"], rule["namespacePrefix"]) == (rule_id, None, None)
    assert [(each["name"], each["type"], sorted(each)) for each in rule["actions"]] == [
        ("Rate", "FieldUpdate", ["id", "name", "type"]),
        ("Call", "Task", ["id", "name", "type"]),
    ]
    assert raw.get("/process/rules/account")["rules"] == listed
    assert raw.get("/process/rules/Contact")["rules"] == {}
    assert raw.get(f"/process/rules/Account/{rule_id}") == rule
    assert raw.send("GET", f"/process/rules/Contact/{rule_id}").status_code == 404
    assert raw.send("GET", "/process/rules/Nothing").status_code == 404


@row("rest_resources.md#7", "* POST on each of them")
@pytest.mark.parametrize("path", ["", "/Account", "/Account/{rule}"])
def test_a_rule_does_to_records_what_it_says(raw: RawOrg, path: str) -> None:
    rule_id = raw.mock("POST", "rules", json=RULE)["id"]
    record_id = raw.create("Account", Name="Acme")

    answer = raw.json("POST", f"/process/rules{path.format(rule=rule_id)}", json={"contextIds": [record_id]})

    assert answer == {"errors": None, "success": True}
    assert raw.get(f"/sobjects/Account/{record_id}")["Rating"] == "Hot"
    assert [each["WhatId"] for each in raw.query("SELECT WhatId FROM Task")["records"]] == [record_id]


@row("rest_resources.md#7", "* POST on each of them")
def test_a_rule_that_fails_undoes_what_was_done(raw: RawOrg) -> None:
    actions = [*RULE["actions"], {"type": "FieldUpdate", "name": "Wrong", "field": "Nothing__c", "value": "x"}]
    raw.mock("POST", "rules", json={**RULE, "actions": actions})
    record_id = raw.create("Account", Name="Acme")

    status, (error,) = raw.refused("POST", "/process/rules", json={"contextIds": [record_id]})

    assert (status, error["errorCode"]) == (400, "INVALID_FIELD")
    assert raw.get(f"/sobjects/Account/{record_id}")["Rating"] is None
    assert raw.query("SELECT Id FROM Task")["totalSize"] == 0


@row("rest_resources.md#7", "* POST on each of them")
def test_rules_run_on_records_of_one_object_that_are_there(raw: RawOrg) -> None:
    account, contact = raw.create("Account", Name="Acme"), raw.create("Contact", LastName="Ek")

    for ids in ([account, contact], ["nonsense"], [], ["001000000000000AAA"]):
        assert raw.refused("POST", "/process/rules", json={"contextIds": ids})[0] == 400
    assert raw.refused("POST", "/process/rules/Contact", json={"contextIds": [account]})[0] == 400
