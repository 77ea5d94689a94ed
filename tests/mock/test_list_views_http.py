"""List views over raw HTTP: their records are those of the query that they describe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from specforce_mockserver.calls import ApiError
from tests.mock.reference import row

if TYPE_CHECKING:
    from specforce_mockserver.org import Org
    from tests.mock.raw_org import RawOrg

Json = Any
VIEWS = "/sobjects/Account/listviews"


def view(raw: RawOrg, label: str) -> Json:
    """A list view of accounts."""
    return next(each for each in raw.get(VIEWS)["listviews"] if each["label"] == label)


def rows(results: Json) -> list[dict[str, str | None]]:
    """The records of a page as fields to texts."""
    return [{each["fieldNameOrPath"]: each["value"] for each in record["columns"]} for record in results["records"]]


@row("rest.md#11", '* List views: `{"done":true,"listviews"')
@row("rest_resources.md#5", "* One: `{describeUrl, developerName")
def test_every_object_has_list_views(raw: RawOrg) -> None:
    first = raw.get(VIEWS, params={"limit": 2})
    second = raw.get(first["nextRecordsUrl"])

    assert (first["done"], first["size"], second["done"], second["nextRecordsUrl"]) == (False, 2, True, None)
    labels = [each["label"] for each in (*first["listviews"], *second["listviews"])]
    assert labels == ["All Accounts", "My Accounts", "New This Week"]
    own = first["listviews"][0]
    assert raw.get(own["url"]) == own
    assert raw.get(own["describeUrl"])["id"] == own["id"]
    assert raw.refused("GET", f"/sobjects/Contact/listviews/{own['id']}")[0] == 404


@row("rest_resources.md#5", '* Describe: `{"columns":[…]')
def test_the_query_of_a_view_finds_its_records(raw: RawOrg) -> None:
    for name in ("Bolt", "Acme", None):
        raw.create("Account", Name=name or "Cyan", NumberOfEmployees=3)
    mine = view(raw, "My Accounts")

    described, results = raw.get(mine["describeUrl"]), raw.get(mine["resultsUrl"])

    assert (described["scope"], described["whereCondition"]) == ("mine", None)
    assert [each["Name"] for each in rows(results)] == ["Acme", "Bolt", "Cyan"]
    found = raw.query(described["query"])["records"]
    assert [each["Id"] for each in found] == [each["Id"] for each in rows(results)]
    assert described["columns"] == results["columns"]
    assert next(each["fieldNameOrPath"] for each in described["columns"] if each["hidden"]) == "Id"


@row("rest_resources.md#5", "* Results: as rest.md#11; `limit` 1", "2000 (default 25), `offset` (default 0).")
def test_results_come_in_pages(raw: RawOrg) -> None:
    raw.mock("POST", "seed", json={"Account": [{"Name": f"A{number:04}"} for number in range(2030)]})
    url = view(raw, "All Accounts")["resultsUrl"]

    pages = [
        raw.get(url, params=each) for each in ({}, {"offset": 25, "limit": 2000}, {"offset": 2025}, {"offset": 9999})
    ]

    assert [(each["size"], each["done"]) for each in pages] == [(25, False), (2000, False), (5, True), (0, True)]
    assert [rows(each)[0]["Name"] for each in pages[:3]] == ["A0000", "A0025", "A2025"]
    assert raw.refused("GET", url, params={"limit": 2001})[0] == 400


def test_a_view_of_ones_own(raw: RawOrg, org: Org) -> None:
    for name, industry, sold in (("Acme", "Banking", True), ("Bolt", "Energy", False), ("Cyan", "Media", True)):
        raw.create("Thing__c", Account__c=raw.create("Account", Name=name, Industry=industry), Sold__c=sold)
    filters = [["Account__r.Industry", "equals", "Banking,Media"], ["Sold__c", "equals", "true"]]
    asked = {"sobject": "Thing__c", "label": "Sold!", "columns": ["Account__r.Name", "Sold__c"], "filters": filters}
    added = raw.mock("POST", "listViews", json={**asked, "order": "Account__r.Name", "descending": True})

    path = f"/sobjects/Thing__c/listviews/{added['id']}"
    results, described = raw.get(f"{path}/results"), raw.get(f"{path}/describe")

    assert [(each["Account__r.Name"], each["Sold__c"]) for each in rows(results)] == [
        ("Cyan", "true"),
        ("Acme", "true"),
    ]
    assert (described["whereCondition"]["conjunction"], len(described["whereCondition"]["conditions"])) == ("and", 2)
    assert [each["sortDirection"] for each in described["orderBy"]] == ["descending", "ascending"]
    assert raw.get(path)["developerName"] == "Sold"
    assert [each["id"] for each in raw.get("/sobjects/Thing__c/listviews/recent")["listviews"]] == [added["id"]]
    assert raw.get("/sobjects/Account/listviews/recent")["listviews"] == []


@row("rest.md#2", "| GET | `/query?q=`, `/queryAll?q=` | `explain=SOQL")
def test_the_query_of_a_view_or_report_is_explained_by_its_id(raw: RawOrg) -> None:
    own = view(raw, "My Accounts")
    report = next(each for each in raw.get("/analytics/reports") if each["name"] == "All Contacts")

    explained = [raw.get("/query", params={"explain": each["id"]}) for each in (own, report)]

    assert explained[0]["sourceQuery"] == raw.get(own["describeUrl"])["query"]
    assert explained[1]["sourceQuery"].startswith("SELECT Id, Name, Account.Name")
    assert [each["plans"][0]["sobjectType"] for each in explained] == ["Account", "Contact"]
    for unknown in ("00B000000000000", "00O000000000000"):
        assert raw.refused("GET", "/query", params={"explain": unknown})[0] == 404


def test_a_view_that_makes_no_sense_isnt_added(org: Org) -> None:
    with pytest.raises(ValueError, match="there is no object Nothing"):
        org.list_views.add("Nothing", "Any", columns=["Name"])
    with pytest.raises(ApiError, match="has no field Foo"):
        org.list_views.add("Account", "Any", columns=["Foo"])
