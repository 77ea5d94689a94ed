"""Queries over REST: pages, cursors, refusals. Raw HTTP; what SOQL itself means is tested beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from specforce_mockserver.cursors import OPEN_PER_USER
from specforce_mockserver.records.batch import Batch
from tests.mock.raw_org import DATA
from tests.mock.reference import row

if TYPE_CHECKING:
    from specforce_mockserver.org import Org
    from tests.mock.raw_org import RawOrg

SMALL = {"Sforce-Query-Options": "batchSize=200"}
DEAD = (400, [{"message": "invalid query locator", "errorCode": "INVALID_QUERY_LOCATOR"}])


def accounts(raw: RawOrg, count: int) -> list[str]:
    records = [{"Name": f"Account {number:04}"} for number in range(count)]
    ids: list[str] = raw.mock("POST", "seed", json={"Account": records})["Account"]
    return ids


@row("rest.md#7", '`{"totalSize":3214')
@row("rest.md#1", "| Sforce-Query-Options |")
def test_pages_lead_from_one_to_the_next(raw: RawOrg) -> None:
    ids = accounts(raw, 450)

    page = raw.query("SELECT Id FROM Account ORDER BY Name", headers=SMALL)
    assert list(page) == ["totalSize", "done", "nextRecordsUrl", "records"]
    found, sizes = [each["Id"] for each in page["records"]], [len(page["records"])]
    while not page["done"]:
        assert page["nextRecordsUrl"].startswith(f"{DATA}/query/01g")
        assert page["nextRecordsUrl"].endswith(f"-{len(found)}")
        page = raw.get(page["nextRecordsUrl"])
        found += [each["Id"] for each in page["records"]]
        sizes.append(len(page["records"]))

    assert (found, sizes, page["totalSize"]) == (ids, [200, 200, 50], 450)
    assert "nextRecordsUrl" not in page


@pytest.mark.parametrize(
    ("asked", "size"), [("batchSize=1", 200), (f"batchSize={'9' * 5_000}", 2000), ("nonsense", 2000)]
)
def test_the_page_size_is_a_hint_within_bounds(raw: RawOrg, asked: str, size: int) -> None:
    accounts(raw, 2001)

    page = raw.query("SELECT Id FROM Account", headers={"Sforce-Query-Options": asked})

    assert len(page["records"]) == size


def test_a_page_shows_what_was_there_when_the_query_was_made(raw: RawOrg) -> None:
    accounts(raw, 300)
    page = raw.query("SELECT Id FROM Account ORDER BY Name", headers=SMALL)
    raw.create("Account", Name="Account 0000a")

    assert len(raw.get(page["nextRecordsUrl"])["records"]) == 100


@row("soql.md#1", "| Aggregates |")
def test_groups_come_on_one_page_whatever_its_size(raw: RawOrg) -> None:
    accounts(raw, 450)

    page = raw.query("SELECT Name, COUNT(Id) FROM Account GROUP BY Name", headers=SMALL)

    assert (page["done"], page["totalSize"], len(page["records"])) == (True, 450, 450)


@row("rest.md#7", '`{"totalSize":3214', "Empty: `totalSize:0")
def test_an_empty_result_is_done_at_once(raw: RawOrg) -> None:
    assert raw.query("SELECT Id FROM Account") == {"totalSize": 0, "done": True, "records": []}


@row("rest.md#7", '`{"totalSize":3214', "`SELECT COUNT()`")
def test_a_count_is_the_total_size(raw: RawOrg) -> None:
    accounts(raw, 3)

    assert raw.query("SELECT COUNT() FROM Account") == {"totalSize": 3, "done": True, "records": []}


@row("rest.md#7", "`nextRecordsUrl` from queryAll continues under `/query/`")
def test_query_all_finds_the_deleted_and_goes_on_under_query(raw: RawOrg) -> None:
    raw.json("DELETE", f"/sobjects/Account/{accounts(raw, 250)[0]}")

    live = raw.query("SELECT Id FROM Account")["totalSize"]
    page = raw.get("/queryAll", params={"q": "SELECT Id, IsDeleted FROM Account"}, headers=SMALL)

    assert (live, page["totalSize"]) == (249, 250)
    assert page["nextRecordsUrl"].startswith(f"{DATA}/query/")
    assert len(raw.get(page["nextRecordsUrl"].replace("/query/", "/queryAll/"))["records"]) == 50


@row("rest.md#7", "dead cursor: 400")
@row("soql.md#5", "| INVALID_QUERY_LOCATOR |")
@pytest.mark.parametrize("locator", ["x", "01g000000000001AAA-200", "01g000000000001AAA", f"01g-{'9' * 5_000}"])
def test_a_locator_that_is_none_is_refused(raw: RawOrg, locator: str) -> None:
    assert raw.refused("GET", f"/query/{locator}") == DEAD


def test_a_cursor_dies_two_days_after_its_last_use(raw: RawOrg, org: Org) -> None:
    accounts(raw, 450)
    page = raw.query("SELECT Id FROM Account", headers=SMALL)
    org.clock.advance(47 * 3600)
    raw.login()
    assert raw.send("GET", page["nextRecordsUrl"]).status_code == 200
    org.clock.advance(48 * 3600)
    raw.login()

    assert raw.refused("GET", page["nextRecordsUrl"]) == DEAD


def test_an_open_query_has_no_page_beyond_its_numbers(raw: RawOrg) -> None:
    accounts(raw, 201)
    cursor = raw.query("SELECT Id FROM Account", headers=SMALL)["nextRecordsUrl"].rpartition("-")[0]

    assert raw.refused("GET", f"{cursor}-{'9' * 5_000}") == DEAD
    assert raw.get(f"{cursor}-{'9' * 18}")["records"] == []


@row("rest.md#4", "| child subquery |")
@row("rest.md#7", "Child subquery pages have own nextRecordsUrl")
def test_a_long_child_subquery_has_pages_of_its_own(raw: RawOrg) -> None:
    account = accounts(raw, 1)[0]
    contacts = [{"LastName": f"C{number:03}", "AccountId": account} for number in range(250)]
    raw.mock("POST", "seed", json={"Contact": contacts})

    page = raw.query("SELECT Id, (SELECT LastName FROM Contacts) FROM Account", headers=SMALL)

    children = page["records"][0]["Contacts"]
    assert (page["done"], children["totalSize"], children["done"], len(children["records"])) == (True, 250, False, 200)
    rest = raw.get(children["nextRecordsUrl"])
    assert (rest["done"], len(rest["records"])) == (True, 50)


def test_the_subqueries_of_many_records_are_all_followed(raw: RawOrg, org: Org) -> None:
    """They are more than the queries that a user may have open."""
    ids = accounts(raw, 60)
    owners = [account for account in ids for _ in range(201)]
    contacts = Batch(org.schema["Contact"], len(owners), {"LastName": ["x"] * len(owners), "AccountId": owners})
    org.records.insert(contacts, user_id=org.identity.admin_id)
    open_query = raw.query("SELECT Id FROM Contact", headers=SMALL)["nextRecordsUrl"]

    page = raw.query("SELECT Id, (SELECT AccountId FROM Contacts) FROM Account", headers=SMALL)

    for each in page["records"]:
        (last,) = raw.get(each["Contacts"]["nextRecordsUrl"])["records"]
        assert last["AccountId"] == each["Id"]
    assert len(raw.get(open_query)["records"]) == 200


@row("soql.md#1", "[FOR VIEW")
@pytest.mark.parametrize(("ending", "field"), [("FOR VIEW", "LastViewedDate"), ("FOR REFERENCE", "LastReferencedDate")])
def test_what_is_queried_to_be_looked_at_is_marked(raw: RawOrg, org: Org, ending: str, field: str) -> None:
    accounts(raw, 3)
    before = raw.query("SELECT SystemModstamp FROM Account")["records"]
    org.clock.advance(60)

    raw.query(f"SELECT Name FROM Account WHERE Name > 'Account 0000' {ending}")
    raw.query(f"SELECT COUNT() FROM Account {ending}")

    found = raw.query(f"SELECT Name FROM Account WHERE {field} = TODAY ORDER BY Name")["records"]
    assert [each["Name"] for each in found] == ["Account 0001", "Account 0002"]
    assert raw.query("SELECT SystemModstamp FROM Account")["records"] == before


def test_the_oldest_query_gives_way_to_the_51st(raw: RawOrg) -> None:
    accounts(raw, 201)
    urls = [raw.query("SELECT Id FROM Account", headers=SMALL)["nextRecordsUrl"] for _ in range(OPEN_PER_USER + 1)]

    assert raw.refused("GET", urls[0]) == DEAD
    assert [len(raw.get(each)["records"]) for each in urls[1:]] == [1] * OPEN_PER_USER


@pytest.mark.parametrize(
    ("params", "message"),
    [({}, "A query string has to be specified"), ({"q": ""}, "SOQL statements cannot be empty or null")],
)
@row("soql.md#5", "MALFORMED_QUERY, request")
def test_a_missing_and_an_empty_query_are_told_apart(raw: RawOrg, params: dict[str, str], message: str) -> None:
    refused = raw.refused("GET", "/query", params=params)

    assert refused == (400, [{"message": message, "errorCode": "MALFORMED_QUERY"}])


@row("errors_and_limits.md#3", "| INVALID_TYPE | 400 |")
@row("errors_and_limits.md#3", "| INVALID_FIELD (query) | 400 |")
@row("errors_and_limits.md#3", "| MALFORMED_QUERY, INVALID_QUERY_LOCATOR")
@pytest.mark.parametrize(
    ("soql", "code"),
    [
        ("SELECT Id FROM Nothing__c", "INVALID_TYPE"),
        ("SELECT Nothing__c FROM Account", "INVALID_FIELD"),
        ("SELECT Id FROM Account WHERE", "MALFORMED_QUERY"),
    ],
)
def test_a_bad_query_is_refused_with_a_caret(raw: RawOrg, soql: str, code: str) -> None:
    status, (error,) = raw.refused("GET", "/query", params={"q": soql})

    assert (status, error["errorCode"], list(error)) == (400, code, ["message", "errorCode"])
    assert "\nERROR at Row:1:Column:" in error["message"]


@row("rest.md#7", "Explain: `GET /query?explain=")
def test_explain_says_how_without_running(raw: RawOrg) -> None:
    accounts(raw, 10)
    soql = "SELECT Id FROM Account WHERE Industry = 'x'"

    body = raw.get("/query", params={"explain": soql})

    plan = body["plans"][0]
    assert body["sourceQuery"] == soql
    assert (plan["leadingOperationType"], plan["sobjectType"], plan["sobjectCardinality"]) == (
        "TableScan",
        "Account",
        10,
    )


@row("rest.md#4", "| parent relationship |")
@row("rest.md#4", "| aggregate row |")
def test_parents_are_nested_records_and_groups_have_expressions(raw: RawOrg) -> None:
    account = accounts(raw, 1)[0]
    raw.create("Contact", LastName="Ek", AccountId=account)
    raw.create("Contact", LastName="Free")

    parents = raw.query("SELECT Account.Name FROM Contact ORDER BY LastName")["records"]
    groups = raw.query("SELECT LastName, COUNT(Id), MAX(CreatedDate) newest FROM Contact GROUP BY LastName")["records"]

    attributes = {"type": "Account", "url": f"{DATA}/sobjects/Account/{account}"}
    assert [each["Account"] for each in parents] == [{"attributes": attributes, "Name": "Account 0000"}, None]
    assert [list(each) for each in groups] == [["attributes", "LastName", "expr0", "newest"]] * 2
    assert groups[0]["attributes"] == {"type": "AggregateResult"}
