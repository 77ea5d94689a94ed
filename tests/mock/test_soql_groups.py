"""Aggregates and groups. Rows: specs/reference/soql.md section 1, rest.md section 4."""

from __future__ import annotations

import json
from typing import Any

import pytest

from specforce_mockserver.soql import SoqlError
from tests.mock.reference import row
from tests.mock.soql_world import World


@pytest.fixture(scope="module")
def world() -> World:
    made = World()
    acme = made.add("Account", Name="Acme")
    rows = [
        ("Red", 10.0, 1, 1, "2026-01-01", acme),
        ("red", 20.0, 2, 0, "2026-02-01", acme),
        ("Blue", 5.5, None, 1, "2025-01-01", None),
        ("Blue", None, 4, 1, "2025-06-01", acme),
        (None, 1.0, 5, 0, None, None),
    ]
    for code, price, count, live, built, maker in rows:
        made.add(
            "Gadget__c",
            Name="x",
            Style__c=code,
            Price__c=price,
            Count__c=count,
            Live__c=live,
            Built__c=built,
            Maker__c=maker,
        )
    return made


def rows_of(world: World, text: str) -> list[tuple[object, ...]]:
    return [tuple(value for key, value in each.items() if key != "attributes") for each in world.records(text)]


ALL = "SELECT {} FROM Gadget__c"
AGGREGATES = {
    "COUNT of a field": ("COUNT(Id), COUNT(Price__c), COUNT(Style__c)", (5, 4, 4)),
    "COUNT_DISTINCT": ("COUNT_DISTINCT(Style__c), COUNT_DISTINCT(Maker__r.Name)", (2, 1)),
    "SUM": ("SUM(Price__c), SUM(Count__c)", (36.5, 12)),
    "AVG": ("AVG(Price__c), AVG(Count__c)", (9.125, 3.0)),
    "MIN and MAX": ("MIN(Price__c), MAX(Count__c), MIN(Built__c), MAX(Style__c)", (1.0, 5, "2025-01-01", "Red")),
}


@pytest.mark.parametrize(("calls", "values"), AGGREGATES.values(), ids=[f"soql.md#1 {each}" for each in AGGREGATES])
def test_aggregates_of_everything(world: World, calls: Any, values: Any) -> None:
    """rest.md#4: numbers; COUNT(f) is an integer."""
    (found,) = rows_of(world, ALL.format(calls))
    assert json.dumps(found) == json.dumps(values)


def test_aggregates_of_nothing_are_zero_and_null(world: World) -> None:
    assert rows_of(world, f"{ALL.format('COUNT(Id), SUM(Price__c), MAX(Name)')} WHERE Name = 'no'") == [(0, None, None)]


@row("soql.md#1", "| Aliases |")
@row("soql.md#4", "Response for TYPEOF")
def test_an_aggregate_row_has_no_url_and_names_of_its_own(world: World) -> None:
    """rest.md#4: AggregateResult, keys = aliases or expr0.."""
    text = "SELECT Style__c, COUNT(Id), MAX(Price__c) most, MIN(Price__c) FROM Gadget__c GROUP BY Style__c LIMIT 1"
    (record,) = world.records(text)
    assert record["attributes"] == {"type": "AggregateResult"}
    assert list(record) == ["attributes", "Style__c", "expr0", "most", "expr1"]


def test_groups_of_texts_ignore_case(world: World) -> None:
    assert rows_of(world, "SELECT Style__c, COUNT(Id) FROM Gadget__c GROUP BY Style__c ORDER BY Style__c") == [
        (None, 1),
        ("Blue", 2),
        ("Red", 2),
    ]


def test_groups_of_a_parent_s_field_and_of_a_boolean(world: World) -> None:
    keys = "Maker__r.Name, Live__c"
    text = f"SELECT {keys}, COUNT(Id) FROM Gadget__c GROUP BY {keys} ORDER BY {keys}"
    assert rows_of(world, text) == [(None, False, 1), (None, True, 1), ("Acme", False, 1), ("Acme", True, 2)]


def test_groups_of_a_date_function(world: World) -> None:
    year = "CALENDAR_YEAR(Built__c)"
    text = f"SELECT {year} y, COUNT(Id) FROM Gadget__c GROUP BY {year} ORDER BY {year} DESC NULLS LAST"
    assert rows_of(world, text) == [(2026, 2), (2025, 2), (None, 1)]


@pytest.mark.parametrize(
    ("having", "codes"),
    {
        "COUNT(Id) > 1": ["Blue", "Red"],
        "SUM(Price__c) > 5 AND Style__c != 'blue'": ["Red"],
        "MAX(Built__c) < 2026-01-01": ["Blue"],
        "MIN(Built__c) = null": [None],
        "NOT COUNT(Id) > 1": [None],
        "COUNT(Id) IN (1, 7)": [None],
        "Style__c LIKE 'B%'": ["Blue"],
    }.items(),
)
def test_having_filters_groups(world: World, having: Any, codes: Any) -> None:
    """soql.md#1: HAVING cond."""
    text = f"SELECT Style__c FROM Gadget__c GROUP BY Style__c HAVING {having} ORDER BY Style__c"
    assert world.values(text) == codes


def test_groups_are_ordered_by_aggregates_and_limited(world: World) -> None:
    text = "SELECT Style__c FROM Gadget__c GROUP BY Style__c ORDER BY SUM(Price__c) DESC LIMIT 2"
    assert world.values(text) == ["Red", "Blue"]
    result = world.run(text + " OFFSET 1")
    assert (result.total_size, len(result.records)) == (2, 2)


def test_rollup_adds_subtotals_and_a_total(world: World) -> None:
    """soql.md#1: ROLLUP, GROUPING(f) 0/1."""
    text = (
        "SELECT Live__c, Style__c, GROUPING(Live__c) gl, GROUPING(Style__c) gs, COUNT(Id) n FROM Gadget__c "
        "WHERE Style__c != null GROUP BY ROLLUP(Live__c, Style__c) "
        "ORDER BY GROUPING(Live__c), Live__c, GROUPING(Style__c), Style__c"
    )
    assert rows_of(world, text) == [
        (False, "red", 0, 0, 1),
        (False, None, 0, 1, 1),
        (True, "Blue", 0, 0, 2),
        (True, "Red", 0, 0, 1),
        (True, None, 0, 1, 3),
        (None, None, 1, 1, 4),
    ]


def test_cube_adds_every_subtotal(world: World) -> None:
    text = (
        "SELECT Live__c, Style__c, COUNT(Id) n FROM Gadget__c WHERE Style__c = 'Blue' GROUP BY CUBE(Live__c, Style__c)"
    )
    assert sorted(rows_of(world, text), key=str) == sorted(
        [(True, "Blue", 2), (True, None, 2), (None, "Blue", 2), (None, None, 2)], key=str
    )


def test_having_and_limit_work_on_subtotals(world: World) -> None:
    text = "SELECT Style__c, COUNT(Id) n FROM Gadget__c GROUP BY ROLLUP(Style__c) HAVING GROUPING(Style__c) = 1 LIMIT 3"
    assert rows_of(world, text) == [(None, 5)]


def test_more_groups_than_a_page_are_refused_when_run() -> None:
    """soql.md#1: 2,000 groups and no queryMore [E]."""
    world = World()
    for number in range(2001):
        world.add("Lead", LastName=f"n{number}")
    text = "SELECT LastName, COUNT(Id) FROM Lead GROUP BY LastName"
    with pytest.raises(SoqlError) as refused:
        world.run(text)
    assert refused.value.code == "EXCEEDED_ID_LIMIT"
    result = world.compile(f"{text} LIMIT 2000").run(world.connection, page_size=200)
    assert (result.total_size, len(result.records), result.done) == (2000, 2000, True)


def test_groups_are_sorted_by_an_alias_as_by_what_it_names(world: World) -> None:
    text = "SELECT Style__c s, COUNT(Id) n, SUM(Count__c) FROM Gadget__c GROUP BY Style__c ORDER BY N DESC, s DESC"

    assert rows_of(world, text) == [("Red", 2, 3), ("Blue", 2, 4), (None, 1, 5)]
