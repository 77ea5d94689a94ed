"""Which rows WHERE finds. Rows: specs/reference/soql.md section 2."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from specforce_mockserver.soql import Settings
from tests.mock.reference import row
from tests.mock.soql_world import World

if TYPE_CHECKING:
    from collections.abc import Callable

A, B, C, D, E = "alpha", "Beta", "gamma", "100%", None


@pytest.fixture(scope="module")
def world() -> World:
    """Five gadgets; the last one has nothing but its name, which is empty too."""
    made = World()
    maker = made.add("Account", Name="Acme", NumberOfEmployees=5)
    rows = [
        (A, "Red;Blue", 1.5, 10, 1, "2026-03-10", "2026-03-10T10:00:00.000Z", "09:00:00.000Z", "one", "Ab"),
        (B, "Blue", 2.5, 20, 0, "2026-03-11", "2026-03-11T00:00:00.000Z", "10:30:00.000Z", "two", "ab"),
        (C, "Red;Green;Blue", -3.0, 30, 1, "2025-12-31", "2025-12-31T23:59:59.000Z", None, "x_y", "AB"),
        (D, "100%", 0.0, 0, 0, "2020-02-29", "2020-02-29T12:00:00.000Z", "23:59:59.000Z", "xzy", "é"),
        (E, None, None, None, 0, None, None, None, None, None),
    ]
    for place, (name, colors, weight, count, live, built, sold, opens, code, serial) in enumerate(rows):
        made.add(
            "Gadget__c",
            Name=name,
            Colors__c=colors,
            Weight__c=weight,
            Price__c=weight,
            Count__c=count,
            Live__c=live,
            Built__c=built,
            Sold__c=sold,
            Opens__c=opens,
            Code__c=code,
            Serial__c=serial,
            Maker__c=maker if place < 2 else None,
        )
    return made


FOUND = {
    "#2 = ignores case": ("Name = 'ALPHA'", [A]),
    "#2 = null": ("Name = null", [E]),
    "#2 != null": ("Name != null", [A, B, C, D]),
    "#2 != finds empty fields": ("Name != 'alpha'", [B, C, D, E]),
    "#2 <> is !=": ("Name <> 'alpha'", [B, C, D, E]),
    "#2 an empty text is null": ("Name = ''", [E]),
    "#2 != with an empty text": ("Name != ''", [A, B, C, D]),
    "#2 case-sensitive unique field": ("Serial__c = 'AB'", [C]),
    "#2 letters beyond ASCII": ("Serial__c = 'é'", [D]),
    "#2 < of texts ignores case": ("Name > 'alpha' AND Name < 'C'", [B]),
    "#2 < never finds null": ("Weight__c < 100", [A, B, C, D]),
    "#2 < null finds nothing": ("Weight__c < null", []),
    "#2 NOT of < finds null": ("NOT Weight__c < 100", [E]),
    "#2 <=": ("Weight__c <= 0", [C, D]),
    "#2 >=": ("Count__c >= 20", [B, C]),
    "#2 number with fraction": ("Weight__c = 2.5", [B]),
    "#2 negative number": ("Weight__c = -3", [C]),
    "#2 scientific number": ("Weight__c = 25e-1", [B]),
    "#2 currency literal": ("Price__c = USD2.5", [B]),
    "#2 boolean": ("Live__c = TRUE", [A, C]),
    "#2 boolean null is false": ("Live__c = null", [B, D, E]),
    "#2 boolean !=": ("Live__c != true", [B, D, E]),
    "#2 boolean of a missing parent is false": ("Part_Of__r.Live__c = false AND Name = 'alpha'", [A]),
    "#2 date": ("Built__c = 2026-03-10", [A]),
    "#2 date order": ("Built__c < 2026-03-10", [C, D]),
    "#2 datetime": ("Sold__c = 2026-03-10T10:00:00Z", [A]),
    "#2 datetime with offset": ("Sold__c = 2026-03-10T11:30:00+01:30", [A]),
    "#2 datetime with fraction": ("Sold__c > 2026-03-10T09:59:59.999Z", [A, B]),
    "#2 time": ("Opens__c >= 10:30:00.000Z", [B, D]),
    "#2 LIKE ignores case": ("Name LIKE 'B%'", [B]),
    "#2 LIKE any": ("Name LIKE '%a'", [A, B, C]),
    "#2 LIKE one": ("Code__c LIKE 'x_y'", [C, D]),
    "#2 LIKE escaped _": (r"Code__c LIKE 'x\_y'", [C]),
    "#2 LIKE escaped %": (r"Name LIKE '100\%'", [D]),
    "#2 NOT LIKE finds null": ("NOT Name LIKE '%a%'", [D, E]),
    "#2 IN": ("Name IN ('alpha', 'BETA')", [A, B]),
    "#2 IN with null": ("Name IN ('alpha', null)", [A, E]),
    "#2 NOT IN finds empty fields": ("Name NOT IN ('alpha', 'beta')", [C, D, E]),
    "#2 NOT IN with null": ("Name NOT IN ('alpha', null)", [B, C, D]),
    "#2 IN of numbers": ("Count__c IN (10, 30)", [A, C]),
    "#2 IN of dates": ("Built__c IN (2026-03-10, 2020-02-29)", [A, D]),
    "#2 IN of date literals": ("Built__c IN (TODAY, TOMORROW)", [A, B]),
    "#2 IN of booleans": ("Live__c IN (TRUE)", [A, C]),
    "#2 INCLUDES": ("Colors__c INCLUDES ('Red')", [A, C]),
    "#2 INCLUDES (A and B) or C": ("Colors__c INCLUDES ('Red;Green', '100%')", [C, D]),
    "#2 INCLUDES takes no wildcard": ("Colors__c INCLUDES ('%')", []),
    "#2 EXCLUDES": ("Colors__c EXCLUDES ('Red', '100%')", [B, E]),
    "#2 = of a multi-select picklist": ("Colors__c = 'Red;Blue'", [A]),
    "#2 AND": ("Live__c = TRUE AND Count__c > 10", [C]),
    "#2 OR": ("Count__c = 10 OR Name = null", [A, E]),
    "#2 parentheses": ("(Count__c = 10 OR Count__c = 20) AND Live__c = FALSE", [B]),
    "#2 NOT of a group": ("NOT (Count__c = 10 OR Name = null)", [B, C, D]),
    "#2 NOT binds tighter than AND": ("NOT Count__c = 10 AND Live__c = TRUE", [C]),
    "#1 parent path": ("Maker__r.Name = 'acme'", [A, B]),
    "#1 parent path of a number": ("Maker__r.NumberOfEmployees > 4", [A, B]),
    "#2 != of a parent path finds rows without parent": ("Maker__r.Name != 'acme'", [C, D, E]),
    "#2 = null of a parent path": ("Maker__r.Name = null", [C, D, E]),
    "#1 DAY_ONLY": ("DAY_ONLY(Sold__c) = 2026-03-10", [A]),
    "#1 CALENDAR_YEAR": ("CALENDAR_YEAR(Built__c) = 2026", [A, B]),
    "#1 HOUR_IN_DAY": ("HOUR_IN_DAY(Sold__c) IN (10, 12)", [A, D]),
    "#6 toLabel is the value": ("toLabel(Colors__c) = 'Blue'", [B]),
}


@pytest.mark.parametrize(("where", "names"), FOUND.values(), ids=[f"soql.md{row}" for row in FOUND])
@row("soql.md#2", "| = != <")
@row("soql.md#2", "| LIKE |")
@row("soql.md#2", "| INCLUDES")
@row("soql.md#2", "Boolean null counts")
def test_where_finds_the_rows_of_the_reference(world: World, where: str, names: list[str | None]) -> None:
    assert world.values(f"SELECT Name FROM Gadget__c WHERE {where}") == names


def test_escapes_of_a_string_stand_for_their_characters(world: World) -> None:
    """soql.md#2: \\n \\r \\t \\b \\f \\" \\' \\\\ \\uXXXX."""
    odd = "a\n\r\t\b\f\"'\\é"
    record_id = world.add("Lead", LastName=odd)
    assert world.values(r"""SELECT Id FROM Lead WHERE LastName = 'a\n\r\t\b\f\"\'\\\u00e9'""") == [record_id]


def test_a_backslash_in_like_is_escaped_by_another(world: World) -> None:
    record_id = world.add("Lead", LastName="back\\slash%")
    assert world.values(r"SELECT Id FROM Lead WHERE LastName LIKE 'back\\\\slash\%'") == []
    assert world.values(r"SELECT Id FROM Lead WHERE LastName LIKE 'back\\slash\%'") == [record_id]


def test_letters_beyond_ascii_are_compared_without_regard_to_case(world: World) -> None:
    """soql.md#2: strings are case-insensitive."""
    record_id = world.add("Lead", LastName="Ærø", Company="GROẞ")
    where = ["LastName = 'ÆRØ'", "LastName LIKE 'æR%'", "LastName IN ('x', 'ærØ')", "NOT LastName != 'ÆRØ'"]
    for each in where:
        assert world.values(f"SELECT Id FROM Lead WHERE {each}") == [record_id], each


@pytest.mark.parametrize("form", [lambda it: it, lambda it: it[:15], lambda it: it[:15].lower() + it[15:], str.upper])
def test_ids_are_compared_in_either_form(world: World, form: Callable[[str], str]) -> None:
    """soql.md#2: an Id is compared as 15 or 18 characters; errors_and_limits.md#4: 18 characters ignore case."""
    record_id = world.add("Lead", LastName="Id")
    written = form(record_id)
    found = world.values(f"SELECT Id FROM Lead WHERE Id = '{written}'")
    assert found == [record_id]


def test_a_reference_is_compared_with_null_and_the_empty_text(world: World) -> None:
    orphan = "SELECT COUNT() FROM Gadget__c WHERE Maker__c "
    assert world.run(f"{orphan} = null").total_size == 3
    assert world.run(f"{orphan} = ''").total_size == 3
    assert world.run(f"{orphan} != null").total_size == 2


def test_a_long_list_is_found_whole(world: World) -> None:
    """soql.md#1: only the length of the text bounds a list."""
    numbers = ",".join(str(each) for each in range(10, 15_000))
    assert world.values(f"SELECT Name FROM Gadget__c WHERE Count__c IN ({numbers})") == [A, B, C]
    for letter in "té":
        texts = ",".join(f"'{letter}{each}'" for each in range(8_000))
        assert world.values(f"SELECT Name FROM Gadget__c WHERE Name NOT IN ({texts}, 'ALPHA', 'é')") == [B, C, D, E]


def test_a_number_too_large_for_a_double_is_the_largest_one(world: World) -> None:
    numbers = ", ".join(["1e400", *map(str, range(500))])
    assert world.values(f"SELECT Name FROM Gadget__c WHERE Count__c IN ({numbers})") == [A, B, C, D]
    assert world.values("SELECT Name FROM Gadget__c WHERE Weight__c < 1e400") == [A, B, C, D]


def test_a_string_of_4000_characters_is_compared_and_a_longer_one_refused(world: World) -> None:
    """soql.md#1: WHERE strings of at most 4,000 characters."""
    assert world.values(f"SELECT Name FROM Gadget__c WHERE Name LIKE 'alp%{'%' * 3_996}'") == [A]
    assert world.refusal(f"SELECT Name FROM Gadget__c WHERE Name = '{'x' * 4_001}'").code == "MALFORMED_QUERY"


@pytest.mark.parametrize("operator", ["OR", "AND"])
def test_as_many_conditions_as_the_text_holds_are_understood(world: World, operator: str) -> None:
    """soql.md#1: 100,000 characters."""
    terms = f" {operator} ".join(f"Count__c != {each}" for each in range(100, 4_700))
    text = f"SELECT Name FROM Gadget__c WHERE {terms}"
    assert 80_000 < len(text) <= 100_000
    assert len(world.values(text)) == 5


def test_conditions_nested_as_deep_as_allowed_are_understood(world: World) -> None:
    deep = "Count__c = 10"
    for level in range(49):
        operator = "AND" if level % 2 else "OR"
        chain = f" {operator} ".join(f"Count__c = {each}" for each in range(10, 60))
        deep = f"({deep}) {operator} {chain}"
    assert world.run(f"SELECT Name FROM Gadget__c WHERE {deep}").total_size <= 5
    right = "Count__c = 10"
    for level in range(49):
        right = f"Name != 'q' {'AND' if level % 2 else 'OR'} NOT ({right})"
    assert world.run(f"SELECT Name FROM Gadget__c WHERE {right}").total_size <= 5


def test_a_missing_parent_may_be_set_not_to_differ(world: World) -> None:
    """soql.md#2 [E?]: configurable."""
    strict = Settings(missing_parent_differs=False)
    where = "SELECT Name FROM Gadget__c WHERE Maker__r.Name != 'other'"
    assert world.values(where) == [A, B, C, D, E]
    assert world.values(where, settings=strict) == [A, B]


@pytest.fixture(scope="module")
def people() -> World:
    made = World()
    first, second, third = (made.add("Account", Name=name) for name in ("First", "Second", "Third"))
    made.add("Contact", LastName="a", AccountId=first, Email="a@x.org")
    made.add("Contact", LastName="b", AccountId=second)
    made.add("Contact", LastName="c")
    made.add("Contact", LastName="d", AccountId=third, IsDeleted=1)
    return made


class TestSemiJoins:
    """soql.md#2: IN and NOT IN with a SELECT."""

    @row("soql.md#2", "| IN / NOT IN")
    def test_a_semi_join_finds_the_referenced(self, people: World) -> None:
        assert people.values("SELECT Name FROM Account WHERE Id IN (SELECT AccountId FROM Contact)") == [
            "First",
            "Second",
        ]

    def test_an_anti_join_finds_the_rest_though_some_references_are_null(self, people: World) -> None:
        assert people.values("SELECT Name FROM Account WHERE Id NOT IN (SELECT AccountId FROM Contact)") == ["Third"]

    def test_it_has_a_where_of_its_own(self, people: World) -> None:
        subquery = "SELECT AccountId FROM Contact WHERE Email != null"
        text = f"SELECT Name FROM Account WHERE Id IN ({subquery}) AND Name LIKE 'F%'"
        assert people.values(text) == ["First"]

    def test_a_reference_may_be_on_the_left(self, people: World) -> None:
        text = "SELECT LastName FROM Contact WHERE AccountId IN (SELECT Id FROM Account WHERE Name = 'second')"
        assert people.values(text) == ["b"]

    def test_an_anti_join_of_a_reference_finds_rows_without_one(self, people: World) -> None:
        text = "SELECT LastName FROM Contact WHERE AccountId NOT IN (SELECT Id FROM Account WHERE Name = 'second')"
        assert people.values(text) == ["a", "c"]

    def test_with_deleted_rows_it_sees_them_too(self, people: World) -> None:
        text = "SELECT Name FROM Account WHERE Id IN (SELECT AccountId FROM Contact)"
        assert people.values(text, include_deleted=True) == ["First", "Second", "Third"]
