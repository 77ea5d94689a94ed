"""Python values and rows as CSV: the table of docs/values.md, and refusals that name row and column."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specforce.bulk.dialect import Dialect
from specforce.bulk.rows import RowWriter, columns_of
from specforce.bulk.structure import Facts, Structure
from specforce.bulk.values import Cells
from specforce_api.runtime.errors import InputError
from tests.covers import covers


class Colour(Enum):
    RED = "Red"


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, "#N/A"),
        ("", ""),
        ("  kept ", "  kept "),
        (True, "true"),
        (False, "false"),
        (7, "7"),
        (-(10**20), "-100000000000000000000"),
        (1.5, "1.5"),
        (1e300, "1e+300"),
        (Decimal("1E+3"), "1000"),
        (Decimal("0.10"), "0.10"),
        (date(2026, 3, 1), "2026-03-01"),
        (datetime(2026, 3, 1, 10, 0, 0, 123_456, tzinfo=UTC), "2026-03-01T10:00:00.123Z"),
        (datetime(2026, 3, 1, 1, tzinfo=timezone(timedelta(hours=2))), "2026-02-28T23:00:00.000Z"),
        (time(10, 5), "10:05:00.000Z"),
        (time(10, 5, tzinfo=UTC), "10:05:00.000Z"),
        (["b", "a"], "b;a"),
        ({"b", "a"}, "a;b"),
        ([], "#N/A"),
        (Colour.RED, "Red"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (Fraction(1, 2), "0.5"),
    ],
)
def test_each_value_has_one_cell(value: object, cell: str) -> None:
    assert Cells()[type(value)](value) == cell


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (float("nan"), "nan='null'"),
        (Decimal("NaN"), "nan='null'"),
        (Decimal("sNaN"), "nan='null'"),
        (float("inf"), "no field of Salesforce holds it"),
        (Decimal("-Infinity"), "no field of Salesforce holds it"),
        (datetime(2026, 3, 1), "no time zone"),  # noqa: DTZ001 - that is the point
        (time(1, tzinfo=timezone(timedelta(hours=2))), "a time field keeps none"),
        (b"x", "no binary values"),
        ({"Code__c": "x"}, "name the field in the column"),
        (["a;b"], "without ';'"),
        ([1], "without ';'"),
        (object(), "a object has no form in CSV"),
    ],
)
def test_what_cant_be_written_without_guessing_is_refused(value: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Cells()[type(value)](value)


def test_nan_is_null_where_the_caller_says_so() -> None:
    cells = Cells("null")

    assert cells[float](float("nan")) == "#N/A"
    assert cells[Decimal](Decimal("NaN")) == "#N/A"
    with pytest.raises(InputError):
        cells[float](float("inf"))


def writer(columns: list[str], **more: Any) -> RowWriter:
    return RowWriter(columns, cells=Cells(), **more)


CELL = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), max_size=8) | st.sampled_from(
    ['"', ",", "\n", "\r\n", "\r", ";", " ", '""', "a,b", "'"]
)


@given(
    st.integers(1, 4).flatmap(lambda w: st.lists(st.lists(CELL, min_size=w, max_size=w), min_size=1, max_size=8)),
    st.sampled_from([",", "\t", "|", ";", "^", "`"]),
)
@covers("W4", "D12")
def test_any_text_survives_writing(rows: list[list[str]], delimiter: str) -> None:
    columns = [f"C{place}__c" for place in range(len(rows[0]))]

    data, facts = writer(columns, delimiter=delimiter).write(rows, row=1)

    assert list(csv.reader(io.StringIO(data.decode(), newline="\n"), delimiter=delimiter)) == rows
    name = {",": "COMMA", "\t": "TAB", "|": "PIPE", ";": "SEMICOLON", "^": "CARET", "`": "BACKQUOTE"}[delimiter]
    structure = Structure(len(columns), Dialect(name))  # type: ignore[arg-type]  # one of the six
    assert structure.examine(data, row=1, line=1) == facts


def test_cells_are_quoted_only_where_they_must_be() -> None:
    data, facts = writer(["A", "B"]).write([{"A": "1", "B": "2"}, {"A": "x,y", "B": 'say "hi"'}, {"A": ""}], row=1)

    assert data == b'1,2\n"x,y","say ""hi"""\n,\n'
    assert facts == Facts(rows=3, lines=3)


def test_a_missing_key_is_an_empty_cell_and_none_is_null() -> None:
    data, _ = writer(["A", "B"]).write([{"A": None}, {"B": 1}], row=1)

    assert data == b"#N/A,\n,1\n"


def test_columns_are_the_keys_of_the_first_rows_in_order() -> None:
    assert columns_of([{"b": 1}, {"a": 1, "b": 2}]) == ("b", "a")
    with pytest.raises(InputError, match="pass columns="):
        columns_of([[1, 2]])
    with pytest.raises(InputError, match="isn't text"):
        columns_of([{1: 2}])  # type: ignore[dict-item]  # that is the point


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"A": "1", "B": "2"}, {"A": "1", "Bb": "2"}], "row 11 has the key 'Bb'.*did you mean 'B'"),
        ([{"A": "1", "B": "2"}, {"A": 1, "B": float("nan")}], "row 11, column 'B': nan"),
        ([["1", "2"], ["1", "2", "3"]], "row 11: 3 values for 2 columns"),
        ([{"A": "1", "B": "2"}, ["1", "2"]], "row 11 is a list: rows are all mappings or all sequences"),
        ([["1", "2"], ["1", "\0"]], "row 11: a NUL character"),
        ([["1", "2"], ["1", "\ud800"]], "row 11: .* can't be written as UTF-8"),
    ],
)
def test_refusals_name_the_row(rows: list[Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        writer(["A", "B"]).write(rows, row=10)


def test_columns_that_arent_sent_arent_written() -> None:
    data, _ = writer(["A", "B", "C"], kept=(0, 2)).write([{"A": "1", "B": object(), "C": "3"}], row=1)

    assert data == b"1,3\n"
