"""The Tooling API over raw HTTP: records of metadata, and Apex that isn't saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.mock.raw_org import DATA
from tests.mock.reference import row

if TYPE_CHECKING:
    from specforce_mockserver.org import Org
    from tests.mock.raw_org import RawOrg

Json = Any
CODE = "public class CaseApi {}"
DONE = {
    "line": -1,
    "column": -1,
    "compiled": True,
    "success": True,
    "compileProblem": None,
    "exceptionStackTrace": None,
    "exceptionMessage": None,
}


def create(raw: RawOrg, sobject: str, **fields: Json) -> str:
    """Create a record of metadata; its Id."""
    record_id: str = raw.json("POST", f"/tooling/sobjects/{sobject}", json=fields)["id"]
    return record_id


def execute(raw: RawOrg, code: str) -> Json:
    """What a piece of Apex is answered."""
    return raw.get("/tooling/executeAnonymous", params={"anonymousBody": code})


@row("tooling.md#1", "Base `/services/data")
@row("tooling.md#1", "| POST | `/sobjects/{obj}`")
@row("tooling.md#1", "| GET PATCH DELETE | `/sobjects/{obj}/{id}`")
def test_a_class_is_created_read_and_deleted(raw: RawOrg) -> None:
    answer = raw.send("POST", "/tooling/sobjects/apexclass", json={"Body": CODE})

    record_id = answer.json()["id"]
    made = {"id": record_id, "success": True, "errors": [], "warnings": [], "infos": []}
    assert (answer.status_code, answer.json(), record_id[:3]) == (201, made, "01p")
    path = f"{DATA}/tooling/sobjects/ApexClass/{record_id}"
    assert answer.headers["location"] == path
    record = raw.get(path)
    assert record["attributes"] == {"type": "ApexClass", "url": path}
    assert (record["Name"], record["Body"], record["Status"]) == ("CaseApi", CODE, "Active")
    assert (record["ApiVersion"], record["IsValid"], record["NamespacePrefix"]) == (67.0, True, None)
    assert raw.send("DELETE", path).status_code == 204
    assert raw.send("GET", path).status_code == 404


@row("tooling.md#1", "| GET PATCH DELETE | `/sobjects/{obj}/{id}`")
def test_a_trace_flag_is_changed_and_a_class_is_not(raw: RawOrg, org: Org) -> None:
    level = create(raw, "DebugLevel", DeveloperName="Fine", MasterLabel="Fine", ApexCode="FINE")
    until = {"ExpirationDate": "2026-03-02T10:00:00.000+0000"}
    traced = {"LogType": "USER_DEBUG", "TracedEntityId": org.identity.admin_id}
    flag = create(raw, "TraceFlag", DebugLevelId=level, **traced, **until)
    later = {"ExpirationDate": "2026-03-03T10:00:00.000+0000"}

    assert raw.send("PATCH", f"/tooling/sobjects/TraceFlag/{flag}", json=later).status_code == 204

    assert raw.get(f"/tooling/sobjects/TraceFlag/{flag}")["ExpirationDate"] == later["ExpirationDate"]
    code = create(raw, "ApexClass", Body=CODE)
    assert raw.refused("PATCH", f"/tooling/sobjects/ApexClass/{code}", json={"Body": "x"})[0] == 400
    assert raw.refused("POST", "/tooling/sobjects/ApexLog", json={})[0] == 400


@row("tooling.md#1", "| GET | `/query?q=`")
@row("tooling.md#1", "| GET | `/query/{locator}`")
def test_queries_page_below_the_path_of_the_api(raw: RawOrg) -> None:
    for number in range(201):
        create(raw, "ApexClass", Name=f"C{number:03}", Body=CODE)
    q = {"q": "SELECT Id, Name, CreatedBy.Name FROM ApexClass ORDER BY Name"}

    first = raw.get("/tooling/query", params=q, headers={"Sforce-Query-Options": "batchSize=200"})
    second = raw.get(first["nextRecordsUrl"])

    locator = first["queryLocator"]
    assert (first["size"], first["totalSize"], first["done"], first["entityTypeName"]) == (200, 201, False, "ApexClass")
    assert first["nextRecordsUrl"] == f"{DATA}/tooling/query/{locator}"
    record = first["records"][0]
    assert record["attributes"]["url"] == f"{DATA}/tooling/sobjects/ApexClass/{record['Id']}"
    assert record["CreatedBy"]["Name"] == "Admin User"
    assert (second["size"], second["done"], second["queryLocator"]) == (1, True, None)
    assert "nextRecordsUrl" not in second
    none = raw.get("/tooling/query", params={"q": "SELECT Id FROM ApexTrigger"})
    assert none == {
        "size": 0,
        "totalSize": 0,
        "done": True,
        "queryLocator": None,
        "entityTypeName": None,
        "records": [],
    }


def test_objects_of_the_rest_api_are_not_those_of_the_tooling_api(raw: RawOrg) -> None:
    assert raw.refused("GET", "/tooling/query", params={"q": "SELECT Id FROM Account"})[0] == 400
    assert raw.refused("GET", "/query", params={"q": "SELECT Id FROM TraceFlag"})[0] == 400
    assert raw.refused("GET", "/tooling/sobjects/Account/describe")[0] == 404
    assert raw.refused("POST", "/tooling/sobjects/Nothing", json={"Name": "x"})[0] == 404


@row("tooling.md#1", "| GET | `/search?q=`")
def test_classes_are_found_by_their_names(raw: RawOrg) -> None:
    record_id = create(raw, "ApexClass", Body=CODE)

    found = raw.get("/tooling/search", params={"q": "FIND {CaseApi} IN ALL FIELDS RETURNING ApexClass(Id, Name)"})

    url = f"{DATA}/tooling/sobjects/ApexClass/{record_id}"
    attributes = {"type": "ApexClass", "url": url}
    assert found["searchRecords"] == [{"attributes": attributes, "Id": record_id, "Name": "CaseApi"}]


@row("tooling.md#1", "| GET | `/sobjects`, `/sobjects/{obj}`")
def test_objects_are_described_with_the_paths_of_the_api(raw: RawOrg) -> None:
    record_id = create(raw, "ApexClass", Body=CODE)

    listed = {each["name"]: each for each in raw.get("/tooling/sobjects")["sobjects"]}
    info = raw.get("/tooling/sobjects/ApexClass")
    described = raw.get("/tooling/sobjects/ApexClass/describe")

    assert {"ApexClass", "ApexTrigger", "TraceFlag", "DebugLevel", "ApexLog"} <= set(listed)
    assert listed["ApexClass"]["urls"]["describe"] == f"{DATA}/tooling/sobjects/ApexClass/describe"
    assert info["objectDescribe"] == listed["ApexClass"]
    assert [each["Id"] for each in info["recentItems"]] == [record_id]
    assert {"Id", "Name", "Body", "ApiVersion", "Status"} <= {each["name"] for each in described["fields"]}


@row("tooling.md#1", "| GET | `/executeAnonymous?anonymousBody=`")
@row("tooling.md#3", '"line":-1,"column":-1')
def test_anonymous_apex_succeeds_and_leaves_a_log(raw: RawOrg, org: Org) -> None:
    assert execute(raw, "System.debug('It''s {fine'); // (\nif (true) { /* [ */ update new List<Account>(); }") == DONE

    logs = raw.get("/tooling/query", params={"q": "SELECT LogUserId, Status FROM ApexLog"})["records"]
    assert [(each["LogUserId"], each["Status"]) for each in logs] == [(org.identity.admin_id, "Success")]


@row("tooling.md#3", '"line":-1,"column":-1')
@pytest.mark.parametrize(
    ("code", "place"),
    [
        ("if (true {\n}", None),
        ("if (true {\n)", (2, 1)),
        ("Integer a = 1;\n}", (2, 1)),
        ("String s = 'open;", (1, 12)),
        ("/* no end", (1, 1)),
        ("void f() {", None),
        ("Integer a = 1", None),
    ],
)
def test_apex_that_cannot_be_compiled_says_where(raw: RawOrg, code: str, place: tuple[int, int] | None) -> None:
    found = execute(raw, code)

    assert (found["compiled"], found["success"], bool(found["compileProblem"])) == (False, False, True)
    assert place in {None, (found["line"], found["column"])}


@row("tooling.md#3", '"line":-1,"column":-1')
def test_what_the_next_apex_is_answered_can_be_set(raw: RawOrg) -> None:
    thrown = {"success": False, "line": 1, "column": 1, "exceptionMessage": "System.DmlException: no"}
    raw.mock("POST", "anonymousApex", json=thrown)

    assert execute(raw, "insert new Account();") == {**DONE, **thrown}
    assert execute(raw, "insert new Account();") == DONE
    assert raw.send("POST", "/__mock/anonymousApex", json={"sucess": False}).status_code == 400


def test_a_new_org_has_no_metadata(raw: RawOrg) -> None:
    create(raw, "ApexClass", Body=CODE)

    raw.mock("POST", "reset")
    raw.login()

    assert raw.get("/tooling/query", params={"q": "SELECT Id FROM ApexClass"})["totalSize"] == 0
