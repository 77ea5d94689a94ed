"""Rows of unknown outcome: a job past its deadline, results that can't be read or don't add up. Each can be listed."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

import pytest

from specforce.bulk import LoadReport, report_of
from specforce.errors import InputError, IntegrityError, JobTimeout, SalesforceError
from tests.flows.bulk_org import BulkOrg, accounts, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from click.testing import Result

    from specforce.testing import FakeOrg


def failed(bulk: BulkOrg, kind: type[SalesforceError], source: Any, **options: Any) -> LoadReport:
    """The report of a load that ends with an error."""
    with pytest.raises(kind) as caught:
        bulk.load(bulk.connect(), source, **options)
    report = report_of(caught.value)
    assert report is not None
    return report


def numbers(rows: Iterator[Any]) -> list[int]:
    return [row.row for row in rows]


def everything(report: LoadReport) -> list[int]:
    """The numbers of the rows of every outcome together; each row has exactly one."""
    kinds = (report.successes(), report.failures(), report.unprocessed_rows(), report.unknown_rows())
    return sorted(number for rows in kinds for number in numbers(rows))


@pytest.mark.parametrize("kind", ["path", "rows"])
def test_rows_of_a_job_past_its_deadline_are_unknown_and_the_rest_wasnt_tried(
    bulk: BulkOrg, kind: str, tmp_path: Path
) -> None:
    bulk.org.plan_job(stuck=True, skip=1)
    source = bulk.source(kind, table(accounts(50, bad_every=5)), tmp_path)

    with failed(bulk, JobTimeout, source, max_part_rows=10, concurrency=1, timeout_s=60, check="whole") as report:
        unknown = list(report.unknown_rows())
        assert [row.row for row in unknown] == list(range(11, 21))
        assert unknown[0].values == {"Name": "Acme 11", "Phone": "4"}
        assert unknown[0].line == (12 if kind == "path" else None)
        assert numbers(report.unprocessed_rows()) == list(range(21, 51))
        assert (report.succeeded, report.failed, report.unprocessed, report.unknown) == (8, 2, 30, 10)
        assert everything(report) == list(range(1, 51))


def test_rows_that_the_results_dont_speak_of_are_unknown_one_by_one(bulk: BulkOrg) -> None:
    bulk.org.plan_job(miscount_processed=-1, truncate_results=1)

    with failed(bulk, IntegrityError, table(accounts(20))) as report:
        (unknown,) = report.unknown_rows()
        assert unknown.row not in numbers(report.successes())
        assert (report.unknown, report.total) == (1, 20)
        assert everything(report) == list(range(1, 21))


def test_rows_whose_results_cant_be_read_are_unknown(bulk: BulkOrg) -> None:
    bulk.org.faults.add("getIngestFailedResults", times=None)

    with failed(bulk, SalesforceError, table(accounts(7))) as report:
        assert numbers(report.unknown_rows()) == list(range(1, 8))
        assert report.unknown == 7


def test_a_close_that_nobody_answers_leaves_its_rows_unknown(bulk: BulkOrg) -> None:
    bulk.org.faults.add("updateIngestJob", "drop_before", times=None)

    with failed(bulk, SalesforceError, table(accounts(3))) as report:
        assert numbers(report.unknown_rows()) == [1, 2, 3]


def test_unknown_rows_are_written_and_say_so(bulk: BulkOrg, tmp_path: Path) -> None:
    bulk.org.plan_job(stuck=True, skip=1)
    path = tmp_path / "rows.csv"

    with failed(
        bulk, JobTimeout, table(accounts(6, bad_every=2)), max_part_rows=2, concurrency=1, timeout_s=60
    ) as report:
        written = {kind: report.write_csv(path, rows=kind) for kind in ("unknown", "unsuccessful", "all")}
        found = list(csv.DictReader(path.read_text().splitlines()))

    assert written == {"unknown": 2, "unsuccessful": 5, "all": 6}
    assert [row["sf__Row"] for row in found] == ["1", "2", "3", "4", "5", "6"]
    said = [row["sf__Error"] for row in found]
    assert said[0] == ""
    assert said[1].startswith("REQUIRED_FIELD_MISSING")
    assert all(word.startswith("outcome unknown") for word in said[2:4])
    assert said[4:] == ["never tried", "never tried"]


def test_a_closed_report_lists_no_unknown_rows(bulk: BulkOrg) -> None:
    bulk.org.plan_job(stuck=True)
    report = failed(bulk, JobTimeout, table(accounts(3)), timeout_s=60)
    report.close()

    assert report.unknown == 3
    with pytest.raises(InputError, match="report is closed"):
        next(report.unknown_rows())


def test_the_command_line_writes_unknown_rows_to_the_file_of_failures(
    specforce: Callable[..., Result], org: FakeOrg, tmp_path: Path
) -> None:
    org.plan_job(stuck=True)
    source, target = tmp_path / "accounts.csv", tmp_path / "failures.csv"
    source.write_bytes(table(accounts(3)))

    result = specforce("load", str(source), "Account", "--failures", str(target), "--timeout", "0")

    assert result.exit_code == 1
    assert "3 unknown" in result.stdout
    assert "3 rows of unknown outcome: look in the org before loading again" in result.stdout
    assert [row["Name"] for row in csv.DictReader(target.read_text().splitlines())] == ["Acme 1", "Acme 2", "Acme 3"]
