"""Pages of records and of child subqueries. Rows: specs/reference/rest.md sections 4 and 7, soql.md section 1."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from tests.mock.reference import row
from tests.mock.soql_world import World

if TYPE_CHECKING:
    from pathlib import Path

    from specforce_mockserver.soql import Pages


@pytest.fixture
def world() -> World:
    made = World()
    for number in range(25):
        made.add("Lead", LastName=f"n{number:02d}", NumberOfEmployees=number % 3)
    return made


def names(records: list[dict[str, object]]) -> list[object]:
    return [each["LastName"] for each in records]


@pytest.mark.parametrize("order", ["", " ORDER BY NumberOfEmployees DESC", " ORDER BY LastName DESC", " LIMIT 24"])
def test_pages_hold_all_rows_once_and_in_order(world: World, order: str) -> None:
    query = world.compile(f"SELECT LastName FROM Lead{order}")
    whole = query.run(world.connection)
    result = query.run(world.connection, page_size=10)
    assert result.total_size == whole.total_size == len(whole.records)
    assert (result.done, whole.done) == (False, True)
    pages = [result.records, *(result.page(world.connection, offset=at, size=10) for at in (10, 20, 30))]
    assert [len(each) for each in pages] == [10, 10, whole.total_size - 20, 0]
    assert names([record for page in pages for record in page]) == names(whole.records)


def test_later_pages_neither_repeat_nor_skip_rows_when_others_are_written(world: World) -> None:
    result = world.compile("SELECT LastName FROM Lead ORDER BY LastName").run(world.connection, page_size=10)
    world.add("Lead", LastName="n00a")
    world.connection.execute("UPDATE Lead SET LastName = 'zz' WHERE LastName = 'n12'")
    world.connection.execute("DELETE FROM Lead WHERE LastName = 'n15'")
    assert names(result.page(world.connection, offset=10, size=10)) == [
        "n10", "n11", "zz", "n13", "n14", "n16", "n17", "n18", "n19",
    ]  # fmt: skip


def test_a_page_that_holds_everything_keeps_no_row_numbers(world: World) -> None:
    result = world.compile("SELECT LastName FROM Lead").run(world.connection, page_size=25)
    assert result.total_size == 25
    assert names(result.page(world.connection, offset=20, size=3)) == ["n20", "n21", "n22"]


def test_a_page_can_be_read_through_another_connection(tmp_path: Path, world: World) -> None:
    world.connection.execute("VACUUM INTO ?", (str(tmp_path / "copy.db"),))
    result = world.compile("SELECT LastName FROM Lead WHERE LastName LIKE 'N%'").run(world.connection, page_size=10)
    with sqlite3.connect(tmp_path / "copy.db") as other:
        assert names(result.page(other, offset=20, size=10)) == ["n20", "n21", "n22", "n23", "n24"]
    other.close()


@pytest.fixture
def families() -> World:
    made = World()
    for account in range(3):
        parent = made.add("Account", Name=f"a{account}")
        for contact in range(account * 5):
            made.add(
                "Contact", LastName=f"c{contact}", Name=f"c{contact}", AccountId=parent, Email=f"{contact % 2}@x.org"
            )
        made.add("Contact", LastName="gone", AccountId=parent, IsDeleted=1)
    return made


@row("soql.md#4", "| child subquery |")
def test_a_child_subquery_is_a_result_or_null(families: World) -> None:
    """rest.md#4: `{"totalSize","done","records"}`, or null when no rows."""
    empty, five, ten = families.records("SELECT Name, (SELECT LastName FROM Contacts) FROM Account")
    assert list(five) == ["attributes", "Name", "Contacts"]
    assert empty["Contacts"] is None
    assert (five["Contacts"]["totalSize"], five["Contacts"]["done"]) == (5, True)
    assert names(ten["Contacts"]["records"]) == [f"c{number}" for number in range(10)]
    assert five["Contacts"]["records"][0]["attributes"]["type"] == "Contact"


@pytest.mark.parametrize("source", ["Contacts", "Account.Contacts", "a.Contacts", "CONTACTS"])
def test_a_child_relationship_may_be_named_with_its_parent(families: World, source: str) -> None:
    records = families.records(f"SELECT (SELECT Id FROM {source}) FROM Account a")
    assert [each["Contacts"] and each["Contacts"]["totalSize"] for each in records] == [None, 5, 10]


def test_a_subquery_has_its_own_clauses_per_parent(families: World) -> None:
    text = (
        "SELECT Name, (SELECT LastName FROM Contacts WHERE Email = '1@x.org' ORDER BY LastName DESC LIMIT 2) "
        "FROM Account WHERE Name != 'a0'"
    )
    five, ten = families.records(text)
    assert names(five["Contacts"]["records"]) == ["c3", "c1"]
    assert names(ten["Contacts"]["records"]) == ["c9", "c7"]


@row("soql.md#1", "| LIMIT/OFFSET |")
def test_offset_of_a_subquery_counts_per_parent(families: World) -> None:
    """soql.md#1: in a subquery only if the parent has LIMIT 1."""
    subquery = "SELECT LastName FROM Contacts ORDER BY LastName LIMIT 3 OFFSET 1"
    text = f"SELECT ({subquery}) FROM Account WHERE Name = 'a1' LIMIT 1"
    (record,) = families.records(text)
    assert names(record["Contacts"]["records"]) == ["c1", "c2", "c3"]
    assert record["Contacts"]["totalSize"] == 3


def test_query_all_sees_deleted_children(families: World) -> None:
    records = families.records("SELECT (SELECT Id FROM Contacts) FROM Account", include_deleted=True)
    assert [each["Contacts"]["totalSize"] for each in records] == [1, 6, 11]


def test_a_long_child_result_has_pages_of_its_own(families: World) -> None:
    """rest.md#7: child subquery pages have own nextRecordsUrl."""
    kept: list[Pages] = []

    def open_child(child: Pages) -> str:
        kept.append(child)
        return f"/query/{len(kept)}-4"

    query = families.compile("SELECT (SELECT LastName FROM Contacts) FROM Account")
    _empty, five, ten = query.run(families.connection, page_size=4, open_child=open_child).records
    assert [five["Contacts"]["nextRecordsUrl"], ten["Contacts"]["nextRecordsUrl"]] == ["/query/1-4", "/query/2-4"]
    assert not ten["Contacts"]["done"]
    assert ten["Contacts"]["totalSize"] == kept[1].total_size == 10
    seen = names(ten["Contacts"]["records"])
    for offset in (4, 8):
        seen += names(kept[1].page(families.connection, offset=offset, size=4))
    assert seen == [f"c{number}" for number in range(10)]


def test_subqueries_nest_from_version_58_on() -> None:
    """soql.md#1: one level historically, up to 5 levels from v58."""
    world = World()
    parent = world.add("Gadget__c", Name="g0")
    for level in range(1, 5):
        parent = world.add("Gadget__c", Name=f"g{level}", Part_Of__c=parent)
    text = "SELECT Name FROM Parts__r"
    for _ in range(3):
        text = f"SELECT Name, ({text}) FROM Parts__r"
    text = f"SELECT Name, ({text}) FROM Gadget__c WHERE Part_Of__c = null"
    (record,) = world.records(text)
    for level in range(1, 5):
        (record,) = record["Parts__r"]["records"]
        assert record["Name"] == f"g{level}"
    assert world.refusal(text, version="57.0").code == "MALFORMED_QUERY"
    assert world.records("SELECT Name, (SELECT Name FROM Parts__r) FROM Gadget__c", version="57.0")
