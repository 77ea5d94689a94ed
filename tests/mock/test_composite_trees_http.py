"""Trees of records over raw HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.mock.reference import row

if TYPE_CHECKING:
    from tests.mock.raw_org import RawOrg

Json = Any


def record(sobject: str, name: str, **fields: Json) -> Json:
    """One record of a tree; children are given as lists under their relationship's name."""
    given = {key: {"records": value} if isinstance(value, list) else value for key, value in fields.items()}
    return {"attributes": {"type": sobject, "referenceId": name}, **given}


def refused(raw: RawOrg, *roots: Json) -> Json:
    """The one refused record of a tree."""
    answer = raw.send("POST", "/composite/tree/Account", json={"records": list(roots)})
    assert answer.status_code == 400, answer.text
    assert answer.json()["hasErrors"] is True
    assert raw.query("SELECT Id FROM Account")["totalSize"] == 0
    (found,) = answer.json()["results"]
    return found


@row("rest.md#10", '{"records":[{"attributes"')
def test_children_are_saved_below_their_parents(raw: RawOrg) -> None:
    roots = [
        record("Account", "ref1", Name="A", Contacts=[record("Contact", "ref2", LastName="X")]),
        record("Account", "ref3", Name="B", Cases=[record("Case", "ref4", Subject="Y")]),
    ]

    answer = raw.send("POST", "/composite/tree/Account", json={"records": roots})

    assert (answer.status_code, answer.json()["hasErrors"]) == (201, False)
    ids = {each["referenceId"]: each["id"] for each in answer.json()["results"]}
    assert set(ids) == {"ref1", "ref2", "ref3", "ref4"}
    assert raw.get(f"/sobjects/Contact/{ids['ref2']}")["AccountId"] == ids["ref1"]
    assert raw.get(f"/sobjects/Case/{ids['ref4']}")["AccountId"] == ids["ref3"]


@row("rest.md#10", '{"records":[{"attributes"')
@row("errors_and_limits.md#1", "| Tree |")
def test_one_refused_record_undoes_the_tree(raw: RawOrg) -> None:
    children = [record("Contact", "ref2"), record("Contact", "ref3", LastName="X")]

    found = refused(raw, record("Account", "ref1", Name="A", Contacts=children))

    message = "Required fields are missing: [LastName]"
    error = {"statusCode": "REQUIRED_FIELD_MISSING", "message": message, "fields": ["LastName"]}
    assert found == {"referenceId": "ref2", "errors": [error]}


def nested(levels: int) -> Json:
    """Accounts below accounts."""
    tree = record("Account", f"r{levels}", Name="A")
    for level in range(levels - 1, 0, -1):
        tree = record("Account", f"r{level}", Name="A", ChildAccounts=[tree])
    return tree


@row("rest.md#10", '{"records":[{"attributes"')
@row("errors_and_limits.md#6", "| Tree |")
@pytest.mark.parametrize(
    "roots",
    [
        [record("Account", f"r{number}", Name="A") for number in range(201)],
        [nested(6)],
        [record("Account", "r1", Name="A"), record("Account", "r1", Name="A")],
        [record("Contact", "r1", LastName="A")],
        [record("Nothing", "r1", LastName="A")],
        [record("Account", "r1", Name="A", Nothing=[record("Contact", "r2", LastName="X")])],
        [record("Account", "r1", Name="A", Contacts=[record("Account", "r2", Name="X")])],
        [record("Account", "r1", Name="A", Contacts=[{"LastName": "X"}])],
        [record("Account", "r1", Name="A", Contacts=[5])],
        [record("Account", "r1", Name="A", Contacts={"records": 5})],
        [record("Account", "r1", Name="A", Nothing__c=1)],
        [record("Account", "r1", Name={"deep": 1})],
    ],
)
def test_a_tree_that_cannot_be_is_refused_whole(raw: RawOrg, roots: list[Json]) -> None:
    assert refused(raw, *roots)["errors"][0]["statusCode"]


@row("rest.md#10", '{"records":[{"attributes"')
def test_two_hundred_records_in_five_levels_are_taken(raw: RawOrg) -> None:
    tree = nested(5)
    tree["Contacts"] = {"records": [record("Contact", f"c{number}", LastName="X") for number in range(195)]}

    answer = raw.json("POST", "/composite/tree/Account", json={"records": [tree]})

    assert len(answer["results"]) == 200


@pytest.mark.parametrize("body", [{}, {"records": []}, {"records": [{}]}, {"records": [{"attributes": {}}]}, []])
def test_a_malformed_request_is_refused_with_the_error_array(raw: RawOrg, body: Json) -> None:
    status, errors = raw.refused("POST", "/composite/tree/Account", json=body)

    assert (status, len(errors)) == (400, 1)


def test_a_tree_of_an_unknown_object_is_not_found(raw: RawOrg) -> None:
    roots = {"records": [record("Nothing", "r1")]}

    assert raw.send("POST", "/composite/tree/Nothing", json=roots).status_code == 404
