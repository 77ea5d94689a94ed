"""Invocable actions over raw HTTP: what standard ones send, what custom ones were registered to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from specforce_mockserver.invocable.action import ActionError, ActionValue
from tests.mock.reference import row

if TYPE_CHECKING:
    from specforce_mockserver.org import Org
    from tests.mock.raw_org import RawOrg

Json = Any
DATA = "/services/data/v67.0"


def invoke(raw: RawOrg, path: str, *inputs: Json) -> Json:
    """The results of an action."""
    return raw.json("POST", f"/actions/{path}", json={"inputs": list(inputs)})


@row("rest.md#11", "* GET `/actions` →")
def test_actions_are_listed_by_kind_and_type(raw: RawOrg, org: Org) -> None:
    org.actions.register("apex", "Greeter", lambda _given: None)

    assert raw.get("/actions") == {"standard": f"{DATA}/actions/standard", "custom": f"{DATA}/actions/custom"}
    standard = {each["name"]: each for each in raw.get("/actions/standard")["actions"]}
    assert standard["chatterPost"]["type"] == "CHATTERPOST"
    assert standard["chatterPost"]["url"] == f"{DATA}/actions/standard/chatterPost"
    assert {"apex", "flow"} <= set(raw.get("/actions/custom"))
    greeter = {"label": "Greeter", "name": "Greeter", "type": "APEX", "url": f"{DATA}/actions/custom/apex/Greeter"}
    assert raw.get("/actions/custom/apex") == {"actions": [greeter]}
    assert raw.get("/actions/custom/flow") == {"actions": []}
    for path in ("/actions/custom/nothing", "/actions/standard/nothing", "/actions/custom/apex/Nothing"):
        assert raw.refused("GET", path)[0] == 404


@row("rest.md#11", "* Describe action: description, inputs")
def test_an_action_is_described_as_it_was_registered(raw: RawOrg, org: Org) -> None:
    org.actions.register(
        "apex",
        "Greeter",
        lambda _given: {},
        inputs=[ActionValue("who", label="Whom to greet", required=True), ActionValue("times", "INTEGER", many=True)],
        outputs={"text": "string"},
        label="Greet",
        description="Says hello.",
    )

    described = raw.get("/actions/custom/apex/Greeter")

    assert (described["label"], described["apexClass"], described["standard"]) == ("Greet", "Greeter", False)
    first, second = described["inputs"]
    assert (first["name"], first["label"], first["required"], first["maxOccurs"]) == ("who", "Whom to greet", True, 1)
    assert (second["type"], second["maxOccurs"] > 1) == ("INTEGER", True)
    assert described["outputs"][0]["type"] == "STRING"


@row("rest.md#11", '* Invoke: `{"inputs":[{…}]}` → array, one per input [P]')
@row("errors_and_limits.md#1", "| Invocable actions |")
def test_a_custom_action_answers_input_by_input(raw: RawOrg, org: Org) -> None:
    def greet(given: Json) -> Json:
        if given["who"] == "Nobody":
            raise ActionError("nobody is there", fields=("who",))
        if given["who"] == "Bug":
            raise RuntimeError("oops")
        return {"text": f"Hello, {given['who']}"}

    org.actions.register(
        "apex", "Greeter", greet, inputs=[ActionValue("who", required=True)], outputs={"text": "STRING"}
    )

    results = invoke(raw, "custom/apex/Greeter", {"who": "Ada"}, {"who": "Nobody"}, {}, {"who": 1}, {"who": "Bug"})

    assert results[0] == {
        "actionName": "Greeter",
        "errors": None,
        "invocationId": None,
        "isSuccess": True,
        "outcome": None,
        "outputValues": {"text": "Hello, Ada"},
        "sortOrder": -1,
        "version": 1,
    }
    assert [each["isSuccess"] for each in results] == [True, False, False, False, False]
    errors = [each["errors"][0] for each in results[1:]]
    assert errors[0] == {"statusCode": "INVALID_INPUT", "message": "nobody is there", "fields": ["who"]}
    assert {each["statusCode"] for each in errors[:3]} == {"INVALID_INPUT"}
    assert errors[3]["statusCode"] == "UNKNOWN_EXCEPTION"
    assert {str(each["outputValues"]) for each in results[1:]} == {"None"}


def test_a_call_of_which_nothing_succeeded_is_a_400_with_its_results(raw: RawOrg, org: Org) -> None:
    raw.mock("POST", "actions", json={"type": "apex", "name": "Down", "error": {"message": "out of order"}})

    status, results = raw.refused("POST", "/actions/custom/apex/Down", json={"inputs": [{}, {}]})

    assert (status, [each["errors"][0]["message"] for each in results]) == (400, ["out of order"] * 2)


@row("rest.md#11", "Flow outputs include `Flow__InterviewGuid`, `Flow__InterviewStatus`")
def test_a_flow_says_how_its_interview_went(raw: RawOrg) -> None:
    raw.mock("POST", "actions", json={"type": "flow", "name": "Greet", "output": {"text": "Hello"}})

    (result,) = invoke(raw, "custom/flow/Greet", {})

    assert result["outputValues"]["text"] == "Hello"
    assert result["outputValues"]["Flow__InterviewStatus"] == "Finished"
    assert result["outputValues"]["Flow__InterviewGuid"]


@row("rest.md#11", "emailSimple inputs: emailAddresses or emailAddressesArray")
def test_an_email_is_in_the_outbox(raw: RawOrg) -> None:
    mail = {"emailSubject": "Hi", "emailBody": "There"}

    results = invoke(
        raw,
        "standard/emailSimple",
        {**mail, "emailAddresses": "a@example.com, b@example.com"},
        {**mail, "emailAddressesArray": ["c@example.com"], "senderAddress": "me@example.com"},
        {**mail, "emailAddresses": "nonsense"},
        mail,
    )

    assert [each["isSuccess"] for each in results] == [True, True, False, False]
    assert results[2]["errors"][0]["statusCode"] == "INVALID_EMAIL_ADDRESS"
    first, second = raw.mock("GET", "outbox")
    assert (first["kind"], first["to"], first["subject"]) == ("email", ["a@example.com", "b@example.com"], "Hi")
    assert (second["to"], second["from"]) == (["c@example.com"], "me@example.com")
    raw.mock("DELETE", "outbox")
    assert raw.mock("GET", "outbox") == []


def test_posts_and_notifications_are_in_the_outbox_too(raw: RawOrg, org: Org) -> None:
    account_id = raw.create("Account", Name="Acme")
    on_record = {"subjectNameOrId": account_id[:15], "text": "Hello"}
    on_user = {"subjectNameOrId": "user@example.com", "text": "Hello"}

    (post, other) = invoke(raw, "standard/chatterPost", on_record, on_user)
    note = {"customNotifTypeId": "0ML1", "recipientIds": ["005"], "title": "T", "body": "B"}
    invoke(raw, "standard/customNotificationAction", note)

    feed_item, user_item, notification = (each.public() for each in org.outbox)
    assert post["outputValues"] == {"feedItemId": feed_item["id"]}
    assert (feed_item["subjectId"], user_item["subjectId"]) == (account_id, org.identity.admin_id)
    assert other["isSuccess"]
    assert (notification["kind"], notification["title"]) == ("notification", "T")


@pytest.mark.parametrize(
    "body", [{"inputs": []}, {"inputs": [{}] * 201}, {"inputs": [1]}, {}, {"inputs": [{}], "x": 1}]
)
def test_a_malformed_call_is_refused_whole(raw: RawOrg, body: Json) -> None:
    status, (error,) = raw.refused("POST", "/actions/standard/chatterPost", json=body)

    assert (status, error["errorCode"]) == (400, "JSON_PARSER_ERROR")


def test_lists_can_be_asked_for_by_date(raw: RawOrg, org: Org) -> None:
    later = {"If-Modified-Since": "Fri, 01 Jan 2100 10:00:00 GMT"}

    assert raw.send("GET", "/actions/standard", headers=later).status_code == 304


def test_reset_forgets_registered_actions_and_restore_keeps_them(raw: RawOrg, org: Org) -> None:
    org.actions.register("apex", "Greeter", lambda _given: None)

    org.restore(org.snapshot())
    kept = raw.send("GET", "/actions/custom/apex/Greeter").status_code
    org.reset()
    raw.login()

    assert (kept, raw.send("GET", "/actions/custom/apex/Greeter").status_code) == (200, 404)
