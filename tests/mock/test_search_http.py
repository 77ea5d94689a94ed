"""SOSL over REST, over raw HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.mock.reference import row

if TYPE_CHECKING:
    from tests.mock.raw_org import RawOrg


@pytest.fixture
def people(raw: RawOrg) -> RawOrg:
    """An org with some names in it."""
    records = {
        "Account": [
            {"Name": "Acme Rockets", "Industry": "Energy", "Site": "Oslo"},
            {"Name": "Acme Anvils", "Industry": "Retail"},
            {"Name": "Anvils and Acmes", "Phone": "555-1234"},
        ],
        "Contact": [{"FirstName": "Wile", "LastName": "Coyote", "Email": "wile@acme.example"}],
    }
    raw.mock("POST", "seed", json=records)
    return raw


def found(raw: RawOrg, sosl: str) -> list[Any]:
    body = raw.get("/search", params={"q": sosl})
    assert list(body) == ["searchRecords"]
    return [each.get("Name") or each["Id"] for each in body["searchRecords"]]


@row("rest.md#8", "v37+:")
def test_records_come_object_by_object_with_their_fields(people: RawOrg) -> None:
    body = people.get("/search", params={"q": "FIND {acme} RETURNING Contact(LastName), Account(Id, Name)"})

    assert [each["attributes"]["type"] for each in body["searchRecords"]] == ["Contact", "Account", "Account"]
    assert body["searchRecords"][0]["LastName"] == "Coyote"


@row("rest.md#8", "≤v36: bare array")
@pytest.mark.parametrize("version", ["31.0", "36.0"])
def test_old_versions_answer_the_bare_records(people: RawOrg, version: str) -> None:
    asked = {"q": "FIND {rockets} RETURNING Account(Id, Name)"}

    body = people.get("/search", params=asked, version=version)

    assert [each["Name"] for each in body] == ["Acme Rockets"]
    assert list(people.get("/search", params=asked, version="37.0")) == ["searchRecords"]


@pytest.mark.parametrize(
    ("terms", "names"),
    [
        ("acme", ["Acme Rockets", "Acme Anvils"]),
        ("acme*", ["Acme Rockets", "Acme Anvils", "Anvils and Acmes"]),
        ("Acm?", ["Acme Rockets", "Acme Anvils"]),
        ("acme anvils", ["Acme Anvils"]),
        ('"acme rockets"', ["Acme Rockets"]),
        ("rockets OR retail", ["Acme Rockets", "Acme Anvils"]),
        ("acme* AND NOT (rockets OR retail)", ["Anvils and Acmes"]),
        ("555\\-1234", ["Anvils and Acmes"]),
        ("nothing", []),
    ],
)
def test_words_phrases_wildcards_and_operators(people: RawOrg, terms: str, names: list[str]) -> None:
    assert found(people, f"FIND {{{terms}}} IN ALL FIELDS RETURNING Account(Name)") == names


@pytest.mark.parametrize(("scope", "count"), [("ALL", 3), ("NAME", 2), ("EMAIL", 1), ("PHONE", 0)])
def test_the_scope_says_which_fields_count(people: RawOrg, scope: str, count: int) -> None:
    assert len(found(people, f"FIND {{acme}} IN {scope} FIELDS RETURNING Account, Contact")) == count


def test_clauses_of_returning_narrow_sort_and_limit(people: RawOrg) -> None:
    clause = "Account(Name WHERE Industry != 'Old (no LIMIT 3)' ORDER BY Name DESC LIMIT 1)"

    assert found(people, f"FIND {{acme}} RETURNING {clause}") == ["Acme Rockets"]
    assert found(people, "FIND {acme} RETURNING Account(Name), Contact LIMIT 2") == ["Acme Rockets", "Acme Anvils"]


@row("rest.md#8", "Error 400")
@pytest.mark.parametrize("q", ["Acme", "FIND {} RETURNING Account", "FIND {Acme", ""])
@row("soql.md#5", "| MALFORMED_SEARCH |")
def test_a_search_without_a_term_in_braces_is_refused(raw: RawOrg, q: str) -> None:
    message = "No search term found. The search term must be enclosed in braces."

    refused = raw.refused("GET", "/search", params={"q": q})

    assert refused == (400, [{"message": message, "errorCode": "MALFORMED_SEARCH"}])


@pytest.mark.parametrize(
    ("sosl", "code"),
    [
        ("FIND {acme} RETURNING Nothing__c", "INVALID_TYPE"),
        ("FIND {acme} RETURNING Account(Nothing__c)", "INVALID_FIELD"),
        ("FIND {acme} RETURNING Account(Name WHERE)", "MALFORMED_SEARCH"),
        ("FIND {acme} RETURNING", "MALFORMED_SEARCH"),
        ("FIND {acme AND} RETURNING Account", "MALFORMED_SEARCH"),
        ("FIND {a} RETURNING Account", "MALFORMED_SEARCH"),
    ],
)
def test_what_cant_be_searched_is_refused(people: RawOrg, sosl: str, code: str) -> None:
    status, (error,) = people.refused("GET", "/search", params={"q": sosl})

    assert (status, error["errorCode"]) == (400, code)


@row("rest.md#9", "GET params:")
@row("rest.md#9", "POST body:")
def test_a_parameterized_search_says_the_same_in_both_forms(people: RawOrg) -> None:
    body = {"q": "acme", "sobjects": [{"name": "Account", "fields": ["Name"], "where": "Industry = 'Energy'"}]}
    params = {"q": "acme", "sobject": "Account", "Account.fields": "Name", "Account.where": "Industry = 'Energy'"}

    posted = people.json("POST", "/parameterizedSearch", json={**body, "metadata": "LABELS"})
    asked = people.get("/parameterizedSearch", params={**params, "metadata": "LABELS"})

    assert posted == asked
    assert [each["Name"] for each in posted["searchRecords"]] == ["Acme Rockets"]
    labels = [{"entityName": "Account", "fieldMetadata": [{"label": "Account Name", "name": "Name"}]}]
    assert posted["metadata"] == {"entityMetadata": labels}


def test_limits_of_a_parameterized_search_hold(people: RawOrg) -> None:
    asked = {"q": "acme", "sobjects": [{"name": "Account"}, {"name": "Contact"}]}

    for limits, count in (({}, 3), ({"overallLimit": 2}, 2), ({"defaultLimit": 1}, 2)):
        assert len(people.json("POST", "/parameterizedSearch", json={**asked, **limits})["searchRecords"]) == count
    status, _ = people.refused("POST", "/parameterizedSearch", json={**asked, "offset": 1})
    assert status == 400


def test_operators_mean_nothing_in_a_parameterized_search(people: RawOrg) -> None:
    assert people.get("/parameterizedSearch", params={"q": "acme OR coyote"})["searchRecords"] == []
