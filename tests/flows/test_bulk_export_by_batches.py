"""Exports by Bulk API 1.0: on request, or where Bulk API 2.0 can't; the same ways out, the same counts."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

import pytest

from specforce import Retry
from specforce.bulk import resume_token_of
from specforce.errors import ApiError, ConnectionCut, InputError, JobFailed
from tests.flows.bulk_org import exported

if TYPE_CHECKING:
    from pathlib import Path

    from tests.flows.bulk_org import BulkOrg

NAMES = [f"Acme {number:04d}" for number in range(60)]
SOQL = "SELECT Name FROM Account"
CHUNKS = {"chunk_size": 10}


@pytest.fixture
def seeded(bulk: BulkOrg) -> BulkOrg:
    bulk.org.seed({"Account": [{"Name": name} for name in NAMES]})
    return bulk


@pytest.mark.parametrize("chunking", [False, True, CHUNKS])
@pytest.mark.parametrize("name", ["out.csv", "out.csv.gz"])
def test_an_export_by_batches_holds_every_record_once(
    seeded: BulkOrg, tmp_path: Path, chunking: Any, name: str
) -> None:
    export = seeded.connect().bulk.export(SOQL, method="bulk_v1", pk_chunking=chunking)

    assert seeded.to_csv(export, tmp_path / name) == export.total == len(NAMES)

    path = tmp_path / "out.csv"
    if name.endswith(".gz"):
        path.write_bytes(gzip.decompress((tmp_path / name).read_bytes()))
    header, *rows = exported(path)
    assert header == ["Name"]
    assert sorted(row[0] for row in rows) == NAMES
    assert sorted(row["Name"] for row in seeded.half.items(export.dicts())) == NAMES
    assert export.api == "bulk_v1"
    assert seeded.asked("createQueryJob") == 0


def test_arrow_has_the_same_types_by_batches(seeded: BulkOrg) -> None:
    soql = "SELECT Name, CreatedDate, NumberOfEmployees FROM Account"
    sf = seeded.connect()

    by_batches = seeded.half.run(sf.bulk.export(soql, method="bulk_v1", pk_chunking=CHUNKS).to_arrow())

    assert by_batches.schema == seeded.half.run(sf.bulk.export(soql).to_arrow()).schema
    assert by_batches.num_rows == len(NAMES)


@pytest.mark.parametrize("name", ["out.csv", "out.csv.gz"])
def test_a_query_that_finds_nothing_by_batches_has_its_header(bulk: BulkOrg, tmp_path: Path, name: str) -> None:
    export = bulk.connect().bulk.export("SELECT Name, Owner.Username FROM Account", method="bulk_v1")

    assert bulk.to_csv(export, tmp_path / name) == 0
    data = (tmp_path / name).read_bytes()
    assert (gzip.decompress(data) if name.endswith(".gz") else data) == b'"Name","Owner.Username"\n'
    assert bulk.half.items(export.rows()) == []
    assert export.columns == ("Name", "Owner.Username")


def test_an_object_that_bulk_2_0_doesnt_support_goes_by_batches(seeded: BulkOrg) -> None:
    refused: dict[str, Any] = {
        "status": 400,
        "error_code": "INVALIDENTITY",
        "message": "not supported",
    }
    seeded.org.faults.add("createQueryJob", "status", times=None, **refused)
    export = seeded.connect().bulk.export(SOQL)

    assert len(seeded.half.items(export.rows())) == len(NAMES)
    assert export.api == "bulk_v1"
    with pytest.raises(ApiError, match="INVALIDENTITY"):
        seeded.half.items(seeded.connect().bulk.export(SOQL, method="bulk").rows())
    with pytest.raises(InputError, match=r"one of Bulk API 1\.0"):
        seeded.half.run(export.job())


def test_a_query_that_takes_too_long_goes_by_batches(seeded: BulkOrg) -> None:
    seeded.org.plan_job(kind="query", fail_message="InvalidBatch : Failed to process query: QUERY_TIMEOUT: too long")
    export = seeded.connect().bulk.export(SOQL)

    assert len(seeded.half.items(export.rows())) == len(NAMES)
    assert export.api == "bulk_v1"


def test_a_version_without_queries_of_bulk_2_0_goes_by_batches(seeded: BulkOrg) -> None:
    export = seeded.connect(api_version="46.0").bulk.export(SOQL)

    assert len(seeded.half.items(export.rows())) == len(NAMES)
    assert export.api == "bulk_v1"


def test_other_refusals_and_failures_are_raised(seeded: BulkOrg) -> None:
    seeded.org.plan_job(kind="query", fail_message="InvalidBatch : something else")

    with pytest.raises(JobFailed, match="something else"):
        seeded.half.items(seeded.connect().bulk.export(SOQL).rows())
    with pytest.raises(InputError, match="writes commas"):
        seeded.half.items(seeded.connect().bulk.export(SOQL, method="bulk_v1", delimiter=";").rows())
    assert seeded.asked("createJob") == 0


@pytest.mark.parametrize(
    "wrong", [{"method": "soap"}, {"pk_chunking": {"size": 3}}, {"pk_chunking": {"chunk_size": 0}}]
)
def test_arguments_that_dont_fit_are_refused(seeded: BulkOrg, wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        seeded.connect().bulk.export(SOQL, **wrong)


def test_an_export_by_batches_goes_on_where_it_was_broken_off(seeded: BulkOrg, tmp_path: Path) -> None:
    seeded.org.faults.add("getQueryResult", "cut", skip=3, times=None, after_bytes=10)
    sf = seeded.connect(retry=Retry(attempts=1))
    export = sf.bulk.export(SOQL, method="bulk_v1", pk_chunking=CHUNKS, concurrency=1)
    with pytest.raises(ConnectionCut) as caught:
        seeded.to_csv(export, tmp_path / "out.csv", resumable=True)
    token = resume_token_of(caught.value)
    assert token is not None
    assert ":bulk_v1:" in token
    seeded.org.faults.clear()
    asked = seeded.asked("getQueryResult")

    assert seeded.to_csv(seeded.connect().bulk.resume_export(token), tmp_path / "out.csv") == len(NAMES)

    assert sorted(row[0] for row in exported(tmp_path / "out.csv")[1:]) == NAMES
    assert seeded.asked("getQueryResult") - asked <= 4
    assert seeded.asked("createJob") == 1
