"""FORMAT and toLabel: values as people read them, by JSON and by CSV."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from specforce_mockserver.schema import Field, PicklistValue, Schema, SObjectType
from specforce_mockserver.soql import Settings, compile_query
from specforce_mockserver.soql.formats import formatted
from specforce_mockserver.tables import create_tables
from tests.mock.reference import row
from tests.mock.soql_world import NOW, World


@pytest.fixture(scope="module")
def world() -> World:
    made = World()
    made.add(
        "Gadget__c",
        Name="x",
        Price__c=-44000.5,
        Weight__c=0.125,
        Count__c=1234567,
        Built__c="2025-04-10",
        Sold__c="2025-04-10T22:31:37.000Z",
        Opens__c="00:05:00.000Z",
    )
    made.add("Gadget__c", Name="y", Price__c=2.0)
    return made


FORMATS = {
    "Price__c": "-$44,000.50",
    "Weight__c": "0.1250",
    "Count__c": "1,234,567",
    "Built__c": "4/10/2025",
    "Sold__c": "4/10/2025, 3:31 PM",
    "Opens__c": "12:05 AM",
    "Name": "x",
    "convertCurrency(Price__c)": "-$44,000.50",
}


@row("soql.md#1", "| Functions |")
@pytest.mark.parametrize(("argument", "text"), FORMATS.items(), ids=FORMATS)
def test_format_makes_text_of_a_value_in_the_user_s_time_zone(world: World, argument: str, text: str) -> None:
    query = f"SELECT FORMAT({argument}) shown FROM Gadget__c WHERE Name = 'x'"
    settings = Settings(time_zone="America/Los_Angeles")

    assert world.values(query, settings=settings) == [text]
    assert list(world.compile(query, settings=settings).text_rows(world.connection)) == [(text,)]
    assert list(world.compile(query, settings=settings).csv_lines(world.connection)) == [f'"{text}"\n']


def test_format_of_nothing_is_null_and_an_empty_cell(world: World) -> None:
    query = "SELECT FORMAT(Built__c) FROM Gadget__c WHERE Name = 'y'"

    assert world.values(query) == [None]
    assert list(world.compile(query).text_rows(world.connection)) == [("",)]


def test_format_of_aggregates_and_keys(world: World) -> None:
    query = (
        "SELECT FORMAT(Built__c) day, FORMAT(SUM(Price__c)), FORMAT(COUNT(Id)) many, MAX(Price__c) FROM Gadget__c "
        "GROUP BY Built__c ORDER BY Built__c NULLS LAST"
    )
    found = [{name: value for name, value in each.items() if name != "attributes"} for each in world.records(query)]

    assert found == [
        {"day": "4/10/2025", "expr0": "-$44,000.50", "many": "1", "expr1": -44000.5},
        {"day": None, "expr0": "$2.00", "many": "1", "expr1": 2.0},
    ]


def test_a_value_and_its_format_stand_side_by_side(world: World) -> None:
    (record,) = world.records("SELECT Price__c, FORMAT(Price__c) shown FROM Gadget__c WHERE Name = 'y'")

    assert (record["Price__c"], record["shown"]) == (2.0, "$2.00")


@pytest.mark.parametrize(("value", "digits", "text"), [(-0.001, 2, "0.00"), (12.5, 1, "12.5%"), (-1000.0, 0, "-1,000")])
def test_numbers_are_rounded_to_their_digits(value: float, digits: int, text: str) -> None:
    assert formatted(value, "percent" if text.endswith("%") else "number", digits, "UTC") == text


def test_noon_and_midnight_have_twelve() -> None:
    stored = [f"{datetime(2026, 1, 1, hour, tzinfo=UTC):%Y-%m-%dT%H:%M:%S}.000Z" for hour in (0, 12, 23)]

    assert [formatted(each, "datetime", 0, "UTC") for each in stored] == [
        "1/1/2026, 12:00 AM",
        "1/1/2026, 12:00 PM",
        "1/1/2026, 11:00 PM",
    ]


def labelled(text: str) -> list[object]:
    """The selected values from an object with picklists whose labels aren't their values."""
    import sqlite3

    choices = (PicklistValue("r", "Red"), PicklistValue("g", "Green's"), PicklistValue("b", "b"))
    kinds = {"Color__c": "picklist", "Colors__c": "multipicklist"}
    fields = [Field(name=name, label=name, type=kind, picklist=choices) for name, kind in kinds.items()]
    schema = Schema([SObjectType("Box__c", "Box", "Boxes", "a00", (Field(name="Id", label="Id", type="id"), *fields))])
    connection = sqlite3.connect(":memory:", isolation_level=None)
    create_tables(connection, schema)
    rows = [("a00000000000001AAA", "r", "r;b;g"), ("a00000000000002AAA", "b", None), ("a00000000000003AAA", "old", "")]
    connection.executemany("INSERT INTO Box__c (Id, Color__c, Colors__c) VALUES (?, ?, ?)", rows)
    found = compile_query(schema, text, now=NOW, version="67.0").run(connection).records
    return [list(each.values())[1] for each in found]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("SELECT toLabel(Color__c) FROM Box__c", ["Red", "b", "old"]),
        ("SELECT toLabel(Colors__c) every FROM Box__c", ["Red;b;Green's", None, ""]),
        ("SELECT Color__c FROM Box__c WHERE toLabel(Color__c) = 'red'", ["r"]),
        ("SELECT Color__c FROM Box__c WHERE toLabel(Color__c) LIKE '%e%'", ["r"]),
        ("SELECT Color__c FROM Box__c ORDER BY toLabel(Color__c)", ["b", "old", "r"]),
        ("SELECT toLabel(Color__c) FROM Box__c GROUP BY toLabel(Color__c) HAVING COUNT(Id) > 0", ["b", "old", "Red"]),
    ],
)
def test_to_label_gives_the_labels_of_a_picklist(text: str, values: list[object]) -> None:
    assert labelled(text) == values
