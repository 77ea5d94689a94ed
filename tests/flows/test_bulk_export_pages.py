"""Result pages side by side: every record once, in order or not, whatever becomes of a page; memory of a few pages."""

from __future__ import annotations

import gzip
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from specforce import Retry
from specforce.errors import ConnectionCut, InputError, IntegrityError
from tests.flows.bulk_org import BulkOrg, exported

if TYPE_CHECKING:
    from pathlib import Path

    from specforce_mockserver.faults import FaultKind

PAGES, PAGE_RECORDS = 13, 10
NAMES = [f"Acme {number:04d}\nof {number}" for number in range(PAGES * PAGE_RECORDS)]
SOQL = "SELECT Name FROM Account ORDER BY Name"


@pytest.fixture
def paged(bulk: BulkOrg) -> BulkOrg:
    """An org whose results come in many pages."""
    bulk.org.plan_job(kind="query", times=None, default_page_records=PAGE_RECORDS)
    bulk.org.seed({"Account": [{"Name": name} for name in NAMES]})
    return bulk


@pytest.mark.parametrize("name", ["out.csv", "out.csv.gz"])
@pytest.mark.parametrize("concurrency", [1, 2, 5])
def test_pages_side_by_side_keep_the_order_of_the_query(
    paged: BulkOrg, tmp_path: Path, concurrency: int, name: str
) -> None:
    export = paged.connect().bulk.export(SOQL, concurrency=concurrency)

    assert paged.to_csv(export, tmp_path / name) == len(NAMES)

    path = tmp_path / "out.csv"
    if name.endswith(".gz"):
        path.write_bytes(gzip.decompress((tmp_path / name).read_bytes()))
    assert exported(path) == [["Name"], *([name] for name in NAMES)]
    assert paged.asked("getQueryJobResults") == PAGES
    assert bool(paged.asked("listQueryJobResultPages")) == (concurrency > 1)


def test_pages_as_they_come_hold_every_record_once(paged: BulkOrg, tmp_path: Path) -> None:
    export = paged.connect().bulk.export(SOQL, ordered=False)

    found = [row[0] for row in paged.half.items(export.rows())]
    paged.to_csv(export, tmp_path / "out.csv")

    assert Counter(found) == Counter(NAMES)
    header, *rows = exported(tmp_path / "out.csv")
    assert header == ["Name"]
    assert Counter(row[0] for row in rows) == Counter(NAMES)


def test_before_58_0_pages_come_one_after_the_other(paged: BulkOrg) -> None:
    sf = paged.connect(api_version="57.0")

    assert [row[0] for row in paged.half.items(sf.bulk.export(SOQL).rows())] == NAMES
    assert paged.asked("listQueryJobResultPages") == 0


@pytest.mark.parametrize("ordered", [True, False])
@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "cut", "after_bytes": 60},
        {"kind": "expire_tokens"},
        {"kind": "status", "status": 503},
        {"kind": "truncate", "after_bytes": 90},
        {"kind": "drop_before"},
    ],
    ids=lambda fault: fault["kind"],
)
def test_a_page_that_fails_is_asked_for_again_it_alone(paged: BulkOrg, fault: dict[str, Any], *, ordered: bool) -> None:
    plans = [paged.org.faults.add("getQueryJobResults", skip=skip, **fault) for skip in (1, 6, 12)]
    export = paged.connect().bulk.export(SOQL, ordered=ordered)

    found = [row[0] for row in paged.half.items(export.rows())]

    assert (found if ordered else sorted(found)) == NAMES
    assert sum(plan.hits for plan in plans) == 3
    assert paged.asked("getQueryJobResults") <= PAGES + 3 + 4 * 3, "a refused token may be sent by five at a time"


@pytest.mark.parametrize("kind", ["cut", "expire_tokens", "drop_after"])
def test_a_list_of_pages_that_fails_is_asked_for_again(paged: BulkOrg, kind: FaultKind) -> None:
    plan = paged.org.faults.add("listQueryJobResultPages", kind, skip=1, after_bytes=5 if kind == "cut" else 0)

    assert [row[0] for row in paged.half.items(paged.connect().bulk.export(SOQL).rows())] == NAMES
    assert plan.hits == 1


def test_a_page_that_stays_cut_ends_the_export_and_leaves_nothing(paged: BulkOrg, tmp_path: Path) -> None:
    paged.org.faults.add("getQueryJobResults", "cut", skip=7, times=None, after_bytes=30)
    export = paged.connect(retry=Retry(attempts=2)).bulk.export(SOQL)

    with pytest.raises(ConnectionCut):
        paged.to_csv(export, tmp_path / "out.csv")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ordered", [True, False])
def test_pages_that_dont_make_up_the_total_are_never_taken_for_whole(bulk: BulkOrg, *, ordered: bool) -> None:
    bulk.org.plan_job(kind="query", default_page_records=PAGE_RECORDS, miscount_processed=1)
    bulk.org.seed({"Account": [{"Name": name} for name in NAMES]})

    with pytest.raises(IntegrityError, match="found 131 records, its pages hold 130"):
        bulk.half.items(bulk.connect().bulk.export(SOQL, ordered=ordered).rows())


def test_a_slow_reader_holds_the_download(paged: BulkOrg) -> None:
    export = paged.connect().bulk.export(SOQL, concurrency=3)

    if paged.half.name == "sync":
        rows = export.rows()
        next(rows)
        rows.close()
    else:

        async def first() -> None:
            rows = export.rows()
            await anext(rows)
            await rows.aclose()

        paged.half.run(first())

    assert paged.asked("getQueryJobResults") <= 3


@pytest.mark.parametrize("wrong", [{"concurrency": 0}, {"concurrency": 6}, {"max_records": 0}])
def test_a_number_out_of_its_range_is_refused_before_anything_is_sent(paged: BulkOrg, wrong: dict[str, int]) -> None:
    sf = paged.connect()

    with pytest.raises(InputError, match=next(iter(wrong))):
        sf.bulk.export(SOQL, **wrong)

    assert not paged.org.requests
