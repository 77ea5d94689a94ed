"""SOSL statements over raw HTTP: clauses, caps, refusals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.mock.reference import row

if TYPE_CHECKING:
    from tests.mock.raw_org import RawOrg


@pytest.fixture
def many(raw: RawOrg) -> RawOrg:
    """An org with 300 accounts, 40 contacts and a thing, all called Acme."""
    accounts = [{"Name": f"Acme {number:03}", "Industry": "Energy" if number % 2 else None} for number in range(300)]
    contacts = [{"LastName": f"Acme {number:02}", "Email": f"c{number}@acme.example"} for number in range(40)]
    raw.mock("POST", "seed", json={"Account": accounts, "Contact": contacts, "Thing__c": [{"Email__c": "acme@x.y"}]})
    return raw


def search(raw: RawOrg, sosl: str) -> list[Any]:
    records: list[Any] = raw.get("/search", params={"q": sosl})["searchRecords"]
    return records


def types(raw: RawOrg, sosl: str) -> dict[str, int]:
    counts: dict[str, int] = {}
    for each in search(raw, sosl):
        counts[each["attributes"]["type"]] = counts.get(each["attributes"]["type"], 0) + 1
    return counts


@row("soql.md#7", "* Without RETURNING")
def test_without_returning_every_object_is_searched_and_without_fields_the_id_is_answered(many: RawOrg) -> None:
    assert set(types(many, "FIND {acme}")) >= {"Account", "Contact", "Thing__c"}
    assert {tuple(each) for each in search(many, "FIND {acme} RETURNING Account, Contact")} == {("attributes", "Id")}


@row("soql.md#7", "* Caps: 2,000 rows")
@pytest.mark.parametrize(
    ("returning", "counts"),
    [
        ("Account", {"Account": 250}),
        ("Account(Id WHERE Name != null)", {"Account": 300}),
        ("Account(Id ORDER BY Name)", {"Account": 300}),
        ("Account(Id LIMIT 3)", {"Account": 3}),
        ("Account, Contact", {"Account": 250, "Contact": 40}),
        (", ".join(["Account"] * 10), {"Account": 2000}),
        ("Account, Contact LIMIT 260", {"Account": 250, "Contact": 10}),
        ("Account, Contact LIMIT 5", {"Account": 5}),
        ("Account LIMIT 0", {}),
    ],
)
def test_each_object_has_its_share_of_the_records(many: RawOrg, returning: str, counts: dict[str, int]) -> None:
    assert types(many, f"FIND {{acme}} RETURNING {returning}") == counts


@row("soql.md#7", "[RETURNING Obj[(fields")
def test_clauses_of_an_object_stand_in_their_order(many: RawOrg) -> None:
    clauses = "WHERE Industry = 'Energy' AND Id IN (SELECT AccountId FROM Contact LIMIT 1)"
    status, _ = many.refused("GET", "/search", params={"q": f"FIND {{acme}} RETURNING Account(Name {clauses})"})
    assert status == 400

    clauses = "WHERE Industry = 'Energy' ORDER BY Name DESC LIMIT 2 OFFSET 1"
    found = search(many, f"FIND {{acme}} RETURNING Account(Name, Owner.Name {clauses})")

    assert [each["Name"] for each in found] == ["Acme 297", "Acme 295"]
    assert found[0]["Owner"]["Name"] == "Admin User"


def test_a_list_view_says_which_records_count(many: RawOrg) -> None:
    many.mock(
        "POST",
        "listViews",
        json={"sobject": "Account", "label": "No Energy", "columns": ["Name"], "filters": [["Industry", "equals", ""]]},
    )

    found = search(many, "FIND {acme} RETURNING Account(Name WHERE Name < 'Acme 004' USING ListView=No_Energy)")

    assert [each["Name"] for each in found] == ["Acme 000", "Acme 002"]
    q = "FIND {acme} RETURNING Account(Name USING ListView=Nothing)"
    assert many.refused("GET", "/search", params={"q": q})[0] == 400


@row("soql.md#7", "FIND {SearchQuery} [IN ALL FIELDS")
@pytest.mark.parametrize(
    ("scope", "counts"),
    [
        ("ALL", {"Account": 250, "Contact": 40, "Thing__c": 1}),
        ("NAME", {"Account": 250, "Contact": 40}),
        ("EMAIL", {"Contact": 40, "Thing__c": 1}),
        ("PHONE", {}),
        ("SIDEBAR", {"Account": 250, "Contact": 40, "Thing__c": 1}),
    ],
)
def test_a_scope_is_a_group_of_fields(many: RawOrg, scope: str, counts: dict[str, int]) -> None:
    assert types(many, f"find {{acme}} in {scope.lower()} fields returning Account, Contact, Thing__c") == counts


@row("soql.md#7", "[WITH DIVISION='x']")
@row("soql.md#7", "[LIMIT n] [UPDATE TRACKING")
@pytest.mark.parametrize(
    "ending",
    [
        "WITH DIVISION = 'Global'",
        "WITH SNIPPET",
        "WITH SNIPPET (target_length=120)",
        "WITH NETWORK = '0DB000000000001'",
        "WITH NETWORK IN ('0DB000000000001', '0DB000000000002') WITH HIGHLIGHT",
        "WITH PricebookId = '01s000000000001'",
        "WITH SPELL_CORRECTION = false",
        "WITH HIGHLIGHT LIMIT 2000",
        "UPDATE TRACKING",
        "WITH SNIPPET LIMIT 900 UPDATE VIEWSTAT, TRACKING",
    ],
)
def test_clauses_that_change_nothing_are_understood(many: RawOrg, ending: str) -> None:
    assert types(many, f"FIND {{acme}} RETURNING Contact {ending}") == {"Contact": 40}


@row("soql.md#7", "[WITH DIVISION='x']")
@row("rest.md#8", "v37+:")
def test_labels_come_with_the_records_where_they_are_asked_for(many: RawOrg) -> None:
    q = "FIND {acme} RETURNING Contact(LastName LIMIT 1) WITH METADATA='LABELS'"

    body = many.get("/search", params={"q": q})

    labels = {"entityName": "Contact", "fieldMetadata": [{"label": "Last Name", "name": "LastName"}]}
    assert body["metadata"] == {"entityMetadata": [labels]}


@row("soql.md#5", "| MALFORMED_SEARCH |")
def test_a_bar_in_the_search_is_refused_with_its_place(raw: RawOrg) -> None:
    (error,) = raw.refused("GET", "/search", params={"q": "FIND {John|x} RETURNING Contact"})[1]

    assert error == {
        "errorCode": "MALFORMED_SEARCH",
        "message": "\nFIND {John|x} RETURNING Contact\n         ^\nERROR at Row:1:Column:10\n"
        "line 1:10 mismatched character '|' expecting '}'",
    }


@row("soql.md#7", "* `{}` in APIs")
@pytest.mark.parametrize(
    ("rest", "code"),
    [
        ("RETURNING Account(Nothing__c)", "INVALID_FIELD"),
        ("RETURNING Nothing__c(Name)", "INVALID_TYPE"),
        ("RETURNING Account(Name WHERE Name = )", "MALFORMED_SEARCH"),
        ("RETURNING Account(Name,, Id)", "MALFORMED_SEARCH"),
        ("RETURNING Account(COUNT(Id))", "MALFORMED_SEARCH"),
        ("RETURNING Account((SELECT Id FROM Contacts))", "MALFORMED_SEARCH"),
        ("RETURNING Account(Name LIMIT 1 WHERE Name = 'x')", "MALFORMED_SEARCH"),
        ("RETURNING Account(Name LIMIT 1 LIMIT 2)", "MALFORMED_SEARCH"),
        ("RETURNING Account(Name LIMIT x)", "MALFORMED_SEARCH"),
        ("RETURNING Account(Name ORDER Name)", "MALFORMED_SEARCH"),
        ("RETURNING Account(Name OFFSET 2001)", "MALFORMED_SEARCH"),
        ("RETURNING Account(Name OFFSET 1), Contact", "MALFORMED_SEARCH"),
        ("RETURNING Account(Name", "MALFORMED_SEARCH"),
        ("RETURNING Account,", "MALFORMED_SEARCH"),
        ("RETURNING Account Contact", "MALFORMED_SEARCH"),
        ("IN SOME FIELDS RETURNING Account", "MALFORMED_SEARCH"),
        ("RETURNING Account LIMIT", "MALFORMED_SEARCH"),
        ("RETURNING Account LIMIT -1", "MALFORMED_SEARCH"),
        ("RETURNING Account WITH", "MALFORMED_SEARCH"),
        ("RETURNING Account WITH FOO", "MALFORMED_SEARCH"),
        ("RETURNING Account WITH DIVISION Global", "MALFORMED_SEARCH"),
        ("RETURNING Account WITH METADATA = 'NAMES'", "MALFORMED_SEARCH"),
        ("RETURNING Account WITH DATA CATEGORY Geography__c AT France__c", "MALFORMED_SEARCH"),
        ("RETURNING Account UPDATE NOTHING", "MALFORMED_SEARCH"),
        ("RETURNING Account LIMIT 1 WITH HIGHLIGHT", "MALFORMED_SEARCH"),
    ],
)
def test_statements_of_another_form_are_refused(raw: RawOrg, rest: str, code: str) -> None:
    status, (error,) = raw.refused("GET", "/search", params={"q": f"FIND {{acme}} {rest}"})

    assert (status, error["errorCode"]) == (400, code)
    assert "SELECT" not in error["message"]


def test_numbers_of_any_length_are_numbers(many: RawOrg) -> None:
    nines = "9" * 5_000

    assert types(many, f"FIND {{acme}} RETURNING Contact(Id LIMIT {nines}) LIMIT {nines}") == {"Contact": 40}
    found = many.get("/parameterizedSearch", params={"q": "acme", "sobject": "Contact", "Contact.limit": nines})
    assert len(found["searchRecords"]) == 40
