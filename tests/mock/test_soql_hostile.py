"""Whatever the text, a query is answered or refused in SOQL's words: no other error, ever."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from specforce_mockserver import soql
from tests.mock.soql_world import World

WORLD = World()
_account = WORLD.add("Account", Name="Acme", CreatedDate="2026-03-10T10:00:00.000Z")
WORLD.add("Contact", LastName="x", AccountId=_account)
WORLD.add("Gadget__c", Name="g", Colors__c="Red", Maker__c=_account, Live__c=1)

FIELDS = [
    "Id", "Name", "Maker__r.Name", "Maker__c", "Colors__c", "Live__c", "Count__c", "Price__c", "Built__c",
    "Sold__c", "Opens__c", "Place__c", "Photo__c", "Notes__c", "Part_Of__r.Part_Of__r.Live__c", "Owner.Name",
    "Owner.Type", "Bacon__c", "Foo.Bar",
]  # fmt: skip
CALLS = [
    "COUNT()", "COUNT(Id)", "SUM(Price__c)", "MAX(Name)", "AVG(Live__c)", "toLabel(Colors__c)",
    "FORMAT(MAX(Price__c))", "CALENDAR_YEAR(Sold__c)", "DAY_ONLY(convertTimezone(Sold__c))",
    "HOUR_IN_DAY(Built__c)", "GROUPING(Name)", "FIELDS(ALL)", "FIELDS(STANDARD)", "FOO(Id)", "COUNT(1)", "SUM('x')",
    "FORMAT(1)", "CALENDAR_YEAR(convertTimezone(1))", "toLabel(toLabel(Name))", "MAX(CALENDAR_YEAR(Sold__c))",
    "GROUPING('x')", "DISTANCE(Place__c,GEOLOCATION(1,2),'km')", "DISTANCE(Name,GEOLOCATION(1,2),'km')",
    "DISTANCE(Place__c,GEOLOCATION(1),'ly')", "DISTANCE(1,2,3)", "FIELDS(1)", "DAY_ONLY()",
]  # fmt: skip
VALUES = [
    "'x'", "''", "'Red;Blue'", "'001000000000001'", "'\\q'", "'é'", "'%'", "1", "-2.5", "1e400", ".5",
    "99999999999999999999999", "TRUE", "FALSE", "NULL", "TODAY", "LAST_N_DAYS:5", "NEXT_N_YEARS:9999999999",
    "2026-01-01", "2026-13-01", "2026-01-01T00:00:00Z", "2026-01-01T99:00:00Z", "0001-01-01", "10:00:00.000Z",
    "99:99", "USD5", ":bind", "foo",
]  # fmt: skip
WORDS = ["SELECT", "FROM", "WHERE", "AND", "OR", "NOT", "IN", "GROUP", "BY", "ORDER", "(", ")", ",", "Account", "a"]
OPERATORS = ["=", "!=", "<>", "<", "<=", ">", ">=", "LIKE"]
expressions = st.sampled_from(FIELDS) | st.sampled_from(CALLS)
values = st.sampled_from(VALUES)
subqueries = st.sampled_from(
    [
        "SELECT Maker__c FROM Gadget__c",
        "SELECT Id FROM Account",
        "SELECT AccountId FROM Contact WHERE LastName = 'x'",
        "SELECT Id FROM X",
    ]
)
comparisons = (
    st.tuples(expressions, st.sampled_from(OPERATORS), values).map(" ".join)
    | st.builds(
        "{} {} ({})".format,
        expressions,
        st.sampled_from(["IN", "NOT IN", "INCLUDES", "EXCLUDES"]),
        st.lists(values, max_size=3).map(", ".join),
    )
    | st.builds("{} {} ({})".format, expressions, st.sampled_from(["IN", "NOT IN"]), subqueries)
)
conditions = st.recursive(
    comparisons,
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from(["AND", "OR"]), inner) | inner.map("NOT {}".format)
    ),
    max_leaves=4,
)
items = (
    expressions
    | st.tuples(expressions, st.sampled_from(["a", "b", "Name"])).map(" ".join)
    | st.sampled_from(["(SELECT Id FROM Parts__r)", "(SELECT COUNT() FROM Parts__r)", "(SELECT Id FROM Gadgets__r)"])
    | st.just("TYPEOF Owner WHEN User THEN Name ELSE Id END")
)
lists = st.lists(expressions, min_size=1, max_size=3).map(", ".join)
clauses = st.tuples(
    conditions.map(" WHERE {}".format) | st.just(""),
    st.sampled_from([" GROUP BY {}", " GROUP BY ROLLUP({})", " GROUP BY CUBE({})", ""]).flatmap(
        lambda form: lists.map(form.format) if form else st.just("")
    ),
    conditions.map(" HAVING {}".format) | st.just("") | st.just(""),
    lists.map(" ORDER BY {} DESC NULLS LAST".format) | st.just(""),
    st.sampled_from(["", "", " LIMIT 1", " LIMIT 0", " LIMIT 99999999999999999999"]),
    st.sampled_from(["", "", " OFFSET 1", " OFFSET 2001"]),
)


def answered_or_refused(text: str) -> None:
    refused: soql.SoqlError | None = None
    try:
        query = WORLD.compile(text, settings=soql.Settings(time_zone="Europe/Oslo"))
        query.run(WORLD.connection)
        soql.explain(WORLD.connection, query)
        if soql.bulk_refusal(query) is None:
            assert len(list(query.text_rows(WORLD.connection))) == len(list(query.csv_lines(WORLD.connection)))
    except soql.SoqlError as error:
        refused = error
    assert refused is None or (refused.code.isupper() and refused.message.encode())


@settings(max_examples=300, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    text=st.builds(
        "SELECT {} FROM {}{}".format,
        st.lists(items, min_size=1, max_size=3).map(", ".join),
        st.sampled_from(["Gadget__c", "gadget__C g", "Task", "Account"]),
        clauses.map("".join),
    )
)
def test_queries_of_the_right_form_with_anything_in_them(text: str) -> None:
    answered_or_refused(text)


@settings(max_examples=200, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    text=st.lists(
        st.sampled_from(
            [
                *FIELDS,
                *CALLS,
                *VALUES,
                *OPERATORS,
                *WORDS,
            ]
        ),
        max_size=25,
    ).map(" ".join)
)
def test_heaps_of_tokens(text: str) -> None:
    answered_or_refused(text)


@settings(max_examples=200, deadline=None, database=None)
@given(text=st.text(max_size=60))
def test_any_text(text: str) -> None:
    answered_or_refused(text)
    answered_or_refused(f"SELECT Id FROM Account WHERE Name = '{text}'")
    answered_or_refused(f"SELECT Id FROM Account WHERE Name LIKE '{text}'")


CHARACTERS = {"escaped surrogate": "\\ud800", "surrogate": "\ud800", "NUL": "\x00"}


@pytest.mark.parametrize("character", CHARACTERS.values(), ids=CHARACTERS)
def test_characters_that_no_text_should_hold(character: str) -> None:
    for form in ("WHERE Name = '{}'", "WHERE Name LIKE '{}%'", "WHERE Name = {}", "{}"):
        answered_or_refused(f"SELECT Id FROM Account {form.format(character)}")
