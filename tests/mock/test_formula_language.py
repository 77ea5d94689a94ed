"""What each operator and function of formulas makes, worked out by the org's own database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from specforce_mockserver.clock import Clock
from specforce_mockserver.formulas import FormulaError, compile_rule
from specforce_mockserver.formulas.compiling import Compiler, Names
from specforce_mockserver.formulas.sqlite_functions import SqlFunctions
from specforce_mockserver.records.lookup import value_sql
from specforce_mockserver.schema import ROW
from specforce_mockserver.schema_files import schema_of_text
from specforce_mockserver.tables import create_tables

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from specforce_mockserver.schema import Schema

SCHEMA = """
[Box__c.fields]
Text__c = "string(80)"
Empty__c = "string(80)"
Number__c = "double(10, 2)"
None__c = "double(10, 2)"
Share__c = "percent(5, 2)"
Day__c = "date"
At__c = "datetime"
Yes__c = "boolean"
Kind__c = "picklist(Red, Blue)"
Tags__c = "multipicklist(A, B, C)"
"""
VALUES = """INSERT INTO Box__c (Id, Text__c, Number__c, Share__c, Day__c, At__c, Yes__c, Kind__c, Tags__c) VALUES
('a00000000000001AAA', 'it''s so', 12.5, 50, '2024-01-31', '2024-01-31T10:30:00.000Z', 1, 'Red', 'A;B')"""


@pytest.fixture(scope="module")
def schema() -> Schema:
    return schema_of_text(SCHEMA)


@pytest.fixture(scope="module")
def connection(schema: Schema) -> Iterator[sqlite3.Connection]:
    import sqlite3

    found = sqlite3.connect(":memory:")
    SqlFunctions(Clock("manual", start_s=0), "UTC").register(found)
    create_tables(found, schema)
    found.execute(VALUES)
    yield found
    found.close()


def worked_out(connection: sqlite3.Connection, schema: Schema, formula: str) -> Any:
    names = Names({}, lambda _sobject, field, row: value_sql(field, row), iter("fgh"))
    found = Compiler(names, schema["Box__c"]).compile(formula)
    return connection.execute(f"SELECT {found.sql.replace(ROW, 't')} FROM Box__c AS t").fetchone()[0]


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        # operators
        ("1 + 2 * 3 - 4 / 8", 6.5),
        ("2 ^ 3 ^ 2", 512.0),
        ("(1 + 2) * -3", -9.0),
        ("7 - 2 - 1", 4.0),
        ("1 / 0", None),
        ("'a' & 'b' & \"c\"", "abc"),
        ("'a' + Empty__c & 'b'", "ab"),
        ("Number__c + None__c", None),
        ("Number__c > None__c", 0),
        ("Number__c >= 12.5 && Yes__c", 1),
        ("!Yes__c || 1 = 1", 1),
        ("1 <> 1", 0),
        ("'a' == 'A'", 0),
        ("Empty__c = ''", 1),
        ("Empty__c = NULL", 1),
        ("None__c = None__c", 1),
        ("Share__c * 2", 1.0),
        ("'it\\'s so' = Text__c", 1),
        ("1 /* one */ + 1", 2.0),
        ("tExT__c", "it's so"),
        # conditions
        ("IF(Yes__c, 'a', 'b')", "a"),
        ("IF(Number__c > 20, 'many', IF(Number__c > 10, 'some', 'few'))", "some"),
        ("CASE(Kind__c, 'Red', 1, 'Blue', 2, 0)", 1.0),
        ("CASE(MONTH(Day__c), 1, 'Jan', 2, 'Feb', 'later')", "Jan"),
        ("AND(Yes__c, TRUE, NOT(FALSE))", 1),
        ("OR(FALSE, ISBLANK(Empty__c))", 1),
        ("ISBLANK(None__c)", 1),
        ("ISNULL(Number__c)", 0),
        ("BLANKVALUE(Empty__c, 'x')", "x"),
        ("NULLVALUE(None__c, 3)", 3.0),
        ("ISPICKVAL(Kind__c, 'Red')", 1),
        ("INCLUDES(Tags__c, 'B')", 1),
        ("INCLUDES(Tags__c, 'C')", 0),
        # text
        ("LEFT('abc', 2) & RIGHT('abc', 1) & RIGHT('abc', 9)", "abcabc"),
        ("RIGHT('abc', 0)", ""),
        ("MID('abcdef', 2, 3)", "bcd"),
        ("LEN(Text__c)", 7),
        ("CONTAINS(Text__c, 'so')", 1),
        ("BEGINS(Text__c, 'so')", 0),
        ("FIND('b', 'abcb')", 2),
        ("FIND('b', 'abcb', 3)", 4),
        ("FIND('z', 'abcb')", 0),
        ("SUBSTITUTE('a-b', '-', '+')", "a+b"),
        ("TRIM(' a ') & UPPER('b') & LOWER('C')", "aBc"),
        ("LPAD('7', 3, '0') & RPAD('ab', 4) & LPAD('long', 2)", "007ab  lo"),
        ("TEXT(Number__c) & TEXT(3.0) & TEXT(Day__c) & TEXT(Kind__c)", "12.532024-01-31Red"),
        ("TEXT(At__c)", "2024-01-31 10:30:00Z"),
        ("VALUE('12.50')", 12.5),
        ("VALUE('twelve')", None),
        ("ISNUMBER('12') && !ISNUMBER('x') && !ISNUMBER('')", 1),
        # numbers
        ("ABS(-2) + CEILING(1.2) + FLOOR(1.8)", 5.0),
        ("ROUND(2.345, 2)", 2.35),
        ("ROUND(1250, -2)", 1300.0),
        ("MOD(7, 3)", 1.0),
        ("MAX(1, 3, 2) - MIN(4, 2)", 1.0),
        ("SQRT(16) + LOG(100) + LN(EXP(1))", 7.0),
        # dates
        ("TODAY()", "1970-01-01"),
        ("NOW()", "1970-01-01T00:00:00.000Z"),
        ("Day__c + 1", "2024-02-01"),
        ("Day__c - 31", "2023-12-31"),
        ("Day__c - DATE(2024, 1, 1)", 30.0),
        ("At__c + 0.5", "2024-01-31T22:30:00.000Z"),
        ("(At__c - DATETIMEVALUE('2024-01-31 10:00:00')) * 24 * 60", 30.0),
        ("DATEVALUE(At__c) = Day__c", 1),
        ("YEAR(Day__c) * 100 + MONTH(Day__c)", 202401),
        ("DAY(Day__c) + WEEKDAY(Day__c)", 35),
        ("ADDMONTHS(Day__c, 1)", "2024-02-29"),
        ("ADDMONTHS(DATE(2024, 2, 29), 1)", "2024-03-31"),
        ("ADDMONTHS(DATE(2024, 1, 15), -1)", "2023-12-15"),
    ],
)
def test_a_formula_makes_what_it_says(
    connection: sqlite3.Connection, schema: Schema, formula: str, value: object
) -> None:
    found = worked_out(connection, schema, formula)

    assert found == (pytest.approx(value) if isinstance(value, float) else value)


@pytest.mark.parametrize(
    "formula",
    [
        " & ".join(["Text__c"] * 400),
        " + ".join(["1"] * 600),
        " && ".join(["Yes__c"] * 500),
        "".join(f"IF(Number__c = {number}, 'n{number}', " for number in range(50)) + "''" + ")" * 50,
        "(" * 25 + "1" + ")" * 25,
    ],
)
def test_long_formulas_are_within_what_the_database_can_parse(
    connection: sqlite3.Connection, schema: Schema, formula: str
) -> None:
    assert worked_out(connection, schema, formula) is not None


@pytest.mark.parametrize(
    "formula",
    [
        "UPPER(" * 40 + "'a'" + ")" * 40,
        "1 + (" * 55 + "1" + ")" * 55,
        "ABS(1 - " * 50 + "1" + ")" * 50,
        "SUBSTITUTE(" * 30 + "'a'" + ", 'a', 'b')" * 30,
    ],
)
def test_a_formula_beyond_the_bounds_is_refused_and_no_crash(
    connection: sqlite3.Connection, schema: Schema, formula: str
) -> None:
    with pytest.raises(FormulaError, match="nested"):
        worked_out(connection, schema, formula)


@pytest.mark.parametrize(
    "formula",
    ["'a' + 1", "1 & 'a'", "IF(1, 2, 3)", "IF(Yes__c, 1, 'a')", "Yes__c > Yes__c", "Day__c < At__c", "LEN(1)",
     "CASE(1, 2, 3)", "-'a'", "!1", "MAX('a', 'b')", "TEXT(Yes__c)", "$User.Id", "a.b.c", "'open", "1 2", "LEFT(,)",
     "Text__c[0]", "'\0'"],
)  # fmt: skip
def test_kinds_and_names_that_dont_fit_are_refused(
    connection: sqlite3.Connection, schema: Schema, formula: str
) -> None:
    with pytest.raises(FormulaError):
        worked_out(connection, schema, formula)


def test_a_rule_must_be_true_or_false(schema: Schema) -> None:
    with pytest.raises(FormulaError, match="expected boolean instead of number"):
        compile_rule(schema, schema["Box__c"], "1", row="t", old="o")
