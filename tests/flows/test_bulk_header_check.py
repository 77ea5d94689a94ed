"""A load's header is held against the object's description: all that is wrong in one error, before anything is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from specforce.bulk import HeaderNotChecked, Progress
from specforce.errors import InputError, JobFailed

if TYPE_CHECKING:
    from tests.flows.bulk_org import BulkOrg


@pytest.mark.parametrize(
    ("sobject", "columns", "options", "told"),
    [
        ("Account", "Nmae,Industrie", {}, ["'Nmae' is no field of Account (did you mean 'Name'?)"]),
        ("Account", "Nmae,Industrie", {}, ["'Industrie' is no field of Account (did you mean 'Industry'?)"]),
        ("Account", "Nmae,Industrie", {}, ["'Name' is required, and no column has it"]),
        ("Account", "Name,CreatedDate", {}, ["'CreatedDate' can't be set when a record is created"]),
        ("Account", "Name,Id", {}, ["'Id' can't be set when a record is created"]),
        ("Account", "Id,CreatedDate", {"operation": "update"}, ["'CreatedDate' can't be changed"]),
        ("Account", "nmae", {"mapping": {"nmae": "Nmae"}}, ["'Nmae' (the column 'nmae') is no field of Account"]),
        (
            "Account",
            "Phone,Name",
            {"operation": "upsert", "external_id": "Phone"},
            ["'Phone' isn't an external id (Id, Code__c can)"],
        ),
        ("Contact", "LastName,Acount.Code__c", {}, ["'Acount.Code__c' names no relationship of Contact (did you mean"]),
        (
            "Contact",
            "LastName,Account.Cod__c",
            {},
            ["'Account.Cod__c' names no field of Account (did you mean"],
        ),
        ("Contact", "LastName,Account.Phone", {}, ["'Account.Phone' names a field that can't tell records of Account"]),
        ("Contact", "LastName,CreatedBy.Username", {}, ["'CreatedBy.Username' can't be set when a record is created"]),
        ("Contact", "LastName,Account:Account.Code__c", {}, ["leads to one only: leave it out"]),
        ("Case", "Owner.Username", {}, ["may lead to Group or User: name the object, such as 'Group:Owner.Username'"]),
        ("Case", "Lead:Owner.Username", {}, ["names the object Lead, and Owner leads to Group, User"]),
    ],
)
def test_each_fault_of_a_header_is_told_before_anything_is_sent(
    bulk: BulkOrg, sobject: str, columns: str, options: dict[str, Any], told: list[str]
) -> None:
    row = ",".join("x" for _ in columns.split(","))

    with pytest.raises(InputError) as caught:
        bulk.load(bulk.connect(), f"{columns}\n{row}\n".encode(), sobject, **options)

    assert f"the header doesn't fit {options.get('operation', 'insert')} of {sobject}" in str(caught.value)
    assert all(sentence in str(caught.value) for sentence in told)
    assert not bulk.asked("createIngestJob")


@pytest.mark.parametrize(
    ("sobject", "columns"),
    [
        ("Contact", "LASTNAME,Account.Code__c,ReportsTo.Email"),
        ("Contact", "LastName,AccountId,OwnerId"),
        ("Case", "Subject,User:Owner.Username,Parent.CaseNumber"),
    ],
)
def test_a_header_that_fits_is_sent(bulk: BulkOrg, sobject: str, columns: str) -> None:
    row = ",".join("" for _ in columns.split(","))

    report = bulk.load(bulk.connect(), f"{columns}\n{row}\n".encode(), sobject)

    assert report.total == 1
    assert bulk.asked("createIngestJob") == 1


def test_an_object_is_described_once_per_client(bulk: BulkOrg) -> None:
    sf = bulk.connect()

    for _ in range(3):
        bulk.load(sf, b"Name\nAcme\n")
    bulk.load(sf, b"Id\n001000000000000AAA\n", operation="delete")

    assert bulk.asked("describeSObject") == 1


def test_a_field_that_is_new_since_the_object_was_described_is_found(bulk: BulkOrg) -> None:
    sf = bulk.connect()
    bulk.load(sf, b"Name\nAcme\n")

    with pytest.raises(InputError, match="'Nope__c' is no field"):
        bulk.load(sf, b"Name,Nope__c\nAcme,1\n")

    assert [request.status for request in bulk.org.requests if request.operation == "describeSObject"] == [200, 304]


@pytest.mark.parametrize(("status", "code"), [(403, "INSUFFICIENT_ACCESS"), (404, "NOT_FOUND"), (500, "UNKNOWN")])
def test_who_may_not_describe_may_load(bulk: BulkOrg, caplog: pytest.LogCaptureFixture, status: int, code: str) -> None:
    bulk.org.faults.add("describeSObject", kind="status", status=status, error_code=code, times=None)
    events: list[Progress] = []

    report = bulk.load(bulk.connect(), b"Name,Phone\nAcme,1\n", progress=events.append)

    assert report.created == 1
    (event,) = [event for event in events if isinstance(event, HeaderNotChecked)]
    assert event.total == 2
    assert code in event.reason
    assert "isn't checked" in caplog.text


def test_a_parent_that_may_not_be_described_is_left_to_salesforce(bulk: BulkOrg) -> None:
    sf = bulk.connect()
    bulk.half.run(sf.sobject("Contact").describe())
    bulk.org.faults.add("describeSObject", kind="status", status=404, error_code="NOT_FOUND", times=None)

    report = bulk.load(sf, b"LastName,Account.Code__c\nAda,\n", "Contact")

    assert report.created == 1


def test_salesforce_judges_where_the_caller_says_so(bulk: BulkOrg) -> None:
    with pytest.raises(JobFailed, match="Field name not found : Nope__c"):
        bulk.load(bulk.connect(), b"Name,Nope__c\nAcme,1\n", check_header=False)

    assert not bulk.asked("describeSObject")
