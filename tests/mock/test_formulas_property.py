"""Formulas made at random are worked out by the database as a slow, obvious evaluator works them out."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from specforce_mockserver.clock import Clock
from specforce_mockserver.formulas import FormulaError
from specforce_mockserver.formulas.compiling import Compiler, Names
from specforce_mockserver.formulas.parsing import parse
from specforce_mockserver.formulas.sqlite_functions import SqlFunctions
from specforce_mockserver.records.lookup import value_sql
from specforce_mockserver.schema import ROW
from specforce_mockserver.schema_files import schema_of_text
from specforce_mockserver.tables import create_tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specforce_mockserver.schema import Schema


class Made(NamedTuple):
    """A formula and its value."""

    text: str
    value: float | str | bool


SCHEMA = """
[Box__c.fields]
Two__c = "int"
Half__c = "double(4, 2)"
Word__c = "string(20)"
Empty__c = "string(20)"
Yes__c = "boolean"
"""
NUMBERS = st.one_of(
    st.integers(0, 50).map(lambda number: Made(str(number), float(number))),
    st.sampled_from([Made("Two__c", 2.0), Made("half__C", 0.5)]),
)
TEXTS = st.one_of(
    st.text("abXY '\"\\é", max_size=5).map(lambda text: Made(quoted(text), text)),
    st.sampled_from([Made("Word__c", "word"), Made("Empty__c", "")]),
)
BOOLEANS = st.sampled_from([Made("TRUE", True), Made("false", False), Made("Yes__c", True)])


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def number_of(made: Made) -> float:
    assert isinstance(made.value, float)
    return made.value


def arithmetic(operator: str, left: Made, right: Made) -> Made:
    one, two = number_of(left), number_of(right)
    values = {"+": one + two, "-": one - two, "*": one * two}
    return Made(f"({left.text} {operator} {right.text})", values[operator])


def compared(operator: str, left: Made, right: Made) -> Made:
    one, two = number_of(left), number_of(right)
    values = {"=": one == two, "<>": one != two, "<": one < two, ">=": one >= two}
    return Made(f"({left.text} {operator} {right.text})", values[operator])


def larger(left: Made, right: Made) -> Made:
    return Made(f"MAX({left.text}, {right.text})", max(number_of(left), number_of(right)))


def chosen(condition: Made, then: Made, otherwise: Made) -> Made:
    value = then.value if condition.value else otherwise.value
    return Made(f"IF({condition.text}, {then.text}, {otherwise.text})", value)


def joined(left: Made, right: Made) -> Made:
    return Made(f"({left.text} & {right.text})", f"{left.value}{right.value}")


def left_of(made: Made, count: int) -> Made:
    return Made(f"LEFT({made.text}, {count})", str(made.value)[:count])


def right_of(made: Made, count: int) -> Made:
    return Made(f"RIGHT({made.text}, {count})", str(made.value)[-count:] if count else "")


def alike(left: Made, right: Made) -> Made:
    return Made(f"({left.text} = {right.text})", left.value == right.value)


def contains(left: Made, right: Made) -> Made:
    return Made(f"CONTAINS({left.text}, {right.text})", str(right.value) in str(left.value))


def both(left: Made, right: Made) -> Made:
    return Made(f"AND({left.text}, {right.text})", bool(left.value and right.value))


def either(left: Made, right: Made) -> Made:
    return Made(f"({left.text} || {right.text})", bool(left.value or right.value))


def numbers(depth: int) -> st.SearchStrategy[Made]:
    if depth == 0:
        return NUMBERS
    below = numbers(depth - 1)
    return st.one_of(
        NUMBERS,
        st.builds(arithmetic, st.sampled_from("+-*"), below, below),
        below.map(lambda each: Made(f"-{each.text}", -number_of(each))),
        below.map(lambda each: Made(f"ABS({each.text})", abs(number_of(each)))),
        st.builds(larger, below, below),
        texts(depth - 1).map(lambda each: Made(f"LEN({each.text})", float(len(str(each.value))))),
        st.builds(chosen, booleans(depth - 1), below, below),
    )


def texts(depth: int) -> st.SearchStrategy[Made]:
    if depth == 0:
        return TEXTS
    below = texts(depth - 1)
    return st.one_of(
        TEXTS,
        st.builds(joined, below, below),
        st.builds(left_of, below, st.integers(0, 9)),
        st.builds(right_of, below, st.integers(0, 9)),
        st.builds(chosen, booleans(depth - 1), below, below),
    )


def booleans(depth: int) -> st.SearchStrategy[Made]:
    if depth == 0:
        return BOOLEANS
    below, number, text = booleans(depth - 1), numbers(depth - 1), texts(depth - 1)
    return st.one_of(
        BOOLEANS,
        st.builds(compared, st.sampled_from(["=", "<>", "<", ">="]), number, number),
        st.builds(alike, text, text),
        st.builds(contains, text, text),
        st.builds(both, below, below),
        st.builds(either, below, below),
        below.map(lambda each: Made(f"NOT({each.text})", not each.value)),
        text.map(lambda each: Made(f"ISBLANK({each.text})", each.value == "")),
    )


@pytest.fixture(scope="module")
def world() -> Iterator[tuple[Schema, sqlite3.Connection]]:
    schema = schema_of_text(SCHEMA)
    connection = sqlite3.connect(":memory:")
    SqlFunctions(Clock("manual", start_s=0), "UTC").register(connection)
    create_tables(connection, schema)
    connection.execute(
        "INSERT INTO Box__c (Id, Two__c, Half__c, Word__c, Yes__c) VALUES ('a00000000000001AAA', 2, 0.5, 'word', 1)"
    )
    yield schema, connection
    connection.close()


@settings(max_examples=400, deadline=None)
@given(made=st.one_of(numbers(3), texts(3), booleans(3)))
def test_the_database_and_python_work_out_the_same(world: tuple[Schema, sqlite3.Connection], made: Made) -> None:
    schema, connection = world
    names = Names({}, lambda _sobject, field, row: value_sql(field, row), iter("fgh"))
    found = Compiler(names, schema["Box__c"]).compile(made.text)
    (value,) = connection.execute(f"SELECT {found.sql.replace(ROW, 't')} FROM Box__c AS t").fetchone()

    assert value == made.value


@settings(max_examples=300, deadline=None)
@given(text=st.text("abc_$.'\"()+-*/^&=<>!|,1 2\\IF", max_size=40))
def test_whatever_is_written_is_a_formula_or_refused(text: str) -> None:
    with contextlib.suppress(FormulaError):
        parse(text)
