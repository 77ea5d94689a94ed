"""Quick actions over raw HTTP: the records that they make and change are real."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.mock.reference import row

if TYPE_CHECKING:
    from specforce_mockserver.org import Org
    from tests.mock.raw_org import RawOrg

Json = Any


def perform(raw: RawOrg, path: str, record: Json, context_id: str | None = None) -> Json:
    """The status of an action and what it says."""
    body = {"record": record} | ({} if context_id is None else {"contextId": context_id})
    answer = raw.send("POST", path, json=body)
    return answer.status_code, answer.json()


@row("rest.md#11", "* Quick action item: actionEnumOrId, label, name, type, urls")
@row("rest_resources.md#6", "Lists return global and standard actions too")
def test_an_object_has_its_own_actions_and_the_global_ones(raw: RawOrg) -> None:
    listed = {each["name"]: each for each in raw.get("/sobjects/Account/quickActions")}
    everywhere = {each["name"]: each for each in raw.get("/quickActions")}

    assert everywhere.items() <= listed.items()
    own = listed["Account.NewContact"]
    assert own["urls"]["quickAction"].endswith("/sobjects/Account/quickActions/Account.NewContact")
    assert own["urls"]["defaultValuesTemplate"].endswith("/defaultValues/{ID}")
    assert set(everywhere["NewTask"]["urls"]) == {"quickAction", "describe", "defaultValues"}
    assert "Account.NewThing" in listed
    for each in (own, everywhere["NewTask"]):
        assert raw.get(each["urls"]["describe"])["name"] == each["name"]
        assert raw.send("GET", each["urls"]["defaultValues"]).status_code == 200


@row("rest.md#11", "Describe fields as SOAP DescribeQuickActionResult (soap.md)")
def test_an_action_is_described_with_its_layout(raw: RawOrg) -> None:
    described = raw.get("/sobjects/Account/quickActions/NewContact/describe")

    assert (described["targetSobjectType"], described["targetParentField"]) == ("Contact", "AccountId")
    asked = [row["layoutItems"][0]["layoutComponents"][0]["value"] for row in described["layout"]["layoutRows"]]
    assert {"AccountId", "FirstName", "LastName"} <= set(asked)
    assert raw.get("/sobjects/Account/quickActions/Account.NewContact")["name"] == "Account.NewContact"


@row("rest.md#11", 'Execute → `{"contextId","created":true')
@row("rest_resources.md#6", 'Body of a POST: `{"contextId":"001…","record":{"LastName":"Smith"}}`')
def test_an_action_makes_a_record_under_the_one_it_starts_from(raw: RawOrg) -> None:
    account_id = raw.create("Account", Name="Acme")

    status, done = perform(raw, "/sobjects/Account/quickActions/NewContact", {"LastName": "Smith"}, account_id)

    found = raw.query("SELECT Id, LastName FROM Contact WHERE Account.Name = 'Acme'")["records"]
    assert [(each["Id"], each["LastName"]) for each in found] == [(done["id"], "Smith")]
    assert status == 201
    assert done == {
        "contextId": account_id,
        "created": True,
        "errors": [],
        "feedItemIds": [],
        "id": done["id"],
        "ids": [done["id"]],
        "success": True,
        "successMessage": None,
    }


def test_a_global_action_finds_the_field_for_the_record_it_starts_from(raw: RawOrg) -> None:
    account_id = raw.create("Account", Name="Acme")

    _, done = perform(raw, "/quickActions/LogACall", {"Description": "Nobody home"}, account_id)

    task = raw.get(f"/sobjects/Task/{done['id']}")
    assert (task["WhatId"], task["Subject"], task["Status"]) == (account_id, "Call", "Completed")


def test_an_update_action_changes_the_record_it_starts_from(raw: RawOrg) -> None:
    case_id = raw.create("Case", Subject="Broken")
    path = "/sobjects/Case/quickActions/Case.ChangeStatus"
    before = raw.get(f"{path}/defaultValues/{case_id}")["Status"]

    status, done = perform(raw, path, {"Status": "Working"}, case_id)

    assert (before, status, done["created"], done["id"]) == ("New", 200, False, case_id)
    assert raw.get(f"{path}/defaultValues/{case_id}")["Status"] == "Working"
    assert perform(raw, path, {"Status": "Working"})[0] == 400


@pytest.mark.parametrize(
    ("record", "context", "code"),
    [
        ({}, None, "REQUIRED_FIELD_MISSING"),
        ({"LastName": "X", "Foo": 1}, None, "INVALID_FIELD"),
        ({"LastName": "X"}, "nonsense", "MALFORMED_ID"),
        ({"LastName": "X"}, "001000000000000AAA", "INVALID_CROSS_REFERENCE_KEY"),
        ({"LastName": "X"}, "003000000000000AAA", "MALFORMED_ID"),
    ],
)
def test_a_record_that_cant_be_made_is_refused(raw: RawOrg, record: Json, context: str | None, code: str) -> None:
    status, (error,) = perform(raw, "/sobjects/Account/quickActions/NewContact", record, context)

    assert (status, error["errorCode"]) == (400, code)
    assert raw.query("SELECT COUNT() FROM Contact")["totalSize"] == 0


def test_actions_can_be_added(raw: RawOrg, org: Org) -> None:
    org.quick_actions.add("Account.Sort", target="Thing__c", values={"Kind__c": "Blue"}, fields=["Size__c"])
    raw.mock("POST", "quickActions", json={"name": "NewRed", "target": "Thing__c", "values": {"Kind__c": "Red"}})
    account_id = raw.create("Account", Name="Acme")

    blue = perform(raw, "/sobjects/Account/quickActions/Account.Sort", {"Size__c": 2}, account_id)[1]["id"]
    red = perform(raw, "/quickActions/NewRed", {})[1]["id"]

    found = raw.query("SELECT Id, Kind__c, Account__r.Name FROM Thing__c ORDER BY Kind__c")["records"]
    named = [(each["Id"], each["Kind__c"], (each["Account__r"] or {}).get("Name")) for each in found]
    assert sorted(named) == sorted([(blue, "Blue", "Acme"), (red, "Red", None)])
    assert "NewRed" in {each["name"] for each in raw.get("/sobjects/Case/quickActions")}
    assert raw.get("/sobjects/Account/quickActions/Sort/defaultValues")["Kind__c"] == "Blue"


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("Nothing.New", {"target": "Account"}),
        ("New", {"target": "Nothing"}),
        ("New", {"target": "Account", "kind": "Delete"}),
        ("Account.Change", {"target": "Contact", "kind": "Update"}),
        ("New", {"target": "Account", "fields": ["Foo"]}),
    ],
)
def test_an_action_that_makes_no_sense_isnt_added(org: Org, name: str, more: Json) -> None:
    with pytest.raises(ValueError, match=r"."):
        org.quick_actions.add(name, **more)


def test_unknown_actions_and_objects_are_not_found(raw: RawOrg) -> None:
    for path in ("/quickActions/Nothing", "/sobjects/Nothing/quickActions", "/sobjects/Contact/quickActions/Case.X"):
        assert raw.refused("GET", path)[0] == 404
