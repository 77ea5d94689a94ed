"""What is SOQL and what isn't, before any schema is asked. Rows: specs/reference/soql.md sections 1, 2 and 5."""

from __future__ import annotations

import time

import pytest

from specforce_mockserver.soql.errors import Fault, SoqlError
from specforce_mockserver.soql.parser import MAX_CHARS, parse
from specforce_mockserver.soql.tokens import MAX_NESTING
from specforce_mockserver.soql.tree import Compare, Not
from tests.mock.reference import row

ACCEPTED = {
    "soql.md#1 names and keywords in any case": "select nAmE fRoM a WHERE name like 'a%' oRdEr By NAME nulls last",
    "soql.md#1 objects named like keywords": "SELECT Id FROM Group GROUP BY Id",
    "soql.md#1 an object named Order": "SELECT Id FROM Order ORDER BY Id",
    "soql.md#1 alias and parent alias": "SELECT c.Id, a.Name FROM Contact c, c.Account a WHERE a.Name = 'x'",
    "soql.md#1 subquery": "SELECT Id, (SELECT Id FROM Contacts WHERE Name = 'x' ORDER BY Id LIMIT 2) FROM Account",
    "soql.md#1 TYPEOF": "SELECT TYPEOF What WHEN Account THEN Phone, Name WHEN Case THEN Subject ELSE Id END FROM Task",
    "soql.md#1 COUNT()": "SELECT COUNT() FROM Account LIMIT 5",
    "soql.md#1 aliases of aggregates": "SELECT COUNT(Id) cnt1, MAX(Amount) most FROM Opportunity GROUP BY StageName",
    "soql.md#1 ROLLUP": "SELECT Name, COUNT(Id) FROM Account GROUP BY ROLLUP(Name, Type) HAVING COUNT(Id) > 1",
    "soql.md#1 CUBE": "SELECT Name FROM Account GROUP BY CUBE(Name, CALENDAR_YEAR(CreatedDate))",
    "soql.md#1 convertTimezone": "SELECT HOUR_IN_DAY(convertTimezone(CreatedDate)) FROM Account GROUP BY "
    "HOUR_IN_DAY(convertTimezone(CreatedDate))",
    "soql.md#1 DISTANCE": "SELECT Id FROM A WHERE DISTANCE(Place__c, GEOLOCATION(37.7, -122.4), 'mi') < 20",
    "soql.md#1 USING SCOPE": "SELECT Id FROM Account USING SCOPE mine WHERE Name = 'x'",
    "soql.md#1 WITH a mode": "SELECT Id FROM Account WITH USER_MODE",
    "soql.md#1 WITH DATA CATEGORY": "SELECT Id FROM A WITH DATA CATEGORY Geo__c AT usa__c AND P__c BELOW (x__c, y__c)",
    "soql.md#1 WITH a call": "SELECT Id FROM A WITH RecordVisibilityContext(maxDescriptorPerRecord=100)",
    "soql.md#1 FOR VIEW and REFERENCE": "SELECT Id FROM Account LIMIT 1 FOR VIEW FOR REFERENCE",
    "soql.md#1 UPDATE TRACKING, VIEWSTAT": "SELECT Id FROM Account UPDATE TRACKING, VIEWSTAT",
    "soql.md#1 FOR UPDATE": "SELECT Id FROM Account FOR UPDATE",
    "soql.md#2 NOT": "SELECT Id FROM Account WHERE NOT Name = 'a' AND NOT (Name = 'b' OR NOT Name = 'c')",
    "soql.md#2 NOT IN and semi-join": "SELECT Id FROM A WHERE x NOT IN ('a', 'b') AND Id IN (SELECT P FROM B)",
    "soql.md#2 INCLUDES": "SELECT Id FROM A WHERE x INCLUDES ('A;B', 'C') AND y EXCLUDES ('D')",
    "soql.md#2 <>": "SELECT Id FROM A WHERE x <> 'a'",
    "soql.md#2 literals": "SELECT Id FROM A WHERE a = USD5000.5 AND b = -2.5 AND c = 1e3 AND d = TRUE AND e = null AND "
    "f = 2020-01-01 AND g > 2020-01-01T00:00:00+01:00 AND h = 10:00:00.000Z AND i = LAST_N_DAYS:3 AND j = TODAY",
    "soql.md#2 escapes": r"SELECT Id FROM A WHERE a = '\n\r\t\b\f\"\'\\\u00e9' AND b LIKE '50\%\_'",
    "whitespace of every kind": "\n\tSELECT\r\n Id\tFROM\n Account \n",
}


@pytest.mark.parametrize("text", ACCEPTED.values(), ids=ACCEPTED)
@row("soql.md#1", "SELECT fieldList")
@row("soql.md#1", "FROM Obj")
@row("soql.md#1", "WITH SECURITY_ENFORCED")
@row("soql.md#1", "[FOR VIEW")
@row("soql.md#1", "ORDER BY f")
@row("soql.md#1", "[GROUP BY f")
@row("soql.md#2", "cond :=")
@row("soql.md#2", "Literals:")
def test_the_grammar_takes_the_reference_forms(text: str) -> None:
    parse(text)


REFUSED = {
    "soql.md#5 first word": ("SELEKT Id FROM Account", "unexpected token: 'SELEKT'"),
    "soql.md#5 end of text": ("SELECT Id FROM Account WHERE", "unexpected token: '<EOF>'"),
    "soql.md#5 SELECT FROM": ("SELECT FROM X", "unexpected token: 'SELECT FROM'"),
    "soql.md#5 USING everything": ("SELECT Id FROM Account USING everything", "unexpected token: 'everything'"),
    "soql.md#5 IN ()": ("SELECT Id FROM Account WHERE ParentId IN ()", "unexpected token: 'ParentId IN ()'"),
    "soql.md#5 AND and OR mixed": ("SELECT Id FROM A WHERE a = 1 AND b = 2 OR c = 3", "unexpected token: 'OR'"),
    "soql.md#2 OR and AND mixed": ("SELECT Id FROM A WHERE a = 1 OR b = 2 AND c = 3", "unexpected token: 'AND'"),
    "soql.md#5 three nested functions": ("SELECT F(G(H(x))) FROM A", "unexpected token: '('"),
    "soql.md#5 no token": ("SELECT $x FROM Account", "line 1:7 unexpected token: '$'"),
    "soql.md#5 string without end": ("SELECT Id FROM A WHERE x = 'abc", "line 1:31 mismatched character '<EOF>'"),
    "soql.md#1 bind": ("SELECT Id FROM A WHERE x = :name", "Bind variables only allowed in Apex code"),
    "soql.md#1 bound list": ("SELECT Id FROM A WHERE x IN :names", "Bind variables only allowed in Apex code"),
    "soql.md#1 bound LIMIT": ("SELECT Id FROM A LIMIT :n", "Bind variables only allowed in Apex code"),
    "soql.md#1 ALL ROWS": ("SELECT Id FROM A ALL ROWS", "ALL ROWS not allowed"),
    "soql.md#2 a word as value": ("SELECT Id FROM A WHERE x = foo", "unexpected token: 'foo'"),
    "soql.md#3 no such date literal": (
        "SELECT Id FROM A WHERE x = LAST_FORTNIGHT",
        "unexpected token: 'LAST_FORTNIGHT'",
    ),
    "soql.md#3 n must be above 0": ("SELECT Id FROM A WHERE x = LAST_N_DAYS:0", "unexpected token: 'LAST_N_DAYS:0'"),
    "soql.md#1 clauses in order": ("SELECT Id FROM A LIMIT 1 ORDER BY Id", "unexpected token: 'ORDER'"),
    "soql.md#1 LIMIT is whole": ("SELECT Id FROM A LIMIT 1.5", "unexpected token: '1.5'"),
    "soql.md#1 LIMIT isn't negative": ("SELECT Id FROM A LIMIT -1", "unexpected token: '-1'"),
    "soql.md#1 alias of the wrong form": ("SELECT COUNT(Id) a.b FROM A", "unexpected token: 'a.b'"),
    "two statements": ("SELECT Id FROM A; SELECT Id FROM B", "unexpected token: ';'"),
    "nothing": ("", "SOQL statements cannot be empty or null"),
    "only spaces": (" \n ", "SOQL statements cannot be empty or null"),
}


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED)
@row("soql.md#5", "bare (lexer")
@row("soql.md#5", "USING everything")
@row("soql.md#5", "ParentId IN ()")
@row("soql.md#5", "SELECT FROM X")
@row("soql.md#5", "AND/OR mixed")
@row("soql.md#5", "three nested functions")
def test_the_grammar_refuses_with_the_words_of_version_61(text: str, message: str) -> None:
    with pytest.raises(Fault) as refused:
        parse(text)
    error = refused.value.error(text)
    assert error.code == "MALFORMED_QUERY"
    assert message in error.message


def caret(text: str) -> SoqlError:
    with pytest.raises(Fault) as refused:
        parse(text)
    return refused.value.error(text)


@row("soql.md#5", "MALFORMED_QUERY, caret form")
@row("soql.md#5", "Caret rule")
def test_a_position_is_shown_under_the_query() -> None:
    """soql.md#5: the recorded caret form."""
    error = caret("SELECT Id FROM Account WHERE")
    assert error.message == (
        "\nSELECT Id FROM Account WHERE\n                            ^\nERROR at Row:1:Column:29\n"
        "unexpected token: '<EOF>'"
    )
    assert (error.row, error.column) == (1, 29)


def test_a_position_far_to_the_right_is_shown_in_a_window() -> None:
    """soql.md#5: the column counts from the true start."""
    text = f"SELECT {', '.join(['LongFieldName__c'] * 20)} FROM A WHERE x = = 1"
    window, line, place, _message = caret(text).message.removeprefix("\n").split("\n")
    column = text.index("= =") + 2
    assert place == f"ERROR at Row:1:Column:{column + 1}"
    assert window == text[column - 32 :]
    assert line == " " * 32 + "^"


def test_a_position_in_a_later_line_counts_rows() -> None:
    error = caret("SELECT Id\nFROM Account\nWHERE Name == 'x'")
    assert (error.row, error.column) == (3, 13)
    assert error.message.startswith("\nWHERE Name == 'x'\n            ^\nERROR at Row:3:Column:13\n")


@row("soql.md#1", "| Length |")
def test_a_text_of_the_greatest_length_is_parsed_and_one_more_is_refused() -> None:
    """soql.md#1: at most 100,000 characters."""
    text = "SELECT Id FROM A WHERE Id = 'x'"
    parse(text + " " * (MAX_CHARS - len(text)))
    assert caret(text + " " * (MAX_CHARS - len(text) + 1)).code == "MALFORMED_QUERY"


@pytest.mark.parametrize(
    "text",
    [
        f"SELECT Id FROM A WHERE {'(' * 40_000}x = 1{')' * 40_000}",
        f"SELECT Id FROM A WHERE {'(' * (MAX_NESTING + 1)}x = 1{')' * (MAX_NESTING + 1)}",
        "SELECT Id FROM A WHERE " + "(" * 99_000,
        f"SELECT {'(SELECT Id, ' * 8_000}",
        f"SELECT {'F(' * 45_000}",
    ],
    ids=["closed", "one too many", "open", "subqueries", "functions"],
)
def test_absurd_nesting_is_malformed(text: str) -> None:
    started = time.perf_counter()
    assert caret(text).code == "MALFORMED_QUERY"
    assert time.perf_counter() - started < 5


def test_a_long_run_of_not_is_one_or_none() -> None:
    assert isinstance(parse("SELECT Id FROM A WHERE " + "NOT " * 20_000 + "x = 1").where, Compare)
    assert isinstance(parse("SELECT Id FROM A WHERE " + "NOT " * 20_001 + "x = 1").where, Not)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT Id FROM A WHERE x = '" + "\\'" * 49_000,
        "a" * 100_000,
        "'" * 99_999,
        "SELECT " + "a." * 49_000,
        "1" * 100_000,
    ],
    ids=["escapes", "one word", "quotes", "path", "digits"],
)
def test_hostile_texts_are_refused_at_once(text: str) -> None:
    started = time.perf_counter()
    assert caret(text).code == "MALFORMED_QUERY"
    assert time.perf_counter() - started < 5
