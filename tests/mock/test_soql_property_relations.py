"""Generated semi-joins and child subqueries find the same from compiled SQL as from the evaluator of these tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from tests.mock.reference import row
from tests.mock.soql_evaluator import AmongParts, Asked, Condition, Row, Tree, answer, found_rows
from tests.mock.soql_generated import (
    CONDITIONS,
    CONNECTION,
    TYPES,
    among_parts,
    by_id,
    compiled,
    examples,
    fill,
    part_queries,
    parts,
    queries,
    tables,
    without_attributes,
)

if TYPE_CHECKING:
    from specforce_mockserver.soql import Pages


@row("soql.md#2", "| IN / NOT IN")
@examples(100)
@given(
    rows=tables(),
    pieces=parts(),
    joins=st.lists(among_parts(), min_size=1, max_size=2),
    others=st.none() | CONDITIONS,
)
def test_semi_joins(rows: list[Row], pieces: list[Row], joins: list[AmongParts], others: Condition | None) -> None:
    fill(rows)
    fill(pieces, "Part__c")
    terms: tuple[Condition, ...] = (*joins, others) if others else tuple(joins)
    asked = Asked(("Id",), Tree("AND", terms), types={**TYPES, "Id": "id"})

    found = compiled(asked).run(CONNECTION).records

    assert [without_attributes(each) for each in found] == answer(asked, rows, by_id(rows), pieces)


@row("soql.md#1", "| Subquery |")
@examples(100)
@given(
    rows=tables(),
    pieces=parts(),
    asked=queries(),
    own=part_queries("Parts__r"),
    other=part_queries("Others__r"),
)
def test_child_subqueries(rows: list[Row], pieces: list[Row], asked: Asked, own: Asked, other: Asked) -> None:
    fill(rows)
    fill(pieces, "Part__c")
    text = str(asked).replace(" FROM ", f", ({own}), ({other}) FROM ", 1)

    found = compiled(text).run(CONNECTION).records

    expected = []
    for source, record in zip(found_rows(asked, rows, by_id(rows)), answer(asked, rows, by_id(rows)), strict=True):
        expected.append(
            {
                **record,
                "Parts__r": children(own, [each for each in pieces if each["Item__c"] == source["Id"]]),
                "Others__r": children(other, [each for each in pieces if each["Other__c"] == source["Id"]]),
            }
        )
    assert [plain(each) for each in found] == expected


@examples(50)
@given(rows=tables(), pieces=parts(), own=part_queries("Parts__r"))
def test_subqueries_inside_subqueries_and_their_pages(rows: list[Row], pieces: list[Row], own: Asked) -> None:
    fill(rows)
    fill(pieces, "Part__c")
    kept: list[Pages] = []

    def keep(pages: Pages) -> str:
        kept.append(pages)
        return str(len(kept) - 1)

    def whole(result: dict[str, Any] | None) -> list[Any] | None:
        """The records of a subquery, gathered page by page."""
        if result is None:
            return None
        records = list(result["records"])
        if not result["done"]:
            pages = kept[int(result["nextRecordsUrl"])]
            for offset in range(len(records), pages.total_size):
                records += pages.page(CONNECTION, offset=offset, size=1, open_child=keep)
        assert len(records) == result["totalSize"]
        return records

    text = f"SELECT Id, (SELECT Id, ({own}) FROM Children__r) FROM Item__c"
    query = compiled(text)
    first = query.run(CONNECTION, page_size=1, open_child=keep)
    records = list(first.records)
    for offset in range(1, first.total_size):
        records += first.page(CONNECTION, offset=offset, size=1, open_child=keep)

    found = {
        each["Id"]: {
            child["Id"]: [without_attributes(part) for part in whole(child["Parts__r"]) or ()]
            for child in whole(each["Children__r"]) or ()
        }
        for each in records
    }
    assert found == {
        item["Id"]: {
            child["Id"]: answer(own, [each for each in pieces if each["Item__c"] == child["Id"]], {})
            for child in rows
            if child["Parent__c"] == item["Id"]
        }
        for item in rows
    }


def children(asked: Asked, own: list[Row]) -> Row | None:
    """What stands in a record for its subquery."""
    records = answer(asked, own, {})
    return {"totalSize": len(records), "done": True, "records": records} if records else None


def plain(value: Any) -> Any:
    """A record, with its subqueries' records, without attributes."""
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items() if key != "attributes"}
    return value
