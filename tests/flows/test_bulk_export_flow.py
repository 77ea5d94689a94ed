"""Exports against the fake org, in both halves: every way out, every record, counts held to the server's."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from specforce.bulk import JobPolled, PageFetched, Progress
from specforce.errors import (
    ApiError,
    DecodeError,
    InputError,
    IntegrityError,
    JobFailed,
    JobTimeout,
    SalesforceError,
    VersionConflict,
)
from specforce.testing import FakeOrg
from tests.covers import covers
from tests.flows.bulk_org import BulkOrg, accounts, exported

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


AWKWARD = ['say "hi"', "comma, semicolon; tab\t", "two\nlines", "café 😀 漢字", '"', '""', "'", " spaced "]


class Parent(msgspec.Struct):
    Name: str


class Contact(msgspec.Struct):
    LastName: str
    DoNotCall: bool
    CreatedDate: datetime
    Birthdate: date | None = None
    Account: Parent | None = None


@pytest.fixture(scope="module")
def org() -> Iterator[FakeOrg]:
    with FakeOrg("tests/schema.toml") as org:
        yield org


@pytest.fixture
def awkward(bulk: BulkOrg) -> Counter[str]:
    """Accounts with names that CSV finds hard, more than fit a page."""
    found = [f"{name} {number}" for number in range(5) for name in AWKWARD]
    bulk.org.seed({"Account": [{"Name": name.strip()} for name in found]})
    return Counter(name.strip() for name in found)


@pytest.mark.parametrize(("delimiter", "line_ending"), [(",", "LF"), (";", "CRLF"), ("\t", "LF"), ("^", "CRLF")])
@covers("B7")
def test_a_csv_file_holds_every_record_once_and_one_header(
    bulk: BulkOrg, awkward: Counter[str], tmp_path: Path, delimiter: str, line_ending: str
) -> None:
    path = tmp_path / "out.csv"
    export = bulk.connect().bulk.export(
        "SELECT Name, Phone FROM Account", delimiter=delimiter, line_ending=line_ending, max_records=7
    )

    assert bulk.to_csv(export, path) == export.total == 40

    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file, delimiter=delimiter)
    assert header == ["Name", "Phone"] == list(export.columns)
    assert Counter(row[0] for row in rows) == awkward
    assert path.read_bytes().endswith(b"\r\n" if line_ending == "CRLF" else b'"\n')
    assert bulk.asked("getQueryJobResults") == 6


@pytest.mark.parametrize("name", ["out.csv.gz", "out.csv"])
def test_a_gzip_file_holds_the_same(bulk: BulkOrg, awkward: Counter[str], tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    export = bulk.connect().bulk.export("SELECT Name FROM Account", max_records=7)
    bulk.org.faults.add("getQueryJobResults", "cut", skip=2, after_bytes=40)

    assert bulk.to_csv(export, path, compress=None if name.endswith(".gz") else True) == 40

    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["Name"]
    assert Counter(row[0] for row in rows) == awkward


def test_rows_dicts_and_records_are_the_same_records(bulk: BulkOrg, awkward: Counter[str]) -> None:
    export = bulk.connect().bulk.export("SELECT Name, Phone FROM Account", max_records=7)

    rows = bulk.half.items(export.rows())
    dicts = bulk.half.items(export.dicts())
    records = bulk.half.items(export.records(Parent))

    assert Counter(row[0] for row in rows) == awkward
    assert [row["Name"] for row in dicts] == [record.Name for record in records] == [row[0] for row in rows]
    assert {row["Phone"] for row in dicts} == {""}
    assert bulk.asked("createQueryJob") == 1


def test_records_are_typed_with_their_parents(bulk: BulkOrg) -> None:
    (account,) = bulk.org.seed({"Account": [{"Name": "Acme"}]})["Account"]
    contacts: list[dict[str, object]] = [
        {"LastName": "A", "AccountId": account, "Birthdate": "2000-02-29", "DoNotCall": True},
        {"LastName": "B"},
    ]
    bulk.org.seed({"Contact": contacts})
    soql = "SELECT LastName, Birthdate, DoNotCall, CreatedDate, Account.Name FROM Contact ORDER BY LastName"

    first, second = bulk.half.items(bulk.connect().bulk.export(soql).records(Contact))

    assert first == Contact("A", True, first.CreatedDate, date(2000, 2, 29), Parent("Acme"))
    assert first.CreatedDate.tzinfo is not None
    assert (second.Account, second.Birthdate, second.DoNotCall) == (None, None, False)


def test_a_record_that_doesnt_fit_its_type_is_an_error(bulk: BulkOrg) -> None:
    class Wrong(msgspec.Struct):
        Name: int

    bulk.org.seed({"Account": accounts(1)})

    with pytest.raises(DecodeError, match="the records don't fit Wrong"):
        bulk.half.items(bulk.connect().bulk.export("SELECT Name FROM Account").records(Wrong))


SOQL = (
    "SELECT Name, NumberOfEmployees, AnnualRevenue, IsDeleted, CreatedDate, Owner.Username FROM Account "
    "ORDER BY NumberOfEmployees"
)


def test_arrow_columns_have_the_types_that_describe_gives(bulk: BulkOrg) -> None:
    bulk.org.seed({"Account": [{"Name": f"A{n}", "NumberOfEmployees": n, "AnnualRevenue": n / 4} for n in range(20)]})

    found = bulk.half.run(bulk.connect().bulk.export(SOQL, max_records=7).to_arrow())

    assert found.schema == pa.schema(
        [
            ("Name", pa.string()),
            ("NumberOfEmployees", pa.int64()),
            ("AnnualRevenue", pa.float64()),
            ("IsDeleted", pa.bool_()),
            ("CreatedDate", pa.timestamp("ms", tz="UTC")),
            ("Owner.Username", pa.string()),
        ]
    )
    assert found.num_rows == 20
    assert found.column("NumberOfEmployees").to_pylist() == list(range(20))
    assert found.column("AnnualRevenue").to_pylist()[3] == 0.75
    assert found.column("IsDeleted").to_pylist() == [False] * 20
    assert found.column("CreatedDate").to_pylist()[0].astimezone(UTC).year >= 2026
    assert set(found.column("Owner.Username").to_pylist()) == {"user@example.com"}


def test_parquet_holds_the_same_as_arrow(bulk: BulkOrg, tmp_path: Path) -> None:
    bulk.org.seed(
        {"Account": [{"Name": f"A{n}", "NumberOfEmployees": n} for n in range(50)] + [{"Name": "two\nlines"}]}
    )
    export = bulk.connect().bulk.export(SOQL, max_records=20)

    assert bulk.half.run(export.to_parquet(tmp_path / "out.parquet")) == 51

    assert pq.read_table(tmp_path / "out.parquet").equals(bulk.half.run(export.to_arrow()))
    assert [path.name for path in tmp_path.iterdir()] == ["out.parquet"]


def test_a_query_that_finds_nothing_has_a_header(bulk: BulkOrg, tmp_path: Path) -> None:
    export = bulk.connect().bulk.export("SELECT Name, CreatedDate FROM Account")

    assert bulk.to_csv(export, tmp_path / "out.csv") == 0
    assert exported(tmp_path / "out.csv") == [["Name", "CreatedDate"]]
    assert bulk.half.items(export.dicts()) == []
    assert bulk.half.run(export.to_arrow()).num_rows == 0
    assert bulk.half.run(export.to_parquet(tmp_path / "out.parquet")) == 0
    assert pq.read_table(tmp_path / "out.parquet").column_names == ["Name", "CreatedDate"]


def test_deleted_records_come_with_query_all(bulk: BulkOrg) -> None:
    sf = bulk.connect()
    ids = bulk.org.seed({"Account": accounts(3)})["Account"]
    bulk.load(sf, [{"Id": ids[0]}], operation="delete")

    assert len(bulk.half.items(sf.bulk.export("SELECT Id FROM Account").rows())) == 2
    assert len(bulk.half.items(sf.bulk.export("SELECT Id FROM Account", operation="queryAll").rows())) == 3


def test_nothing_is_sent_before_a_result_is_asked_for(bulk: BulkOrg) -> None:
    export = bulk.connect().bulk.export("SELECT Id FROM Account")

    assert not bulk.org.requests
    with pytest.raises(InputError, match="nothing was exported yet"):
        _ = export.total
    with pytest.raises(InputError, match="nothing was exported yet"):
        _ = export.columns


def test_progress_is_told_page_by_page(bulk: BulkOrg, tmp_path: Path) -> None:
    events: list[Progress] = []
    bulk.org.seed({"Account": accounts(25)})
    export = bulk.connect().bulk.export("SELECT Id FROM Account", max_records=10, progress=events.append)

    bulk.to_csv(export, tmp_path / "out.csv")

    assert isinstance(events[0], JobPolled)
    pages = [event for event in events if isinstance(event, PageFetched)]
    assert [(event.page, event.done, event.total) for event in pages] == [(1, 10, 25), (2, 20, 25), (3, 25, 25)]


def test_a_reader_that_stops_early_leaves_nothing_behind(bulk: BulkOrg, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    bulk.org.seed({"Account": accounts(50)})
    export = bulk.connect().bulk.export("SELECT Name FROM Account", max_records=10)

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

    assert list(tmp_path.iterdir()) == []


@covers("B5", "B6", "D6")
def test_pages_can_be_read_each_by_its_locator(bulk: BulkOrg, tmp_path: Path) -> None:
    bulk.org.plan_job(kind="query", default_page_records=10)
    bulk.org.seed({"Account": accounts(35)})
    sf = bulk.connect()
    job = bulk.half.run(sf.bulk.query_job("SELECT Name FROM Account"))
    bulk.half.run(job.wait())

    locators = bulk.half.items(job.result_pages())
    pages = [bulk.half.run(job.page(locator, tmp_path, number=n)) for n, locator in enumerate(locators, 1)]

    assert len(locators) == 4
    assert Counter(row[0] for page in pages for row in page.rows()) == Counter(row["Name"] for row in accounts(35))
    again = bulk.half.run(bulk.half.run(sf.bulk.attach_query_job(job.id)).page(locators[1], tmp_path, number=9))
    assert list(again.rows()) == list(pages[1].rows())


@pytest.mark.parametrize("soql", ["SELECT Nope__c FROM Account", "SELECT FROM", "SELECT COUNT(Id) FROM Account"])
def test_a_query_that_isnt_one_is_salesforces_error(bulk: BulkOrg, soql: str, tmp_path: Path) -> None:
    with pytest.raises((ApiError, JobFailed)):
        bulk.to_csv(bulk.connect().bulk.export(soql), tmp_path / "out.csv")

    assert list(tmp_path.iterdir()) == []


def test_a_job_past_its_deadline_is_aborted_if_asked(bulk: BulkOrg, tmp_path: Path) -> None:
    bulk.org.plan_job(kind="query", stuck=True)
    export = bulk.connect().bulk.export("SELECT Id FROM Account", timeout_s=30, abort_on_timeout=True)

    with pytest.raises(JobTimeout, match="it was aborted"):
        bulk.to_csv(export, tmp_path / "out.csv")

    assert bulk.asked("updateQueryJob") == 1


def test_a_failed_query_job_says_why(bulk: BulkOrg, tmp_path: Path) -> None:
    bulk.org.plan_job(kind="query", fail_message="InvalidBatch : Failed to process query: QUERY_TIMEOUT: too long")

    with pytest.raises(JobFailed, match="QUERY_TIMEOUT: too long"):
        bulk.to_csv(bulk.connect().bulk.export("SELECT Id FROM Account", method="bulk"), tmp_path / "out.csv")


@pytest.mark.parametrize(
    "lie", [{"miscount_processed": 1}, {"miscount_processed": -1}, {"truncate_results": 1}, {"truncate_bytes": 2}]
)
def test_an_export_that_doesnt_add_up_is_never_taken_for_whole(
    bulk: BulkOrg, lie: dict[str, int], tmp_path: Path
) -> None:
    bulk.org.plan_job(kind="query", times=None, **lie)
    bulk.org.seed({"Account": accounts(30)})
    sf = bulk.connect()

    with pytest.raises(SalesforceError) as caught:
        bulk.to_csv(sf.bulk.export("SELECT Name FROM Account", max_records=10), tmp_path / "out.csv")
    with pytest.raises(type(caught.value)):
        bulk.half.items(sf.bulk.export("SELECT Name FROM Account", max_records=10).dicts())

    assert isinstance(caught.value, IntegrityError) or "the rest is missing" in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_results_of_another_version_are_refused_with_advice(bulk: BulkOrg) -> None:
    old = bulk.half.run(bulk.connect(api_version="60.0").bulk.query_job("SELECT Id FROM Account"))
    bulk.half.run(old.wait())
    job = bulk.half.run(bulk.connect().bulk.attach_query_job(old.id))

    with pytest.raises(VersionConflict) as caught:
        bulk.half.items(job.pages())

    assert "made with API version 60.0" in caught.value.__notes__[0]


@pytest.mark.parametrize("target", ["missing/out.csv", "folder"])
def test_a_file_that_cant_be_written_is_noticed_before_anything_is_sent(
    bulk: BulkOrg, target: str, tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()
    export = bulk.connect().bulk.export("SELECT Id FROM Account")

    with pytest.raises(OSError, match=r"no such folder|a folder is there"):
        bulk.to_csv(export, tmp_path / target)

    assert not bulk.org.requests


def test_an_export_takes_binds_as_queries_do(bulk: BulkOrg) -> None:
    bulk.org.seed({"Account": [{"Name": "O'Hara"}, {"Name": "Acme"}, {"Name": "Bob"}]})
    sf = bulk.connect()
    text = "SELECT Name FROM Account WHERE Name IN :names"

    found = bulk.half.items(sf.bulk.export(text, names=["O'Hara", "Bob"]).rows())

    assert sorted(found) == [["Bob"], ["O'Hara"]]
    assert bulk.half.items(sf.bulk.export(text, binds={"names": ["Acme"]}).rows()) == [["Acme"]]


@pytest.mark.parametrize(
    ("values", "words"), [({}, "names"), ({"names": ["A"], "nmaes": 1}, "nmaes"), ({"names": []}, "empty")]
)
def test_a_bind_that_doesnt_fit_is_refused_before_anything_is_sent(
    bulk: BulkOrg, values: dict[str, Any], words: str
) -> None:
    sf = bulk.connect()

    with pytest.raises(InputError, match=words):
        sf.bulk.export("SELECT Name FROM Account WHERE Name IN :names", **values)

    assert not bulk.org.requests


def test_a_list_too_long_for_a_query_goes_by_export(bulk: BulkOrg) -> None:
    bulk.org.seed({"Account": [{"Name": "Acme 1999"}]})
    sf = bulk.connect()
    text, names = "SELECT Name FROM Account WHERE Name IN :names", [f"Acme {number}" for number in range(2000)]

    with pytest.raises(ApiError, match=r"URL is too long .* use sf\.bulk\.export, which takes the same"):
        bulk.half.run(sf.query(text, names=names).first())

    assert bulk.half.items(sf.bulk.export(text, names=names).rows()) == [["Acme 1999"]]
