"""From a source to parts: nothing lost at any part size, from every kind of source, and every bad source refused."""

from __future__ import annotations

import csv
import io
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from specforce.bulk.parts import MAX_PART_BYTES, Limits, Part
from specforce.bulk.sources import BlockingParts
from specforce.bulk.table import TableOptions
from specforce_api.runtime.errors import InputError
from tests.covers import covers

if TYPE_CHECKING:
    from collections.abc import Iterator

CELL = st.text(alphabet=st.sampled_from('a",\n;é€😀 '), max_size=6)
ROWS = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=1, max_size=12)
)
in_any_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def parts_of(
    source: Any, folder: Path, *, part_bytes: int = 10**6, part_rows: int | None = None, **more: Any
) -> list[Part]:
    spool = Path(tempfile.mkdtemp(prefix="spool-", dir=folder))
    options = TableOptions(operation="insert", limits=Limits(part_bytes, part_rows), **more)
    return BlockingParts(source, options, spool).all()


def sent(part: Part) -> bytes:
    return b"".join(part.open())


def read(data: bytes, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode(), newline="\n"), delimiter=delimiter))


def csv_of(rows: list[list[str]], newline: str = "\n") -> bytes:
    text = io.StringIO(newline="")
    names = [f"C{place}__c" for place in range(len(rows[0]))]
    csv.writer(text, lineterminator=newline, quoting=csv.QUOTE_ALL).writerows([names, *rows])
    return text.getvalue().encode()


@in_any_folder
@given(ROWS, st.integers(250, 500), st.none() | st.integers(1, 5), st.sampled_from(["path", "bytes", "pieces", "rows"]))
@covers("D8")
def test_splitting_loses_nothing_at_any_part_size(
    tmp_path: Path, rows: list[list[str]], part_bytes: int, part_rows: int | None, kind: str
) -> None:
    data = csv_of(rows)
    names = read(data)[0]
    path = tmp_path / "source.csv"
    path.write_bytes(data)
    source: Any = {
        "path": path,
        "bytes": data,
        "pieces": (data[at : at + 7] for at in range(0, len(data), 7)),
        "rows": (dict(zip(names, row, strict=True)) for row in rows),
    }[kind]

    parts = parts_of(source, tmp_path, part_bytes=part_bytes, part_rows=part_rows)

    tables = [read(sent(part)) for part in parts]
    assert all(table[0] == names for table in tables)
    assert [row for table in tables for row in table[1:]] == rows
    first_row = 1
    for number, (part, table) in enumerate(zip(parts, tables, strict=True), 1):
        assert (part.number, part.first_row, part.rows) == (number, first_row, len(table) - 1)
        assert len(sent(part)) == part.sent_bytes == part.size <= part_bytes
        assert part_rows is None or part.rows <= part_rows
        first_row += part.rows
        if kind != "rows":
            assert data.split(b"\n")[part.first_line - 1] == sent(part).split(b"\n")[1]


def test_a_path_is_not_copied(tmp_path: Path) -> None:
    path = tmp_path / "source.csv"
    path.write_bytes(b"A\n1\n2\n3\n")

    parts = parts_of(path, tmp_path, part_rows=2)

    assert [(part.path, part.start, part.end) for part in parts] == [(path, 2, 6), (path, 6, 8)]
    assert not list(tmp_path.glob("spool-*/*"))


def test_a_part_can_be_opened_again_and_again(tmp_path: Path) -> None:
    (part,) = parts_of(iter([b"A\n1\n", b"2\n"]), tmp_path)

    assert sent(part) == sent(part) == b"A\n1\n2\n"


def test_an_open_file_inside_an_archive_is_a_source(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("source.csv", b"A\r\n1\r\n")

    with zipfile.ZipFile(tmp_path / "a.zip") as archive, archive.open("source.csv") as file:
        (part,) = parts_of(file, tmp_path)

    assert sent(part) == b"A\r\n1\r\n"
    assert part.dialect.line_ending == "CRLF"


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "latin-1"])
def test_another_encoding_arrives_as_utf8(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "source.csv"
    path.write_bytes("Näme__c,B\né,2\n".encode(encoding))

    (part,) = parts_of(path, tmp_path, encoding=encoding, mapping={"Näme__c": "Name"})

    assert sent(part) == "Name,B\né,2\n".encode()


def test_a_changed_file_is_not_sent_on(tmp_path: Path) -> None:
    path = tmp_path / "source.csv"
    path.write_bytes(b"A\n1\n")
    (part,) = parts_of(path, tmp_path)

    path.write_bytes(b"A\n1\n2\n")

    with pytest.raises(InputError, match="was changed while it was loaded"):
        sent(part)


def test_columns_left_out_are_not_sent(tmp_path: Path) -> None:
    source = b'A,B,C\r\n1,"x\r\ny",3\r\n"4,4",5,"6"\r\n'

    (part,) = parts_of(source, tmp_path, mapping={"B": None, "C": "C__c"})

    assert sent(part) == b'A,C__c\r\n1,3\r\n"4,4","6"\r\n'
    assert part.sent_bytes is None


@pytest.mark.parametrize(
    ("source", "newlines", "expected"),
    [
        # What spreadsheets write: rows end in CR LF, cells hold LF. No value changes.
        (b'A,B\r\n1,"x\ny"\r\n"2",3\r\n', "keep", b'A,B\n1,"x\ny"\n"2",3\n'),
        (b'A,B\n1,"x\r\ny"\n', "keep", b'A,B\r\n1,"x\r\ny"\r\n'),
        (b'A,B\n1,"x\ry"\n', "keep", b'A,B\n1,"x\ry"\n'),
        (b'A,B\r\n1,"x\r\ny"\r\n', "keep", b'A,B\r\n1,"x\r\ny"\r\n'),
        (b'A,B\r\n1,"x\ny\r\nz"\r\n', "LF", b'A,B\n1,"x\ny\nz"\n'),
        (b'A,B\n1,"x\ny\r\nz\rw"\n', "CRLF", b'A,B\r\n1,"x\r\ny\r\nz\r\nw"\r\n'),
        (b'A,B\n1,"x\ny"\n', "LF", b'A,B\n1,"x\ny"\n'),
    ],
)
def test_a_job_gets_line_breaks_of_one_kind(tmp_path: Path, source: bytes, newlines: str, expected: bytes) -> None:
    (part,) = parts_of(source, tmp_path, newlines=newlines)

    assert sent(part) == expected
    assert (b"\r\n" in expected) == (part.dialect.line_ending == "CRLF")


def test_cells_with_both_kinds_of_line_breaks_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"rows 1 to 2: .*newlines='LF'"):
        parts_of(b'A\n"x\ny"\n"x\r\ny"\n', tmp_path)


@pytest.mark.parametrize("source", [b"A,B\n", b"A,B", b"\xef\xbb\xbfA,B\r\n\r\n"])
def test_a_header_without_rows_makes_no_part(tmp_path: Path, source: bytes) -> None:
    assert parts_of(source, tmp_path) == []


def test_no_rows_make_no_part(tmp_path: Path) -> None:
    assert parts_of([], tmp_path) == []
    assert parts_of([], tmp_path, columns=["A"]) == []


@pytest.mark.parametrize("source", [b"", b"\n"])
def test_an_empty_source_is_refused(tmp_path: Path, source: bytes) -> None:
    with pytest.raises(InputError, match="not even a header"):
        parts_of(source, tmp_path)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (b"A,B\n1,2\n" + b"x" * 100 + b",y\n", r"line 3 \(row 2\): the row has 103 bytes, and a part may have 60"),
        (b'A,B\n1,2\n"' + b"x\n" * 100 + b'",y\n', r"line 3 \(row 2\): the row has"),
        (b"A,B\n1,2\n3,4,5\n", r"line 3 \(row 2\): 3 cells, the header has 2: \['3', '4', '5'\]"),
        (b'A,B\n1,2\n3,"4\n', r"line 3 \(row 2\): a quoted cell isn't closed before the end"),
        (b"A,B\n1,2\n3,\xff\n", "line 3: byte 0xff isn't UTF-8"),
        (b"A,A\n1,2\n", "the column 'A' appears 2 times"),
    ],
)
def test_a_bad_source_is_refused_by_its_line(tmp_path: Path, source: bytes, message: str) -> None:
    path = tmp_path / "source.csv"
    path.write_bytes(source)

    for each in (path, source, iter([source[:5], source[5:]])):
        with pytest.raises(InputError, match=message):
            parts_of(each, tmp_path, part_bytes=60)


def test_a_quote_that_is_never_closed_is_named_by_its_row(tmp_path: Path) -> None:
    pieces = iter([b'A,B\n1,2\n"never', *[b"closed,\n" * 10] * 10])

    with pytest.raises(InputError, match=r"line 3 \(row 2\): the row hasn't ended after 60 bytes.* never closed"):
        parts_of(pieces, tmp_path, part_bytes=60)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("no/such/file.csv", "there is no file"),
        (".", "isn't a file"),
        (iter(["text"]), "yields text"),
        (io.StringIO("A\n1\n"), "yields text"),
        (iter([7]), "yields int"),
        ({"A": "1"}, r"one row: put it into a list"),
        ([{"A": "1"}], "mapping names the column 'C'"),
    ],
)
def test_what_isnt_a_source_is_refused(tmp_path: Path, source: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parts_of(source, tmp_path, mapping={"C": "D"})


def test_limits_that_salesforce_hasnt_are_refused() -> None:
    with pytest.raises(InputError, match=f"at most {MAX_PART_BYTES}"):
        Limits(MAX_PART_BYTES + 1)
    with pytest.raises(InputError, match="at least one row"):
        Limits(part_rows=0)


def test_an_unknown_encoding_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such encoding"):
        parts_of(b"A\n1\n", tmp_path, encoding="utf-9")


def test_a_source_in_another_encoding_than_declared_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="isn't utf-16"):
        parts_of(iter([b"A\n1\n2"]), tmp_path, encoding="utf-16")


def test_rows_are_spooled_as_they_come(tmp_path: Path) -> None:
    taken = 0

    def rows() -> Iterator[dict[str, str]]:
        nonlocal taken
        for _ in range(10_000):
            taken += 1
            yield {"A": "x"}

    spool = tmp_path / "spool"
    spool.mkdir()
    parts = BlockingParts(rows(), TableOptions(operation="insert", limits=Limits(part_rows=1_500)), spool)

    part = parts.next()
    assert part is not None
    assert part.rows == 1_500
    assert taken == 2_000
