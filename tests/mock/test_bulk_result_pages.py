"""Pages of a query job's result file: cut anywhere, joined again (reference/bulk_v2.md section 5)."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from specforce_mockserver.bulk.dialect import Dialect
from specforce_mockserver.bulk.locators import locator, row_of
from specforce_mockserver.bulk.pages import PageIndex, after_records
from specforce_mockserver.calls import ApiError

JOB = "750Sf0000000001AAA"
cells = st.text(st.sampled_from('a",\n\r é'), max_size=5)


def line(row: list[str]) -> str:
    sink = io.StringIO(newline="")
    Dialect().writer(sink).writerow(row)
    return sink.getvalue()


def written(folder: str, lines: list[str]) -> PageIndex:
    index = PageIndex(Path(folder, "results.csv"), b'"A","B"\n')
    for _ in index.write(lines):
        pass
    return index


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(cells, min_size=2, max_size=2), max_size=60), st.integers(1, 25))
def test_pages_of_any_size_join_to_the_whole_result(rows: list[list[str]], page_rows: int) -> None:
    with TemporaryDirectory() as folder:
        index = written(folder, [line(row) for row in rows])
        data = index.path.read_bytes()
        joined: list[list[str]] = []
        for first in range(0, len(rows), page_rows):
            page = index.page(first, page_rows)
            text = data[page.start : page.start + page.length].decode()
            found = list(csv.reader(io.StringIO(text, newline="")))
            assert len(found) == page.rows
            joined += found
    assert joined == rows


def test_a_row_is_found_behind_thousands_of_others_with_line_ends_in_their_cells() -> None:
    rows = [[str(number), "x\n" * (number % 4)] for number in range(5_432)]
    with TemporaryDirectory() as folder:
        index = written(folder, [line(row) for row in rows])
        assert len(index.mark_rows) < 10
        page = index.page(4_321, 2)
        text = index.path.read_bytes()[page.start : page.start + page.length].decode()
    assert list(csv.reader(io.StringIO(text, newline=""))) == rows[4_321:4_323]


def test_a_page_behind_the_end_is_empty() -> None:
    with TemporaryDirectory() as folder:
        assert written(folder, []).page(0, 10) == (0, 0, 0)
        assert written(folder, [line(["1", "2"])]).page(1, 10).rows == 0


def test_records_are_skipped_with_their_quoted_line_ends() -> None:
    assert after_records(b'"a\nb"\n"c"\n', 1) == 6


@pytest.mark.parametrize("version", ["47.0", "48.0", "49.0", "67.0"])
def test_a_locator_leads_to_its_row_in_its_own_job_only(version: str) -> None:
    """Row: bulk_v2.md section 5, `Sforce-Locator`: opaque, base64 of a row offset up to 48.0 [S]."""
    given_locator = locator(JOB, version, 10_000)
    assert "=" not in given_locator
    assert row_of(given_locator, JOB, version, 10_001) == 10_000
    for wrong in ("", "null", "x", "!!", given_locator + "A", locator(JOB, version, 10_001)):
        with pytest.raises(ApiError, match="invalid locator"):
            row_of(wrong, JOB, version, 10_001)


def test_numeric_locators_are_those_of_the_recordings() -> None:
    """Row: bulk_v2.md section 5, old form `MTAwMDA`, `MjAwMDAw` [S]."""
    assert locator(JOB, "48.0", 10_000) == "MTAwMDA"
    assert locator(JOB, "48.0", 200_000) == "MjAwMDAw"


def test_a_locator_of_another_job_is_refused() -> None:
    with pytest.raises(ApiError, match="invalid locator"):
        row_of(locator("750Sf0000000002AAA", "67.0", 5), JOB, "67.0", 10)
