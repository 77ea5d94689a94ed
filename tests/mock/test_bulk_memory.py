"""What bulk jobs hold in memory doesn't depend on how many rows they have."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest

from specforce_mockserver import soql
from specforce_mockserver.bulk.behaviour import PLAIN
from specforce_mockserver.bulk.dialect import Dialect
from specforce_mockserver.bulk.ingest import IngestWork
from specforce_mockserver.bulk.job import IngestJob, QueryJob
from specforce_mockserver.bulk.query import QueryWork
from specforce_mockserver.org import Org

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from specforce_mockserver.bulk.work import Work

ROWS = 20_000
TIMES = 4
MAX_GROWTH_BYTES = 3_000_000


@pytest.fixture
def org() -> Iterator[Org]:
    made = Org()
    yield made
    made.close()


def common(org: Org, directory: Path) -> dict[str, Any]:
    directory.mkdir(exist_ok=True)
    return {
        "id": "750Sf0000000001AAA",
        "object": "Contact",
        "api_version": "67.0",
        "created_by_id": org.identity.admin_id,
        "created_s": 0.0,
        "modified_s": 0.0,
        "state": "InProgress",
        "dialect": Dialect(),
        "directory": directory,
        "behaviour": PLAIN,
    }


def peak_bytes(work: Work) -> int:
    tracemalloc.start()
    while work.step():
        pass
    work.settle()
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def test_ingest_and_query_hold_no_more_for_four_times_the_rows(org: Org, tmp_path: Path) -> None:
    peaks: dict[str, list[int]] = {"ingest": [], "query": []}
    for times in (1, TIMES):
        upload = tmp_path / "upload.csv"
        upload.write_text("LastName,Description\n" + "Lovelace,some text\n" * ROWS * times)
        job = IngestJob(
            kind="ingest",
            operation="insert",
            upload=upload,
            **common(org, tmp_path / f"i{times}"),
        )
        peaks["ingest"].append(peak_bytes(IngestWork(org, job)))
        assert job.records_processed == ROWS * times
        query = soql.compile_query(org.schema, "SELECT LastName, Description FROM Contact", now=0, version="67.0")
        exported = QueryJob(
            kind="query",
            operation="query",
            query=query,
            **common(org, tmp_path / f"q{times}"),
        )
        peaks["query"].append(peak_bytes(QueryWork(org, exported)))
        assert exported.records_processed == job.records_processed + (ROWS if times > 1 else 0)
    for once, more in peaks.values():
        assert more - once < MAX_GROWTH_BYTES, peaks
