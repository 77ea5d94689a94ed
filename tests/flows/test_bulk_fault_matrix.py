"""Every request of a load and an export, every fault that can hit it, both halves, both kinds of source.

A fault that passes costs nothing: every row once. One that stays is the error of its class, after as many tries as the
policy has, and doubles nothing. Each cell says how often its fault struck, so that none passes by missing.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from specforce import Retry
from specforce.bulk import report_of
from specforce.errors import (
    ApiError,
    AuthError,
    ConnectionCut,
    DecodeError,
    IntegrityError,
    InvalidSession,
    SalesforceError,
    ServerUnavailable,
    TransportTimeout,
)
from tests.covers import covers
from tests.flows.bulk_org import BulkOrg, accounts, exported, good_names, names, table

if TYPE_CHECKING:
    from pathlib import Path


LOGIN = "requestToken"
UPLOAD = "uploadIngestJobData"
LOAD_REQUESTS = (
    LOGIN,
    "createIngestJob",
    UPLOAD,
    "updateIngestJob",
    "getIngestJob",
    "getIngestSuccessfulResults",
    "getIngestFailedResults",
    "getIngestUnprocessedRecords",
)
EXPORT_REQUESTS = (LOGIN, "createQueryJob", "getQueryJob", "getQueryJobResults")
FAULTS: dict[str, dict[str, Any]] = {
    "401": {"kind": "expire_tokens"},
    "503": {"kind": "status", "status": 503},
    "cut body": {"kind": "cut", "after_bytes": 5},
    "cut before": {"kind": "drop_before"},
    "cut after": {"kind": "drop_after"},
    "timeout": {"kind": "hang"},
    "truncated": {"kind": "truncate", "after_bytes": 700},
}
ERRORS: dict[str, type[SalesforceError]] = {
    "401": InvalidSession,
    "503": ServerUnavailable,
    "cut body": ConnectionCut,
    "cut before": ConnectionCut,
    "cut after": ConnectionCut,
    "timeout": TransportTimeout,
    "truncated": ConnectionCut,
}
TIMEOUT_S = 0.25
TRIES = 3
PAGE_RECORDS = 40


def can_hit(request: str, fault: str) -> bool:
    """A login has no token to expire, the answer to an upload no body to cut; only a table can be shorter than said."""
    if fault == "truncated":
        return request == "getQueryJobResults"
    return (request, fault) not in {(LOGIN, "401"), (UPLOAD, "cut body")}


LOAD_CELLS = [(request, fault) for request in LOAD_REQUESTS for fault in FAULTS if can_hit(request, fault)]
EXPORT_CELLS = [(request, fault) for request in EXPORT_REQUESTS for fault in FAULTS if can_hit(request, fault)]


def refuse_second_uploads(bulk: BulkOrg) -> None:
    """No job is given data twice, and none whose upload got lost is left unread."""
    uploads = bulk.org.org.requests.of(UPLOAD)
    answered = Counter(each.path for each in uploads if each.status != 401)  # for its token, and sent again whole
    assert set(answered.values()) <= {1}
    for upload in (each for each in uploads if each.fault and each.status != 401):
        job = upload.path.removesuffix("/batches")
        following = [each.operation for each in bulk.org.requests if each.number > upload.number and each.path == job]
        assert following[0] == "getIngestJob"


@pytest.mark.parametrize("kind", ["path", "iterator"])
@pytest.mark.parametrize(
    ("request_", "fault", "skip"),
    [(request, fault, skip) for request, fault in LOAD_CELLS for skip in (0, 1) if request != LOGIN or not skip],
)
@covers("D2")
def test_a_load_survives_one_fault_anywhere(
    bulk: BulkOrg, *, request_: str, fault: str, skip: int, kind: str, tmp_path: Path
) -> None:
    rows = accounts(120, bad_every=10, twins=2)
    sf = bulk.connect(timeout_s=TIMEOUT_S)
    plan = bulk.org.faults.add(request_, skip=skip, **FAULTS[fault])

    with bulk.load(sf, bulk.source(kind, table(rows), tmp_path), max_part_rows=50) as report:
        failed = [row.row for row in report.failures()]
        succeeded = [row.row for row in report.successes()]

    assert plan.hits == 1
    assert failed == list(range(10, 121, 10))
    assert succeeded == [number for number in range(1, 121) if number % 10]
    assert (report.created, report.failed, report.unprocessed, report.unknown) == (108, 12, 0, 0)
    refuse_second_uploads(bulk)
    assert bulk.held() == good_names(rows)


@pytest.mark.parametrize("kind", ["path", "iterator"])
@pytest.mark.parametrize(("request_", "fault"), LOAD_CELLS)
def test_a_fault_that_stays_is_the_error_of_its_class_and_doubles_nothing(
    bulk: BulkOrg, request_: str, fault: str, kind: str, tmp_path: Path
) -> None:
    rows = accounts(120, bad_every=10)
    sf = bulk.connect(timeout_s=TIMEOUT_S, retry=Retry(attempts=TRIES, deadline_s=5))
    plan = bulk.org.faults.add(request_, times=None, skip=0 if request_ == LOGIN else 1, **FAULTS[fault])
    source = bulk.source(kind, table(rows), tmp_path)

    if request_ == "updateIngestJob" and fault in ("cut body", "cut after"):
        # The close takes effect though its answer never comes, and the job says so: the load goes on.
        report = bulk.load(sf, source, max_part_rows=50, concurrency=1)
        assert report.created == 108
        assert plan.hits == 2
    else:
        with pytest.raises(ERRORS[fault]) as caught:
            bulk.load(sf, source, max_part_rows=50, concurrency=1)
        assert type(caught.value) is ERRORS[fault]
        found = report_of(caught.value)
        assert found is not None
        report = found
        assert plan.hits == tries(request_, fault)

    refuse_second_uploads(bulk)
    held, good = bulk.held(), good_names(rows)
    assert held <= good
    assert sum(held.values()) >= report.succeeded
    if not report.unknown:
        assert sum(held.values()) == report.succeeded
    assert report.total == 120 if kind == "path" else report.total <= 120
    listed = (report.successes(), report.failures(), report.unprocessed_rows(), report.unknown_rows())
    assert sum(1 for rows_ in listed for _ in rows_) == report.total
    report.close()


def tries(request: str, fault: str) -> Any:
    """How often a request goes out that meets the same fault again and again."""
    if fault == "401":
        return 2  # with the token, and with the one that was fetched in its place
    if request in ("getIngestJob", "getQueryJob"):
        return pytest.approx(8, abs=4)  # polls go on for `deadline_s`, longer and longer apart
    return TRIES


@pytest.mark.parametrize("way", ["csv", "dicts"])
@pytest.mark.parametrize(
    ("request_", "fault", "skip"),
    [
        (request, fault, skip)
        for request, fault in EXPORT_CELLS
        for skip in range({LOGIN: 1, "createQueryJob": 1}.get(request, 3))
    ],
)
def test_an_export_survives_one_fault_anywhere(
    bulk: BulkOrg, *, request_: str, fault: str, skip: int, way: str, tmp_path: Path
) -> None:
    if request_ == "getQueryJob":
        skip = min(skip, 1)
    rows = accounts(100, twins=2)
    bulk.org.seed({"Account": rows})
    sf = bulk.connect(timeout_s=TIMEOUT_S)
    plan = bulk.org.faults.add(request_, skip=skip, **FAULTS[fault])
    export = sf.bulk.export("SELECT Id, Name FROM Account", max_records=PAGE_RECORDS)

    if way == "csv":
        path = tmp_path / "out.csv"
        assert bulk.to_csv(export, path) == 100
        header, *found = exported(path)
        assert header == ["Id", "Name"]
        held = names(iter(dict(zip(header, row, strict=True)) for row in found))
    else:
        held = names(iter(bulk.half.items(export.dicts())))

    assert plan.hits == 1
    assert held == good_names(rows)
    assert export.total == 100


@pytest.mark.parametrize(("request_", "fault"), EXPORT_CELLS)
def test_an_export_that_cant_be_whole_leaves_no_file(bulk: BulkOrg, request_: str, fault: str, tmp_path: Path) -> None:
    bulk.org.seed({"Account": accounts(100)})
    sf = bulk.connect(timeout_s=TIMEOUT_S, retry=Retry(attempts=TRIES, deadline_s=5))
    first = request_ in (LOGIN, "createQueryJob")
    plan = bulk.org.faults.add(request_, times=None, skip=0 if first else 1, **FAULTS[fault])
    export = sf.bulk.export("SELECT Id, Name FROM Account", max_records=PAGE_RECORDS)
    path = tmp_path / "out.csv"
    path.write_text("what was there")

    with pytest.raises(ERRORS[fault]) as caught:
        bulk.to_csv(export, path)

    assert type(caught.value) is ERRORS[fault]
    assert plan.hits == tries(request_, fault)
    assert path.read_text() == "what was there"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        (LOGIN, AuthError),
        ("createIngestJob", DecodeError),
        (UPLOAD, ApiError),
        ("updateIngestJob", DecodeError),
        ("getIngestJob", DecodeError),
        ("getIngestSuccessfulResults", IntegrityError),
        ("getIngestFailedResults", IntegrityError),
    ],
)
def test_a_proxys_page_in_place_of_an_answer_is_a_named_error(
    bulk: BulkOrg, request_: str, error: type[SalesforceError]
) -> None:
    plan = bulk.org.faults.add(request_, status=200, body="<html>please log in to the proxy</html>", times=None)
    rows = accounts(10, bad_every=5)

    with pytest.raises(error) as caught:
        bulk.load(bulk.connect(), table(rows))

    assert type(caught.value) is error
    assert plan.hits
    assert bulk.held() <= good_names(rows)
