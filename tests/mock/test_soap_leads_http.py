"""Leads converted over SOAP, raw HTTP."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.mock.reference import row
from tests.mock.soap_client import CONVERT, NIL, OWN, convert, create, fault, names, post, results, text

if TYPE_CHECKING:
    from xml.etree import ElementTree as ET

    from specforce_mockserver.org import Org
    from tests.mock.raw_org import RawOrg


@row("soap.md#4", "Lead gets IsConverted=true")
def test_a_lead_becomes_an_account_a_contact_and_an_opportunity(raw: RawOrg) -> None:
    lead = create(raw, "Lead", LastName="Ek", Company="Ek AB", Email="ek@example.com", City="Lund")
    result = convert(raw, lead)

    account, contact, opportunity = (text(result, f"{name}Id") for name in ("account", "contact", "opportunity"))
    found = raw.get(f"/sobjects/Lead/{lead}")
    assert (found["IsConverted"], found["Status"]) == (True, "Closed - Converted")
    assert found["ConvertedDate"]
    ids = [found[f"Converted{name}Id"] for name in ("Account", "Contact", "Opportunity")]
    assert ids == [account, contact, opportunity]
    assert raw.get(f"/sobjects/Account/{account}")["Name"] == "Ek AB"
    person = raw.get(f"/sobjects/Contact/{contact}")
    assert (person["Email"], person["MailingCity"], person["AccountId"]) == ("ek@example.com", "Lund", account)
    assert raw.get(f"/sobjects/Opportunity/{opportunity}")["AccountId"] == account


@row("soap.md#4", "only empty target fields filled")
def test_a_lead_goes_into_records_that_are_there(raw: RawOrg) -> None:
    account = create(raw, "Account", Name="Old", Phone="1")
    lead = create(raw, "Lead", LastName="Ek", Company="Ek AB", Phone="2", Website="https://example.com")
    result = convert(raw, lead, extra=f"<accountId>{account}</accountId>", without="true")

    opportunity = result.find(f"{OWN}opportunityId")
    assert text(result, "accountId") == account
    assert opportunity is None or opportunity.get(NIL) == "true"
    found = raw.get(f"/sobjects/Account/{account}")
    assert (found["Name"], found["Phone"], found["Website"]) == ("Old", "1", "https://example.com")


@row("soap.md#4", "CANNOT_UPDATE_CONVERTED_LEAD")
def test_a_lead_that_cannot_be_converted_is_refused_and_unchanged(raw: RawOrg) -> None:
    lead = create(raw, "Lead", LastName="Ek", Company="Ek AB")

    assert error_of(convert(raw, lead, status="Nope")) == "INVALID_STATUS"
    assert raw.get("/query", params={"q": "SELECT Id FROM Account"})["totalSize"] == 0
    assert error_of(convert(raw, lead)) is None
    assert error_of(convert(raw, lead)) == "CANNOT_UPDATE_CONVERTED_LEAD"
    assert error_of(convert(raw, "00QSf0000000009MAA")) is not None


def error_of(result: ET.Element) -> str | None:
    """The code of a refused conversion; None of one that was accepted."""
    error = result.find(f"{OWN}errors")
    return None if error is None else text(error, "statusCode")


def convert_with(raw: RawOrg, lead: str, **values: str) -> ET.Element:
    """Convert a lead with what is given beside its Id, in any order."""
    given = {"convertedStatus": "Closed - Converted"}
    given |= dict.fromkeys(("doNotCreateOpportunity", "overwriteLeadSource", "sendNotificationEmail"), "false")
    given |= {"leadId": lead, **values}
    body = "".join(f"<{name}>{value}</{name}>" for name, value in given.items())
    return results(post(raw, f"<convertLead><leadConverts>{body}</leadConverts></convertLead>"))[0]


@row("soap.md#4", "| accountId |")
@row("soap.md#4", "| contactId |")
@row("soap.md#4", "| opportunityId |")
@row("soap.md#4", "| overwriteLeadSource |")
@row("soap.md#4", "| leadId |")
@row("soap.md#4", "<convertLeadResponse")
def test_a_lead_goes_into_an_account_a_contact_and_an_opportunity_that_are_there(raw: RawOrg) -> None:
    account = create(raw, "Account", Name="Old")
    contact = create(raw, "Contact", LastName="Old", AccountId=account, LeadSource="Web")
    deal = create(raw, "Opportunity", Name="Old", StageName="Prospecting", CloseDate="2026-01-01", AccountId=account)
    lead = create(raw, "Lead", LastName="Ek", Company="Ek AB", LeadSource="Other")
    ids = {"accountId": account, "contactId": contact, "opportunityId": deal}

    result = convert_with(raw, lead, **ids, overwriteLeadSource="true")

    assert names(result) == ["accountId", "contactId", "leadId", "opportunityId", "success"]
    assert {name: text(result, name) for name in ids} == ids
    assert text(result, "leadId") == lead
    assert raw.get(f"/sobjects/Contact/{contact}")["LeadSource"] == "Other"


@row("soap.md#4", "| opportunityName |")
@row("soap.md#4", "| doNotCreateOpportunity |")
def test_an_opportunity_is_named_by_the_caller_else_by_the_company_or_not_made(raw: RawOrg) -> None:
    def lead() -> str:
        return create(raw, "Lead", LastName="Ek", Company="Ek AB")

    named, unnamed = convert_with(raw, lead(), opportunityName="Deal"), convert_with(raw, lead())
    found = [raw.get(f"/sobjects/Opportunity/{text(each, 'opportunityId')}")["Name"] for each in (named, unnamed)]
    assert found == ["Deal", "Ek AB"]

    without = convert_with(raw, lead(), doNotCreateOpportunity="true").find(f"{OWN}opportunityId")
    assert without is not None
    assert without.get(NIL) == "true"
    assert error_of(convert_with(raw, lead(), opportunityName="x" * 121)) == "STRING_TOO_LONG"


@row("soap.md#4", "| accountRecord |")
@row("soap.md#4", "| contactRecord |")
@row("soap.md#4", "| opportunityRecord |")
def test_new_records_take_the_values_that_the_caller_gives(raw: RawOrg) -> None:
    lead = create(raw, "Lead", LastName="Ek", Company="Ek AB")
    given = {
        "accountRecord": "<o:type>Account</o:type><o:Site>North</o:Site>",
        "contactRecord": "<o:type>Contact</o:type><o:Title>Boss</o:Title>",
        "opportunityRecord": "<o:type>Opportunity</o:type><o:NextStep>Call</o:NextStep>",
    }

    result = convert_with(raw, lead, **given)

    assert raw.get(f"/sobjects/Account/{text(result, 'accountId')}")["Site"] == "North"
    assert raw.get(f"/sobjects/Contact/{text(result, 'contactId')}")["Title"] == "Boss"
    assert raw.get(f"/sobjects/Opportunity/{text(result, 'opportunityId')}")["NextStep"] == "Call"


@row("soap.md#4", "| ownerId |")
def test_the_owner_of_a_queues_lead_must_be_said(raw: RawOrg, org: Org) -> None:
    queue = raw.mock("POST", "seed", json={"Group": [{"Name": "Q", "Type": "Queue"}]})["Group"][0]
    lead = create(raw, "Lead", LastName="Ek", Company="Ek AB", OwnerId=queue)

    assert error_of(convert_with(raw, lead)) == "REQUIRED_FIELD_MISSING"
    result = convert_with(raw, lead, ownerId=org.identity.admin_id)
    assert raw.get(f"/sobjects/Account/{text(result, 'accountId')}")["OwnerId"] == org.identity.admin_id


@pytest.mark.parametrize(
    "given",
    [
        {"contactId": "003000000000001AAA"},
        {"overwriteLeadSource": "true"},
        {"opportunityId": "006000000000001AAA", "opportunityName": "x"},
        {"opportunityId": "006000000000001AAA", "doNotCreateOpportunity": "true"},
        {"accountId": "001000000000001AAA"},
        {"convertedStatus": "Nope"},
    ],
)
@row("soap.md#4", "| convertedStatus |")
def test_what_makes_no_sense_together_is_refused(raw: RawOrg, given: dict[str, str]) -> None:
    lead = create(raw, "Lead", LastName="Ek", Company="Ek AB")

    assert error_of(convert_with(raw, lead, **given)) is not None
    assert raw.get(f"/sobjects/Lead/{lead}")["IsConverted"] is False


@pytest.mark.parametrize("name", ["doNotCreateOpportunity", "overwriteLeadSource", "sendNotificationEmail"])
@row("soap.md#4", "| sendNotificationEmail |")
def test_an_element_that_has_to_be_there_is_missed(raw: RawOrg, name: str) -> None:
    body = CONVERT.format(lead="00Q000000000001AAA", status="x", extra="", without="true")

    assert fault(post(raw, re.sub(f"<{name}>.*</{name}>", "", body)))[0] == "soapenv:Client"


@row("soap.md#4", "Response array index-aligned")
def test_leads_are_converted_each_for_itself_and_told_in_order(raw: RawOrg) -> None:
    leads = [create(raw, "Lead", LastName=f"L{number}", Company="C") for number in range(2)]
    one = CONVERT.removeprefix("<convertLead>").removesuffix("</convertLead>")
    body = "".join(
        one.format(lead=lead, status=status, extra="", without="true")
        for lead, status in zip(leads, ("Nope", "Closed - Converted"), strict=True)
    )
    first, second = results(post(raw, f"<convertLead>{body}</convertLead>"))

    assert (text(first, "leadId"), text(first, "success")) == (leads[0], "false")
    assert (text(second, "leadId"), text(second, "success")) == (leads[1], "true")
