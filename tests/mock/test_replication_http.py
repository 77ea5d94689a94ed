"""Deleted and updated records of a span, over raw HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.mock.reference import row

if TYPE_CHECKING:
    from specforce_mockserver.org import Org
    from tests.mock.raw_org import RawOrg


def span(org: Org, begin_minutes: float, end_minutes: float) -> dict[str, str]:
    now = datetime.fromtimestamp(org.clock.now(), UTC)
    ends = (now + timedelta(minutes=each) for each in (begin_minutes, end_minutes))
    start, end = (each.isoformat(timespec="seconds") for each in ends)
    return {"start": start, "end": end}


@row("rest.md#5", "Deleted: `{")
def test_changed_and_deleted_records_of_a_span_are_listed(raw: RawOrg, org: Org) -> None:
    old = raw.create("Account", Name="Old")
    org.clock.advance(3600)
    new, gone = (raw.create("Account", Name=name) for name in ("New", "Gone"))
    raw.json("DELETE", f"/sobjects/Account/{gone}")
    recent = span(org, -30, 5)

    updated = raw.get("/sobjects/Account/updated", params=recent)
    deleted = raw.get("/sobjects/Account/deleted", params=recent)

    assert updated["ids"] == [new]
    assert updated["latestDateCovered"].endswith(":00.000+0000")
    moment = org.clock.stored_now().replace("Z", "+0000")
    assert deleted["deletedRecords"] == [{"id": gone, "deletedDate": moment}]
    assert list(deleted) == ["deletedRecords", "earliestDateAvailable", "latestDateCovered"]
    assert raw.get("/sobjects/Account/updated", params=span(org, -90, -30))["ids"] == [old]


@pytest.mark.parametrize(
    ("begin", "end", "message"),
    [
        (-5, -10, "endDate must be after startDate"),
        (-5, -5, "endDate must be after startDate"),
        (-31 * 24 * 60, 0, "startDate before org replication enabled date"),
    ],
)
@row("errors_and_limits.md#3", "| INVALID_REPLICATION_DATE | 400 |")
def test_a_span_that_cant_be_answered_is_refused(raw: RawOrg, org: Org, begin: float, end: float, message: str) -> None:
    for which in ("updated", "deleted"):
        refused = raw.refused("GET", f"/sobjects/Account/{which}", params=span(org, begin, end))
        assert refused == (400, [{"message": message, "errorCode": "INVALID_REPLICATION_DATE"}])


@pytest.mark.parametrize("params", [{}, {"start": "2026-03-01T10:00:00Z"}, {"start": "x", "end": "y"}])
def test_missing_and_malformed_ends_are_refused(raw: RawOrg, params: dict[str, str]) -> None:
    assert raw.refused("GET", "/sobjects/Account/updated", params=params)[0] == 400
