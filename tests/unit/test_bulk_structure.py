"""The whole-file check: it refuses what isn't rows of the table, by line, and passes what is."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specforce.bulk.dialect import Dialect, LineEnding
from specforce.bulk.structure import Facts, Structure
from specforce_api.runtime.errors import InputError

CELL = st.text(alphabet=st.sampled_from('a",\n\r;|é€😀 '), max_size=6)
ROWS = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=1, max_size=12)
)


def written(rows: list[list[str]], newline: str = "\n") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=newline, quoting=csv.QUOTE_ALL).writerows(rows)
    return text.getvalue().encode()


def examine(data: bytes, width: int, ending: LineEnding = "LF") -> Facts:
    return Structure(width, Dialect(line_ending=ending)).examine(data, row=1, line=2)


@given(ROWS, st.sampled_from([("LF", "\n"), ("CRLF", "\r\n")]), st.booleans())
def test_every_written_table_passes_with_its_facts(
    rows: list[list[str]], kind: tuple[LineEnding, str], ended: bool
) -> None:
    ending, newline = kind
    data = written(rows, newline)
    cells = [cell for row in rows for cell in row]

    facts = examine(data if ended else data.removesuffix(newline.encode()), len(rows[0]), ending)

    assert facts == Facts(
        rows=len(rows),
        lines=data.count(b"\n"),
        feeds=any("\n" in cell.replace("\r\n", "") for cell in cells),
        pairs=any("\r\n" in cell for cell in cells),
    )


@given(ROWS, st.integers(0, 11), st.sampled_from(["more", "fewer"]))
def test_a_ragged_row_is_refused_by_its_line(rows: list[list[str]], place: int, how: str) -> None:
    place %= len(rows)
    width = len(rows[0])
    ragged = [list(row) for row in rows]
    ragged[place] = [*ragged[place], "x"] if how == "more" or width == 1 else ragged[place][:-1]
    line = 2 + sum(written([row]).count(b"\n") for row in ragged[:place])

    with pytest.raises(InputError, match=rf"^line {line} \(row {place + 1}\): {len(ragged[place])} cells"):
        examine(written(ragged), width)


@pytest.mark.parametrize(
    ("data", "ending", "message"),
    [
        (b"1,2\n\n3,4\n", "LF", "line 3 .row 2.: a blank line between rows"),
        (b"1,2\r\n\r\n3,4\r\n", "CRLF", "line 3 .row 2.: a blank line between rows"),
        (b"1,2\n3,4\r\n", "LF", "line 3 .row 2.: ends in CR LF, the header in LF"),
        (b"1,2\r\n3,4\n5,6\r\n", "CRLF", "line 3 .row 2.: ends in LF, the header in CR LF"),
        (b"1,2\n3\r3,4\n", "LF", "line 3 .row 2.: a line break outside quotes"),
        (b"1,x\ry\n", "CRLF", "line 2 .row 1.: ends in LF, the header in CR LF"),
        (b'1,"2\r\n3"\r\n4\rx,5\n', "CRLF", "line 4 .row 2.: ends in LF"),
        (b"1,2\n3,\xff4\n", "LF", "line 3: byte 0xff isn't UTF-8: pass encoding="),
        (b"1,\xe2\x82", "LF", "line 2: byte 0xe2 isn't UTF-8"),
        (b'1,"a\nb"\n\n\x00,1\n', "LF", "line 5: a NUL character"),
        (b'5" pipe,1\n6,2\n', "LF", "line 2 .row 1.: 1 cells|line 2 .row 1.: a line break outside quotes"),
    ],
)
def test_what_isnt_rows_of_the_table_is_refused(data: bytes, ending: LineEnding, message: str) -> None:
    with pytest.raises(InputError, match=message):
        examine(data, 2, ending)


@pytest.mark.parametrize("data", [b"\n", b"a\n\nb\n", b"a\n\n", b"a\n\r\nb\n"])
def test_an_empty_line_in_a_table_of_one_column_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match=r"a blank line between rows|ends in CR LF"):
        examine(data, 1)


def test_an_empty_cell_in_a_table_of_one_column_is_a_quoted_one() -> None:
    assert examine(b'a\n""\nb\n', 1).rows == 3


def test_lines_and_rows_are_counted_from_where_the_chunk_begins() -> None:
    structure = Structure(2, Dialect("SEMICOLON"))

    with pytest.raises(InputError, match=r"^line 1001 \(row 901\): 3 cells, the header has 2: \['1', '2', '3'\]"):
        structure.examine(b"a;b\n1;2;3\n", row=900, line=1000)
