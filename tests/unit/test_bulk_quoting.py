"""Stray quotes: none in what a CSV writer writes, found in whatever has one."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specforce.bulk.quoting import has_stray_quote

CELL = st.text(alphabet='ab",;\n\r ', max_size=6)


@given(
    rows=st.lists(st.lists(CELL, min_size=2, max_size=3), min_size=1, max_size=5),
    newline=st.sampled_from(["\n", "\r\n"]),
    delimiter=st.sampled_from(",;"),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    ended=st.booleans(),
)
def test_what_a_writer_writes_has_none(
    rows: list[list[str]], newline: str, delimiter: str, quoting: int, ended: bool
) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=newline, quoting=quoting).writerows(rows)  # type: ignore[arg-type]
    data = text.getvalue() if ended else text.getvalue().removesuffix(newline)

    assert not has_stray_quote(data.encode(), delimiter.encode())


@pytest.mark.parametrize(
    "data",
    ['a"b"c,d\n', '"a"b,c\n', 'a "b",c\n', '"a" ,b\n', 'a""b,c\n', '5" x,6" y\n', '"a"\rb,c\n', 'x ""\n'],
)
def test_quotes_where_no_cell_has_them_are_found(data: str) -> None:
    assert has_stray_quote(data.encode(), b",")
