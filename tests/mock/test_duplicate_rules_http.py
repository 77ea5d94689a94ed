"""Duplicate and assignment rules, and the headers that steer them, over raw HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.mock.bulk_client import BulkClient
from tests.mock.bulk_v1_client import BatchClient
from tests.mock.protocols import INSERTS, SAVED, soap, soap_record
from tests.mock.raw_org import DATA
from tests.mock.reference import row

if TYPE_CHECKING:
    from specforce_mockserver.org import Org
    from tests.mock.raw_org import RawOrg

ALERT = "Use one of these records?"
SAVE = {"Sforce-Duplicate-Rule-Header": "allowSave=true"}
ADA = {"LastName": "Ek", "Email": "ada@example.com"}


@pytest.fixture
def known(raw: RawOrg, org: Org) -> str:
    """A contact that others are like; its Id."""
    org.duplicate_rules.add("Contact", "Same_email", ["email"])
    return raw.create("Contact", **ADA)


@pytest.mark.parametrize("protocol", INSERTS)
def test_a_duplicate_is_refused_by_every_protocol(raw: RawOrg, known: str, protocol: str) -> None:
    insert = INSERTS[protocol]

    assert insert(raw, "Contact", {"LastName": "Other", "Email": "ADA@example.com"}) == ("DUPLICATES_DETECTED", ALERT)
    assert insert(raw, "Contact", {"LastName": "Other", "Email": "bo@example.com"}) == SAVED
    assert insert(raw, "Contact", {"LastName": "Other"}) == SAVED


@row("errors_and_limits.md#1", "| Duplicates (single-row REST) | 400 |")
@row("errors_and_limits.md#3", "| DUPLICATES_DETECTED | 400 |")
def test_a_refusal_shows_the_records_that_it_is_like(raw: RawOrg, known: str) -> None:
    error = raw.refused_create("Contact", **ADA)

    assert list(error) == ["duplicateResult", "errorCode", "message"]
    found = error["duplicateResult"]
    assert (found["allowSave"], found["duplicateRule"], found["errorMessage"]) == (True, "Same_email", ALERT)
    (matches,) = found["matchResults"]
    url = f"{DATA}/sobjects/Contact/{known}"
    assert [each["record"] for each in matches["matchRecords"]] == [
        {"attributes": {"type": "Contact", "url": url}, "Id": known}
    ]
    assert (matches["size"], matches["success"], matches["matchRecords"][0]["matchConfidence"]) == (1, True, 100.0)


@row("rest.md#1", "| Sforce-Duplicate-Rule-Header")
def test_the_header_saves_a_duplicate_and_shows_whole_records(raw: RawOrg, known: str) -> None:
    whole = {"Sforce-Duplicate-Rule-Header": "includeRecordDetails=true"}
    _, (error,) = raw.refused("POST", "/sobjects/Contact", json=ADA, headers=whole)
    (match,) = error["duplicateResult"]["matchResults"][0]["matchRecords"]
    assert match["record"]["LastName"] == "Ek"

    raw.json("POST", "/sobjects/Contact", json=ADA, headers=SAVE)
    record = {"attributes": {"type": "Contact"}, **ADA}
    (item,) = raw.json("POST", "/composite/sobjects", json={"records": [record]}, headers=SAVE)
    assert item["success"]


def test_a_blocking_rule_lets_nobody_decide(raw: RawOrg, org: Org, known: str) -> None:
    org.duplicate_rules.add("Contact", "Same_email", ["Email"], action="block")

    _, (error,) = raw.refused("POST", "/sobjects/Contact", json=ADA, headers=SAVE)

    assert error["duplicateResult"]["allowSave"] is False
    assert error["message"].startswith("You're creating a duplicate record.")


def test_a_record_isnt_like_itself_and_a_change_may_make_it_like_another(raw: RawOrg, known: str) -> None:
    other = raw.create("Contact", LastName="Other")
    raw.json("PATCH", f"/sobjects/Contact/{known}", json={"Email": "Ada@example.com", "Title": "Dr"})

    _, (error,) = raw.refused("PATCH", f"/sobjects/Contact/{other}", json={"Email": "ada@example.com"})

    assert error["errorCode"] == "DUPLICATES_DETECTED"
    raw.json("PATCH", f"/sobjects/Contact/{other}", json={"Title": "Mr"})


@row("soap.md#8", "| DuplicateResult |")
@row("soap.md#8", "| MatchResult |")
@row("soap.md#8", "| MatchRecord |")
def test_soap_types_the_error_and_takes_its_header(raw: RawOrg, known: str) -> None:
    body = f"<create><sObjects>{soap_record('Contact', ADA)}</sObjects></create>"
    (refused,) = soap(raw, body)
    (saved,) = soap(raw, body, "<DuplicateRuleHeader><allowSave>true</allowSave></DuplicateRuleHeader>")

    error = refused.find("errors")
    assert error is not None
    assert error.get("{http://www.w3.org/2001/XMLSchema-instance}type") == "DuplicateError"
    assert error.findtext("duplicateResult/matchResults/matchRecords/record/Id") == known
    assert saved.findtext("success") == "true"


def test_a_rule_is_added_over_http(raw: RawOrg) -> None:
    rule = {"object": "Lead", "name": "Twins", "fields": ["LastName", "Company"], "action": "block"}
    assert raw.mock("POST", "duplicateRules", json=rule)["action"] == "block"

    raw.create("Lead", LastName="Ek", Company="A")
    raw.create("Lead", LastName="Ek", Company="B")
    assert raw.refused_create("Lead", LastName="ek", Company="a")["errorCode"] == "DUPLICATES_DETECTED"
    bad = raw.send("POST", "/__mock/duplicateRules", json={**rule, "fields": ["Nothing"]})
    assert bad.status_code == 400


def names(name: str) -> dict[str, str]:
    return {"Alias": name, "CommunityNickname": name}


@pytest.fixture
def users(raw: RawOrg, org: Org) -> tuple[str, str]:
    """Two users that cases are assigned to: the urgent ones, the rest."""
    fields = {"ProfileId": org.identity.profile_id, "TimeZoneSidKey": "GMT", "LocaleSidKey": "en_US"}
    fields |= {"EmailEncodingKey": "UTF-8", "LanguageLocaleKey": "en_US", "LastName": "User"}
    made = [
        raw.create("User", **dict.fromkeys(("Username", "Email"), f"{name}@example.com"), **names(name), **fields)
        for name in ("urgent", "other")
    ]
    entries = [("ISPICKVAL(Priority, 'High')", made[0]), ("TRUE", made[1])]
    org.assignment_rules.add("Case", "Standard", entries)
    return made[0], made[1]


def owners(raw: RawOrg) -> list[str]:
    return [each["OwnerId"] for each in raw.query("SELECT OwnerId FROM Case ORDER BY CaseNumber")["records"]]


@row("rest.md#1", "| Sforce-Auto-Assign |")
def test_rest_runs_the_active_rule_unless_told_otherwise(raw: RawOrg, org: Org, users: tuple[str, str]) -> None:
    named = org.assignment_rules.add("Case", "Spare", [("TRUE", users[0])], active=False)

    for headers in ({}, {"Sforce-Auto-Assign": "FALSE"}, {"Sforce-Auto-Assign": named}):
        raw.json("POST", "/sobjects/Case", json={"Subject": "x"}, headers=headers)
    raw.create("Case", Subject="y", Priority="High")

    assert owners(raw) == [users[1], org.identity.admin_id, users[0], users[0]]


def test_soap_runs_a_rule_when_told(raw: RawOrg, org: Org, users: tuple[str, str]) -> None:
    body = f"<create><sObjects>{soap_record('Case', {'Subject': 'x'})}</sObjects></create>"
    header = "<AssignmentRuleHeader><useDefaultRule>true</useDefaultRule></AssignmentRuleHeader>"

    soap(raw, body)
    soap(raw, body, header)

    assert owners(raw) == [org.identity.admin_id, users[1]]


def test_bulk_jobs_run_the_rule_that_they_name(raw: RawOrg, org: Org, users: tuple[str, str]) -> None:
    rule = raw.mock(
        "POST",
        "assignmentRules",
        json={"object": "Case", "fullName": "Bulk", "ruleEntries": [{"formula": "TRUE", "ownerId": users[0]}]},
    )["id"]
    with BulkClient(raw.url) as client:
        client.load("Subject\nx\n", object="Case")
        client.load("Subject\nx\n", object="Case", assignmentRuleId=rule)
    batches: Any = BatchClient(raw)
    batches.loaded("Subject\nx\n", sobject="Case", assignmentRuleId=rule)

    assert owners(raw) == [org.identity.admin_id, users[0], users[0]]
