"""Loads by Bulk API 1.0 in every format, end to end in both halves."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from specforce import Salesforce
from specforce.errors import InputError, IntegrityError, JobAborted, JobFailed
from tests.covers import covers
from tests.flows.bulk_org import aiter_of

if TYPE_CHECKING:
    from pathlib import Path

    from specforce.testing import FakeOrg
    from tests.halves import Half

pytestmark = pytest.mark.parametrize("content_type", ["CSV", "JSON", "XML"])
NAMESPACE = "http://www.force.com/2009/06/asyncapi/dataload"
ROWS: list[dict[str, Any]] = [
    {"Name": 'Acme "1", <&>', "Phone": "1"},
    {"Name": None, "Phone": "2"},
    {"Name": "Ünï\nce", "Phone": "3"},
]


@pytest.fixture
def sf(org: FakeOrg, half: Half) -> Any:
    """A client of the half."""
    return half.login(org.auth(), timeout_s=10)


def document(content_type: str, names: list[str]) -> bytes:
    """Accounts with these names, in a format."""
    if content_type == "CSV":
        return ("Name\n" + "".join(f"{name}\n" for name in names)).encode()
    if content_type == "JSON":
        return json.dumps([{"Name": name} for name in names]).encode()
    inside = "".join(f"<sObject><Name>{name}</Name></sObject>" for name in names)
    return f'<?xml version="1.0"?><sObjects xmlns="{NAMESPACE}">{inside}</sObjects>'.encode()


def done(half: Half, sf: Any, source: Any, **job: Any) -> list[Any]:
    """The results of a load in one batch."""
    made = half.run(sf.bulk_v1.job("Account", **{"operation": "insert", **job}))
    batch = half.run(made.add_batch(source))
    half.run(batch.wait())
    half.run(made.close())
    return list(half.run(batch.results()))


def accounts(org: FakeOrg, *fields: str) -> list[dict[str, Any]]:
    """The org's Accounts by name, asked for by REST."""
    with Salesforce(org.auth()) as client:
        return list(client.query(f"SELECT {', '.join(('Name', *fields))} FROM Account ORDER BY Name"))


def names(org: FakeOrg) -> list[str]:
    """The names of the org's Accounts."""
    return sorted(each["Name"] for each in accounts(org))


@covers("W6", "V2")
def test_results_are_joined_to_the_rows_in_their_order_with_structured_errors(
    org: FakeOrg, half: Half, sf: Any, content_type: str
) -> None:
    results = done(half, sf, ROWS, content_type=content_type)

    assert [(each.number, each.success, each.created) for each in results] == [
        (1, True, True),
        (2, False, False),
        (3, True, True),
    ]
    assert [each.code for each in results[1].errors] == ["REQUIRED_FIELD_MISSING"]
    assert results[1].errors[0].fields == ("Name",)
    assert (results[0].errors, results[1].id) == ((), None)
    assert results[2].values["Name"] == "Ünï\nce"
    assert [each.values["Phone"] for each in results] == ["1", "2", "3"]
    assert names(org) == sorted(row["Name"] for row in ROWS if row["Name"])


@pytest.mark.parametrize("kind", ["path", "bytes", "file", "pieces"])
def test_a_document_in_any_form_is_a_source(half: Half, sf: Any, content_type: str, kind: str, tmp_path: Path) -> None:
    path = tmp_path / "source"
    path.write_bytes(document(content_type, ["A", "B"]))
    content = path.read_bytes()
    pieces = [content[:20], content[20:]]
    iterated = aiter_of(pieces) if half.name == "async" else iter(pieces)
    with path.open("rb") as file:
        source = {"path": path, "bytes": content, "file": file, "pieces": iterated}[kind]
        results = done(half, sf, source, content_type=content_type)

    assert [(each.success, each.values["Name"]) for each in results] == [(True, "A"), (True, "B")]


@covers("V1")
def test_every_operation_changes_the_org(org: FakeOrg, half: Half, sf: Any, content_type: str) -> None:
    rows = [{"Name": "A", "Code__c": "1"}, {"Name": "B", "Code__c": "2"}]
    made = done(half, sf, rows, operation="upsert", external_id="Code__c", content_type=content_type)
    again = done(half, sf, rows, operation="upsert", external_id="Code__c", content_type=content_type)
    assert [each.created for each in made + again] == [True, True, False, False]
    ids = [each.id for each in made]

    done(half, sf, [{"Id": ids[0], "Name": "C", "Phone": None}], operation="update", content_type=content_type)
    assert names(org) == ["B", "C"]
    done(half, sf, [{"Id": ids[0]}], operation="delete", content_type=content_type)
    assert names(org) == ["B"]
    results = done(half, sf, [{"Id": ids[1]}], operation="hard_delete", content_type=content_type)
    assert [each.success for each in results] == [True]
    assert names(org) == []


def test_a_parent_is_named_by_its_external_id_in_every_format(
    org: FakeOrg, half: Half, sf: Any, content_type: str
) -> None:
    done(half, sf, [{"Name": "Parent", "Code__c": "P"}], content_type=content_type)
    results = done(half, sf, [{"Name": "Child", "Parent.Code__c": "P"}], content_type=content_type)

    assert [each.success for each in results] == [True]
    assert accounts(org, "Parent.Name")[0]["Parent"]["Name"] == "Parent"


def test_a_source_is_split_at_ten_thousand_rows_and_read_back_in_order(
    org: FakeOrg, half: Half, sf: Any, content_type: str
) -> None:
    rows = ({"Name": f"Acme {number}"} for number in range(20_001))
    job = half.run(sf.bulk_v1.job("Account", operation="insert", content_type=content_type, gzip=True))
    batches = half.run(job.add_batches(rows))
    half.run(job.close())
    half.run(job.wait())

    assert [batch.rows for batch in batches] == [10_000, 10_000, 1]
    results = half.items(job.results())
    assert [each.values["Name"] for each in results] == [f"Acme {number}" for number in range(20_001)]
    info = half.run(job.info())
    assert (info.number_batches_total, info.number_records_processed, info.state.value) == (3, 20_001, "Closed")
    echo = half.run(batches[2].request())
    assert b"Acme 20000" in echo


def test_more_than_a_batch_takes_is_refused_before_it_is_sent(
    org: FakeOrg, half: Half, sf: Any, content_type: str
) -> None:
    job = half.run(sf.bulk_v1.job("Account", operation="insert", content_type=content_type))

    with pytest.raises(InputError, match="more than the 10000 records"):
        half.run(job.add_batch([{"Name": "x"}] * 10_001))
    with pytest.raises(InputError, match="has no rows"):
        half.run(job.add_batch(iter(())))
    assert half.run(job.batches()) == []


@covers("C18")
def test_abort_really_aborts(org: FakeOrg, half: Half, sf: Any, content_type: str) -> None:
    job = half.run(sf.bulk_v1.job("Account", operation="insert", content_type=content_type))
    batch = half.run(job.add_batch([{"Name": "never"}]))

    assert half.run(job.abort()).state.value == "Aborted"
    with pytest.raises(JobAborted, match="never processed"):
        half.run(batch.wait())
    assert names(org) == []


def test_a_batch_that_fails_as_a_whole_raises_salesforces_reason(
    org: FakeOrg, half: Half, sf: Any, content_type: str
) -> None:
    job = half.run(sf.bulk_v1.job("Account", operation="insert", content_type=content_type))
    batch = half.run(job.add_batch([{"Name": "A", "Nonsense__c": "1"}]))

    with pytest.raises(JobFailed, match="Field name not found : Nonsense__c"):
        half.run(batch.wait())
    with pytest.raises(JobFailed, match="Field name not found"):
        half.run(job.wait())
    with pytest.raises(JobFailed, match="Field name not found"):
        half.items(job.results())


def test_results_that_dont_add_up_are_told(org: FakeOrg, half: Half, sf: Any, content_type: str) -> None:
    org.plan_job(truncate_results=1)

    with pytest.raises(IntegrityError, match="2 results, it was sent 3"):
        done(half, sf, ROWS, content_type=content_type)


def test_a_count_that_isnt_true_is_told(org: FakeOrg, half: Half, sf: Any, content_type: str) -> None:
    org.plan_job(miscount_processed=1)

    with pytest.raises(IntegrityError, match="says that it processed 4 records"):
        done(half, sf, ROWS, content_type=content_type)


def test_v1_v2_v3_the_course_of_a_load_and_a_query(half: Half, sf: Any, content_type: str) -> None:
    rows = [{"Name": f"Acme {number}"} for number in range(4)]
    job = half.run(sf.bulk_v1.job("Account", operation="insert", content_type=content_type))
    batch = half.run(job.add_batch(rows))
    half.run(batch.wait())

    assert half.run(job.info()).id == job.id
    assert half.run(batch.info()).id == batch.id
    assert [info.id for info in half.run(job.batches())] == [batch.id]
    assert all(result.success for result in half.run(batch.results()))
    assert half.run(job.close()).state.value == "Closed"
    found = half.items(sf.bulk_v1.query("SELECT Name FROM Account", content_type=content_type).dicts())
    assert found == rows


def test_w4_rows_are_written_so_that_any_text_comes_back(half: Half, sf: Any, content_type: str) -> None:
    rows = [{"Name": text} for text in ('a "b", c', "d\ne", "f\\", "Ünï 😀", "'h'")]

    results = done(half, sf, rows, content_type=content_type)
    found = half.items(sf.bulk_v1.query("SELECT Name FROM Account", content_type=content_type).dicts())

    assert [result.values for result in results] == rows
    assert found == rows


def test_columns_are_taken_as_csv_and_refused_as_documents(
    half: Half, sf: Any, org: FakeOrg, content_type: str
) -> None:
    import pyarrow as pa

    columns = pa.table({"Name": ["Acme", "Bob"]})

    if content_type == "CSV":
        assert [result.created for result in done(half, sf, columns, content_type=content_type)] == [True, True]
    else:
        with pytest.raises(InputError, match="content_type='CSV', or pass its rows"):
            done(half, sf, columns, content_type=content_type)
