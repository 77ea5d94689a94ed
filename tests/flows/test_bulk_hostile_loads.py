"""Loads of what nobody would load on purpose, and onto disks that are full: told by name, and nothing doubled."""

from __future__ import annotations

import resource
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from specforce.bulk import JobPolled, Progress, report_of
from specforce.bulk.parts import Limits
from specforce.bulk.sources import BlockingParts
from specforce.bulk.table import TableOptions
from specforce.errors import InputError
from tests.flows.bulk_org import BulkOrg, accounts, table

if TYPE_CHECKING:
    from collections.abc import Iterator

FULL_AT = 100_000


@contextmanager
def full_disk(after_bytes: int = FULL_AT) -> Iterator[None]:
    """Files take so many bytes, the last write perhaps in part, and no more: as a disk does that fills up."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (after_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("kind", ["rows", "iterator", "arrow", "gzip"])
def test_a_disk_that_fills_up_under_a_source_ends_the_load_before_anything_is_sent(
    bulk: BulkOrg, kind: str, tmp_path: Path
) -> None:
    rows = [{**row, "Description": "x" * 400} for row in accounts(1000)]
    source = bulk.source(kind, table(rows), tmp_path)
    spool = tmp_path / "spool"
    spool.mkdir()
    sf = bulk.connect()
    bulk.half.run(sf.sobject("Account").describe())

    with full_disk(), pytest.raises(OSError, match="File too large"):
        bulk.load(sf, source, temp_folder=spool)

    assert not bulk.asked("createIngestJob")
    assert not bulk.held()
    assert not list(spool.iterdir())


def test_a_disk_that_fills_up_under_the_results_leaves_a_report_of_unknown_rows(bulk: BulkOrg, tmp_path: Path) -> None:
    rows = [{**row, "Description": "x" * 400} for row in accounts(1000)]
    path = bulk.source("path", table(rows), tmp_path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill_up(event: Progress) -> None:
        """Once the org, which is in this process too, has written what it keeps."""
        if isinstance(event, JobPolled) and event.state == "JobComplete":
            resource.setrlimit(resource.RLIMIT_FSIZE, (FULL_AT, hard))

    try:
        with pytest.raises(OSError, match="File too large") as caught:
            bulk.load(bulk.connect(), path, concurrency=1, progress=fill_up)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    report = report_of(caught.value)
    assert report is not None
    assert (report.unknown, report.total) == (1000, 1000)
    assert bulk.held().total() == 1000


def test_a_disk_that_fills_up_under_a_journal_stops_the_load_before_the_step(bulk: BulkOrg, tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    sf = bulk.connect()
    bulk.half.run(sf.sobject("Account").describe())

    with full_disk(300), pytest.raises(OSError, match="File too large"):
        bulk.load(sf, tmp_csv(tmp_path, accounts(3)), journal=journal)

    assert not bulk.held()
    assert bulk.load(sf, tmp_path / "three.csv", resume=journal).created == 3
    assert bulk.held().total() == 3


def tmp_csv(folder: Path, rows: list[dict[str, str]]) -> Path:
    (folder / "three.csv").write_bytes(table(rows))
    return folder / "three.csv"


@pytest.mark.parametrize("folder", ["nowhere", "file"])
def test_a_folder_that_cant_be_written_to_is_told_before_anything_is_sent(
    bulk: BulkOrg, folder: str, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(OSError, match=folder):
        bulk.load(bulk.connect(), accounts(3), temp_folder=tmp_path / folder)

    assert not bulk.org.requests


def test_a_million_tiny_rows_are_split_and_counted(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        options = TableOptions(operation="insert", limits=Limits(part_rows=300_000))
        parts = BlockingParts(b"N\n" + b"a\n" * 1_000_000, options, Path(folder)).all()

        assert [part.rows for part in parts] == [300_000, 300_000, 300_000, 100_000]
        assert [part.first_row for part in parts] == [1, 300_001, 600_001, 900_001]
        assert sum(part.end - part.start for part in parts) == 2_000_000


@pytest.mark.parametrize("method", ["bulk", "collections"])
def test_a_huge_row_fails_alone(bulk: BulkOrg, method: str) -> None:
    rows = [*accounts(2), {"Name": "huge", "Phone": "1", "Description": "x" * 120_000}]

    with bulk.load(bulk.connect(), rows, columns=["Name", "Phone", "Description"], method=method) as report:
        assert [(row.row, row.code, row.fields) for row in report.failures()] == [
            (3, "STRING_TOO_LONG", ("Description",))
        ]

    assert report.created == 2


@pytest.mark.parametrize("kind", ["path", "rows", "arrow"])
def test_a_row_that_is_too_long_for_salesforce_is_refused_by_its_number(
    bulk: BulkOrg, kind: str, tmp_path: Path
) -> None:
    rows = [*accounts(2), {"Name": "huge", "Phone": "x" * 400_001}]

    with pytest.raises(InputError, match=r"row 3\)?: the row has 4000\d\d characters, Salesforce takes 400000"):
        bulk.load(bulk.connect(), bulk.source(kind, table(rows), tmp_path))

    assert not bulk.asked("createIngestJob")


@pytest.mark.parametrize("method", ["bulk", "collections"])
def test_rows_of_one_external_id_fail_together_as_salesforce_says(bulk: BulkOrg, method: str) -> None:
    rows = [{"Code__c": code, "Name": f"{code}{number}"} for number, code in enumerate(["A", "B", "A", "C"])]
    options: dict[str, Any] = {"operation": "upsert", "external_id": "Code__c", "method": method}

    with bulk.load(bulk.connect(), rows, **options) as report:
        failures = list(report.failures())

    assert [row.row for row in failures] == [1, 3]
    assert {(row.code, row.message) for row in failures} == {("DUPLICATE_VALUE", "Duplicate external id specified: A")}
    assert bulk.held() == {"B1": 1, "C3": 1}


def test_ten_thousand_columns_are_refused_by_their_number(bulk: BulkOrg) -> None:
    names = [f"F{number}" for number in range(10_000)]

    with pytest.raises(InputError, match="10000 columns: Salesforce takes 5000"):
        bulk.load(bulk.connect(), [dict.fromkeys(names, "1")])
    with pytest.raises(InputError, match=r"the header has \d+ characters, Salesforce takes 32000"):
        bulk.load(bulk.connect(), f"{','.join(names)}\n".encode())
    assert not bulk.org.requests
