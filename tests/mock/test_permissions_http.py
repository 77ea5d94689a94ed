"""Rights to objects, fields and records, over raw HTTP. The caller is an administrator until a test says otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from specforce_mockserver.clock import stored
from tests.mock.bulk_client import BulkClient
from tests.mock.bulk_v1_client import BatchClient
from tests.mock.protocols import INSERTS, SAVED, soap, soap_record
from tests.mock.reference import row

if TYPE_CHECKING:
    from specforce_mockserver.org import Org
    from tests.mock.raw_org import RawOrg

NO_ACCESS = ("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id")
CROSS = "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY"


@pytest.fixture
def me(org: Org) -> str:
    """The user whom a test restricts."""
    return org.identity.admin_id


@pytest.fixture
def other(raw: RawOrg, org: Org) -> str:
    """Another user."""
    return raw.create(
        "User",
        **dict.fromkeys(("Username", "Email"), "other@example.com"),
        **dict.fromkeys(("Alias", "LastName", "CommunityNickname"), "other"),
        **dict.fromkeys(("LocaleSidKey", "LanguageLocaleKey"), "en_US"),
        TimeZoneSidKey="GMT",
        EmailEncodingKey="UTF-8",
        ProfileId=org.identity.profile_id,
    )


@pytest.mark.parametrize("protocol", INSERTS)
def test_a_user_without_the_right_creates_nothing(raw: RawOrg, org: Org, me: str, protocol: str) -> None:
    org.permissions.set(me, objects={"Account": ["read", "edit"]})

    assert INSERTS[protocol](raw, "Account", {"Name": "Acme"}) == NO_ACCESS
    assert INSERTS[protocol](raw, "Contact", {"LastName": "Ek"}) == SAVED


@row("errors_and_limits.md#3", "| INSUFFICIENT_ACCESS_OR_READONLY | 403")
def test_changes_and_deletes_need_their_rights(raw: RawOrg, org: Org, me: str) -> None:
    account = raw.create("Account", Name="Acme")
    path = f"/sobjects/Account/{account}"
    org.permissions.set(me, objects={"Account": ["create"]})

    for method, body in (("PATCH", {"Name": "Other"}), ("DELETE", None)):
        status, (error,) = raw.refused(method, path, json=body)
        assert (status, error["errorCode"], error["message"]) == (403, *NO_ACCESS)
    (deleted,) = soap(raw, f"<delete><ids>{account}</ids></delete>")
    (updated,) = soap(raw, f"<update><sObjects>{soap_record('Account', {'Id': account})}</sObjects></update>")
    assert deleted.findtext("errors/statusCode") == updated.findtext("errors/statusCode") == NO_ACCESS[0]

    org.permissions.set(me, objects={"Account": ["delete"]})
    raw.json("PATCH", path, json={"Name": "Other"})
    raw.json("DELETE", path)


def test_an_object_that_isnt_seen_isnt_there(raw: RawOrg, org: Org, me: str) -> None:
    account = raw.create("Account", Name="Acme")
    org.permissions.set(me, objects={"Account": []})

    assert raw.refused("GET", f"/sobjects/Account/{account}")[0] == 404
    assert raw.refused("GET", "/sobjects/Account/describe")[0] == 404
    _, (error,) = raw.refused("GET", "/query", params={"q": "SELECT Id FROM Account"})
    assert error["errorCode"] == "INVALID_TYPE"
    _, (error,) = raw.refused("GET", "/query", params={"q": "SELECT Account.Name FROM Contact"})
    assert error["errorCode"] == "INVALID_FIELD"
    assert "Account" not in {each["name"] for each in raw.get("/sobjects")["sobjects"]}
    with BulkClient(raw.url) as client:
        job = {"operation": "query", "query": "SELECT Id FROM Account"}
        status, _code, message = client.refused("POST", "/jobs/query", json=job)
    assert (status, "sObject type 'Account' is not supported" in message) == (400, True)


def test_rights_that_arent_named_are_those_of_the_star(raw: RawOrg, org: Org, me: str) -> None:
    org.permissions.set(me, objects={"*": ["read"], "Contact": ["create"]})

    assert raw.refused("POST", "/sobjects/Account", json={"Name": "Acme"})[0] == 403
    raw.create("Contact", LastName="Ek")


def test_fields_are_hidden_or_locked(raw: RawOrg, org: Org, me: str) -> None:
    account = raw.create("Account", Name="Acme", Phone="1", Site="HQ")
    org.permissions.set(me, fields={"Account.Phone": "hidden", "account.site": "read"})
    path = f"/sobjects/Account/{account}"

    record = raw.get(path)
    assert ("Phone" in record, record["Site"]) == (False, "HQ")
    fields = {each["name"]: each for each in raw.get("/sobjects/Account/describe")["fields"]}
    assert ("Phone" in fields, fields["Site"]["createable"], fields["Site"]["updateable"]) == (False, False, False)
    for query in ("SELECT Phone FROM Account", "SELECT Id FROM Account WHERE Phone = '1'"):
        assert raw.refused("GET", "/query", params={"q": query})[1][0]["errorCode"] == "INVALID_FIELD"
    assert raw.refused("PATCH", path, json={"Phone": "2"})[1][0]["errorCode"] == "INVALID_FIELD"
    _, (locked,) = raw.refused("PATCH", path, json={"Site": "X"})
    assert (locked["errorCode"], locked["fields"]) == ("INVALID_FIELD_FOR_INSERT_UPDATE", ["Site"])
    with BulkClient(raw.url) as client:
        (error,) = client.load("Name,Site\nBig,X\n", object="Account").errors
    assert error.startswith("INVALID_FIELD_FOR_INSERT_UPDATE:")


def test_private_records_are_their_owners_own(raw: RawOrg, org: Org, me: str, other: str) -> None:
    mine, theirs = (raw.create("Account", Name=name, OwnerId=owner) for name, owner in (("M", me), ("T", other)))
    contact = raw.create("Contact", LastName="Ek", AccountId=theirs, OwnerId=me)
    org.permissions.share("Account", "Private")
    org.permissions.set(me)

    assert [each["Id"] for each in raw.query("SELECT Id FROM Account")["records"]] == [mine]
    assert raw.refused("GET", f"/sobjects/Account/{theirs}")[0] == 404
    assert raw.query(f"SELECT Account.Name FROM Contact WHERE Id = '{contact}'")["records"][0]["Account"] is None
    listed = raw.get("/composite/sobjects/Account", params={"ids": f"{mine},{theirs}", "fields": "Name"})
    assert [each and each["Name"] for each in listed] == ["M", None]
    _, (error,) = raw.refused("PATCH", f"/sobjects/Account/{theirs}", json={"Name": "X"})
    assert error["errorCode"] == CROSS

    org.permissions.set(me, view_all_data=True)
    assert raw.query("SELECT COUNT() FROM Account")["totalSize"] == 2
    status, (error,) = raw.refused("PATCH", f"/sobjects/Account/{theirs}", json={"Name": "X"})
    assert (status, error["errorCode"]) == (403, NO_ACCESS[0])
    org.permissions.set(me, objects={"Account": ["modifyAll"]})
    raw.json("PATCH", f"/sobjects/Account/{theirs}", json={"Name": "X"})


def test_private_records_are_found_nowhere(raw: RawOrg, org: Org, me: str, other: str) -> None:
    raw.create("Account", Name="Hidden", Code__c="hidden", OwnerId=other)
    gone = raw.create("Account", Name="Gone", OwnerId=other)
    raw.json("DELETE", f"/sobjects/Account/{gone}")
    org.permissions.share("Account", "Private")
    org.permissions.set(me)
    start, end = (f"{org.clock.stored_now()[:10]}T00:00:00Z", f"{stored(org.clock.now() + 86400)[:10]}T00:00:00Z")

    assert raw.get("/search", params={"q": "FIND {Hidden} RETURNING Account(Id)"})["searchRecords"] == []
    assert "Account" not in {each["attributes"]["type"] for each in raw.get("/recent")}
    assert raw.get("/sobjects/Account")["recentItems"] == []
    span = {"start": start, "end": end}
    assert raw.get("/sobjects/Account/updated", params=span)["ids"] == []
    assert raw.get("/sobjects/Account/deleted", params=span)["deletedRecords"] == []
    assert raw.get("/queryAll", params={"q": "SELECT Id FROM Account"})["totalSize"] == 0
    assert raw.refused("GET", "/sobjects/Account/Code__c/hidden")[0] == 404
    semi_join = "SELECT Id FROM Contact WHERE AccountId IN (SELECT Id FROM Account)"
    raw.create("Contact", LastName="Ek")
    assert raw.query(semi_join)["totalSize"] == 0
    batches = BatchClient(raw)
    job = batches.job("query", "Account")
    _batch, told = batches.ended(job, "SELECT Id FROM Account")
    assert (told["state"], told["numberRecordsProcessed"]) == ("Completed", "0")


def test_a_report_counts_what_its_reader_sees(raw: RawOrg, org: Org, me: str, other: str) -> None:
    for owner in (me, other, other):
        raw.create("Account", Name="A", OwnerId=owner)
    accounts = {"name": "All", "reportFormat": "TABULAR", "reportType": {"type": "Account"}, "detailColumns": ["Name"]}
    report = org.reports.add(accounts)
    org.permissions.share("Account", "Private")

    def counted() -> int:
        (fact,) = raw.get(f"/analytics/reports/{report}", params={"includeDetails": "true"})["factMap"].values()
        return len(fact["rows"])

    assert counted() == 3
    org.permissions.set(me)
    assert counted() == 1


def test_records_that_all_may_read_are_changed_by_their_owners(raw: RawOrg, org: Org, me: str, other: str) -> None:
    theirs = raw.create("Account", Name="T", OwnerId=other)
    org.permissions.share("Account", "Read")
    org.permissions.set(me)

    assert raw.get(f"/sobjects/Account/{theirs}")["Name"] == "T"
    (item,) = raw.json("DELETE", "/composite/sobjects", params={"ids": theirs})
    assert item["errors"][0]["statusCode"] == NO_ACCESS[0]


def test_the_bin_gives_back_what_a_user_may_delete_with_all_that_went_along(raw: RawOrg, org: Org, me: str) -> None:
    thing = raw.create("Thing__c")
    part = raw.create("Part__c", Thing__c=thing)
    raw.json("DELETE", f"/sobjects/Thing__c/{thing}")
    org.permissions.set(me, objects={"Thing__c": ["read"]})
    (refused,) = soap(raw, f"<undelete><ids>{thing}</ids></undelete>")
    org.permissions.set(me, objects={"Part__c": []})
    (restored,) = soap(raw, f"<undelete><ids>{thing}</ids></undelete>")
    org.permissions.clear()

    assert refused.findtext("errors/statusCode") == NO_ACCESS[0]
    assert restored.findtext("success") == "true"
    assert raw.get(f"/sobjects/Part__c/{part}")["Thing__c"] == thing


@row("errors_and_limits.md#3", "| INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY | 400 |")
@pytest.mark.parametrize("protocol", INSERTS)
def test_nobody_points_at_what_they_dont_see(raw: RawOrg, org: Org, me: str, other: str, protocol: str) -> None:
    theirs = raw.create("Account", Name="T", OwnerId=other)
    org.permissions.share("Account", "Private")
    org.permissions.set(me)

    verdict = INSERTS[protocol](raw, "Contact", {"LastName": "Ek", "AccountId": theirs})

    assert verdict == (CROSS, f"insufficient access rights on cross-reference id: {theirs[:15]}")


def test_details_are_shared_as_their_masters(raw: RawOrg, org: Org, me: str, other: str) -> None:
    things = [raw.create("Thing__c", OwnerId=owner) for owner in (me, other)]
    parts = [raw.create("Part__c", Thing__c=each) for each in things]
    org.permissions.share("Thing__c", "Private")
    org.permissions.set(me)

    assert [each["Id"] for each in raw.query("SELECT Id FROM Part__c")["records"]] == parts[:1]
    (thing,) = raw.query("SELECT Id, (SELECT Id FROM Parts__r) FROM Thing__c")["records"]
    assert [each["Id"] for each in thing["Parts__r"]["records"]] == parts[:1]


@row("errors_and_limits.md#3", "| API_DISABLED_FOR_ORG | 403 |")
@row("errors_and_limits.md#3", "| API_CURRENTLY_DISABLED | 403 |")
def test_apis_are_off_for_a_user_or_for_all(raw: RawOrg, org: Org, me: str) -> None:
    org.permissions.set(me, api_enabled=False)
    status, (error,) = raw.refused("GET", "/limits")
    assert (status, error) == (
        403,
        {"message": "API is disabled for this User", "errorCode": "API_CURRENTLY_DISABLED"},
    )

    org.permissions.api_enabled = False
    _, (error,) = raw.refused("GET", "/limits")
    assert error == {
        "message": "The REST API is not enabled for this Organization.",
        "errorCode": "API_DISABLED_FOR_ORG",
    }


def test_triggers_have_every_right(raw: RawOrg, org: Org, me: str) -> None:
    org.trigger("Contact", "after insert")(lambda trigger: trigger.insert("Account", {"Name": "Made"}))
    org.permissions.set(me, objects={"Account": ["read"]})

    raw.create("Contact", LastName="Ek")

    assert raw.query("SELECT COUNT() FROM Account")["totalSize"] == 1


def test_rights_are_set_and_listed_over_http(raw: RawOrg, me: str) -> None:
    said = raw.mock(
        "POST",
        "permissions",
        json={
            "user": "user@example.com",
            "objects": {"Account": ["read"]},
            "fields": {"Account.Phone": "hidden"},
            "sharing": {"Contact": "Private"},
        },
    )

    assert said["userId"] == me
    assert raw.mock("GET", "permissions") == [said]
    assert raw.refused("POST", "/sobjects/Account", json={"Name": "A"})[0] == 403
    raw.mock("DELETE", "permissions")
    raw.create("Account", Name="A", Phone="1")
    wrong: list[dict[str, object]] = [
        {"user": "nobody"},
        {"user": me, "objects": {"Nothing": []}},
        {"user": me, "x": 1},
    ]
    for bad in wrong:
        assert raw.send("POST", "/__mock/permissions", json=bad).status_code == 400


@pytest.mark.parametrize(
    "given", [{"fields": {"Account.Nothing": "read"}}, {"fields": {"Account.Phone": "none"}}, {"objects": {"X": []}}]
)
def test_rights_that_arent_ones_are_refused(org: Org, me: str, given: dict[str, dict[str, str]]) -> None:
    with pytest.raises(ValueError, match="there is no "):
        org.permissions.set(me, **given)  # type: ignore[arg-type] # the point of the test


def test_a_search_looks_into_the_fields_and_records_that_are_seen(raw: RawOrg, org: Org, me: str, other: str) -> None:
    for owner, name in ((me, "mine"), (other, "theirs")):
        raw.create("Account", Name=name, Site="acme", OwnerId=owner)
    everything = "FIND {acme} RETURNING Account(Name)"

    def found() -> list[str]:
        return [each["Name"] for each in raw.get("/search", params={"q": everything})["searchRecords"]]

    assert found() == ["mine", "theirs"]
    org.permissions.set(me, fields={"Account.Site": "hidden"})
    assert found() == []
    org.permissions.set(me, objects={"Account": ["read"]})
    org.permissions.share("Account", "Private")
    assert found() == ["mine"]
    org.permissions.set(me, objects={"Account": []})
    assert raw.refused("GET", "/search", params={"q": everything})[1][0]["errorCode"] == "INVALID_TYPE"


def test_a_parent_of_several_kinds_that_isnt_seen_is_null(raw: RawOrg, org: Org, me: str, other: str) -> None:
    account = raw.create("Account", Name="theirs", OwnerId=other)
    raw.create("Task", Subject="call", WhatId=account)
    org.permissions.set(me, objects={"Account": ["read"]})
    asked = "SELECT What.Name FROM Task"
    assert raw.query(asked)["records"][0]["What"]["Name"] == "theirs"

    org.permissions.share("Account", "Private")

    assert raw.query(asked)["records"][0]["What"] is None
