"""Leads converted over SOAP, raw HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.mock.reference import row
from tests.mock.soap_client import NIL, OWN, convert, create, text

if TYPE_CHECKING:
    from xml.etree import ElementTree as ET

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

    def code(result: ET.Element) -> str | None:
        error = result.find(f"{OWN}errors")
        return None if error is None else text(error, "statusCode")

    assert code(convert(raw, lead, status="Nope")) == "INVALID_STATUS"
    assert raw.get("/query", params={"q": "SELECT Id FROM Account"})["totalSize"] == 0
    assert code(convert(raw, lead)) is None
    assert code(convert(raw, lead)) == "CANNOT_UPDATE_CONVERTED_LEAD"
    assert code(convert(raw, "00QSf0000000009MAA")) is not None
