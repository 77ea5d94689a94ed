"""Records created with their children in one request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from specforce.errors import InputError, RequiredFieldMissing

if TYPE_CHECKING:
    from specforce.testing import FakeOrg
    from tests.halves import Half


def test_children_are_created_with_their_parents(half: Half, org: FakeOrg) -> None:
    sf = half.login(org.auth())
    records: list[dict[str, Any]] = [
        {
            "Name": "Acme",
            "Contacts": [{"LastName": "Ek"}, {"LastName": "Alm"}],
            "Cases": {"records": [{"Subject": "s"}]},
        },
        {"Name": "Bolt"},
    ]

    acme, bolt = half.run(sf.sobject("Account").create_tree(records))

    assert {name: len(found) for name, found in acme.children.items()} == {"Contacts": 2, "Cases": 1}
    assert (bolt.children, half.run(sf.sobject("Account").create_tree([]))) == ({}, [])
    rows = half.run(sf.query("SELECT Id, LastName, AccountId FROM Contact").all())
    assert {(row["Id"], row["LastName"], row["AccountId"]) for row in rows} == {
        (acme.children["Contacts"][0].id, "Ek", acme.id),
        (acme.children["Contacts"][1].id, "Alm", acme.id),
    }


def test_a_refused_child_is_named_by_its_place_and_nothing_is_saved(half: Half, org: FakeOrg) -> None:
    sf = half.login(org.auth())

    with pytest.raises(RequiredFieldMissing, match=r"records\[0\]\.Contacts\[1\]: Required fields are missing"):
        half.run(sf.sobject("Account").create_tree([{"Name": "A", "Contacts": [{"LastName": "Ek"}, {}]}]))

    assert half.run(sf.query("SELECT Id FROM Account").all()) == []


@pytest.mark.parametrize(
    ("records", "words"),
    [
        ([{"Name": "A", "Nothings": [{}]}], "has no children 'Nothings'; it has .*Contacts"),
        ([{"Name": "A", "Contacts": [{"LastName": "x"}] * 200}], "200 records at most"),
        (
            [{"Name": "A", "Contacts": [{"Id": "003000000000000AAA"}]}],
            r"records\[0\]\.Contacts\[0\]: the record has an Id",
        ),
    ],
)
def test_a_tree_that_cannot_be_is_refused_before_it_is_sent(
    half: Half, org: FakeOrg, records: list[Any], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        half.run(half.login(org.auth()).sobject("Account").create_tree(records))

    assert "compositeTree" not in {request.operation for request in org.requests}
