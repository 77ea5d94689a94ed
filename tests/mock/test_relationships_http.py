"""Records over a relationship's name, and recent ones, over raw HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.mock.raw_org import DATA
from tests.mock.reference import row

if TYPE_CHECKING:
    from specforce_mockserver.org import Org
    from tests.mock.raw_org import RawOrg


@row("rest.md#2", "| GET PATCH DELETE | `/sobjects/{obj}/{id}/{relationship}`")
@row("rest_resources.md#9", "a parent answers its record")
def test_a_parent_is_read_by_the_name_of_its_relationship(raw: RawOrg, org: Org) -> None:
    account = raw.create("Account", Name="Acme")
    contact = raw.create("Contact", LastName="Ek", AccountId=account)

    parent = raw.get(f"/sobjects/Contact/{contact}/account", params={"fields": "Id,Name"})

    attributes = {"type": "Account", "url": f"{DATA}/sobjects/Account/{account}"}
    assert parent == {"attributes": attributes, "Id": account, "Name": "Acme"}
    assert raw.get(f"/sobjects/Account/{account}/Owner")["Id"] == org.identity.admin_id


@row("rest_resources.md#9", "a parent answers its record")
def test_children_come_as_the_pages_of_a_query(raw: RawOrg) -> None:
    account = raw.create("Account", Name="Acme")
    records = [{"LastName": f"Ek {number}", "AccountId": account} for number in range(250)]
    raw.mock("POST", "seed", json={"Contact": records})
    raw.create("Contact", LastName="Elsewhere")

    url = f"/sobjects/Account/{account}/Contacts"
    page = raw.get(url, params={"fields": "Id,LastName"}, headers={"Sforce-Query-Options": "batchSize=200"})
    whole = raw.get(url)

    assert (page["totalSize"], page["done"], len(page["records"])) == (250, False, 200)
    assert len(raw.get(page["nextRecordsUrl"])["records"]) == 50
    assert (whole["totalSize"], whole["records"][0]["AccountId"]) == (250, account)
    assert raw.get(f"/sobjects/Account/{account}/Cases")["records"] == []


@row("rest_resources.md#9", "a parent answers its record")
def test_a_parent_is_changed_and_deleted_over_its_child(raw: RawOrg) -> None:
    account = raw.create("Account", Name="Acme")
    thing = raw.create("Thing__c", Account__c=account)
    path = f"/sobjects/Thing__c/{thing}/Account__r"

    changed = raw.send("PATCH", path, json={"Name": "Other"})
    name = raw.get(f"/sobjects/Account/{account}")["Name"]
    deleted = raw.send("DELETE", path)

    assert (changed.status_code, name, deleted.status_code) == (204, "Other", 204)
    assert raw.query("SELECT Id FROM Account")["totalSize"] == 0
    assert raw.get(f"/sobjects/Thing__c/{thing}")["Id"] == thing
    assert raw.send("GET", path).status_code == 404


def test_children_are_neither_changed_nor_deleted(raw: RawOrg) -> None:
    account = raw.create("Account", Name="Acme")
    path = f"/sobjects/Account/{account}/Contacts"

    assert raw.refused("PATCH", path, json={"LastName": "Ek"})[0] == 405
    answer = raw.send("DELETE", path)
    assert (answer.status_code, answer.headers["allow"]) == (405, "HEAD,GET")


def test_nothing_is_at_the_end_of_an_empty_or_unknown_relationship(raw: RawOrg) -> None:
    contact = raw.create("Contact", LastName="Ek")

    for path in (f"Contact/{contact}/Account", f"Contact/{contact}/Nothing", "Contact/003000000000000AAA/Owner"):
        for method in ("GET", "DELETE"):
            assert raw.send(method, f"/sobjects/{path}").status_code == 404, path
    assert raw.send("PATCH", f"/sobjects/Contact/{contact}/Account", json={"Name": "x"}).status_code == 404


def test_a_wrong_field_or_value_is_refused(raw: RawOrg) -> None:
    account = raw.create("Account", Name="Acme")
    contact = raw.create("Contact", LastName="Ek", AccountId=account)

    assert raw.refused("GET", f"/sobjects/Account/{account}/Contacts", params={"fields": "Nothing"})[0] == 400
    assert raw.refused("GET", f"/sobjects/Contact/{contact}/Account", params={"fields": "Nothing"})[0] == 400
    assert (
        raw.refused("GET", f"/sobjects/Account/{account}/Contacts", params={"fields": "Id FROM Contact --"})[0] == 400
    )
    bodies: tuple[Any, ...] = ({"Nothing": 1}, {"Id": account}, [], {"AnnualRevenue": "x"})
    for body in bodies:
        assert raw.refused("PATCH", f"/sobjects/Contact/{contact}/Account", json=body)[0] == 400


@row("rest.md#11", "* recent: array of")
def test_recent_items_are_those_that_the_user_changed_last(raw: RawOrg, org: Org) -> None:
    account = raw.create("Account", Name="Acme")
    org.clock.advance(5)
    case = raw.create("Case", Subject="Late")
    org.clock.advance(5)
    contact = raw.create("Contact", LastName="Ek")

    recent = raw.get("/recent")

    assert [each["Id"] for each in recent[:3]] == [contact, case, account]
    attributes = {"type": "Account", "url": f"{DATA}/sobjects/Account/{account}"}
    assert recent[2] == {"attributes": attributes, "Id": account, "Name": "Acme"}
    assert [each["Id"] for each in raw.get("/recent", params={"limit": 1})] == [contact]
    raw.send("DELETE", f"/sobjects/Contact/{contact}")
    assert [each["Id"] for each in raw.get("/recent", params={"limit": 1})] == [case]
    assert raw.refused("GET", "/recent", params={"limit": 0})[0] == 400
