"""Loads that keep a journal are continued: jobs that have their rows are asked, the others' rows are sent."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from specforce import Retry
from specforce.bulk import report_of
from specforce.bulk.journal import Journal
from specforce.errors import ConnectionCut, InputError, IntegrityError, JobTimeout, SalesforceError
from tests.flows.bulk_org import BulkOrg, accounts, good_names, table

if TYPE_CHECKING:
    from pathlib import Path

ROWS = accounts(120, bad_every=10, twins=2)
SMALL: dict[str, Any] = {"max_part_rows": 40, "concurrency": 1}
REQUESTS = (
    "createIngestJob",
    "uploadIngestJobData",
    "getIngestJob",
    "getIngestSuccessfulResults",
    "getIngestFailedResults",
)


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "load.journal"


def entries(journal: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in journal.read_text().splitlines()]


def cut_off(
    bulk: BulkOrg, source: Any, journal: Path, request: str = "getIngestJob", **options: Any
) -> SalesforceError:
    """A load that is lost at a request's second time: the server does what it is asked, and nobody hears of it."""
    sf = bulk.connect(retry=Retry(attempts=1))
    bulk.org.faults.add(request, kind="drop_after", times=None, skip=1)
    with pytest.raises(ConnectionCut) as caught:
        bulk.load(sf, source, journal=journal, **SMALL)
    bulk.org.faults.clear()
    return caught.value


@pytest.mark.parametrize("request_", REQUESTS)
@pytest.mark.parametrize("kind", ["path", "rows"])
def test_a_load_goes_on_from_wherever_it_was_cut_off(
    bulk: BulkOrg, kind: str, request_: str, tmp_path: Path, journal: Path
) -> None:
    data = table(ROWS)
    error = cut_off(bulk, bulk.source(kind, data, tmp_path), journal, request_)
    uploads = bulk.asked("uploadIngestJobData")

    with bulk.load(bulk.connect(), bulk.source(kind, data, tmp_path), resume=journal, **SMALL) as report:
        rows = sorted([row.row for row in report.successes()] + [row.row for row in report.failures()])

    assert f"resume={str(journal)!r}" in "".join(error.__notes__)
    assert rows == list(range(1, 121))
    assert (report.created, report.failed, report.total) == (108, 12, 120)
    assert bulk.held() == good_names(ROWS)
    held_already = 2 if request_.startswith("getIngest") and request_ != "getIngestJob" else 1
    assert bulk.asked("uploadIngestJobData") - uploads == 3 - held_already


def test_a_load_that_came_to_its_end_gives_its_report_again(bulk: BulkOrg, journal: Path) -> None:
    first = bulk.load(bulk.connect(), iter(ROWS), journal=journal, **SMALL)
    uploads = bulk.asked("uploadIngestJobData")

    again = bulk.load(bulk.connect(), iter(ROWS), resume=journal, **SMALL)

    assert (again.counts, [job.id for job in again.jobs]) == (first.counts, [job.id for job in first.jobs])
    assert bulk.asked("uploadIngestJobData") == uploads
    assert bulk.held() == good_names(ROWS)


def test_rows_that_were_sent_again_are_joined_and_not_sent_once_more(bulk: BulkOrg, journal: Path) -> None:
    bulk.org.plan_job(row_rules=[{"column": "Phone", "equals": "3"}], times=3)
    options = {**SMALL, "retry_failed": 1}
    first = bulk.load(bulk.connect(), iter(ROWS), journal=journal, **options)

    again = bulk.load(bulk.connect(), iter(ROWS), resume=journal, **options)

    assert again.counts == first.counts
    assert again.retried == first.retried > 0
    assert bulk.held() == good_names(ROWS)


def test_a_journal_says_each_step_before_it_is_taken(bulk: BulkOrg, journal: Path) -> None:
    report = bulk.load(bulk.connect(), accounts(3), journal=journal)

    head, part, job, uploaded = entries(journal)
    assert (head["specforce"], head["version"], head["org"]) == ("load", 1, bulk.org.url)
    assert (head["load"]["sobject"], head["load"]["columns"]) == ("Account", ["Name", "Phone"])
    assert (part["part"], part["rows"], len(part["digest"])) == (1, 3, 32)
    assert job == {"part": 1, "job": report.jobs[0].id}
    assert uploaded == {"part": 1, "uploaded": report.jobs[0].id}
    assert "token" not in journal.read_text().lower()


def test_a_line_that_was_cut_in_its_middle_is_taken_off(bulk: BulkOrg, journal: Path) -> None:
    bulk.load(bulk.connect(), accounts(3), journal=journal)
    whole = journal.read_bytes()
    journal.write_bytes(whole + b'{"part":2,"di')

    assert bulk.load(bulk.connect(), accounts(3), resume=journal).created == 3
    assert journal.read_bytes() == whole


@pytest.mark.parametrize("operation", ["insert", "upsert"])
def test_rows_of_a_job_that_is_gone_go_again_only_where_that_doubles_none(
    bulk: BulkOrg, operation: str, journal: Path
) -> None:
    rows = [{**row, "Code__c": str(number)} for number, row in enumerate(ROWS)]
    options = {
        **SMALL,
        "check": "whole",
        "operation": operation,
        "external_id": "Code__c" if operation == "upsert" else None,
    }
    sf = bulk.connect()
    first = bulk.load(sf, iter(rows), journal=journal, **options)
    bulk.half.run(bulk.half.run(sf.bulk.attach_ingest_job(first.jobs[1].id)).delete())

    if operation == "upsert":
        assert bulk.load(sf, iter(rows), resume=journal, **options).total == 120
    else:
        with pytest.raises(IntegrityError, match=r"isn't there any more .*its 40 rows, from row 41") as caught:
            bulk.load(sf, iter(rows), resume=journal, **options)
        report = report_of(caught.value)
        assert report is not None
        with report:
            assert (report.succeeded, report.unknown, report.unprocessed) == (36, 80, 0)
            assert [row.row for row in report.unknown_rows()] == list(range(41, 121))
    assert bulk.held() == good_names(ROWS)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"operation": "upsert", "external_id": "Code__c", "columns": None}, "isn't among the columns"),
        ({"max_part_rows": 50}, "max_part_rows was 40 and is 50"),
        ({"retry_failed": 2}, "retry_failed was 0 and is 2"),
        ({"source": ROWS[:110]}, r"part 3 \(from row 81\) isn't what it was when the load began"),
        (
            {"source": [*ROWS[:45], {"Name": "New", "Phone": "1"}, *ROWS[46:]]},
            r"part 2 \(from row 41\) isn't what it was",
        ),
        ({"source": ROWS[:80]}, "knows 3 parts, and the source has 2"),
    ],
)
def test_another_load_isnt_continued(bulk: BulkOrg, change: dict[str, Any], message: str, journal: Path) -> None:
    bulk.load(bulk.connect(), iter(ROWS), journal=journal, **SMALL)
    options = {**SMALL, **change}
    source = options.pop("source", ROWS)

    with pytest.raises(InputError, match=message):
        bulk.load(bulk.connect(), iter(source), resume=journal, **options)

    assert bulk.held() == good_names(ROWS)


def test_another_file_and_another_org_arent_taken_for_the_same(bulk: BulkOrg, tmp_path: Path, journal: Path) -> None:
    path = bulk.source("path", table(ROWS), tmp_path)
    bulk.load(bulk.connect(), path, journal=journal, **SMALL)
    path.write_bytes(table(accounts(121)))

    with pytest.raises(InputError, match="the source is another file, or has changed"):
        bulk.load(bulk.connect(), path, resume=journal, **SMALL)
    text = journal.read_text().replace(bulk.org.url, "https://elsewhere.example")
    journal.write_text(text)
    with pytest.raises(InputError, match=r"org was 'https://elsewhere.example' and is"):
        bulk.load(bulk.connect(), path, resume=journal, **SMALL)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Name,Phone\n", "isn't the journal of a load"),
        ("[1]\n", "isn't the journal of a load"),
        ('{"specforce":"export","version":1}\n', "isn't the journal of a load"),
        ('{"specforce":"load","version":2}\n', "written by a later version"),
        ('{"specforce":"load","version":1}\n{"part":1,"job":"750"}\n', "isn't the journal of a load"),
    ],
)
def test_files_that_are_something_else_are_refused(bulk: BulkOrg, text: str, message: str, journal: Path) -> None:
    journal.write_text(text)

    with pytest.raises(InputError, match=message):
        bulk.load(bulk.connect(), accounts(1), resume=journal)
    assert journal.read_text() == text
    assert not bulk.org.requests


def test_a_journal_is_begun_once_and_written_by_one(bulk: BulkOrg, tmp_path: Path, journal: Path) -> None:
    with pytest.raises(InputError, match="there is no journal"):
        bulk.load(bulk.connect(), accounts(1), resume=journal)
    bulk.load(bulk.connect(), accounts(1), journal=journal)
    with pytest.raises(InputError, match="is there already: continue its load with resume="):
        bulk.load(bulk.connect(), accounts(1), journal=journal)
    with pytest.raises(InputError, match="pass one of them"):
        bulk.load(bulk.connect(), accounts(1), journal=journal, resume=journal)
    with pytest.raises(FileNotFoundError):
        bulk.load(bulk.connect(), accounts(1), journal=tmp_path / "none" / "journal")
    held = Journal(journal, resume=True)
    try:
        with pytest.raises(InputError, match="is in use"):
            bulk.load(bulk.connect(), accounts(1), resume=journal)
    finally:
        held.close()


def test_a_load_that_is_refused_leaves_no_journal(bulk: BulkOrg, journal: Path) -> None:
    for source in (b"Nmae\nAcme\n", b"Name\nA,B\n", b"Name\n"):
        with suppress(InputError):
            bulk.load(bulk.connect(), source, journal=journal)
        assert not journal.exists()

    assert bulk.load(bulk.connect(), b"Name\nAcme\n", journal=journal).created == 1


def test_a_job_that_wasnt_done_in_time_is_waited_for_again(bulk: BulkOrg, journal: Path) -> None:
    bulk.org.plan_job(stuck=True)
    ways: list[dict[str, Any]] = [{"journal": journal}, {"resume": journal}]
    for how in ways:
        with pytest.raises(JobTimeout):
            bulk.load(bulk.connect(), accounts(3), timeout_s=5, **how)

    assert bulk.asked("createIngestJob") == 1
