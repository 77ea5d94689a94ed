"""What a client and a load may use of the org's requests a day: they stop in time, and say how to go on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from specforce import Retry
from specforce.bulk import report_of
from specforce.errors import BudgetReached, InputError, RequestLimitExceeded
from specforce.testing import FakeOrg
from specforce_mockserver.settings import OrgSettings
from tests.flows.bulk_org import BulkOrg, accounts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ALLOWED = 100
PARTS: dict[str, Any] = {"max_part_rows": 10, "concurrency": 1, "check": "whole"}


@pytest.fixture(scope="module")
def org() -> Iterator[FakeOrg]:
    with FakeOrg("tests/schema.toml", settings=OrgSettings(daily_api_requests=ALLOWED)) as org:
        yield org


@pytest.mark.parametrize("whose", ["the client's", "the load's"])
def test_a_load_stops_at_its_share_and_says_how_to_go_on(bulk: BulkOrg, whose: str, tmp_path: Path) -> None:
    sf = bulk.connect(max_api_fraction=0.3) if whose == "the client's" else bulk.connect()
    options: dict[str, Any] = {} if whose == "the client's" else {"max_api_fraction": 0.3}
    rows = accounts(100)

    with pytest.raises(
        BudgetReached, match=r"of the org's 100 API requests in 24 hours .*max_api_fraction=0.3"
    ) as caught:
        bulk.load(sf, rows, **PARTS, **options)

    report = report_of(caught.value)
    assert report is not None
    assert 30 <= caught.value.used < 40
    assert (report.failed, report.unknown) == (0, 0)
    assert 0 < report.succeeded < 100
    assert report.succeeded + report.unprocessed == 100
    assert "rows='unprocessed'" in "".join(caught.value.__notes__)
    with report:
        assert report.write_csv(tmp_path / "rest.csv", rows="unprocessed", reasons=False) == report.unprocessed
    assert bulk.load(bulk.connect(), tmp_path / "rest.csv").created == report.unprocessed
    assert bulk.held().total() == 100


def test_a_load_goes_on_by_its_journal_on_another_day(bulk: BulkOrg, tmp_path: Path) -> None:
    rows, journal = accounts(60), tmp_path / "journal"
    with pytest.raises(BudgetReached) as caught:
        bulk.load(bulk.connect(), rows, journal=journal, max_api_fraction=0.2, **PARTS)
    assert "resume=" in "".join(caught.value.__notes__)
    bulk.org.advance(86_400)

    assert bulk.load(bulk.connect(), rows, resume=journal, **PARTS).created == 60
    assert bulk.held().total() == 60


def test_collections_stop_between_two_requests(bulk: BulkOrg) -> None:
    sf = bulk.connect()
    for _ in range(8):
        bulk.half.run(sf.rest.list_resources())

    with pytest.raises(BudgetReached) as caught:
        bulk.load(sf, accounts(1200), method="collections", max_api_fraction=0.12)

    report = report_of(caught.value)
    assert report is not None
    assert (report.created, report.unprocessed) == (600, 600)


def test_a_client_begins_nothing_beyond_its_share(bulk: BulkOrg) -> None:
    sf = bulk.connect(max_api_fraction=0.05)
    job = bulk.half.run(sf.bulk.ingest_job("Account", operation="insert"))
    for _ in range(4):
        bulk.half.run(job.info())

    with pytest.raises(BudgetReached):
        bulk.half.run(sf.rest.list_resources())
    with pytest.raises(BudgetReached):
        bulk.half.run(sf.bulk.ingest_job("Account", operation="insert"))

    bulk.half.run(job.upload(b"Name\nAcme\n"))
    bulk.half.run(job.close())
    assert str(bulk.half.run(job.wait()).state.value) == "JobComplete"
    bulk.half.run(sf.logout(revoke=True))


@pytest.mark.parametrize("fraction", [0, 1.1, -0.5, True, "0.9"])
def test_a_share_is_above_0_and_at_most_1(bulk: BulkOrg, fraction: Any) -> None:
    with pytest.raises(InputError, match="max_api_fraction="):
        bulk.connect(max_api_fraction=fraction)
    with pytest.raises(InputError, match="max_api_fraction="):
        bulk.load(bulk.connect(), accounts(1), max_api_fraction=fraction)


def test_the_daily_limit_stops_a_load_at_once_with_what_is_done(bulk: BulkOrg) -> None:
    sf = bulk.connect(retry=Retry(attempts=5))
    bulk.org.faults.add(
        "createIngestJob",
        kind="status",
        status=403,
        error_code="REQUEST_LIMIT_EXCEEDED",
        message="TotalRequests Limit exceeded.",
        skip=2,
        times=None,
    )

    with pytest.raises(RequestLimitExceeded) as caught:
        bulk.load(sf, accounts(50), **PARTS)

    report = report_of(caught.value)
    assert report is not None
    assert (report.created, report.unprocessed, report.unknown) == (20, 30, 0)
    assert bulk.asked("createIngestJob") == 3
    assert "rows='unprocessed'" in "".join(caught.value.__notes__)


@pytest.mark.parametrize(
    "busy",
    [
        {"status": 403, "error_code": "REQUEST_LIMIT_EXCEEDED", "message": "ConcurrentRequests Limit exceeded."},
        {"status": 503},
        {"status": 429, "error_code": "TOO_MANY_REQUESTS", "headers": {"Retry-After": "7"}},
    ],
)
def test_what_goes_by_is_waited_for(bulk: BulkOrg, busy: dict[str, Any]) -> None:
    bulk.org.faults.add("createIngestJob", kind="status", times=2, **busy)

    assert bulk.load(bulk.connect(), accounts(30), **PARTS).created == 30
    if "headers" in busy:
        assert sum(bulk.half.clock.slept) >= 14
