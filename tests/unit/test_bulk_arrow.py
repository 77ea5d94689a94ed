"""Chunks of CSV as Arrow: rows, dicts and Arrow's text are the same; what doesn't fit is found, counted and kept."""

from __future__ import annotations

import csv
import io
import json

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from specforce.bulk.arrow import ArrowReader
from specforce.bulk.cells import read_batch
from specforce.errors import DecodeError

CELL = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), max_size=8) | st.sampled_from(
    ['"', "\n", "\r\n", ",", ";", '"\n"', "NA", "null", "true", " 1 ", "\ufeff"]
)


def as_csv(rows: list[list[str]], delimiter: str = ",") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n", delimiter=delimiter).writerows(rows)
    return text.getvalue().encode()


@given(
    rows=st.integers(1, 3).flatmap(
        lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=1, max_size=6)
    ),
    delimiter=st.sampled_from([",", ";", "\t", "|", "^", "`"]),
)
def test_text_is_the_same_as_rows_and_as_arrow(rows: list[list[str]], delimiter: str) -> None:
    names = [f"F{place}" for place in range(len(rows[0]))]
    chunk = as_csv(rows, delimiter)

    table = ArrowReader(names, {}, delimiter).read(chunk)

    cells = [[cell or None for cell in row] for row in read_batch(chunk, delimiter)]
    assert (
        [list(row.values()) for row in table.to_pylist()] == cells == [[cell or None for cell in row] for row in rows]
    )


GOOD = {
    "boolean": ("true", True),
    "int": ("7", 7),
    "double": ("1.5", 1.5),
    "date": ("2026-03-01", "2026-03-01"),
    "datetime": ("2026-03-01T10:00:00.000Z", "2026-03-01 10:00:00+00:00"),
    "time": ("10:00:00.000Z", "10:00:00"),
}


@given(
    kind=st.sampled_from(sorted(GOOD)),
    fits=st.lists(st.sampled_from(["good", "bad", "null"]), min_size=1, max_size=20),
)
def test_what_doesnt_fit_is_null_counted_and_kept(kind: str, fits: list[str]) -> None:
    good, value = GOOD[kind]
    cells = {"good": good, "bad": "x y", "null": ""}
    reader = ArrowReader(["Key", "Value"], {"Value": kind}, ",", "text")

    found = reader.read(as_csv([[str(place), cells[fit]] for place, fit in enumerate(fits)]))

    assert found.schema == reader.schema
    values = [None if each is None else str(each) for each in found.column("Value").to_pylist()]
    assert values == [str(value) if fit == "good" else None for fit in fits]
    texts = [json.loads(text)["Value"] if text else None for text in found.column("_unconverted").to_pylist()]
    assert texts == ["x y" if fit == "bad" else None for fit in fits]
    assert reader.unconverted.total() == fits.count("bad")


@pytest.mark.parametrize("on_error", ["raise", "null", "text"])
def test_what_isnt_a_table_raises_all_the_same(on_error: str) -> None:
    reader = ArrowReader(["A", "B"], {"A": "int"}, ",", on_error)  # type: ignore[arg-type]

    with pytest.raises(DecodeError):
        reader.read(b'"1","2"\n"3"\n')


def test_types_of_columns_are_those_of_the_table() -> None:
    reader = ArrowReader(["A", "B"], {"A": "int"}, ",")

    assert reader.empty().schema == pa.schema([("A", pa.int64()), ("B", pa.string())])
