"""Every request of a load and an export, every fault, both halves, both kinds of source: each row once, or an error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from specforce.bulk import report_of
from specforce.errors import SalesforceError
from specforce.testing import FakeOrg
from tests.covers import covers
from tests.flows.bulk_org import BulkOrg, accounts, exported, good_names, names, table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.halves import Half

LOAD_REQUESTS = (
    "createIngestJob",
    "uploadIngestJobData",
    "updateIngestJob",
    "getIngestJob",
    "getIngestSuccessfulResults",
    "getIngestFailedResults",
    "getIngestUnprocessedRecords",
)
EXPORT_REQUESTS = ("createQueryJob", "getQueryJob", "getQueryJobResults")
FAULTS: dict[str, dict[str, Any]] = {
    "401": {"kind": "expire_tokens"},
    "503": {"kind": "status", "status": 503},
    "cut body": {"kind": "cut", "after_bytes": 60},
    "cut before": {"kind": "drop_before"},
    "cut after": {"kind": "drop_after"},
    "timeout": {"kind": "hang"},
}
# Only a table can be shorter than its headers say.
EXPORT_CASES = [(request, fault) for request in EXPORT_REQUESTS for fault in FAULTS] + [
    ("getQueryJobResults", "truncated")
]
TIMEOUT_S = 0.25
PAGE_RECORDS = 40


@pytest.fixture(scope="module")
def org() -> Iterator[FakeOrg]:
    with FakeOrg("tests/schema.toml") as org:
        yield org


@pytest.fixture
def bulk(org: FakeOrg, half: Half) -> Iterator[BulkOrg]:
    org.reset()
    bulk = BulkOrg(org, half)
    yield bulk
    org.faults.clear()
    bulk.close()


@pytest.mark.parametrize("kind", ["path", "iterator"])
@pytest.mark.parametrize("skip", [0, 1])
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("request_", LOAD_REQUESTS)
@covers("D2")
def test_a_load_survives_one_fault_anywhere(
    bulk: BulkOrg, *, request_: str, fault: str, skip: int, kind: str, tmp_path: Path
) -> None:
    rows = accounts(120, bad_every=10, twins=2)
    sf = bulk.connect(timeout_s=TIMEOUT_S)
    bulk.org.faults.add(request_, skip=skip, **FAULTS[fault])

    with bulk.load(sf, bulk.source(kind, table(rows), tmp_path), max_part_rows=50) as report:
        failed = [row.row for row in report.failures()]
        succeeded = [row.row for row in report.successes()]

    assert failed == list(range(10, 121, 10))
    assert succeeded == [number for number in range(1, 121) if number % 10]
    assert (report.created, report.failed, report.unprocessed, report.unknown) == (108, 12, 0, 0)
    assert bulk.held() == good_names(rows)


@pytest.mark.parametrize("kind", ["path", "iterator"])
@pytest.mark.parametrize("fault", [name for name in FAULTS if name != "timeout"])
@pytest.mark.parametrize("request_", LOAD_REQUESTS)
def test_a_fault_that_stays_is_a_named_error_and_doubles_nothing(
    bulk: BulkOrg, request_: str, fault: str, kind: str, tmp_path: Path
) -> None:
    rows = accounts(120, bad_every=10)
    sf = bulk.connect(timeout_s=TIMEOUT_S)
    bulk.org.faults.add(request_, times=None, skip=1, **FAULTS[fault])

    if request_ == "updateIngestJob" and fault in ("cut body", "cut after"):
        # The close takes effect though its answer never comes, and the job says so: the load goes on.
        report = bulk.load(sf, bulk.source(kind, table(rows), tmp_path), max_part_rows=50, concurrency=1)
        assert report.created == 108
    else:
        with pytest.raises(SalesforceError) as caught:
            bulk.load(sf, bulk.source(kind, table(rows), tmp_path), max_part_rows=50, concurrency=1)
        found = report_of(caught.value)
        assert found is not None
        report = found

    held, good = bulk.held(), good_names(rows)
    assert held <= good
    assert sum(held.values()) >= report.succeeded
    if not report.unknown:
        assert sum(held.values()) == report.succeeded
    assert report.total == 120 if kind == "path" else report.total <= 120
    report.close()


@pytest.mark.parametrize("skip", [0, 1, 2])
@pytest.mark.parametrize(("request_", "fault"), EXPORT_CASES)
@pytest.mark.parametrize("way", ["csv", "dicts"])
def test_an_export_survives_one_fault_anywhere(
    bulk: BulkOrg, *, request_: str, fault: str, skip: int, way: str, tmp_path: Path
) -> None:
    rows = accounts(100, twins=2)
    bulk.org.seed({"Account": rows})
    sf = bulk.connect(timeout_s=TIMEOUT_S)
    plan = FAULTS.get(fault, {"kind": "truncate", "after_bytes": 700})
    bulk.org.faults.add(request_, skip=skip, **plan)
    export = sf.bulk.export("SELECT Id, Name FROM Account", max_records=PAGE_RECORDS)

    if way == "csv":
        path = tmp_path / "out.csv"
        assert bulk.to_csv(export, path) == 100
        header, *found = exported(path)
        assert header == ["Id", "Name"]
        held = names(iter(dict(zip(header, row, strict=True)) for row in found))
    else:
        held = names(iter(bulk.half.items(export.dicts())))

    assert held == good_names(rows)
    assert export.total == 100


@pytest.mark.parametrize(("request_", "fault"), [case for case in EXPORT_CASES if case[1] != "timeout"])
def test_an_export_that_cant_be_whole_leaves_no_file(bulk: BulkOrg, request_: str, fault: str, tmp_path: Path) -> None:
    bulk.org.seed({"Account": accounts(100)})
    sf = bulk.connect(timeout_s=TIMEOUT_S)
    plan = FAULTS.get(fault, {"kind": "truncate", "after_bytes": 700})
    bulk.org.faults.add(request_, times=None, skip=1 if request_ != "createQueryJob" else 0, **plan)
    export = sf.bulk.export("SELECT Id, Name FROM Account", max_records=PAGE_RECORDS)
    path = tmp_path / "out.csv"
    path.write_text("what was there")

    with pytest.raises(SalesforceError):
        bulk.to_csv(export, path)

    assert path.read_text() == "what was there"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("request_", [*LOAD_REQUESTS[:5]])
def test_a_proxys_page_in_place_of_an_answer_is_a_named_error(bulk: BulkOrg, request_: str) -> None:
    bulk.org.faults.add(request_, status=200, body="<html>please log in to the proxy</html>", times=None)

    with pytest.raises(SalesforceError) as caught:
        bulk.load(bulk.connect(), table(accounts(10)))

    assert bulk.held() <= good_names(accounts(10))
    assert str(caught.value)
