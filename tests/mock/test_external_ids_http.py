"""One record at a time, by external id, over raw HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.mock.raw_org import DATA
from tests.mock.reference import row

if TYPE_CHECKING:
    from tests.mock.raw_org import RawOrg

BY_CODE = "/sobjects/Account/Code__c/A-1"


def two_of_a_group(raw: RawOrg) -> list[str]:
    return [raw.create("Account", Name=name, Group__c="G") for name in ("One", "Two")]


@row("rest.md#5", "| PATCH by ext id |")
def test_upsert_creates_then_changes(raw: RawOrg) -> None:
    created = raw.send("PATCH", BY_CODE, json={"Name": "Acme"})
    changed = raw.send("PATCH", BY_CODE, json={"Name": "Acme 2"})

    record_id = created.json()["id"]
    assert (created.status_code, created.json()) == (
        201,
        {"id": record_id, "success": True, "errors": [], "created": True},
    )
    assert created.headers["location"] == f"{DATA}/sobjects/Account/{record_id}"
    assert (changed.status_code, changed.json()) == (
        200,
        {"id": record_id, "success": True, "errors": [], "created": False},
    )
    record = raw.get(BY_CODE)
    assert (record["Id"], record["Name"], record["Code__c"]) == (record_id, "Acme 2", "A-1")


@row("rest.md#5", "| PATCH by ext id |", "≤v45")
def test_up_to_version_45_upsert_answers_less(raw: RawOrg) -> None:
    created = raw.send("PATCH", BY_CODE, json={"Name": "Acme"}, version="45.0")
    changed = raw.send("PATCH", BY_CODE, json={"Name": "Acme 2"}, version="45.0")

    assert (created.status_code, list(created.json())) == (201, ["id", "success", "errors"])
    assert (changed.status_code, changed.content) == (204, b"")


@row("rest.md#5", "| ambiguous ext id (GET/PATCH) |")
@row("errors_and_limits.md#1", "| External Id ambiguous | 300 |")
def test_an_ambiguous_external_id_answers_the_urls_of_its_records(raw: RawOrg) -> None:
    urls = [f"{DATA}/sobjects/Account/{each}" for each in two_of_a_group(raw)]

    for method, body in (("GET", None), ("PATCH", {"Name": "X"}), ("DELETE", None)):
        answer = raw.send(method, "/sobjects/Account/Group__c/G", json=body)
        assert (answer.status_code, answer.json()) == (300, urls)


@row("rest.md#5", "Wrong ext field: 404")
@pytest.mark.parametrize("field", ["Nothing__c", "Site"])
def test_a_field_that_is_no_external_id_is_refused(raw: RawOrg, field: str) -> None:
    status, (error,) = raw.refused("GET", f"/sobjects/Account/{field}/x")

    message = f"Provided external ID field does not exist or is not accessible: {field}"
    assert (status, error) == (404, {"errorCode": "NOT_FOUND", "message": message})


@row("rest.md#5", "| GET by ext id |")
def test_a_value_that_no_record_has_is_not_found(raw: RawOrg) -> None:
    for method in ("GET", "DELETE"):
        status, (error,) = raw.refused(method, BY_CODE)
        assert (status, error["message"]) == (404, "The requested resource does not exist")


def test_update_only_creates_nothing(raw: RawOrg) -> None:
    status, (error,) = raw.refused("PATCH", BY_CODE, params={"updateOnly": "true"}, json={"Name": "Acme"})

    assert (status, error["errorCode"]) == (404, "NOT_FOUND")
    assert raw.query("SELECT COUNT() FROM Account")["totalSize"] == 0


def test_the_body_may_not_repeat_the_external_id(raw: RawOrg) -> None:
    _, (error,) = raw.refused("PATCH", BY_CODE, json={"Name": "Acme", "code__c": "A-1"})

    assert error["message"] == "The Code__c field should not be specified in the sobject data."


def test_values_are_found_in_any_case_and_by_number(raw: RawOrg) -> None:
    record_id = raw.create("Account", Name="Acme", Code__c="A-1", Grade__c=2.5)

    assert raw.get("/sobjects/Account/code__c/a-1")["Id"] == record_id
    assert raw.get("/sobjects/Account/Grade__c/2.50")["Id"] == record_id
    assert raw.refused("GET", "/sobjects/Account/Grade__c/good")[0] == 404


def test_id_is_an_external_id_too(raw: RawOrg) -> None:
    record_id = raw.create("Account", Name="Acme")

    answer = raw.send("PATCH", f"/sobjects/Account/Id/{record_id}", json={"Name": "B"})

    assert (answer.status_code, answer.json()["created"]) == (200, False)


def test_delete_by_external_id_deletes_that_record(raw: RawOrg) -> None:
    raw.create("Account", Name="Acme", Code__c="A-1")

    assert raw.send("DELETE", BY_CODE).status_code == 204
    assert raw.refused("GET", BY_CODE)[0] == 404
