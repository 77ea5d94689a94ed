"""Record boundaries, counting and splitting, on any table of text."""

from __future__ import annotations

import csv
import io
import itertools
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specforce.bulk.records import (
    RecordCounter,
    RecordCutter,
    RecordTooLong,
    last_record_end,
    nth_record_end,
    whole_records,
)
from specforce.bulk.structure import split_records
from specforce_api.runtime.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

CELL = st.text(alphabet=st.sampled_from('a",\n\r;|é€😀 '), max_size=6)


def written(rows: list[list[str]], newline: str = "\n") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=newline, quoting=csv.QUOTE_ALL).writerows(rows)
    return text.getvalue().encode()


def tables(min_rows: int = 0) -> st.SearchStrategy[list[list[str]]]:
    return st.integers(1, 4).flatmap(
        lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=min_rows, max_size=12)
    )


def pieces(data: bytes, cuts: list[int]) -> Iterator[bytes]:
    borders = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    for start, end in itertools.pairwise(borders):
        yield data[start:end]


@given(tables(), st.sampled_from(["\n", "\r\n"]), st.lists(st.integers(0, 10_000)))
def test_any_pieces_of_any_table_give_whole_records(rows: list[list[str]], newline: str, cuts: list[int]) -> None:
    data = written(rows, newline)

    chunks = list(whole_records(pieces(data, cuts), 1 << 20))

    assert b"".join(chunks) == data
    for chunk in chunks:
        assert last_record_end(chunk) == len(chunk)
    read = [row for chunk in chunks for row in csv.reader(io.StringIO(chunk.decode(), newline="\n"))]
    assert read == rows


@given(tables(), st.lists(st.integers(0, 10_000)), st.booleans())
def test_records_are_counted_across_any_pieces(rows: list[list[str]], cuts: list[int], ended: bool) -> None:
    data = written(rows)
    counter = RecordCounter()

    for piece in pieces(data if ended else data.removesuffix(b"\n"), cuts):
        counter.feed(piece)

    assert counter.total() == len(rows)
    assert not counter.in_quotes


@given(tables(min_rows=1))
def test_a_table_cut_inside_a_cell_is_noticed(rows: list[list[str]]) -> None:
    data = written(rows)
    counter = RecordCounter()

    counter.feed(data[: data.rindex(b'"')])

    assert counter.in_quotes


@given(tables(min_rows=1))
def test_records_are_found_one_by_one(rows: list[list[str]]) -> None:
    data = written(rows)

    records = list(split_records(data))

    assert len(records) == len(rows)
    assert nth_record_end(data, len(rows)) == len(data)
    assert nth_record_end(data, len(rows) + 1) == 0
    assert nth_record_end(data, 1) == len(records[0])


def test_a_record_boundary_inside_a_limit_is_before_it() -> None:
    data = b'a,b\n"x\ny",2\nlast,3\n'

    assert last_record_end(data, limit=len(data)) == len(data)
    assert last_record_end(data, limit=len(data) - 1) == len(b'a,b\n"x\ny",2\n')
    assert last_record_end(data, limit=8) == len(b"a,b\n")
    assert last_record_end(data, limit=3) == 0


def test_a_quote_that_is_never_closed_stops_at_the_limit() -> None:
    cutter = RecordCutter(max_record_bytes=100)

    cutter.feed(b'1,"never\nclosed')

    with pytest.raises(RecordTooLong) as caught:
        cutter.feed(b"more\nlines\n" * 10)

    assert caught.value.in_quotes


def test_a_source_that_ends_inside_quotes_is_refused() -> None:
    with pytest.raises(InputError, match="inside a quoted cell"):
        list(whole_records([b'a,b\n"x'], 1 << 20))


@pytest.mark.parametrize("end", [b"\n", b"\n\n", b"\r\n\r\n", b"\n\r\n\n"])
def test_blank_lines_at_the_end_belong_to_no_record(end: bytes) -> None:
    cutter = RecordCutter(1 << 20)

    chunks = [cutter.feed(piece) for piece in (b"a,b", b"\n1,2", end)]

    assert b"".join(chunks) == b"a,b\n1,2" + (b"\r\n" if end.startswith(b"\r") else b"\n")
    assert cutter.finish() == b""


def test_a_blank_line_between_records_stays_to_be_refused() -> None:
    assert list(whole_records([b"1,2\n\n", b"3,4\n"], 1 << 20)) == [b"1,2\n", b"\n3,4\n"]
