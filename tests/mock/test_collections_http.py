"""Collections over raw HTTP: a result per row, in their order, whatever became of the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.mock.raw_org import DATA
from tests.mock.reference import row

if TYPE_CHECKING:
    from tests.mock.raw_org import RawOrg

Json = Any
ROLLED_BACK = {
    "statusCode": "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    "message": "Record rolled back because not all records were valid and the request was using AllOrNone header",
    "fields": [],
}
LAST_NAME = {
    "statusCode": "REQUIRED_FIELD_MISSING",
    "message": "Required fields are missing: [LastName]",
    "fields": ["LastName"],
}
UNKNOWN_ID = "001000000000000AAA"


def of(sobject: str, **fields: Json) -> Json:
    """One record of a collection."""
    return {"attributes": {"type": sobject}, **fields}


def save(raw: RawOrg, method: str, *records: Json, path: str = "", **more: Json) -> list[Json]:
    """The results of a call that must be accepted."""
    body = {"records": list(records), **more}
    results: list[Json] = raw.json(method, f"/composite/sobjects{path}", json=body)
    return results


def refused(raw: RawOrg, method: str, path: str, **options: Json) -> Json:
    """The one error of a call that must be refused whole."""
    status, errors = raw.refused(method, path, **options)
    assert status == 400
    (error,) = errors
    return error


@row("rest.md#10", "| create POST |")
@row("rest.md#10", "Failure item:")
@row("errors_and_limits.md#1", "| DML results inside 200")
def test_rows_are_created_each_for_itself(raw: RawOrg) -> None:
    account, contact, unknown = save(
        raw, "POST", of("Account", Name="A"), of("Contact"), of("Account", Name="B", Nothing__c=1)
    )

    assert account == {"id": account["id"], "success": True, "errors": []}
    assert contact == {"success": False, "errors": [LAST_NAME]}
    assert unknown["errors"] == [
        {
            "statusCode": "INVALID_FIELD",
            "message": "No such column 'Nothing__c' on sobject of type Account",
            "fields": [],
        }
    ]
    assert raw.query("SELECT Id FROM Account")["totalSize"] == 1


@row("rest.md#10", "Failure item:")
@row("errors_and_limits.md#3", "| ALL_OR_NONE_OPERATION_ROLLED_BACK |")
def test_all_or_none_saves_nothing_when_one_row_is_refused(raw: RawOrg) -> None:
    old = raw.create("Account", Name="Old")

    created = save(raw, "POST", of("Account", Name="A"), of("Contact"), allOrNone=True)
    updated = save(raw, "PATCH", of("Account", Id=old, Name="New"), of("Account", Name="x"), allOrNone=True)

    assert created == [{"success": False, "errors": [ROLLED_BACK]}, {"success": False, "errors": [LAST_NAME]}]
    assert updated[0] == {"id": old, "success": False, "errors": [ROLLED_BACK]}
    assert [each["Name"] for each in raw.query("SELECT Name FROM Account")["records"]] == ["Old"]


@row("rest.md#10", "| update PATCH |")
@row("rest.md#10", "Failure item:")
@row("errors_and_limits.md#3", "| MISSING_ARGUMENT |")
@row("errors_and_limits.md#3", "| MALFORMED_ID | row |")
def test_rows_are_changed_by_their_ids(raw: RawOrg) -> None:
    record_id = raw.create("Account", Name="Old")
    deleted = raw.create("Account", Name="Gone")
    raw.send("DELETE", f"/sobjects/Account/{deleted}")

    results = save(
        raw,
        "PATCH",
        of("Account", id=record_id, Name="New"),
        of("Account", Name="x"),
        of("Account", Id="001RM000003oLrB000", Name="x"),
        of("Account", Id=raw.create("Contact", LastName="Ek"), Name="x"),
        of("Account", Id=deleted, Name="x"),
    )

    assert results[0] == {"id": record_id, "success": True, "errors": []}
    assert results[1]["errors"] == [
        {"statusCode": "MISSING_ARGUMENT", "message": "Id not specified in an update call", "fields": []}
    ]
    assert results[2]["errors"] == [
        {"statusCode": "MALFORMED_ID", "message": "malformed id 001RM000003oLrB000", "fields": []}
    ]
    assert [each["errors"][0]["statusCode"] for each in results[3:]] == ["MALFORMED_ID", "ENTITY_IS_DELETED"]
    assert raw.get(f"/sobjects/Account/{record_id}")["Name"] == "New"


@row("rest.md#10", "| upsert PATCH")
@row("errors_and_limits.md#3", "| DUPLICATE_VALUE | row |")
def test_rows_are_created_or_changed_by_an_external_id(raw: RawOrg) -> None:
    old = raw.create("Account", Name="Old", Code__c="A")

    results = save(
        raw,
        "PATCH",
        *(of("Account", Name="New", Code__c=code) for code in ("A", "B", "C", "C")),
        of("Contact", LastName="Ek"),
        path="/Account/Code__c",
    )

    assert results[0] == {"id": old, "success": True, "errors": [], "created": False}
    assert (results[1]["success"], results[1]["created"]) == (True, True)
    for result in results[2:4]:
        assert result["errors"][0]["statusCode"] == "DUPLICATE_VALUE"
        assert result["errors"][0]["message"] == "Duplicate external id specified: C"
    assert results[4]["success"] is False
    assert raw.query("SELECT Id FROM Account")["totalSize"] == 2


@row("errors_and_limits.md#3", "| NOT_FOUND | 404 | `Provided external ID")
def test_a_field_that_is_no_external_id_is_not_found(raw: RawOrg) -> None:
    body = {"records": [of("Account", Name="A")]}

    status, (error,) = raw.refused("PATCH", "/composite/sobjects/Account/Foo__c", json=body)

    assert status == 404
    assert error["message"] == "Provided external ID field does not exist or is not accessible: Foo__c"


@row("rest.md#10", "| delete DELETE |")
def test_rows_are_deleted_by_their_ids(raw: RawOrg) -> None:
    account, contact = raw.create("Account", Name="A"), raw.create("Contact", LastName="Ek")
    ids = f"{account},{contact},{UNKNOWN_ID},xyz,Zzz000000000000"

    results = raw.json("DELETE", "/composite/sobjects", params={"ids": ids})

    assert results[:2] == [{"id": each, "success": True, "errors": []} for each in (account, contact)]
    assert results[2]["errors"][0]["statusCode"] == "INVALID_CROSS_REFERENCE_KEY"
    assert results[3]["errors"] == [{"statusCode": "MALFORMED_ID", "message": "malformed id xyz", "fields": []}]
    assert results[4]["errors"][0]["statusCode"] == "MALFORMED_ID"
    assert raw.query("SELECT Id FROM Account")["totalSize"] == 0


@row("rest.md#10", "Failure item:")
def test_all_or_none_deletes_nothing_when_one_id_is_wrong(raw: RawOrg) -> None:
    account = raw.create("Account", Name="A")

    results = raw.json("DELETE", "/composite/sobjects", params={"ids": f"{account},{UNKNOWN_ID}", "allOrNone": "true"})

    assert results[0] == {"id": account, "success": False, "errors": [ROLLED_BACK]}
    assert raw.query("SELECT Id FROM Account")["totalSize"] == 1


@row("rest.md#10", "| retrieve GET/POST |")
@row("rest.md#10", "Failure item:")
def test_records_are_read_in_the_order_of_their_ids_with_null_for_what_is_missing(raw: RawOrg) -> None:
    first, second = raw.create("Account", Name="A"), raw.create("Account", Name="B")
    ids = [second, UNKNOWN_ID, "nonsense", first[:15], second]

    by_post = raw.json("POST", "/composite/sobjects/Account", json={"ids": ids, "fields": ["Name", "Owner.Name"]})
    by_get = raw.get("/composite/sobjects/Account", params={"ids": ",".join(ids), "fields": "Id,Name"})

    assert [each and each["Name"] for each in by_post] == ["B", None, None, "A", "B"]
    assert by_post[0]["Owner"]["Name"] == "Admin User"
    assert by_get[3] == {
        "attributes": {"type": "Account", "url": f"{DATA}/sobjects/Account/{first}"},
        "Id": first,
        "Name": "A",
    }


@row("rest.md#10", "Failure item:")
def test_a_bad_field_refuses_the_read(raw: RawOrg) -> None:
    for ids in ([UNKNOWN_ID], [raw.create("Account", Name="A")]):
        error = refused(raw, "POST", "/composite/sobjects/Account", json={"ids": ids, "fields": ["Nothing__c"]})
        assert error["errorCode"] == "INVALID_FIELD"


@row("rest.md#10", "Failure item:")
@row("errors_and_limits.md#3", "| EXCEEDED_ID_LIMIT |")
@row("errors_and_limits.md#3", "`At least 1 record is required`")
@row("errors_and_limits.md#6", "| Collections |")
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_two_hundred_rows_are_the_most_and_one_the_least(raw: RawOrg, method: str) -> None:
    def error(count: int) -> Json:
        records = [of("Account", Name="A")] * count
        return refused(raw, method, "/composite/sobjects", json={"records": records})

    limit = "record limit reached. cannot submit more than 200 records into this call"
    assert error(201) == {"message": limit, "errorCode": "EXCEEDED_ID_LIMIT"}
    assert error(0) == {"message": "At least 1 record is required", "errorCode": "REQUIRED_FIELD_MISSING"}
    assert len(save(raw, method, *[of("Account", Name="A")] * 200)) == 200


@row("errors_and_limits.md#3", "| EXCEEDED_ID_LIMIT |")
def test_ids_are_counted_too(raw: RawOrg) -> None:
    def error(method: str, path: str, **options: Json) -> str:
        code: str = refused(raw, method, path, **options)["errorCode"]
        return code

    many = ",".join([UNKNOWN_ID] * 201)
    assert error("DELETE", "/composite/sobjects", params={"ids": many}) == "EXCEEDED_ID_LIMIT"
    body = {"ids": [UNKNOWN_ID] * 2001, "fields": ["Id"]}
    assert error("POST", "/composite/sobjects/Account", json=body) == "EXCEEDED_ID_LIMIT"
    assert raw.json("POST", "/composite/sobjects/Account", json={**body, "ids": body["ids"][:2000]}) == [None] * 2000


@row("rest.md#10", "Failure item:")
def test_ten_runs_of_one_type_are_the_most(raw: RawOrg) -> None:
    mixed = [of("Account", Name="A"), of("Contact", LastName="Ek")]

    assert len(save(raw, "POST", *mixed * 5)) == 10
    body = {"records": [*mixed * 5, mixed[0]]}
    assert refused(raw, "POST", "/composite/sobjects", json=body)["errorCode"] == "LIMIT_EXCEEDED"


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"records": [{"Name": "A"}]},
        {"records": [{"attributes": {"type": 5}}]},
        {"records": ["A"]},
        {"records": [of("Account")], "more": 1},
        {"records": [of("Account")], "allOrNone": "perhaps"},
    ],
)
def test_a_malformed_call_is_refused_whole(raw: RawOrg, body: Json) -> None:
    assert refused(raw, "POST", "/composite/sobjects", json=body)["errorCode"]


def test_a_row_of_an_unknown_object_is_refused_alone(raw: RawOrg) -> None:
    good, bad = save(raw, "POST", of("Account", Name="A"), of("Nothing__c"))

    assert (good["success"], bad["success"]) == (True, False)


def test_a_row_with_values_of_the_wrong_type_is_refused_alone(raw: RawOrg) -> None:
    results = save(raw, "POST", of("Account", Name="A", AnnualRevenue=[1]), of("Account", Name={"a": 1}))

    assert [each["success"] for each in results] == [False, False]
