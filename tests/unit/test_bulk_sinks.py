"""Downloaded tables: whole or taken back, pages joined without a header among the records, nothing short."""

from __future__ import annotations

import csv
import gzip
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from specforce.bulk.files import NewFile, Replacement
from specforce.bulk.gzip_target import GzipTarget
from specforce.bulk.joined_file import JoinedFile
from specforce.bulk.page_sink import PageSink
from specforce.bulk.pages import PageRef, PageTally, ResultPage, SeenLocators, header_columns
from specforce.bulk.sinks import ResultSink
from specforce_api.runtime.errors import ConnectionCut, DecodeError, IntegrityError

CELL = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), max_size=6) | st.sampled_from(
    ['"', "\n", "\r\n", ",", '"\n"', '""\n', "Name", '\n"']
)
PAGES = st.integers(1, 3).flatmap(
    lambda width: st.lists(st.lists(st.lists(CELL, min_size=width, max_size=width), max_size=6), min_size=1, max_size=4)
)


def page(rows: list[list[str]], width: int, newline: str = "\n") -> bytes:
    text = io.StringIO(newline="")
    names = [f"Name{place}" for place in range(width)]
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator=newline).writerows([names, *rows])
    return text.getvalue().encode()


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


def headers(records: int, locator: str = "null") -> dict[str, str]:
    return {"sforce-numberofrecords": str(records), "sforce-locator": locator}


def fetched(
    folder: Path, number: int, data: bytes, records: int, *, size: int, newline: str, zipped: bool
) -> ResultPage:
    """A page in a file of its own, after a try that was cut."""
    path = folder / f"page-{number}"
    with path.open("wb", buffering=0) as file:
        target = GzipTarget(file) if zipped else file
        sink = PageSink(target, "page", newline=newline.encode())
        sink.begin(headers(records))
        sink.put(cut(data[: len(data) // 2], size))
        sink.rewind()
        sink.begin(headers(records))
        sink.put(cut(data, size))
        sink.end()
        if isinstance(target, GzipTarget):
            target.finish()
    return ResultPage(number, None, None, sink.records, sink.header, path, ",", sink.body_start)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pages=PAGES,
    size=st.integers(1, 50),
    newline=st.sampled_from(["\n", "\r\n"]),
    ended=st.booleans(),
    zipped=st.booleans(),
    by_kernel=st.booleans(),
    marked=st.booleans(),
)
def test_pages_join_to_one_table(
    tmp_path: Path,
    *,
    pages: list[list[list[str]]],
    size: int,
    newline: str,
    ended: bool,
    zipped: bool,
    by_kernel: bool,
    marked: bool,
) -> None:
    width = max((len(row) for rows in pages for row in rows), default=1)
    mark = b"\xef\xbb\xbf" if marked else b""
    written = [(rows, mark + page(rows, width, newline)) for rows in pages]
    if not ended:
        written = [(rows, data.removesuffix(newline.encode())) for rows, data in written]
    folder = Path(tempfile.mkdtemp(dir=tmp_path))
    tally = PageTally("job 750")

    with (
        pytest.MonkeyPatch.context() as patch,
        (folder / "out").open("wb", buffering=0) as file,
    ):
        if not by_kernel:
            patch.delattr("os.copy_file_range")
        joined = JoinedFile(file, folder / "out", zipped=zipped)
        for number, (rows, data) in enumerate(written, 1):
            found = fetched(folder, number, data, len(rows), size=size, newline=newline, zipped=zipped)
            tally.add(found)
            if not zipped:
                assert list(found.rows()) == rows
            joined.add(found)

    data = (folder / "out").read_bytes()
    expected = [row for rows in pages for row in rows]
    assert (gzip.decompress(data) if zipped else data) == mark + page(expected, width, newline)
    tally.refuse_total(len(expected))
    assert [path.name for path in folder.iterdir()] == ["out"]


@pytest.mark.parametrize("lost", [1, 3])
def test_a_page_with_fewer_records_than_promised_is_refused(tmp_path: Path, lost: int) -> None:
    rows = [["1", "two\nlines"], ["2", '"\n"'], ["3", ""], ["4", "x"]]
    with (tmp_path / "out").open("wb", buffering=0) as file:
        sink = PageSink(file, "page 1")
        sink.begin(headers(4))
        sink.put([page(rows[:-lost], 2)])
        with pytest.raises(IntegrityError, match=f"hold {4 - lost} records, Sforce-NumberOfRecords says 4"):
            sink.end()


@pytest.mark.parametrize("missing", [{"sforce-locator": "null"}, {"sforce-numberofrecords": "1"}])
def test_a_page_without_its_headers_is_refused(tmp_path: Path, missing: dict[str, str]) -> None:
    with (tmp_path / "out").open("wb", buffering=0) as file, pytest.raises(DecodeError, match="without Sforce"):
        PageSink(file, "page 1").begin(missing)


def test_a_page_with_other_columns_is_refused(tmp_path: Path) -> None:
    tally = PageTally("job 750")
    tally.add(ResultPage(1, None, "a", 1, b'"Id"\n', tmp_path, ",", 5))
    tally.add(ResultPage(2, "a", "b", 1, b'\xef\xbb\xbf"Id"\r\n', tmp_path, ",", 9))

    with pytest.raises(IntegrityError, match="page 3 of job 750 has other columns than the pages before"):
        tally.add(ResultPage(3, "b", None, 1, b'"Id","Name"\n', tmp_path, ",", 12))


def test_pages_that_dont_make_up_the_total_are_refused(tmp_path: Path) -> None:
    tally = PageTally("job 750")
    tally.add(ResultPage(1, None, None, 4, b'"Id"\n', tmp_path, ",", 5))

    tally.refuse_total(4)
    with pytest.raises(IntegrityError, match="job 750 found 5 records, its pages hold 4"):
        tally.refuse_total(5)


@pytest.mark.parametrize(
    ("data", "error", "message"),
    [
        (b"", IntegrityError, "not even a header line"),
        (b'"sf__Id","sf__Error",A\n"","x","1', ConnectionCut, "inside a quoted cell"),
        (b'"sf__Id","sf__Error",A\n"","x","1"\n', IntegrityError, "hold 1 rows, the job's counters say 2"),
        (b"x" * 300_000, DecodeError, "no header line"),
    ],
)
def test_a_result_file_that_isnt_whole_is_refused(
    tmp_path: Path, data: bytes, error: type[Exception], message: str
) -> None:
    with (tmp_path / "out").open("wb", buffering=0) as file:
        sink = ResultSink(file, "the results", expected=2)

        def pour() -> None:
            sink.put([data])
            sink.end()

        with pytest.raises(error, match=message):
            pour()


def test_locators_that_come_again_are_refused() -> None:
    seen = SeenLocators("job 750")

    for number, locator in enumerate([None, "a", "b"], 1):
        seen.add(PageRef(number, locator))
    with pytest.raises(IntegrityError, match="page 4 of job 750 was named before: 'a'"):
        seen.add(PageRef(4, "a"))


def test_a_page_reads_as_rows_and_dicts(tmp_path: Path) -> None:
    path = tmp_path / "page.csv"
    path.write_bytes(b'\xef\xbb\xbf"Id","Name"\n"1","a\nb"\n"2",""\n')
    found = ResultPage(1, None, None, 2, b'\xef\xbb\xbf"Id","Name"\n', path, ",", 15)

    assert found.columns == ("Id", "Name")
    assert list(found.rows()) == [["1", "a\nb"], ["2", ""]]
    assert list(found.dicts()) == [{"Id": "1", "Name": "a\nb"}, {"Id": "2", "Name": ""}]
    found.discard()
    assert not path.exists()
    with pytest.raises(DecodeError, match="isn't a header line"):
        header_columns(b"\n", ",")


def test_a_file_that_is_closed_first_isnt_opened_any_more(tmp_path: Path) -> None:
    file = NewFile(tmp_path / "late")
    file.close()

    with pytest.raises(ValueError, match="closed before it was opened"):
        file.open()

    assert list(tmp_path.iterdir()) == []


def test_a_replacement_appears_whole_with_the_usual_mode(tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.write_text("old")
    (tmp_path / "usual").touch()
    replacement = Replacement(path)
    replacement.open().write(b"new")

    assert path.read_text() == "old"
    replacement.commit()

    assert path.read_text() == "new"
    assert path.stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_a_replacement_that_cant_take_its_name_is_removed(tmp_path: Path) -> None:
    replacement = Replacement(tmp_path / "out")
    replacement.open()
    (tmp_path / "out").mkdir()

    with pytest.raises(OSError, match=r"directory"):
        replacement.commit()

    assert [path.name for path in tmp_path.iterdir()] == ["out"]
