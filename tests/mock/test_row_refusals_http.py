"""Records that are refused, in Salesforce's codes and words, over raw HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.mock.reference import row

if TYPE_CHECKING:
    from tests.mock.raw_org import RawOrg

JSON = {"Content-Type": "application/json"}


@row("errors_and_limits.md#1", "| REST, Bulk v2, Apex REST default, Analytics |")
@row("errors_and_limits.md#3", "| REQUIRED_FIELD_MISSING | 400 | `Required fields are missing: [LastName]`")
@pytest.mark.parametrize("given", [{}, {"LastName": None}, {"LastName": ""}])
def test_a_required_field_is_missed(raw: RawOrg, given: dict[str, Any]) -> None:
    error = raw.refused_create("Contact", FirstName="Ada", **given)

    assert list(error) == ["message", "errorCode", "fields"]
    assert error["message"] == "Required fields are missing: [LastName]"
    assert (error["errorCode"], error["fields"]) == ("REQUIRED_FIELD_MISSING", ["LastName"])


@row("errors_and_limits.md#3", "| REQUIRED_FIELD_MISSING | 400 | `Required fields", "several: `[A, B]`")
def test_all_missing_fields_are_named_at_once(raw: RawOrg) -> None:
    error = raw.refused_create("Opportunity", Amount=1)

    assert error["message"] == "Required fields are missing: [Name, StageName, CloseDate]"
    assert error["fields"] == ["Name", "StageName", "CloseDate"]


def test_a_required_field_cant_be_cleared(raw: RawOrg) -> None:
    record_id = raw.create("Account", Name="Acme")

    _, (error,) = raw.refused("PATCH", f"/sobjects/Account/{record_id}", json={"Name": None})

    assert (error["errorCode"], error["fields"]) == ("REQUIRED_FIELD_MISSING", ["Name"])


@row("errors_and_limits.md#3", "| INVALID_FIELD (write) | 400 | `No such column")
@row("rest.md#5", "| unknown field in body |")
def test_an_unknown_field_is_no_column(raw: RawOrg) -> None:
    error = raw.refused_create("Account", Name="Acme", Foo__c=1)

    assert error == {"message": "No such column 'Foo__c' on sobject of type Account", "errorCode": "INVALID_FIELD"}


@row("errors_and_limits.md#3", "| INVALID_FIELD_FOR_INSERT_UPDATE | 400 |")
def test_fields_that_cant_be_written_are_all_named(raw: RawOrg) -> None:
    error = raw.refused_create("Account", Name="Acme", CreatedDate="2026-03-01T10:00:00Z", IsDeleted=True)

    assert error["message"] == (
        "Unable to create/update fields: CreatedDate, IsDeleted. Please check the security settings of this field and "
        "verify that it is read/write for your profile or permission set."
    )
    code = "INVALID_FIELD_FOR_INSERT_UPDATE"
    assert (error["errorCode"], error["fields"]) == (code, ["CreatedDate", "IsDeleted"])


def test_a_field_for_creation_alone_cant_be_changed(raw: RawOrg) -> None:
    thing = raw.create("Thing__c", Fixed__c="a")

    status, (error,) = raw.refused("PATCH", f"/sobjects/Thing__c/{thing}", json={"Fixed__c": "b"})

    assert (status, error["errorCode"]) == (400, "INVALID_FIELD_FOR_INSERT_UPDATE")


@row("errors_and_limits.md#3", "| STRING_TOO_LONG | 400 |")
def test_a_text_that_is_too_long_is_quoted_whole(raw: RawOrg) -> None:
    error = raw.refused_create("Account", Name="x" * 256)

    message = f"Account Name: data value too large: {'x' * 256} (max length=255)"
    assert error == {"message": message, "errorCode": "STRING_TOO_LONG", "fields": ["Name"]}


@row("errors_and_limits.md#3", "| INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST | 400 |")
@pytest.mark.parametrize(("name", "value"), [("Kind__c", "Green"), ("Tags__c", "A;Z")])
def test_a_value_that_a_restricted_picklist_lacks_is_bad(raw: RawOrg, name: str, value: str) -> None:
    error = raw.refused_create("Thing__c", **{name: value})

    message = f"{name[:4]}: bad value for restricted picklist field: {value}"
    code = "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
    assert error == {"message": message, "errorCode": code, "fields": [name]}


@row("errors_and_limits.md#3", "Ids the server puts in messages")
@row("errors_and_limits.md#3", "| DUPLICATE_VALUE | 400 |")
@pytest.mark.parametrize("value", ["A-1", "a-1"])
def test_a_unique_value_is_had_once_in_any_case(raw: RawOrg, value: str) -> None:
    first = raw.create("Account", Name="Acme", Code__c="A-1")

    error = raw.refused_create("Account", Name="Other", Code__c=value)

    message = f"duplicate value found: Code__c duplicates value on record with id: {first[:15]}"
    assert error == {"message": message, "errorCode": "DUPLICATE_VALUE", "fields": []}


def test_a_case_sensitive_unique_field_tells_case_apart(raw: RawOrg) -> None:
    raw.create("Thing__c", Serial__c="a")
    raw.create("Thing__c", Serial__c="A")

    assert raw.refused_create("Thing__c", Serial__c="a")["errorCode"] == "DUPLICATE_VALUE"


def test_a_deleted_record_frees_its_unique_value(raw: RawOrg) -> None:
    first = raw.create("Account", Name="Acme", Code__c="A-1")
    raw.json("DELETE", f"/sobjects/Account/{first}")

    assert raw.create("Account", Name="Acme", Code__c="A-1") != first


@row("errors_and_limits.md#3", "| JSON_PARSER_ERROR | 400 | wrong JSON type for a field")
@pytest.mark.parametrize(
    ("sobject", "body", "place"),
    [
        ("Account", b'{"Name": "A", "AnnualRevenue": "lots"}', "currency from VALUE_STRING value lots|32"),
        ("Thing__c", b'{"On__c": "1.3.2026"}', "date from VALUE_STRING value 1.3.2026|11"),
        ("Thing__c", b'{"At__c": "2026-03-01"}', "datetime from VALUE_STRING value 2026-03-01|11"),
        ("Thing__c", b'{"Size__c": [1]}', "double from START_ARRAY value [|13"),
        ("Account", b'{"Name": 5}', "string from VALUE_NUMBER_INT value 5|10"),
    ],
)
def test_a_value_of_the_wrong_json_type_is_told_with_its_place(
    raw: RawOrg, sobject: str, body: bytes, place: str
) -> None:
    status, errors = raw.refused("POST", f"/sobjects/{sobject}", content=body, headers=JSON)

    what, column = place.split("|")
    message = (
        f"Cannot deserialize instance of {what} or request may be missing a required field at [line:1, column:{column}]"
    )
    assert (status, errors) == (400, [{"message": message, "errorCode": "JSON_PARSER_ERROR"}])


@row("errors_and_limits.md#3", "| INVALID_CROSS_REFERENCE_KEY |", "400 for a bad lookup value")
@row("errors_and_limits.md#3", "| MALFORMED_ID | 400 |")
def test_a_lookup_must_be_the_id_of_a_live_record_of_the_right_object(raw: RawOrg) -> None:
    contact = raw.create("Contact", LastName="Ek")
    gone = raw.create("Account", Name="Gone")
    raw.json("DELETE", f"/sobjects/Account/{gone}")

    wrong = [raw.refused_create("Contact", LastName="X", AccountId=each) for each in (contact, "abc")]
    unknown = raw.refused_create("Contact", LastName="X", AccountId="001000000000009AAA")
    deleted = raw.refused_create("Contact", LastName="X", AccountId=gone)

    expected = [f"Account ID: id value of incorrect type: {each}" for each in (contact, "abc")]
    assert [each["message"] for each in wrong] == expected
    assert {each["errorCode"] for each in wrong} == {"MALFORMED_ID"}
    assert wrong[0]["fields"] == ["AccountId"]
    assert (unknown["errorCode"], unknown["message"]) == ("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
    assert deleted["errorCode"] == "ENTITY_IS_DELETED"


@row("rest.md#4", "Input: datetimes accept", "parent by external id")
def test_a_parent_may_be_named_by_its_external_id(raw: RawOrg) -> None:
    account = raw.create("Account", Name="Acme", Code__c="A-1")

    contact = raw.create("Contact", LastName="Ek", Account={"Code__c": "a-1"})
    task = raw.create("Task", Subject="Call", What={"attributes": {"type": "Account"}, "Code__c": "A-1"})

    assert raw.get(f"/sobjects/Contact/{contact}")["AccountId"] == account
    assert raw.get(f"/sobjects/Task/{task}")["WhatId"] == account


@pytest.mark.parametrize(
    ("parent", "said"),
    [
        ({"Code__c": "none"}, "Foreign key external ID: none not found for field Code__c in entity Account"),
        ({"Site": "HQ"}, "does not match an External ID"),
        ({"Code__c": "A", "Group__c": "B"}, "does not match an External ID"),
        ({"Nothing__c": "A"}, "No such column 'Nothing__c' on sobject of type Account"),
    ],
)
def test_a_parent_that_isnt_named_by_one_external_id_is_refused(raw: RawOrg, parent: dict[str, str], said: str) -> None:
    error = raw.refused_create("Contact", LastName="Ek", Account=parent)

    assert (error["errorCode"], said in error["message"]) == ("INVALID_FIELD", True)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("Email__c", "nobody", "INVALID_EMAIL_ADDRESS"),
        ("Count__c", 1000, "NUMBER_OUTSIDE_VALID_RANGE"),
        ("Size__c", 1000.0, "NUMBER_OUTSIDE_VALID_RANGE"),
    ],
)
def test_values_outside_of_what_a_field_holds_are_refused(raw: RawOrg, field: str, value: Any, code: str) -> None:
    error = raw.refused_create("Thing__c", **{field: value})

    assert (error["errorCode"], error["fields"]) == (code, [field])
