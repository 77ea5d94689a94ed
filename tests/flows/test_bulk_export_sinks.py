"""What takes an export may fail: the job isn't lost, the error says how to go on, no half file takes a name."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Any

import pytest

from specforce.bulk import resume_token_of
from specforce.bulk.sinks import TableSink
from tests.flows.bulk_org import exported

if TYPE_CHECKING:
    from pathlib import Path

    from tests.flows.bulk_org import BulkOrg

PAGES, PAGE_RECORDS = 6, 10
NAMES = [f"Acme {number:04d}" for number in range(PAGES * PAGE_RECORDS)]
SOQL = "SELECT Name FROM Account ORDER BY Name"


@pytest.fixture
def paged(bulk: BulkOrg) -> BulkOrg:
    """An org whose results come in six pages."""
    bulk.org.plan_job(kind="query", times=None, default_page_records=PAGE_RECORDS)
    bulk.org.seed({"Account": [{"Name": name} for name in NAMES]})
    return bulk


class FullDisk:
    """Fails a call after so many that went well."""

    def __init__(self, call: Any, good: int) -> None:
        self._call = call
        self._left = good

    def __call__(self, *arguments: Any) -> Any:
        self._left -= 1
        if self._left < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return self._call(*arguments)


@pytest.mark.parametrize("good", [0, 1, 5])
@pytest.mark.parametrize("concurrency", [1, 5])
@pytest.mark.parametrize("resumable", [False, True])
def test_a_full_disk_loses_neither_the_job_nor_what_was_kept(
    paged: BulkOrg, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, good: int, concurrency: int, resumable: bool
) -> None:
    path = tmp_path / "out.csv"
    export = paged.connect().bulk.export(SOQL, concurrency=concurrency)

    with monkeypatch.context() as patch:
        full = FullDisk(TableSink.write, good)
        patch.setattr(TableSink, "write", lambda sink, data: full(sink, data))  # noqa: PLW0108 - only a function binds
        with pytest.raises(OSError, match="No space left") as caught:
            paged.to_csv(export, path, resumable=resumable)

    token = resume_token_of(caught.value)
    assert token == export.resume_token
    left = sorted(each.name for each in tmp_path.iterdir())
    assert left in ([], ["out.csv.part", "out.csv.part.journal"] if resumable else [])
    assert paged.to_csv(paged.connect().bulk.resume_export(token), path) == len(NAMES)
    assert exported(path) == [["Name"], *([name] for name in NAMES)]
    assert list(tmp_path.iterdir()) == [path]
    assert paged.asked("createQueryJob") == 1


@pytest.mark.parametrize("call", ["os.fsync", "os.copy_file_range"])
@pytest.mark.parametrize("good", [0, 3])
def test_a_disk_that_fills_up_while_pages_are_put_together_is_the_same(
    paged: BulkOrg, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, good: int
) -> None:
    path = tmp_path / "out.csv"
    export = paged.connect().bulk.export(SOQL, ordered=False)

    with monkeypatch.context() as patch:
        patch.setattr(call, FullDisk(getattr(os, call.removeprefix("os.")), good))
        with pytest.raises(OSError, match="No space left"):
            paged.to_csv(export, path, resumable=True)

    assert paged.to_csv(paged.connect().bulk.resume_export(export.resume_token), path) == len(NAMES)
    assert exported(path)[0] == ["Name"]
    assert sorted(row[0] for row in exported(path)[1:]) == NAMES
    assert list(tmp_path.iterdir()) == [path]


def test_a_parquet_file_that_cant_be_written_leaves_nothing_but_the_token(
    paged: BulkOrg, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(sink: object, table: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("specforce.bulk.arrow.ParquetSink.write", fail)
    export = paged.connect().bulk.export(SOQL)

    with pytest.raises(OSError, match="No space left") as caught:
        paged.half.run(export.to_parquet(tmp_path / "out.parquet"))

    assert resume_token_of(caught.value) == export.resume_token
    assert list(tmp_path.iterdir()) == []


def test_an_export_that_was_left_early_serves_again_from_its_start(bulk: BulkOrg) -> None:
    bulk.org.plan_job(kind="query", default_page_records=20)
    bulk.org.seed({"Account": [{"Name": f"A{number:02d}", "Description": "x" * 30_000} for number in range(40)]})
    export = bulk.connect().bulk.export("SELECT Name, Description FROM Account ORDER BY Name")

    if bulk.half.name == "sync":
        rows = export.rows()
        next(rows)
        rows.close()
    else:

        async def first() -> None:
            rows = export.rows()
            await anext(rows)
            await rows.aclose()

        bulk.half.run(first())

    assert [row[0] for row in bulk.half.items(export.rows())] == [f"A{number:02d}" for number in range(40)]
    assert bulk.asked("createQueryJob") == 1
