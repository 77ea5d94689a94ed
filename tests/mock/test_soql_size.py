"""Queries as long and as deep as they can be are answered or refused, in little time whatever their form."""

from __future__ import annotations

import time

import pytest

from specforce_mockserver.soql import SoqlError
from tests.mock.reference import row
from tests.mock.soql_world import World

WHERE = "SELECT Id FROM Account WHERE "
# Of processor time; none of them takes one on the machine that this was written on.
SECONDS = 10.0
LONG = {
    "parentheses": (f"{WHERE}{'(' * 10_000}Name = 'x'{')' * 10_000}", "MALFORMED_QUERY"),
    "parentheses that nobody closes": (f"{WHERE}{'(' * 90_000}", "MALFORMED_QUERY"),
    "NOT": (f"{WHERE}{'NOT ' * 20_000}Name = 'x'", None),
    "NOT with parentheses": (f"{WHERE}{'NOT (' * 10_000}Name = 'x'{')' * 10_000}", "MALFORMED_QUERY"),
    "AND": (WHERE + " AND ".join(["Name = 'x'"] * 6_000), None),
    "OR in other letters": (WHERE + " OR ".join(["Name = 'é'"] * 6_000), None),
    "IN": (f"{WHERE}Name IN ({','.join([repr('abc')] * 15_000)})", None),
    "INCLUDES": (f"SELECT Id FROM Gadget__c WHERE Colors__c INCLUDES ({','.join([repr('a;b')] * 15_000)})", None),
    "fields": (f"SELECT {','.join(['Name'] * 15_000)} FROM Account", "INVALID_FIELD"),
    "formatted fields": (f"SELECT {','.join(f'FORMAT(AnnualRevenue) a{n}' for n in range(3_000))} FROM Account", None),
    "aliases": (f"SELECT {','.join(f'COUNT(Id) a{n}' for n in range(5_000))} FROM Account", "QUERY_TOO_COMPLICATED"),
    "subqueries": (f"SELECT {','.join(['(SELECT Id FROM Contacts)'] * 3_500)} FROM Account", "INVALID_FIELD"),
    "subqueries in each other": (f"SELECT {'(SELECT ' * 10_000}", "MALFORMED_QUERY"),
    "semi-joins in each other": (WHERE + "Id IN (SELECT AccountId FROM Contact WHERE " * 2_000, "MALFORMED_QUERY"),
    "a path": (f"{WHERE}{'Parent.' * 10_000}Name = 'x'", "INVALID_FIELD"),
    "many parents": (f"SELECT {','.join(f'P{n}.Name' for n in range(8_000))} FROM Account", "INVALID_FIELD"),
    "functions": (f"{WHERE}{'F(' * 20_000}x", "MALFORMED_QUERY"),
    "TYPEOF": (f"SELECT TYPEOF What {'WHEN Account THEN Name ' * 4_000}END FROM Task", "MALFORMED_QUERY"),
    "escapes": (f"{WHERE}Name = '{chr(92) * 98_000}'", "MALFORMED_QUERY"),
    "a string without end": (f"{WHERE}Name = '{'a' * 99_000}", "MALFORMED_QUERY"),
    "a string over 4,000": (f"{WHERE}Name = '{'a' * 4_001}'", "MALFORMED_QUERY"),
    "wildcards": (f"{WHERE}Name LIKE '{'%a' * 1_990}'", None),
    "spaces": (f"{' ' * 99_000}SELECT", "MALFORMED_QUERY"),
    "dots": (f"SELECT {'a . ' * 24_000}", "MALFORMED_QUERY"),
    "a number": (f"{WHERE}NumberOfEmployees = {'9' * 90_000}", None),
    "a date-time": (f"{WHERE}CreatedDate = 2026-01-01T{'0' * 90_000}", "MALFORMED_QUERY"),
    "sort keys": (f"SELECT Id FROM Account ORDER BY {','.join(['Name'] * 15_000)}", "QUERY_TOO_COMPLICATED"),
    "HAVING": (
        f"SELECT Name FROM Account GROUP BY Name HAVING {' AND '.join(['COUNT(Id) > 0'] * 5_000)}",
        "QUERY_TOO_COMPLICATED",
    ),
    "over the limit": (f"{WHERE}Name = 'x'{' ' * 100_000}", "MALFORMED_QUERY"),
}


@pytest.fixture(scope="module")
def world() -> World:
    made = World()
    made.add("Account", Name="x", AnnualRevenue=1.0)
    made.add("Gadget__c", Colors__c="a;b;c")
    return made


@row("soql.md#1", "| Length |")
@pytest.mark.parametrize(("text", "code"), LONG.values(), ids=LONG)
def test_the_longest_queries_of_every_form(world: World, text: str, code: str | None) -> None:
    refused: str | None = None
    begin = time.process_time()
    try:
        world.run(text)
    except SoqlError as error:
        refused = error.code

    assert refused == code
    assert time.process_time() - begin < SECONDS


def test_many_choices_mean_what_few_mean(world: World) -> None:
    """More than twenty go to SQLite as one value."""
    few, many = "'a;b', 'x'", f"'a;b', {', '.join([repr('x;y')] * 30)}"
    for operator, found in (("INCLUDES", 1), ("EXCLUDES", 0)):
        for choices in (few, many):
            text = f"SELECT COUNT() FROM Gadget__c WHERE Colors__c {operator} ({choices})"
            assert world.run(text).total_size == found
    absent = f"SELECT COUNT() FROM Gadget__c WHERE Colors__c INCLUDES ({', '.join([repr('a;d')] * 30)})"
    assert world.run(absent).total_size == 0
