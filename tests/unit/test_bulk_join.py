"""Results joined to input rows: a permutation of the input, identical rows as a multiset, nothing twice or dropped."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from specforce.bulk.columns import names_sent
from specforce.bulk.join import join_part, keep_alike
from specforce.bulk.outcomes import Counts, Kind
from specforce.bulk.parts import Limits, Part
from specforce.bulk.report import LoadReport
from specforce.bulk.report_rows import FailureReason
from specforce.bulk.results import ResultReader, ResultSet, RowError, row_error
from specforce.bulk.sources import BlockingParts
from specforce.bulk.table import TableOptions
from specforce.bulk.workspace import Workspace
from specforce_api.runtime.errors import ConnectionCut, DecodeError, InputError, IntegrityError

in_any_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def result_file(header: list[str], rows: list[list[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows([header, *rows])
    return text.getvalue().encode()


def reader(result_set: ResultSet, names: list[str], rows: list[list[str]]) -> ResultReader:
    system = {
        "successful": ["sf__Id", "sf__Created"],
        "failed": ["sf__Id", "sf__Error"],
        "unprocessed": [],
    }[result_set]
    data = result_file([*system, *names], rows)
    return ResultReader(iter([data[:9], data[9:]]), result_set, ",")


class Load:
    """A load whose results the test makes up."""

    def __init__(self, source: Any, folder: Path, **more: Any) -> None:
        self.workspace = Workspace(folder)
        options = TableOptions(operation="insert", **more)
        self.parts = BlockingParts(source, options, self.workspace.folder).all()
        self.counts = Counts()

    def join(self, part: Part, names: list[str], *readers: ResultReader) -> Counts:
        counts = join_part(self.workspace.outcomes, part, names, readers)
        self.counts += counts
        return counts

    def report(self, columns: list[str]) -> LoadReport:
        return LoadReport(
            sobject="Account",
            operation="insert",
            counts=self.counts,
            jobs=(),
            method="bulk",
            seconds=1.0,
            detailed=True,
            _columns=tuple(columns),
            _parts=tuple(self.parts),
            _workspace=self.workspace,
        )


CELL = st.sampled_from(["a", "b", "", 'x"y', "1,2", "l\nm", "é"])


@in_any_folder
@given(
    rows=st.lists(st.tuples(CELL, CELL, st.sampled_from(["created", "updated", "failed", "unprocessed"])), min_size=1),
    shuffle=st.randoms(use_true_random=False),
    columns_back=st.permutations(["A", "B"]),
    part_rows=st.none() | st.integers(1, 4),
)
def test_joined_results_are_a_permutation_of_the_input(
    tmp_path: Path, rows: list[tuple[str, str, str]], shuffle: Any, columns_back: list[str], part_rows: int | None
) -> None:
    source = result_file(["A", "B"], [[a, b] for a, b, _ in rows])
    load = Load(source, Path(tempfile.mkdtemp(dir=tmp_path)), limits=Limits(part_rows=part_rows))
    order = [["A", "B"].index(name) for name in columns_back]
    for part in load.parts:
        mine = list(rows[part.first_row - 1 : part.first_row - 1 + part.rows])
        shuffle.shuffle(mine)
        back = [([(a, b)[place] for place in order], fate) for a, b, fate in mine]
        load.join(
            part,
            ["A", "B"],
            reader("successful", columns_back, [["id", "true", *cells] for cells, fate in back if fate == "created"]),
            reader("successful", columns_back, [["id", "false", *cells] for cells, fate in back if fate == "updated"]),
            reader(
                "failed", columns_back, [["", "CODE:text:F --", *cells] for cells, fate in back if fate == "failed"]
            ),
            reader("unprocessed", columns_back, [cells for cells, fate in back if fate == "unprocessed"]),
        )

    with load.report(["A", "B"]) as report:
        successes, failures = list(report.successes()), list(report.failures())
        left = list(report.unprocessed_rows())

    found = [*successes, *failures, *left]
    assert sorted(row.row for row in found) == list(range(1, len(rows) + 1))
    lines = source.split(b"\n")
    for row in found:
        assert (row.values["A"], row.values["B"]) == rows[row.row - 1][:2]
        assert row.line is not None
        assert lines[row.line - 1].startswith(b'"' + row.values["A"].replace('"', '""').split("\n")[0].encode())
    fates = Counter(
        [(*s.values.values(), "created" if s.created else "updated") for s in successes]
        + [(*f.values.values(), "failed") for f in failures]
        + [(*u.values.values(), "unprocessed") for u in left]
    )
    assert fates == Counter(rows)
    assert load.counts.total == len(rows)


def test_identical_rows_get_identical_results_in_order(tmp_path: Path) -> None:
    load = Load(b"A\nx\nx\ny\nx\n", tmp_path)

    load.join(
        load.parts[0],
        ["A"],
        reader("successful", ["A"], [["1", "true", "x"], ["2", "true", "y"], ["3", "true", "x"], ["4", "true", "x"]]),
    )

    with load.report(["A"]) as report:
        assert [(row.row, row.id) for row in report.successes()] == [(1, "1"), (2, "3"), (3, "2"), (4, "4")]


@pytest.mark.parametrize(
    "surplus", [[["1", "true", "x"], ["2", "true", "z"]], [["1", "true", "x"], ["2", "true", "x"], ["3", "true", "x"]]]
)
def test_a_result_without_an_input_row_is_an_integrity_error(tmp_path: Path, surplus: list[list[str]]) -> None:
    load = Load(b"A\nx\nx\n", tmp_path)

    with pytest.raises(IntegrityError, match="1 result rows match no row that was sent"):
        load.join(load.parts[0], ["A"], reader("successful", ["A"], surplus))

    assert load.join(load.parts[0], ["A"], reader("successful", ["A"], [])).unknown == 2


def test_rows_without_a_result_are_unknown(tmp_path: Path) -> None:
    load = Load(b"A\nx\ny\n", tmp_path)

    counts = load.join(load.parts[0], ["A"], reader("failed", ["A"], [["", "C:t: --", "y"]]))

    assert counts == Counts(failed=1, unknown=1)


def test_only_columns_that_come_back_are_compared(tmp_path: Path) -> None:
    load = Load(b"A,Gone,B\n1,x,2\n1,y,3\n", tmp_path)

    counts = load.join(
        load.parts[0],
        ["A", "Gone", "B"],
        reader("successful", ["b", "a"], [["1", "true", "3", "1"]]),
        reader("failed", ["A", "B"], [["", "C:t: --", "1", "2"]]),
    )

    assert counts == Counts(created=1, failed=1)
    with load.report(["A", "Gone", "B"]) as report:
        assert [row.values for row in report.failures()] == [{"A": "1", "Gone": "x", "B": "2"}]


def test_results_without_any_sent_column_are_an_integrity_error(tmp_path: Path) -> None:
    load = Load(b"A\nx\n", tmp_path)

    with pytest.raises(IntegrityError, match="none of the columns that were sent: Z"):
        load.join(load.parts[0], ["A"], reader("successful", ["Z"], [["1", "true", "x"]]))


def test_line_breaks_compare_equal_whatever_their_kind(tmp_path: Path) -> None:
    load = Load(b'A\n"x\r\ny"\n"p\nq"\n', tmp_path, newlines="LF")

    counts = load.join(
        load.parts[0], ["A"], reader("successful", ["A"], [["1", "true", "x\ny"], ["2", "true", "p\nq"]])
    )

    assert counts == Counts(created=2)


def test_rows_that_were_never_sent_can_be_listed(tmp_path: Path) -> None:
    load = Load(b'A,B\n1,"x\ny"\n2,z\n3,\n', tmp_path, limits=Limits(part_rows=2), mapping={"B": None})
    for part in load.parts:
        keep_alike(load.workspace.outcomes, part, Kind.UNPROCESSED)
        load.counts += Counts(unprocessed=part.rows)

    with load.report(["A", "B"]) as report:
        rows = [(row.row, row.line, dict(row.values)) for row in report.unprocessed_rows()]

    assert rows == [
        (1, 2, {"A": "1", "B": "x\ny"}),
        (2, 4, {"A": "2", "B": "z"}),
        (3, 5, {"A": "3", "B": ""}),
    ]
    assert load.counts == Counts(unprocessed=3)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --",
            RowError("REQUIRED_FIELD_MISSING", "Required fields are missing: [LastName]", ("LastName",)),
        ),
        (
            "INVALID_CROSS_REFERENCE_KEY:invalid cross reference id:--",
            RowError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id"),
        ),
        ("STRING_TOO_LONG:a: b:A__c B__c --", RowError("STRING_TOO_LONG", "a: b", ("A__c", "B__c"))),
        ("CODE:no fields at all", RowError("CODE", "no fields at all")),
        ("CODE:what (a=b): is this? --", RowError("CODE", "what (a=b): is this? --")),
        ("just words", RowError("", "just words")),
        ("http://example.com", RowError("http", "//example.com")),
    ],
)
def test_error_texts_are_taken_apart(text: str, expected: RowError) -> None:
    assert row_error(text) == expected


def test_a_result_file_that_isnt_one_is_refused() -> None:
    with pytest.raises(DecodeError, match="begin with the columns"):
        ResultReader([b"Id,Name\n"], "failed", ",")
    with pytest.raises(DecodeError, match="not even a header"):
        ResultReader([], "failed", ",")
    with pytest.raises(ConnectionCut, match="inside a quoted cell"):
        list(ResultReader([b'"sf__Id","sf__Error",A\n', b'"","x:y: --","1'], "failed", ",").batches())
    with pytest.raises(IntegrityError, match="2 cells, its header has 3"):
        list(ResultReader([b'"sf__Id","sf__Error",A\n', b'"","x"\n'], "failed", ",").batches())


@pytest.fixture
def report(tmp_path: Path) -> LoadReport:
    load = Load(b'A,B\n1,"say ""hi"""\n2,y\n3,z\n4,w\n', tmp_path)
    load.join(
        load.parts[0],
        ["A", "B"],
        reader("successful", ["A", "B"], [["001", "false", "2", "y"]]),
        reader("failed", ["A", "B"], [["", "BAD:no: B --", "3", "z"], ["", "BAD:no: B --", "1", 'say "hi"']]),
        reader("unprocessed", ["A", "B"], [["4", "w"]]),
    )
    return load.report(["A", "B"])


def test_a_report_sums_up(report: LoadReport) -> None:
    assert (report.total, report.succeeded, report.created, report.updated) == (4, 1, 0, 1)
    assert (report.failed, report.unprocessed, report.unknown) == (2, 1, 0)
    reasons = list(report.failures_by_reason())
    assert reasons == [
        FailureReason(code="BAD", message="no", fields=("B",), rows=2, first_row=1, first_line=2),
    ]
    found = json.loads(report.to_json())
    assert (found["total"], found["failed"]) == (4, 2)
    assert found["reasons"][0]["first_line"] == 2


def test_rows_that_didnt_succeed_are_written_to_be_corrected(report: LoadReport, tmp_path: Path) -> None:
    target = tmp_path / "again.csv"

    assert report.write_csv(target) == 3
    assert target.read_text().splitlines() == [
        "sf__Row,sf__Line,sf__Id,sf__Error,A,B",
        '"1","2","","BAD:no: B --","1","say ""hi"""',
        "3,4,,BAD:no: B --,3,z",
        "4,5,,never tried,4,w",
    ]
    assert report.write_csv(target, rows="all", reasons=False) == 4
    assert target.read_text().splitlines()[:2] == ["A,B", '"1","say ""hi"""']
    with pytest.raises(InputError, match="it is one of 'failed'"):
        report.write_csv(target, rows="lost")  # type: ignore[arg-type]  # that is the point
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["again.csv"]


def test_a_closed_report_keeps_its_counts_and_no_files(report: LoadReport, tmp_path: Path) -> None:
    report.close()

    assert report.total == 4
    assert json.loads(report.to_json())["reasons"] == []
    assert [path for path in tmp_path.iterdir() if path.is_dir()] == []
    with pytest.raises(InputError, match="the report is closed"):
        next(report.failures())


def test_files_go_with_the_last_holder_of_the_report(tmp_path: Path) -> None:
    Workspace(tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_dropped_columns_have_no_sent_name() -> None:
    assert names_sent(["A", "B", "C"], (0, 2), ["X", "Y"]) == ["X", "", "Y"]
    assert names_sent(["A"], None, ["X"]) == ["X"]
