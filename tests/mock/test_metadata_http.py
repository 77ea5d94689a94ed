"""Versions, resources, limits and describes, over raw HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from specforce_mockserver.org import Org
from specforce_mockserver.settings import OrgSettings
from tests.mock.raw_org import DATA, RawOrg, serving
from tests.mock.reference import row

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def small(request: pytest.FixtureRequest) -> Iterator[RawOrg]:
    """An org with the settings that a test asks for."""
    with serving(Org(settings=request.param)) as client:
        yield client


@row("rest.md#3", "`GET /services/data` →")
@row("versions.md#2", "* `GET /services/data` lists every live version")
def test_the_version_list_needs_no_login(raw: RawOrg) -> None:
    versions = raw.http.get("/services/data/").json()

    assert versions[0] == {"label": "Summer '14", "url": "/services/data/v31.0", "version": "31.0"}
    assert versions[-1] == {"label": "Summer '26", "url": "/services/data/v67.0", "version": "67.0"}
    assert [float(each["version"]) for each in versions] == [float(number) for number in range(31, 68)]


@row("versions.md#2", "* A request to a retired version: REST 410")
@row("errors_and_limits.md#3", "| GONE (retired version) | 410 |")
@pytest.mark.parametrize("version", ["30.0", "21.0", "7.0"])
def test_a_retired_version_is_gone(raw: RawOrg, version: str) -> None:
    status, (error,) = raw.refused("GET", "/limits", version=version)

    assert (status, error["errorCode"]) == (410, "GONE")


@row("versions.md#2", "* A request to a retired version", "written without `.0`")
@row("versions.md#2", "* Path form differs")
@row("errors_and_limits.md#3", "| NOT_FOUND | 404 | `The requested resource does not exist`", "not yet released")
@pytest.mark.parametrize("version", ["68.0", "38", "38.5", "x"])
def test_a_version_that_isnt_there_is_not_found(raw: RawOrg, version: str) -> None:
    status, (error,) = raw.refused("GET", "/limits", version=version)

    assert (status, error["errorCode"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize(("path", "last_without"), [("/jobs/query", "46.0"), ("/jobs/ingest", "40.0")])
def test_an_operation_isnt_there_before_its_version(raw: RawOrg, path: str, last_without: str) -> None:
    since = f"{float(last_without) + 1}"

    assert raw.refused("GET", path, version=last_without)[0] == 404
    assert raw.send("GET", path, version=since).status_code == 200


@row("versions.md#2", "* Deprecated versions answer with")
@row("rest.md#1", "| Warning |")
@pytest.mark.parametrize("small", [OrgSettings(deprecated_versions=frozenset({"31.0"}))], indirect=True)
def test_a_deprecated_version_warns(small: RawOrg) -> None:
    warned = small.send("GET", "/limits", version="31.0").headers["warning"]

    assert warned.startswith('299 - "This API is deprecated and will be removed by ')
    assert "warning" not in small.send("GET", "/limits", version="67.0").headers


@row("rest.md#3", "`GET /services/data/v66.0` → object")
def test_the_resources_are_those_of_the_version(raw: RawOrg, org: Org) -> None:
    newest, oldest = raw.get(DATA), raw.get("/", version="31.0")

    assert newest["sobjects"] == f"{DATA}/sobjects"
    assert newest["identity"] == f"{raw.url}/id/{org.identity.org_id}/{org.identity.admin_id}"
    assert ("jobs" in newest, "jobs" in oldest, "limits" in oldest) == (True, False, True)


def test_limits_count_calls_and_follow_the_version(raw: RawOrg) -> None:
    first, second = (raw.get("/limits")["DailyApiRequests"] for _ in range(2))

    assert first["Remaining"] - second["Remaining"] == 1
    assert raw.get("/limits")["PermissionSets"]["CreateCustom"] == {"Max": 1000, "Remaining": 1000}
    new, old = raw.get("/limits"), raw.get("/limits", version="48.0")
    assert {"DailyBulkApiBatches", "DailyBulkV2QueryJobs"} <= set(new)
    assert {"DailyBulkApiRequests"} <= set(old) - set(new)


@row("errors_and_limits.md#3", "| REQUEST_LIMIT_EXCEEDED | 403 | `TotalRequests Limit exceeded.`")
@pytest.mark.parametrize("small", [OrgSettings(daily_api_requests=2)], indirect=True)
def test_used_up_calls_come_back_after_a_day(small: RawOrg) -> None:
    answers = [small.send("GET", "/limits") for _ in range(3)]

    assert [each.status_code for each in answers] == [200, 200, 403]
    expected = [{"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}]
    assert answers[2].json() == expected
    assert answers[2].headers["sforce-limit-info"] == "api-usage=2/2"
    small.mock("POST", "advance", json={"seconds": 86_400})
    small.login()
    assert small.send("GET", "/limits").status_code == 200


@row("rest.md#6", "Describe global:")
def test_describe_global_lists_every_object_with_its_28_keys(raw: RawOrg) -> None:
    body = raw.get("/sobjects")

    names = [each["name"] for each in body["sobjects"]]
    assert (body["encoding"], body["maxBatchSize"]) == ("UTF-8", 200)
    assert names == sorted(names)
    assert {"Account", "Contact", "Lead", "Opportunity", "Case", "Task", "User", "Thing__c"} <= set(names)
    assert {len(each) for each in body["sobjects"]} == {28}
    account = next(each for each in body["sobjects"] if each["name"] == "Account")
    assert account["urls"]["rowTemplate"] == f"{DATA}/sobjects/Account/{{ID}}"


@row("rest.md#6", "`GET /sobjects/{obj}` →")
def test_an_object_in_short_comes_with_its_recent_records(raw: RawOrg) -> None:
    ids = [raw.create("Account", Name=name) for name in ("A", "B")]

    body = raw.get("/sobjects/ACCOUNT")

    assert (body["objectDescribe"]["name"], body["objectDescribe"]["keyPrefix"]) == ("Account", "001")
    assert [(each["Id"], each["Name"]) for each in body["recentItems"]] == [(ids[1], "B"), (ids[0], "A")]


@row("rest.md#6", "Full describe = ")
@row("rest.md#6", "fields[] (57 keys recorded")
@row("rest.md#6", "childRelationships[]:")
@row("rest.md#6", "recordTypeInfos[]:")
@row("rest.md#6", "picklistValues[]:")
@row("rest.md#6", "type enum:")
@row("rest.md#6", "Typical Id field:")
def test_a_full_describe_has_all_its_keys_in_order(raw: RawOrg) -> None:
    body = raw.get("/sobjects/Thing__c/describe")

    fields = {each["name"]: each for each in body["fields"]}
    assert (list(body), len(body)) == (sorted(body), 45)
    assert {(len(each), tuple(each) == tuple(sorted(each))) for each in body["fields"]} == {(57, True)}
    own_id = fields["Id"]
    assert (own_id["type"], own_id["soapType"], own_id["length"], own_id["idLookup"]) == ("id", "tns:ID", 18, True)
    assert fields["Kind__c"]["restrictedPicklist"] is True
    first = {"active": True, "defaultValue": False, "label": "Red", "validFor": None, "value": "Red"}
    assert fields["Kind__c"]["picklistValues"][0] == first
    assert fields["Account__c"]["referenceTo"] == ["Account"]
    assert fields["Account__c"]["relationshipName"] == "Account__r"
    assert body["recordTypeInfos"][0]["recordTypeId"] == "012000000000000AAA"
    account = raw.get("/sobjects/Account/describe")["childRelationships"]
    assert ("Thing__c", "Account__c", "Things__r") in {
        (each["childSObject"], each["field"], each["relationshipName"]) for each in account
    }


@row("rest.md#6", "Full describe = ", "42 at v48")
def test_an_old_describe_lacks_three_keys(raw: RawOrg) -> None:
    new, old = raw.get("/sobjects/Account/describe"), raw.get("/sobjects/Account/describe", version="48.0")

    assert set(new) - set(old) == {"sobjectDescribeOption", "associateEntityType", "associateParentEntity"}
    assert old["urls"]["sobject"] == "/services/data/v48.0/sobjects/Account"


@row("errors_and_limits.md#4", "| 001 | Account |")
@row("errors_and_limits.md#4", "| 003 | Contact |")
@row("errors_and_limits.md#4", "| 005 | User |")
@row("errors_and_limits.md#4", "| 006 | Opportunity |")
@row("errors_and_limits.md#4", "| 00D | Organization |")
@row("errors_and_limits.md#4", "| 500 | Case |")
@row("errors_and_limits.md#4", "| 887 |", "custom objects")
def test_objects_have_their_key_prefixes(raw: RawOrg) -> None:
    prefixes = {each["name"]: each["keyPrefix"] for each in raw.get("/sobjects")["sobjects"]}

    known = {"Account": "001", "Contact": "003", "User": "005", "Opportunity": "006", "Organization": "00D"}
    known |= {"Lead": "00Q", "Case": "500", "RecordType": "012", "Thing__c": "a00", "Part__c": "a01"}
    assert known.items() <= prefixes.items()
