"""Loads against the fake org, in both halves: every source, every operation, every row accounted for."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from specforce import Salesforce
from specforce.bulk import (
    FailedRow,
    JobPolled,
    LoadReport,
    PartSent,
    Progress,
    ResultsJoined,
    SourceChecked,
    report_of,
)
from specforce.errors import (
    InputError,
    IntegrityError,
    JobAborted,
    JobFailed,
    JobTimeout,
    SpecError,
)
from specforce.testing import FakeOrg
from tests.covers import covers
from tests.flows.bulk_org import SOURCES, BulkOrg, accounts, aiter_of, good_names, table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def org() -> Iterator[FakeOrg]:
    with FakeOrg("tests/schema.toml") as org:
        yield org


@pytest.mark.parametrize("kind", [*SOURCES, "iterator", "arrow", "parquet", "gzip"])
@covers("B1")
def test_every_source_loads_and_every_row_is_accounted_for(bulk: BulkOrg, kind: str, tmp_path: Path) -> None:
    rows = accounts(300, bad_every=10, twins=3)
    source = bulk.source(kind, table(rows), tmp_path)

    with bulk.load(bulk.connect(), source, max_part_rows=70, temp_folder=tmp_path) as report:
        failures, successes = list(report.failures()), list(report.successes())

    assert (report.total, report.succeeded, report.created, report.failed) == (300, 270, 270, 30)
    assert [row.row for row in failures] == list(range(10, 301, 10))
    assert {row.code for row in failures} == {"REQUIRED_FIELD_MISSING"}
    assert failures[0].line == (None if kind in ("rows", "arrow", "parquet") else 11)
    assert failures[0].values == {"Name": "", "Phone": "3"}
    assert sorted(row.row for row in successes) == [number for number in range(1, 301) if number % 10]
    assert len({row.id for row in successes}) == 270
    assert bulk.held() == good_names(rows)
    assert len(report.jobs) == 5
    assert not [path for path in tmp_path.iterdir() if path.stem.removesuffix(".csv") != "source"]


@pytest.mark.parametrize("half", ["async"], indirect=True)  # the sync half takes plain iterators
def test_rows_in_an_async_iterator_load(bulk: BulkOrg) -> None:
    rows = accounts(1200)

    report = bulk.load(bulk.connect(), aiter_of(rows), max_part_rows=1000)

    assert report.created == 1200
    assert bulk.held() == good_names(rows)


def test_an_upsert_again_creates_nothing(bulk: BulkOrg) -> None:
    rows = [{"code": f"A{number}", "Name": f"Acme {number}"} for number in range(50)]
    sf = bulk.connect()
    options: dict[str, Any] = {"operation": "upsert", "external_id": "Code__c", "mapping": {"code": "Code__c"}}

    first = bulk.load(sf, table(rows), **options)
    second = bulk.load(sf, table(rows), **options)
    third = bulk.load(sf, table(rows), results=False, **options)

    assert (first.created, first.updated) == (50, 0)
    assert (second.created, second.updated) == (0, 50)
    assert (third.succeeded, third.created, third.updated, third.failed) == (50, None, None, 0)
    assert sum(bulk.held().values()) == 50


@covers("B2")
def test_updates_and_deletes_by_id(bulk: BulkOrg) -> None:
    sf = bulk.connect()
    with bulk.load(sf, accounts(10)) as report:
        ids = [row.id for row in report.successes()]

    updated = bulk.load(sf, [{"Id": id_, "Name": "New"} for id_ in ids[:4]], operation="update")
    deleted = bulk.load(sf, [{"Id": id_} for id_ in [*ids[4:], "001000000000000AAA"]], operation="delete")

    assert (updated.updated, updated.failed) == (4, 0)
    assert (deleted.updated, deleted.failed) == (6, 1)
    assert bulk.held() == Counter({"New": 4})


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^", "`"])
@covers("W4", "W5")
def test_every_dialect_arrives_as_written(bulk: BulkOrg, newline: str, delimiter: str) -> None:
    value = f'say "hi"{delimiter} café 😀{newline}second line'
    data = "".join(
        f'{cell}{delimiter}"{number}"{newline}'
        for number, cell in enumerate(["Name", *(f'"{value.replace(chr(34), chr(34) * 2)} {n}"' for n in range(3))])
    ).replace(f'{delimiter}"0"', f"{delimiter}Phone", 1)

    report = bulk.load(bulk.connect(), b"\xef\xbb\xbf" + data.encode(), delimiter=delimiter)

    assert (report.created, report.failed) == (3, 0)
    assert bulk.held() == Counter(f"{value} {n}" for n in range(3))


def test_spreadsheet_line_breaks_load_unchanged(bulk: BulkOrg) -> None:
    data = b'Name,Description\r\nAcme,"first\nsecond"\r\n'

    assert bulk.load(bulk.connect(), data).created == 1
    assert bulk.held("Description") == {"first\nsecond": 1}


def test_results_can_be_left_out(bulk: BulkOrg) -> None:
    report = bulk.load(bulk.connect(), accounts(20, bad_every=5), results=False)

    assert (report.total, report.created, report.failed) == (20, 16, 4)
    assert not bulk.asked("getIngestSuccessfulResults")
    with pytest.raises(InputError, match="results=False"):
        next(report.failures())


@pytest.mark.parametrize("source", [b"Name,Phone\n", b"Name", []])
def test_a_source_without_rows_gives_an_empty_report(bulk: BulkOrg, source: Any) -> None:
    report = bulk.load(bulk.connect(), source)

    assert (report.total, report.jobs, list(report.failures())) == (0, (), [])
    assert not bulk.org.requests


def test_progress_is_told_step_by_step(bulk: BulkOrg) -> None:
    events: list[Progress] = []

    bulk.load(bulk.connect(), table(accounts(30)), max_part_rows=10, concurrency=1, progress=events.append)

    kinds = [type(event) for event in events]
    assert kinds[0] is SourceChecked
    assert kinds.count(PartSent) == kinds.count(ResultsJoined) == 3
    assert JobPolled in kinds
    assert events[0] == SourceChecked(done=30, total=30, parts=3)
    assert [event.done for event in events if isinstance(event, ResultsJoined)] == [10, 20, 30]
    assert {event.total for event in events} == {30}


def test_progress_as_lines(bulk: BulkOrg, capsys: pytest.CaptureFixture[str]) -> None:
    bulk.load(bulk.connect(), table(accounts(3)), progress=True)

    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "insert Account: checked 3 of 3 rows"
    assert lines[-1] == "insert Account: joined 3 of 3 rows"


BAD_SOURCES = {
    "empty": (b"", "not even a header"),
    "ragged": (b"Name,Phone\nAcme,1\nBob\n", r"line 3 \(row 2\): 1 cells, the header has 2"),
    "delimiter": (b"Name;Phone\nAcme;1\n", r"pass delimiter=';' \(SEMICOLON\)"),
    "encoding": (b"Name\nAcm\xe9\n", "line 2: byte 0xe9 isn't UTF-8"),
    "oversized": (b"Name\n" + b"x" * 2000 + b"\n", r"line 2 \(row 1\): the row has(n't ended after 1000| 2001) bytes"),
    "duplicate": (b"Name,Phone,name\n1,2,3\n", "the column 'Name' appears 2 times"),
    "quote": (b'Name,Phone\n"Acme,1\n', r"line 2 \(row 1\): a quoted cell isn't closed"),
    "newlines": (b'Name,Phone\n"a\nb",1\n"a\r\nb",2\n', "newlines='LF'"),
    "endings": (b"Name,Phone\nA,1\r\n", r"line 2 \(row 1\): ends in CR LF"),
    "nul": (b"Name\na\0b\n", "line 2: a NUL"),
    "blank": (b"Name,Phone\nA,1\n\nB,2\n", r"line 3 \(row 2\): a blank line"),
    "stray quote": (b'Name,Phone\nA,1\n5" pipe,6" pipe\n', r"line 3 \(row 2\): a stray quote"),
    "text after a quote": (b'Name,Phone\n"A"x,1\n', r"line 2 \(row 1\): a stray quote"),
    "quote in the header": (b'Na"me,Ph"one\nA,1\n', "line 1: a stray quote"),
    "workbook": (b"PK\x03\x04\x14\0", r"an Excel workbook \(.xlsx\) or another zip"),
    "gzip": (b"\x1f\x8b\x08\0", "pass source_format='csv.gz'"),
    "path": (b"Total Price\n1\n", "isn't the name of a field"),
}


@pytest.mark.parametrize("form", ["path", "bytes", "pieces"])
@pytest.mark.parametrize("name", BAD_SOURCES)
def test_a_bad_source_is_refused_before_anything_is_sent(bulk: BulkOrg, name: str, form: str, tmp_path: Path) -> None:
    data, message = BAD_SOURCES[name]
    source = bulk.source(form, data, tmp_path)

    with pytest.raises(InputError, match=message) as caught:
        bulk.load(bulk.connect(), source, max_part_bytes=1000, temp_folder=tmp_path)

    assert report_of(caught.value) is None
    assert not bulk.org.requests
    assert [path.name for path in tmp_path.iterdir()] == ["source.csv"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"operation": "merge"}, "it is one of 'insert'"),
        ({"operation": "upsert"}, "needs external_id="),
        ({"operation": "update"}, "needs the column Id"),
        ({"operation": "hard_delete"}, "needs the column Id, and only that"),
        ({"external_id": "Code__c"}, "goes with operation='upsert'"),
        ({"mapping": {"Nmae": "Name"}}, "did you mean 'Name'"),
        ({"delimiter": "#"}, "Bulk API 2.0 knows"),
        ({"line_ending": "CRLF"}, "line 1 ends in LF"),
        ({"encoding": "klingon"}, "no such encoding"),
        ({"max_part_bytes": 10**9}, "at most 112500000"),
        ({"concurrency": 0}, "at least one"),
        ({"timeout_s": -1}, "can't be negative"),
        ({"check": "twice"}, "'whole' or 'parts'"),
        ({"newlines": "CR"}, "'keep', 'LF' or 'CRLF'"),
        ({"null_values": "NA"}, "pass a collection"),
    ],
)
def test_bad_options_are_refused_before_anything_is_sent(bulk: BulkOrg, options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        bulk.load(bulk.connect(), b"Name\nAcme\n", **options)

    assert not bulk.org.requests


def test_a_bad_row_in_the_middle_of_an_iterator_stops_the_load_with_a_report(bulk: BulkOrg) -> None:
    rows: list[dict[str, Any]] = [*accounts(2500), {"Name": "x", "Phone": object()}, *accounts(1000)]

    with pytest.raises(InputError, match="row 2501, column 'Phone'") as caught:
        bulk.load(bulk.connect(), iter(rows), max_part_rows=1000)

    report = report_of(caught.value)
    assert report is not None
    assert report.created == report.total == 2000
    assert bulk.held() == good_names(rows[:2000])
    report.close()


def test_an_iterator_that_breaks_stops_the_load_with_its_own_error(bulk: BulkOrg) -> None:
    def rows() -> Iterator[dict[str, str]]:
        yield from accounts(1500)
        raise ConnectionResetError("the database went away")

    with pytest.raises(ConnectionResetError, match="went away") as caught:
        bulk.load(bulk.connect(), rows(), max_part_rows=1000)

    report = report_of(caught.value)
    assert report is not None
    assert report.created == 1000
    assert "of 1,000 rows: 1,000 succeeded" in caught.value.__notes__[0]


def test_an_unknown_column_fails_the_job_with_salesforces_reason(bulk: BulkOrg) -> None:
    with pytest.raises(JobFailed, match=r"Field name not found : Nope__c\n  hint: rename or leave out") as caught:
        bulk.load(bulk.connect(), b"Name,Nope__c\nAcme,1\nBob,2\n", check_header=False)

    report = report_of(caught.value)
    assert report is not None
    assert (report.total, report.unprocessed, report.succeeded) == (2, 2, 0)
    assert [row.values["Name"] for row in report.unprocessed_rows()] == ["Acme", "Bob"]
    assert caught.value.job_id == report.jobs[0].id
    assert report.jobs[0].state == "Failed"
    assert not bulk.held()


def test_a_job_that_fails_midway_leaves_every_row_accounted_for(bulk: BulkOrg) -> None:
    bulk.org.plan_job(fail_message="TooManyLockFailure : try again", fail_after_records=40, skip=1)
    rows = accounts(300, bad_every=10)

    with pytest.raises(JobFailed, match="TooManyLockFailure") as caught:
        bulk.load(bulk.connect(), table(rows), max_part_rows=100, concurrency=1)

    report = report_of(caught.value)
    assert isinstance(report, LoadReport)
    with report:
        assert (report.total, report.created, report.failed, report.unprocessed) == (300, 126, 14, 160)
        assert [row.row for row in report.unprocessed_rows()] == [*range(141, 301)]
        assert all(isinstance(row, FailedRow) for row in report.failures())
    assert [job.state for job in report.jobs] == ["JobComplete", "Failed"]
    assert bulk.held() == good_names(rows[:140])


def test_an_aborted_job_is_told_with_what_it_had_done(bulk: BulkOrg) -> None:
    bulk.org.plan_job(stuck=True)
    sf = bulk.connect()
    seen: list[str] = []

    def abort(event: Progress) -> None:
        if isinstance(event, JobPolled) and not seen:
            seen.append(event.job_id)
            abort_elsewhere(bulk, event.job_id)

    with pytest.raises(JobAborted, match="was aborted") as caught:
        bulk.load(sf, table(accounts(5)), progress=abort)

    report = report_of(caught.value)
    assert report is not None
    assert report.unprocessed == report.total == 5


def abort_elsewhere(bulk: BulkOrg, job_id: str) -> None:
    """Somebody else aborts a job."""
    with Salesforce(bulk.org.auth()) as other:
        other.bulk.attach_ingest_job(job_id).abort()


@pytest.mark.parametrize("abort", [True, False])
def test_a_job_past_its_deadline_raises_with_what_is_known(bulk: BulkOrg, abort: bool) -> None:
    bulk.org.plan_job(stuck=True)

    with pytest.raises(JobTimeout, match="it was aborted" if abort else "it goes on") as caught:
        bulk.load(bulk.connect(), table(accounts(5)), timeout_s=60, abort_on_timeout=abort)

    report = report_of(caught.value)
    assert report is not None
    assert (report.unprocessed, report.unknown) == ((5, 0) if abort else (0, 5))
    assert json.loads(report.to_json())["jobs"][0]["state"] == ("Aborted" if abort else "InProgress")
    assert 55 <= sum(bulk.half.clock.slept) <= 65


@pytest.mark.parametrize(
    ("lie", "results"),
    [
        ({"miscount_processed": 1}, True),
        ({"miscount_processed": -1}, True),
        ({"miscount_failed": 1}, True),
        ({"truncate_results": 1}, True),
        ({"miscount_processed": -1}, False),  # without results only missing rows are noticed
    ],
)
def test_counts_that_dont_add_up_are_an_integrity_error(bulk: BulkOrg, lie: dict[str, int], results: bool) -> None:
    bulk.org.plan_job(**lie)
    rows = accounts(20, bad_every=4)

    with pytest.raises(IntegrityError) as caught:
        bulk.load(bulk.connect(), table(rows), results=results)

    report = report_of(caught.value)
    assert report is not None
    assert report.unknown > 0
    assert report.total == 20


def test_a_result_file_cut_inside_a_row_is_never_taken_for_whole(bulk: BulkOrg) -> None:
    bulk.org.plan_job(truncate_bytes=3)

    with pytest.raises(Exception, match=r"the rest is missing|hold") as caught:
        bulk.load(bulk.connect(), table(accounts(20)))

    assert report_of(caught.value) is not None


def test_a_version_without_bulk_is_refused_before_anything_is_sent(bulk: BulkOrg) -> None:
    with pytest.raises(SpecError, match=r"createIngestJob exists since API version 41\.0"):
        bulk.load(bulk.connect(api_version="40.0"), table(accounts(1)))

    assert not bulk.asked("createIngestJob")


def test_a_source_changed_during_the_load_is_noticed(bulk: BulkOrg, tmp_path: Path) -> None:
    path = tmp_path / "source.csv"
    path.write_bytes(table(accounts(30)))

    def change(event: Progress) -> None:
        if isinstance(event, PartSent) and event.part == 1:
            path.write_bytes(table(accounts(31)))

    with pytest.raises(InputError, match="was changed while it was loaded"):
        bulk.load(bulk.connect(), path, max_part_rows=10, concurrency=1, progress=change)


@pytest.mark.parametrize("kind", ["bytes", "rows"])
def test_a_row_longer_than_salesforce_takes_is_refused_before_anything_is_sent(
    bulk: BulkOrg, kind: str, tmp_path: Path
) -> None:
    rows = [*accounts(3), {"Name": "x", "Phone": "é" * 400_000}]
    source = bulk.source(kind, table(rows), tmp_path)

    with pytest.raises(InputError, match=r"row 4\)?: the row has 40000\d characters, Salesforce takes 400000"):
        bulk.load(bulk.connect(), source, check="whole")

    assert not bulk.org.requests


def test_a_long_row_of_many_bytes_and_few_characters_is_sent(bulk: BulkOrg) -> None:
    data = table([{"Name": "Acme", "Description": "é" * 32_000, "Phone": "1"}])

    assert bulk.load(bulk.connect(), data).created == 1


def test_a_source_that_cant_be_iterated_says_what_to_do(bulk: BulkOrg) -> None:
    with pytest.raises(InputError, match="not a int"):
        bulk.load(bulk.connect(), 7)

    assert not bulk.org.requests


@pytest.mark.parametrize("half", ["sync"], indirect=True)  # the async half takes them
def test_an_asynchronous_source_takes_the_asynchronous_client(bulk: BulkOrg) -> None:
    with pytest.raises(InputError, match=r"asynchronous \(async_generator\): load it with AsyncSalesforce"):
        bulk.load(bulk.connect(), aiter_of(accounts(3)))

    assert not bulk.org.requests


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_a_report_is_never_written_over_the_source(bulk: BulkOrg, tmp_path: Path, encoding: str) -> None:
    path, link = tmp_path / "source.csv", tmp_path / "link.csv"
    path.write_bytes(table(accounts(4, bad_every=2)))
    link.symlink_to(path)
    before = path.read_bytes()

    with bulk.load(bulk.connect(), path, encoding=encoding) as report:
        for target in (path, link):
            with pytest.raises(InputError, match="is the file that is loaded"):
                report.write_csv(target)

    assert path.read_bytes() == before
