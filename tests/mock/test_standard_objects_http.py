"""Standard objects over raw HTTP: what an org begins with, and how its objects hang together."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.mock.raw_org import RawOrg

Json = Any


def records(raw: RawOrg, soql: str) -> list[Json]:
    """The records of a query, without their attributes."""
    found = raw.get("/query", params={"q": soql})["records"]
    return [{key: value for key, value in each.items() if key != "attributes"} for each in found]


def test_an_org_has_one_standard_price_book(raw: RawOrg) -> None:
    [book] = records(raw, "SELECT Name, IsActive FROM Pricebook2 WHERE IsStandard = TRUE")

    assert book == {"Name": "Standard Price Book", "IsActive": True}
    refused = raw.refused_create("Pricebook2", Name="Mine", IsStandard=True)
    assert refused["errorCode"] == "INVALID_FIELD_FOR_INSERT_UPDATE"


def test_what_is_sold_hangs_together_from_product_to_order(raw: RawOrg) -> None:
    [book] = records(raw, "SELECT Id FROM Pricebook2 WHERE IsStandard = TRUE")
    product = raw.create("Product2", Name="Lamp", ProductCode="L1", IsActive=True)
    price = raw.create("PricebookEntry", Pricebook2Id=book["Id"], Product2Id=product, UnitPrice=10, IsActive=True)
    account = raw.create("Account", Name="Acme")
    deal = raw.create(
        "Opportunity", Name="Lamps", StageName="Prospecting", CloseDate="2026-12-01", Pricebook2Id=book["Id"]
    )
    raw.create("OpportunityLineItem", OpportunityId=deal, PricebookEntryId=price, Quantity=3, UnitPrice=9)
    order = raw.create("Order", AccountId=account, Pricebook2Id=book["Id"], EffectiveDate="2026-12-02", Status="Draft")
    raw.create("OrderItem", OrderId=order, PricebookEntryId=price, Quantity=3, UnitPrice=9)

    assert records(raw, "SELECT Quantity, PricebookEntry.Product2.Name, Opportunity.Name FROM OpportunityLineItem") == [
        {
            "Quantity": 3.0,
            "PricebookEntry": {
                "attributes": {
                    "type": "PricebookEntry",
                    "url": f"/services/data/v67.0/sobjects/PricebookEntry/{price}",
                },
                "Product2": {
                    "attributes": {"type": "Product2", "url": f"/services/data/v67.0/sobjects/Product2/{product}"},
                    "Name": "Lamp",
                },
            },
            "Opportunity": {
                "attributes": {"type": "Opportunity", "url": f"/services/data/v67.0/sobjects/Opportunity/{deal}"},
                "Name": "Lamps",
            },
        }
    ]
    [found] = records(raw, f"SELECT (SELECT Quantity, UnitPrice FROM OrderItems) FROM Order WHERE Id = '{order}'")
    assert [(each["Quantity"], each["UnitPrice"]) for each in found["OrderItems"]["records"]] == [(3.0, 9.0)]


def test_members_and_contacts_of_a_campaign_go_with_it(raw: RawOrg) -> None:
    campaign = raw.create("Campaign", Name="Fair", Status="Planned")
    lead = raw.create("Lead", LastName="Ek", Company="Acme")
    contact = raw.create("Contact", LastName="Alm")
    raw.create("CampaignMember", CampaignId=campaign, LeadId=lead, Status="Sent")
    raw.create("CampaignMember", CampaignId=campaign, ContactId=contact)

    assert (
        records(raw, "SELECT Lead.LastName, Contact.LastName FROM CampaignMember ORDER BY Lead.LastName NULLS LAST")[1][
            "Contact"
        ]["LastName"]
        == "Alm"
    )
    raw.json("DELETE", f"/sobjects/Campaign/{campaign}")
    assert records(raw, "SELECT Id FROM CampaignMember") == []


@pytest.mark.parametrize(
    ("sobject", "fields", "missing"),
    [
        ("OpportunityLineItem", {"Quantity": 1}, ["OpportunityId"]),
        ("PricebookEntry", {"IsActive": True}, ["Pricebook2Id", "Product2Id", "UnitPrice"]),
        ("CampaignMember", {"Status": "Sent"}, ["CampaignId"]),
        ("CaseComment", {"CommentBody": "x"}, ["ParentId"]),
        ("Contract", {"Status": "Draft"}, ["AccountId"]),
    ],
)
def test_children_need_their_parents(raw: RawOrg, sobject: str, fields: Json, missing: list[str]) -> None:
    error = raw.refused_create(sobject, **fields)

    assert (error["errorCode"], sorted(error["fields"])) == ("REQUIRED_FIELD_MISSING", missing)


def test_a_new_file_is_shared_with_its_owner_and_with_the_record_it_is_of(raw: RawOrg) -> None:
    account = raw.create("Account", Name="Acme")
    content = base64.b64encode(b"hello").decode()
    raw.create("ContentVersion", PathOnClient="a.txt", VersionData=content, FirstPublishLocationId=account)

    [shared] = records(raw, f"SELECT ContentDocument.Title FROM ContentDocumentLink WHERE LinkedEntityId = '{account}'")
    assert shared["ContentDocument"]["Title"] == "a"
    links = records(
        raw,
        "SELECT LinkedEntity.Type, ShareType FROM ContentDocumentLink "
        "WHERE ContentDocumentId IN (SELECT Id FROM ContentDocument) ORDER BY ShareType",
    )
    assert [(each["LinkedEntity"]["Type"], each["ShareType"]) for each in links] == [("User", "I"), ("Account", "V")]


def test_reports_are_records_that_follow_the_report_resource(raw: RawOrg) -> None:
    listed = raw.get("/analytics/reports")
    found = records(raw, "SELECT Id, Name, Format FROM Report ORDER BY Name")
    assert [each["Id"] for each in found] == [each["id"] for each in sorted(listed, key=lambda each: each["name"])]
    assert {each["Format"] for each in found} == {"Tabular", "Summary"}

    report = found[0]["Id"]
    raw.json("PATCH", f"/analytics/reports/{report}", json={"reportMetadata": {"name": "Renamed"}})
    assert records(raw, f"SELECT Name FROM Report WHERE Id = '{report}'") == [{"Name": "Renamed"}]
    raw.json("DELETE", f"/analytics/reports/{report}")
    assert records(raw, f"SELECT Name FROM Report WHERE Id = '{report}'") == []


def test_dashboards_are_records_that_follow_the_dashboard_resource(raw: RawOrg) -> None:
    [found] = records(raw, "SELECT Id, Title, Type FROM Dashboard")
    assert (found["Title"], found["Type"]) == ("Company Overview", "SpecifiedUser")

    raw.json("PATCH", f"/analytics/dashboards/{found['Id']}", json={"name": "Renamed"})
    assert records(raw, "SELECT Title FROM Dashboard") == [{"Title": "Renamed"}]
    raw.json("DELETE", f"/analytics/dashboards/{found['Id']}")
    assert records(raw, "SELECT Id FROM Dashboard") == []


def test_list_views_are_records(raw: RawOrg) -> None:
    listed = raw.get("/sobjects/Account/listviews")["listviews"]
    found = records(raw, "SELECT Id, Name, DeveloperName FROM ListView WHERE SobjectType = 'Account' ORDER BY Name")

    assert [(each["Id"], each["Name"], each["DeveloperName"]) for each in found] == [
        (each["id"], each["label"], each["developerName"]) for each in listed
    ]


def test_reports_and_dashboards_are_not_made_as_records(raw: RawOrg) -> None:
    for sobject in ("Report", "Dashboard", "ListView"):
        assert raw.send("POST", f"/sobjects/{sobject}", json={"Name": "x"}).status_code in {400, 405}
