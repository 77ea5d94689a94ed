"""Rows that failed by locks or timeouts are sent again: each has one outcome in the end, and nothing is doubled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from specforce.bulk import Progress, SendingAgain, report_of
from specforce.errors import InputError, JobFailed, JobTimeout
from tests.flows.bulk_org import BulkOrg, accounts, good_names, table

if TYPE_CHECKING:
    from pathlib import Path


def locked(*phones: str, code: str = "UNABLE_TO_LOCK_ROW") -> list[dict[str, str]]:
    """Rules that refuse rows by their phone."""
    return [{"column": "Phone", "equals": phone, "code": code} for phone in phones]


@pytest.mark.parametrize("kind", ["path", "rows", "arrow"])
def test_locked_rows_are_sent_again_until_they_are_in(bulk: BulkOrg, kind: str, tmp_path: Path) -> None:
    rows = accounts(200, bad_every=10, twins=2)
    bulk.org.plan_job(row_rules=locked("1", "2"), times=4)  # the four parts of the source
    bulk.org.plan_job(row_rules=locked("2"), times=2)  # the first round, of 52 rows
    source = bulk.source(kind, table(rows), tmp_path)
    events: list[Progress] = []

    with bulk.load(
        bulk.connect(), source, max_part_rows=50, retry_failed=3, progress=events.append, temp_folder=tmp_path
    ) as report:
        failures, successes = list(report.failures()), list(report.successes())

    good = [number for number, row in enumerate(rows, 1) if row["Name"]]
    attempts = {str(phone): 1 for phone in range(7)} | {"1": 2, "2": 3}
    assert bulk.held() == good_names(rows)
    assert (report.created, report.failed, report.total) == (180, 20, 200)
    assert [row.row for row in successes] == good
    assert {row.row: row.attempts for row in successes} == {row: attempts[rows[row - 1]["Phone"]] for row in good}
    assert all(row.values == rows[row.row - 1] for row in successes)
    assert {row.code for row in failures} == {"REQUIRED_FIELD_MISSING"}
    first, second = [event for event in events if isinstance(event, SendingAgain)]
    assert (first.attempt, second.attempt) == (2, 3)
    assert 2 <= first.delay_s <= 4 <= second.delay_s <= 8
    assert [job.attempt for job in report.jobs] == [1, 1, 1, 1, 2, 2, 3]
    assert (report.retried, report.summary()["retried"]) == (first.total, first.total)
    assert sum(job.rows for job in report.jobs) == 200 + (first.total or 0) + (second.total or 0)
    assert not [path for path in tmp_path.iterdir() if path.stem != "source"]


def test_rows_that_stay_locked_fail_with_their_number_of_attempts(bulk: BulkOrg) -> None:
    bulk.org.plan_job(row_rules=locked("3"), times=None)

    with bulk.load(bulk.connect(), accounts(14), retry_failed=2) as report:
        assert [(row.row, row.code, row.attempts) for row in report.failures()] == [
            (3, "UNABLE_TO_LOCK_ROW", 3),
            (10, "UNABLE_TO_LOCK_ROW", 3),
        ]

    assert report.created == 12
    assert bulk.asked("createIngestJob") == 3


@pytest.mark.parametrize(("code", "again"), [("QUERY_TIMEOUT", True), ("DUPLICATE_VALUE", False)])
def test_only_refusals_that_go_by_are_tried_again(bulk: BulkOrg, code: str, again: bool) -> None:
    bulk.org.plan_job(row_rules=locked("3", code=code))

    report = bulk.load(bulk.connect(), accounts(7), retry_failed=1)

    assert (report.failed, report.retried) == ((0, 1) if again else (1, 0))


def test_nothing_is_sent_again_unless_asked_for(bulk: BulkOrg) -> None:
    bulk.org.plan_job(row_rules=locked("3"))

    assert bulk.load(bulk.connect(), accounts(7)).failed == 1


def test_locked_rows_go_again_as_they_went_first(bulk: BulkOrg) -> None:
    """Line breaks, nulls, columns left out and a last row without its line ending are what they were."""
    data = b'Name,Phone,Drop,Description\r\n"A ""x""",NA,1,"two\nlines"\r\nB,NA,2,last'
    options: dict[str, Any] = {"mapping": {"Drop": None}, "null_values": ["NA"], "retry_failed": 1}
    bulk.org.plan_job(row_rules=[{}])

    with bulk.load(bulk.connect(), data, **options) as report:
        assert [(row.row, row.line, row.attempts) for row in report.successes()] == [(1, 2, 2), (2, 4, 2)]

    assert bulk.held() == {'A "x"': 1, "B": 1}
    assert bulk.held("Description") == {"two\nlines": 1, "last": 1}
    assert bulk.held("Phone") == {"None": 2}


def test_rows_whose_second_job_fails_stay_failed(bulk: BulkOrg) -> None:
    bulk.org.plan_job(row_rules=locked("1"))
    bulk.org.plan_job(fail_message="InternalServerError : no", fail_after_records=0)

    with pytest.raises(JobFailed) as caught:
        bulk.load(bulk.connect(), accounts(14), retry_failed=1)

    report = report_of(caught.value)
    assert report is not None
    with report:
        assert (report.created, report.failed, report.total) == (12, 2, 14)
        assert [(row.row, row.code) for row in report.failures()] == [
            (1, "UNABLE_TO_LOCK_ROW"),
            (8, "UNABLE_TO_LOCK_ROW"),
        ]


def test_rows_whose_second_job_goes_on_are_unknown(bulk: BulkOrg) -> None:
    bulk.org.plan_job(row_rules=locked("1"))
    bulk.org.plan_job(stuck=True)

    with pytest.raises(JobTimeout) as caught:
        bulk.load(bulk.connect(), accounts(14), retry_failed=1, timeout_s=60)

    report = report_of(caught.value)
    assert report is not None
    with report:
        assert (report.created, report.unknown, report.failed) == (12, 2, 0)
        assert [row.row for row in report.unknown_rows()] == [1, 8]


def test_retrying_needs_results(bulk: BulkOrg) -> None:
    with pytest.raises(InputError, match="retry_failed= needs the results"):
        bulk.load(bulk.connect(), accounts(1), retry_failed=1, results=False)
    with pytest.raises(InputError, match="retry_failed=-1"):
        bulk.load(bulk.connect(), accounts(1), retry_failed=-1)
