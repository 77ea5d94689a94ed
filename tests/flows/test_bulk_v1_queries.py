"""Queries by Bulk API 1.0 in every format, end to end in both halves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from specforce.bulk_v1 import PkChunking
from specforce.errors import ApiError, InputError, IntegrityError, JobFailed, JobTimeout
from tests.covers import covers
from tests.flows.bulk_org import exported

if TYPE_CHECKING:
    from pathlib import Path

    from specforce.testing import FakeOrg
    from tests.halves import Half

FORMATS = ["CSV", "JSON", "XML"]
SOQL = "SELECT Name, Phone, Parent.Name FROM Account"


@pytest.fixture
def sf(org: FakeOrg, half: Half) -> Any:
    """A client of the half, of an org with five Accounts."""
    org.seed({"Account": [{"Name": f'Acme "{number}", <&>', "Phone": None} for number in range(5)]})
    return half.login(org.auth(), timeout_s=10)


def expected(content_type: str) -> list[dict[str, Any]]:
    """The five Accounts as records of a format."""
    null = "" if content_type == "CSV" else None
    parent = "Parent.Name" if content_type == "CSV" else "Parent"
    return [{"Name": f'Acme "{number}", <&>', "Phone": null, parent: null} for number in range(5)]


@pytest.mark.parametrize("content_type", FORMATS)
@covers("V3")
def test_records_are_read_over_all_results(org: FakeOrg, half: Half, sf: Any, content_type: str) -> None:
    org.plan_job(page_records=2)

    records = half.items(sf.bulk_v1.query(SOQL, content_type=content_type).dicts())

    assert records == expected(content_type)
    assert sum(request.operation == "getQueryResult" for request in org.requests) == 3


@pytest.mark.parametrize("content_type", FORMATS)
def test_pk_chunking_reads_every_chunk_and_passes_over_the_split_batch(half: Half, sf: Any, content_type: str) -> None:
    query = sf.bulk_v1.query(SOQL, content_type=content_type, pk_chunking={"chunk_size": 2})

    assert half.items(query.dicts()) == expected(content_type)
    infos = half.run(half.run(query.job()).batches())
    assert [info.state.value for info in infos] == ["NotProcessed", "Completed", "Completed", "Completed"]
    assert [info.number_records_processed for info in infos] == [0, 2, 2, 1]


@pytest.mark.parametrize("content_type", FORMATS)
def test_a_query_that_finds_nothing_has_no_records(half: Half, sf: Any, content_type: str) -> None:
    nothing = "SELECT Name FROM Account WHERE Name = 'nobody'"

    assert half.items(sf.bulk_v1.query(nothing, content_type=content_type).dicts()) == []


def test_deleted_records_are_found_where_they_are_wanted(half: Half, sf: Any) -> None:
    found = half.items(sf.bulk_v1.query("SELECT Id FROM Account LIMIT 1").dicts())
    half.run(sf.sobject("Account").delete(found[0]["Id"]))

    assert len(half.items(sf.bulk_v1.query(SOQL).dicts())) == 4
    assert len(half.items(sf.bulk_v1.query(SOQL, include_deleted=True).dicts())) == 5


def test_csv_of_many_batches_and_results_has_one_header(org: FakeOrg, half: Half, sf: Any, tmp_path: Path) -> None:
    org.plan_job(page_records=1, times=None)
    path = tmp_path / "accounts.csv"

    written = half.run(sf.bulk_v1.query(SOQL, pk_chunking=PkChunking(chunk_size=2)).to_csv(path))

    assert written == 5
    assert [row[0] for row in exported(path)] == ["Name", *(each["Name"] for each in expected("CSV"))]


def test_a_file_appears_only_whole(org: FakeOrg, half: Half, sf: Any, tmp_path: Path) -> None:
    org.plan_job(miscount_processed=1)
    path = tmp_path / "accounts.csv"

    with pytest.raises(IntegrityError, match="found 6 records, its results hold 5"):
        half.run(sf.bulk_v1.query(SOQL).to_csv(path))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content_type", FORMATS)
def test_a_count_that_isnt_true_is_told(org: FakeOrg, half: Half, sf: Any, content_type: str) -> None:
    org.plan_job(miscount_processed=1)

    with pytest.raises(IntegrityError, match="found 6 records, its results hold 5"):
        half.items(sf.bulk_v1.query(SOQL, content_type=content_type).dicts())


def test_a_chunk_that_fails_fails_the_query(org: FakeOrg, half: Half, sf: Any) -> None:
    org.plan_job(skip=2, fail_message="InternalServerError : Retried more than fifteen times")

    with pytest.raises(JobFailed, match="Retried more than fifteen times"):
        half.items(sf.bulk_v1.query(SOQL, pk_chunking={"chunk_size": 2}).dicts())


def test_a_query_that_bulk_cant_run_fails_with_salesforces_reason(half: Half, sf: Any) -> None:
    with pytest.raises(JobFailed, match="Failed to process query: INVALID_FIELD"):
        half.items(sf.bulk_v1.query("SELECT Nonsense__c FROM Account").dicts())


def test_a_query_that_takes_too_long_is_aborted(org: FakeOrg, half: Half, sf: Any) -> None:
    org.plan_job(stuck=True)

    with pytest.raises(JobTimeout, match="1 of 1 batches"):
        half.items(sf.bulk_v1.query(SOQL, timeout_s=60).dicts())
    assert org.requests[-1].operation == "updateJob"


def test_step_by_step(half: Half, sf: Any) -> None:
    job = half.run(sf.bulk_v1.job("Account", operation="query", content_type="JSON"))
    batch = half.run(job.add_batch(SOQL))
    with pytest.raises(ApiError, match="Records not processed"):
        half.run(batch.result_ids())
    half.run(batch.wait())

    assert half.run(batch.request()) == SOQL.encode()
    assert len(half.run(batch.result_ids())) == 1
    assert half.items(batch.dicts()) == expected("JSON")
    with pytest.raises(InputError, match=r"dicts\(\) reads"):
        half.run(batch.results())
    found = half.run(sf.bulk_v1.attach_job(job.id, content_type="JSON"))
    assert half.items(found.dicts()) == expected("JSON")


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"operation": "INSERTS"}, "operation='INSERTS'"),
        ({"operation": "insert", "content_type": "ZIP_CSV"}, "content_type='ZIP_CSV'"),
        ({"operation": "upsert"}, "needs external_id="),
        ({"operation": "insert", "external_id": "Code__c"}, "is for upserts"),
        ({"operation": "insert", "concurrency_mode": "wild"}, "concurrency_mode='wild'"),
        ({"operation": "insert", "pk_chunking": True}, "is for queries"),
        ({"operation": "query", "pk_chunking": {"chunk_size": 250_001}}, "1 to 250000"),
        ({"operation": "query", "pk_chunking": {"chunks": 1}}, "has no 'chunks'"),
        ({"operation": "query", "pk_chunking": {"start_row": "x\r\ny"}}, "start_row"),
        ({"operation": "insert", "line_ending": "CR"}, "line_ending='CR'"),
    ],
)
def test_what_makes_no_sense_is_refused_before_any_request(
    org: FakeOrg, half: Half, sf: Any, options: dict[str, Any], reason: str
) -> None:
    with pytest.raises(InputError, match=reason):
        half.run(sf.bulk_v1.job("Account", **options))
    assert [each for each in org.requests if each.operation == "createJob"] == []
