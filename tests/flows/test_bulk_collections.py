"""Loads by sObject Collections: the same rows, cells, outcomes and errors as by jobs, the report says which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from specforce import Retry
from specforce.bulk import Progress, RowsSaved, report_of
from specforce.errors import ConnectionCut, InputError, JobTimeout, RequestLimitExceeded
from tests.flows.bulk_org import SOURCES, BulkOrg, accounts, good_names, table

if TYPE_CHECKING:
    from pathlib import Path

CELLS = {
    "Name": ["Acme", "Bob", "Cy", "Dee"],
    "NumberOfEmployees": ["7", "", "#N/A", "1e2"],
    "AnnualRevenue": ["0.1", "12345678901234.5", "-3", ""],
    "Description": ["a\nb", "  kept ", 'say "hi"', "#N/A"],
    "ParentId": ["", "", "", ""],
}


@pytest.mark.parametrize("kind", [*SOURCES, "arrow"])
def test_rows_end_as_they_do_by_jobs(bulk: BulkOrg, kind: str, tmp_path: Path) -> None:
    rows = accounts(450, bad_every=10, twins=3)
    events: list[Progress] = []
    source = bulk.source(kind, table(rows), tmp_path)

    with bulk.load(bulk.connect(), source, method="collections", progress=events.append) as report:
        failures, successes = list(report.failures()), list(report.successes())

    assert (report.method, report.jobs) == ("collections", ())
    assert (report.total, report.created, report.failed) == (450, 405, 45)
    assert [row.row for row in failures] == list(range(10, 451, 10))
    assert {(row.code, row.fields) for row in failures} == {("REQUIRED_FIELD_MISSING", ("Name",))}
    assert failures[0].line == (None if kind in ("rows", "arrow") else 11)
    assert failures[0].values == {"Name": "", "Phone": "3"}
    assert len({row.id for row in successes}) == 405
    assert bulk.held() == good_names(rows)
    assert not bulk.asked("createIngestJob")
    assert [event.done for event in events if isinstance(event, RowsSaved)] == [200, 400, 450]


@pytest.mark.parametrize("method", ["bulk", "collections"])
def test_cells_mean_the_same_by_either_way(bulk: BulkOrg, method: str) -> None:
    rows = [dict(zip(CELLS, cells, strict=True)) for cells in zip(*CELLS.values(), strict=True)]

    assert bulk.load(bulk.connect(), table(rows), method=method).created == 4

    assert bulk.held("NumberOfEmployees") == {"7": 1, "None": 2, "100": 1}
    assert bulk.held("AnnualRevenue") == {"0.1": 1, "12345678901234.5": 1, "-3.0": 1, "None": 1}
    assert bulk.held("Description") == {"a\nb": 1, "  kept ": 1, 'say "hi"': 1, "None": 1}


@pytest.mark.parametrize("method", ["bulk", "collections"])
def test_parents_upserts_updates_and_deletes_go_either_way(bulk: BulkOrg, method: str) -> None:
    sf = bulk.connect()
    ways: dict[str, Any] = {"method": method, "results": True}
    upsert: dict[str, Any] = {**ways, "operation": "upsert", "external_id": "Code__c"}
    first = bulk.load(sf, [{"Code__c": "A", "Name": "Acme"}, {"Code__c": "B", "Name": "Bob"}], **upsert)
    again = bulk.load(sf, [{"Code__c": "A", "Name": "New"}, {"Code__c": "C", "Name": "Cy"}], **upsert)
    with again:
        ids = {row.values["Code__c"]: row.id for row in again.successes()}
    contacts = bulk.load(
        sf,
        [{"LastName": "Ada", "Account.Code__c": "A"}, {"LastName": "Bo", "Account.Code__c": "Z"}],
        "Contact",
        **ways,
    )
    with contacts:
        errors = [row.code for row in contacts.failures()]
    cleared = bulk.load(sf, [{"Id": ids["A"], "Phone": None, "Name": ""}], operation="update", **ways)
    deleted = bulk.load(sf, [{"Id": ids["C"]}, {"Id": "001000000000000AAA"}], operation="delete", **ways)

    assert (first.created, first.updated) == (2, 0)
    assert (again.created, again.updated) == (1, 1)
    assert (contacts.created, contacts.failed, errors) == (1, 1, ["INVALID_FIELD"])
    assert (cleared.updated, deleted.updated, deleted.failed) == (1, 1, 1)
    assert bulk.held() == {"New": 1, "Bob": 1}


@pytest.mark.parametrize(
    ("count", "options", "method"),
    [
        (1999, {}, "collections"),
        (2000, {}, "bulk"),
        (1999, {"check": "whole"}, "collections"),
        (30, {"max_part_rows": 10}, "collections"),
        (3, {"journal": True}, "bulk"),
    ],
)
def test_auto_takes_collections_for_few_rows(
    bulk: BulkOrg, count: int, options: dict[str, Any], method: str, tmp_path: Path
) -> None:
    if options.get("journal"):
        options = {"journal": tmp_path / "journal"}

    report = bulk.load(bulk.connect(), iter(accounts(count)), method="auto", **options)

    assert (report.method, report.created) == (method, count)
    assert report.summary()["method"] == method


def test_auto_takes_jobs_where_the_object_cant_be_described(bulk: BulkOrg) -> None:
    bulk.org.faults.add("describeSObject", kind="status", status=403, error_code="INSUFFICIENT_ACCESS", times=None)

    assert bulk.load(bulk.connect(), accounts(3), method="auto").method == "bulk"


def test_auto_takes_jobs_for_hard_deletes(bulk: BulkOrg) -> None:
    report = bulk.load(bulk.connect(), [{"Id": "001000000000000AAA"}], method="auto", operation="hardDelete")

    assert report.method == "bulk"
    with pytest.raises(InputError, match="knows no hardDelete"):
        bulk.load(bulk.connect(), [{"Id": "x"}], method="collections", operation="hardDelete")


def test_inserts_whose_answer_got_lost_are_unknown_and_nothing_more_is_sent(bulk: BulkOrg) -> None:
    bulk.org.faults.add("createRecords", kind="drop_after", skip=1)

    with pytest.raises(ConnectionCut) as caught:
        bulk.load(bulk.connect(), accounts(700), method="collections")

    report = report_of(caught.value)
    assert report is not None
    with report:
        assert (report.created, report.unknown, report.unprocessed) == (200, 200, 300)
        assert [row.row for row in report.unknown_rows()] == list(range(201, 401))
        assert [row.row for row in report.unprocessed_rows()] == list(range(401, 701))
    assert bulk.held().total() == 400


@pytest.mark.parametrize("operation", ["update", "upsert", "delete"])
def test_other_requests_whose_answer_got_lost_are_sent_again(bulk: BulkOrg, operation: str) -> None:
    (ids,) = bulk.org.seed({"Account": [{"Name": f"A{n}", "Code__c": str(n)} for n in range(300)]}).values()
    request = {"update": "updateRecords", "upsert": "upsertRecords", "delete": "deleteRecords"}[operation]
    bulk.org.faults.add(request, kind="drop_after")
    rows: list[dict[str, str]] = [{"Id": id_} for id_ in ids]
    if operation == "update":
        rows = [{**row, "Name": "New"} for row in rows]
    if operation == "upsert":
        rows = [{"Code__c": str(number), "Name": "New"} for number in range(300)]

    options: dict[str, Any] = {"operation": operation, "external_id": "Code__c" if operation == "upsert" else None}
    report = bulk.load(bulk.connect(), rows, method="collections", **options)

    assert (report.updated, report.failed, report.unknown) == (300, 0, 0)
    assert bulk.held() == ({} if operation == "delete" else {"New": 300})


def test_locked_rows_are_sent_again(bulk: BulkOrg) -> None:
    bulk.org.faults.add("createRecords", kind="status", status=400, error_code="UNABLE_TO_LOCK_ROW")

    assert bulk.load(bulk.connect(), accounts(3), method="collections", retry_failed=1).created == 3


def test_a_request_that_is_refused_leaves_its_rows_unprocessed(bulk: BulkOrg) -> None:
    bulk.org.faults.add(
        "createRecords",
        kind="status",
        status=403,
        error_code="REQUEST_LIMIT_EXCEEDED",
        message="TotalRequests Limit exceeded.",
        skip=1,
    )

    with pytest.raises(RequestLimitExceeded) as caught:
        bulk.load(bulk.connect(retry=Retry(attempts=2)), accounts(500), method="collections")

    report = report_of(caught.value)
    assert report is not None
    assert (report.created, report.unknown, report.unprocessed) == (200, 0, 300)


def test_the_deadline_ends_it_between_two_requests(bulk: BulkOrg) -> None:
    with pytest.raises(JobTimeout, match="isn't done after 0 s") as caught:
        bulk.load(bulk.connect(), accounts(5), method="collections", timeout_s=0)

    report = report_of(caught.value)
    assert report is not None
    assert report.unprocessed == 5


def test_what_it_cant_do_is_refused(bulk: BulkOrg, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a journal is of jobs"):
        bulk.load(bulk.connect(), accounts(1), method="collections", journal=tmp_path / "journal")
    with pytest.raises(InputError, match="method='rest': it is one of 'auto', 'bulk', 'collections'"):
        bulk.load(bulk.connect(), accounts(1), method="rest")
