"""A load that stops before its source was read to the end says from which row on nothing is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from specforce.bulk import report_of
from specforce.errors import RequestLimitExceeded

if TYPE_CHECKING:
    from tests.flows.bulk_org import BulkOrg


@pytest.mark.parametrize("check", ["parts", "whole"])
def test_an_error_speaks_of_rows_that_were_never_read(bulk: BulkOrg, check: str) -> None:
    rows = ({"Name": f"Acme {number}"} for number in range(10))
    bulk.org.faults.add("createIngestJob", status=429, times=10)

    with pytest.raises(RequestLimitExceeded) as refused:
        bulk.load(bulk.connect(), rows, check=check, max_part_rows=2, concurrency=1)

    report = report_of(refused.value)
    assert report is not None
    with report:
        assert report.total == report.unprocessed
        assert (report.total < 10) == (check == "parts")
        said = f"what comes after its row {report.total:,} isn't in the report"
        assert any(said in note for note in refused.value.__notes__) == (check == "parts")
