"""Query plans. Row: specs/reference/rest.md section 7, explain."""

from __future__ import annotations

from typing import Any

import pytest

from specforce_mockserver import soql
from tests.mock.soql_world import World


@pytest.fixture(scope="module")
def world() -> World:
    made = World()
    for number in range(40):
        made.add("Account", Name=f"n{number % 20}", Site=f"s{number % 2}", IsDeleted=int(number >= 30))
    return made


def plans(world: World, text: str) -> list[dict[str, Any]]:
    query = world.compile(text)
    answer = soql.explain(world.connection, query)
    assert set(answer) == {"plans", "sourceQuery"}
    assert answer["sourceQuery"] == text
    found: list[dict[str, Any]] = answer["plans"]
    return found


def test_a_plan_has_the_keys_of_the_reference(world: World) -> None:
    (plan,) = plans(world, "SELECT Id FROM Account")
    assert plan == {
        "cardinality": 30,
        "fields": [],
        "leadingOperationType": "TableScan",
        "notes": [
            {
                "description": "Not considering filter for optimization because unindexed",
                "fields": ["IsDeleted"],
                "tableEnumOrId": "Account",
            }
        ],
        "relativeCost": 1.0,
        "sobjectCardinality": 30,
        "sobjectType": "Account",
    }


def test_an_indexed_filter_makes_a_plan_that_comes_first_when_it_is_selective(world: World) -> None:
    index, scan = plans(world, "SELECT Id FROM Account WHERE Name = 'n3' AND Site = 's1'")
    assert (index["leadingOperationType"], index["fields"], index["cardinality"]) == ("Index", ["Name"], 2)
    assert index["relativeCost"] < scan["relativeCost"]
    assert [note["fields"] for note in index["notes"]] == [["IsDeleted"], ["Site"]]


def test_an_index_that_finds_most_rows_costs_more_than_a_scan(world: World) -> None:
    scan, index = plans(world, "SELECT Id FROM Account WHERE Name > 'a'")
    assert (scan["leadingOperationType"], index["leadingOperationType"]) == ("TableScan", "Index")


@pytest.mark.parametrize(
    "where", ["Site = 's1'", "Name != 'x'", "Name LIKE 'n%'", "Name = null", "Name = 'a' OR Site = 'b'"]
)
def test_other_filters_are_served_by_a_scan_alone(world: World, where: str) -> None:
    assert [plan["leadingOperationType"] for plan in plans(world, f"SELECT Id FROM Account WHERE {where}")] == [
        "TableScan"
    ]


def test_an_object_without_rows_has_a_plan(world: World) -> None:
    assert [plan["cardinality"] for plan in plans(world, "SELECT Id FROM Lead WHERE Id = null")] == [0]
