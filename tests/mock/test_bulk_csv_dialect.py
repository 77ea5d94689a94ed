"""The CSV dialect of Bulk API 2.0 as the fake org reads it (reference/bulk_v2.md sections 6 and 7)."""

from __future__ import annotations

import csv
import io
import re
from typing import Literal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from specforce_mockserver.bulk.blocks import header_line, last_record_end, record_blocks
from specforce_mockserver.bulk.dialect import DELIMITERS, Dialect
from specforce_mockserver.bulk.failure import JobFailure
from specforce_mockserver.bulk.rows import RowReader
from specforce_mockserver.bulk.scan import scan
from tests.mock.reference import row

LF = Dialect()
CRLF = Dialect(line_ending="CRLF")


def read(data: bytes, dialect: Dialect = LF, batch_rows: int = 10_000) -> tuple[list[list[str]], dict[int, str]]:
    """All rows of an upload, header included, and the faults by row."""
    spaced = scan(io.BytesIO(data), dialect)
    width = len(next(csv.reader(io.StringIO(data.decode(), newline=""), delimiter=dialect.delimiter)))
    rows: list[list[str]] = []
    faults: dict[int, str] = {}
    for batch in RowReader(dialect, width, spaced=spaced, batch_rows=batch_rows).batches(io.BytesIO(data)):
        assert len(batch.rows) <= batch_rows
        faults.update((len(rows) + place, fault) for place, fault in batch.faults.items())
        rows += batch.rows
    return rows, faults


def failure_of(data: bytes, dialect: Dialect = LF) -> str:
    with pytest.raises(JobFailure) as failed:
        scan(io.BytesIO(data), dialect)
    return failed.value.error_message


@pytest.mark.parametrize(
    ("dialect", "setting", "data"),
    [
        (LF, "LF", b"A,B\r\n1,2\r\n"),
        (LF, "LF", b'A,B\n1,"x\r\ny"\n'),
        (LF, "LF", b"A,B\n1\r2\n"),
        (CRLF, "CRLF", b"A,B\n1,2\n"),
        (CRLF, "CRLF", b'A,B\r\n1,"x\ny"\r\n'),
        (CRLF, "CRLF", b"A,B\r\n1\r,2\r\n"),
    ],
)
@row("bulk_v2.md#6", "`lineEnding` must match")
def test_line_endings_of_the_other_kind_fail_the_job_even_inside_quotes(
    dialect: Dialect, setting: str, data: bytes
) -> None:
    """Row: bulk_v2.md section 7, `ClientInputError : LineEnding is invalid on user data` [S]."""
    assert failure_of(data, dialect) == (
        f"ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is {setting}"
    )


@pytest.mark.parametrize(
    "data",
    [
        b'A,B\n1,x"y\n',
        b'A,B\n1,x"y"\n',
        b'A,B\n"1"2,3\n',
        b'A,B\n1,x""y\n',
        b'\xef\xbb\xbf"A","B"\n"1","2"\n',
        b'A,B\n1,"2" "3"\n',
    ],
)
def test_a_stray_quote_fails_the_job(data: bytes) -> None:
    """Row: bulk_v2.md section 7, `Found unescaped quote` [S]; the third to last is a BOM before a quoted header."""
    assert failure_of(data) == (
        "InvalidBatch : Failed to parse CSV. Found unescaped quote. A value with quote should be within a quote"
    )


def test_an_unclosed_quote_fails_the_job() -> None:
    assert failure_of(b'A,B\n1,"2\n3,4\n') == (
        "InvalidBatch : Failed to parse CSV. EOF reached before closing an opened quote"
    )


def test_bytes_that_are_not_utf_8_fail_the_job() -> None:
    """Row: bulk_v2.md section 6, `UTF-8` [P]; the text is our own."""
    assert failure_of("A\nMünchen\n".encode("latin-1")).startswith("ClientInputError : ")


@row("bulk_v2.md#6", "Quote with")
def test_values_are_not_trimmed() -> None:
    """Row: bulk_v2.md section 6, `No trimming: a, b keeps the space` [P]."""
    assert read(b"A,B\nJohn, Smith\n") == ([["A", "B"], ["John", " Smith"]], {})


@pytest.mark.parametrize("record", [b'"John", "Smith"', b'"John" ,"Smith"', b' "John","Smith"', b'"John","Smith" '])
@row("bulk_v2.md#6", "Quote with")
def test_a_space_beside_a_quote_fails_its_row_alone(record: bytes) -> None:
    """Row: bulk_v2.md section 6, `space between quote and delimiter is a row error` [P]."""
    rows, faults = read(b"A,B\n1,2\n" + record + b"\n3,4\n")
    assert len(rows) == 4
    assert rows[3] == ["3", "4"]
    assert [*faults] == [2]


def test_empty_lines_carry_no_record() -> None:
    assert read(b"A,B\n\n1,2\n\n") == ([["A", "B"], ["1", "2"]], {})


def test_rows_of_the_wrong_width_fail_alone_and_are_shown_at_the_header_s_width() -> None:
    rows, faults = read(b"A,B\n1\n1,2,3\n1,2\n")
    assert rows[1:] == [["1", ""], ["1", "2"], ["1", "2"]]
    assert [*faults] == [1, 2]


@row("bulk_v2.md#8", "| chars per field")
def test_a_cell_over_the_limit_fails_its_row_alone() -> None:
    """Row: bulk_v2.md section 8, 131,072 characters per field."""
    rows, faults = read(b"A,B\n" + b"x" * 131_073 + b",2\n3,4\n")
    assert [*faults] == [1]
    assert rows[2] == ["3", "4"]


def test_a_record_without_end_is_given_up_in_bounded_memory() -> None:
    with pytest.raises(JobFailure):
        list(record_blocks(io.BytesIO(b'A\n"' + b"x\n" * 5_000_000), 1 << 18))


def test_the_header_may_hold_line_ends_in_quotes_and_the_data_begins_after_it() -> None:
    stream = io.BytesIO(b'"A\nB",C\n1,2\n')
    assert header_line(stream) == b'"A\nB",C\n'
    assert stream.tell() == 8
    assert header_line(io.BytesIO(b"A,B")) == b"A,B"
    assert header_line(io.BytesIO(b"")) == b""


Quoting = Literal[0, 1]
cells = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\r\n\0"), max_size=8)
anything = st.one_of(cells, st.text('",\n\r ;ü', max_size=6))


@settings(max_examples=150, deadline=None)
@given(
    table=st.lists(st.lists(anything, min_size=2, max_size=2), min_size=1, max_size=30),
    delimiter=st.sampled_from([*DELIMITERS]),
    line_ending=st.sampled_from(["LF", "CRLF"]),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    block_bytes=st.integers(1, 40),
    batch_rows=st.integers(1, 7),
)
@example(table=[["a", 'b"']], delimiter="COMMA", line_ending="CRLF", quoting=csv.QUOTE_ALL, block_bytes=1, batch_rows=1)
def test_any_well_formed_table_is_read_back_cell_by_cell(
    *, table: list[list[str]], delimiter: str, line_ending: str, quoting: Quoting, block_bytes: int, batch_rows: int
) -> None:
    dialect = Dialect(delimiter, line_ending)
    table = [["A", "B"], *([re.sub("\r*\n", dialect.newline, cell) for cell in row] for row in table)]
    if any("\r" in cell for row in table for cell in row):
        quoting = csv.QUOTE_ALL
    sink = io.StringIO(newline="")
    csv.writer(sink, delimiter=dialect.delimiter, lineterminator=dialect.newline, quoting=quoting).writerows(table)
    data = sink.getvalue().encode()
    assert scan(io.BytesIO(data), dialect) is False
    blocks = [*record_blocks(io.BytesIO(data), block_bytes)]
    assert b"".join(blocks) == data
    assert all(block.count(b'"') % 2 == 0 for block in blocks)
    assert read(data, dialect, batch_rows) == (table, {})


@given(st.lists(st.sampled_from(['"', "\n", "x"]), max_size=40).map("".join))
def test_a_block_ends_after_the_last_line_feed_outside_quotes(text: str) -> None:
    ends = [place + 1 for place, char in enumerate(text) if char == "\n" and text.count('"', 0, place) % 2 == 0]
    assert last_record_end(text.encode()) == (ends[-1] if ends else 0)
