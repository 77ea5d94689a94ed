"""A load's rows with what became of them, as Arrow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from specforce.errors import InputError
from tests.flows.bulk_org import BulkOrg, accounts, table

if TYPE_CHECKING:
    from pathlib import Path


def test_every_row_comes_with_its_number_line_and_outcome(bulk: BulkOrg, tmp_path: Path) -> None:
    rows = accounts(12_000, bad_every=10)
    path = bulk.source("path", table(rows), tmp_path)

    with bulk.load(bulk.connect(), path, max_part_rows=7_000) as report:
        reader = report.to_arrow()
        found = reader.read_all()
        failed = report.to_arrow(rows="failed").read_all()

    assert found.schema.names == ["sf__Row", "sf__Line", "sf__Outcome", "sf__Id", "sf__Error", "Name", "Phone"]
    assert found.column("sf__Row").to_pylist() == list(range(1, 12_001))
    assert found.column("sf__Line").to_pylist() == list(range(2, 12_002))
    assert found.column("Name").to_pylist() == [row["Name"] for row in rows]
    assert set(found.column("sf__Outcome").to_pylist()) == {"created", "failed"}
    assert found.column("sf__Id").null_count == failed.num_rows == 1_200
    assert failed.column("sf__Row").to_pylist() == list(range(10, 12_001, 10))
    assert failed.column("sf__Error")[0].as_py().startswith("REQUIRED_FIELD_MISSING:")


def test_rows_of_a_closed_report_arent_there_any_more(bulk: BulkOrg) -> None:
    report = bulk.load(bulk.connect(), [{"Name": "Acme"}])
    report.close()

    with pytest.raises(InputError, match="the report is closed"):
        report.to_arrow().read_all()
    assert bulk.load(bulk.connect(), b"Name\n").to_arrow().read_all().num_rows == 0
