"""One record at a time, by Id, over raw HTTP: what is saved and what comes back."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest

from tests.mock.raw_org import DATA
from tests.mock.reference import row

if TYPE_CHECKING:
    from specforce_mockserver.org import Org
    from tests.mock.raw_org import RawOrg

GONE = (404, [{"message": "entity is deleted", "errorCode": "ENTITY_IS_DELETED", "fields": []}])
UNKNOWN = (404, [{"message": "invalid cross reference id", "errorCode": "INVALID_CROSS_REFERENCE_KEY", "fields": []}])
NOT_FOUND = (404, [{"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}])


@row("rest.md#5", "| POST create |")
@row("rest.md#5", "| POST extra keys |")
@row("rest.md#1", "| Location |")
@row("errors_and_limits.md#4", "| 001 | Account |")
def test_create_answers_id_and_location(raw: RawOrg) -> None:
    answer = raw.send("POST", "/sobjects/account", json={"Name": "Acme"})

    record_id = answer.json()["id"]
    assert (answer.status_code, answer.json()) == (201, {"id": record_id, "success": True, "errors": []})
    assert (record_id[:3], len(record_id)) == ("001", 18)
    assert answer.headers["location"] == f"{DATA}/sobjects/Account/{record_id}"


@row("rest.md#5", "| GET | record; without `fields`")
@row("rest.md#4", '{"attributes":{"type":"Account"')
@row("rest.md#4", "| double, currency, percent |")
@row("rest.md#4", "| int |")
@row("rest.md#4", "| address, location |")
@row("rest.md#4", "| datetime |")
def test_a_whole_record_has_every_field_in_describes_order(raw: RawOrg, org: Org) -> None:
    fields = {"Name": "Acme", "AnnualRevenue": 350000000, "NumberOfEmployees": 120, "BillingCity": "Oslo"}
    record_id = raw.create("Account", **fields)

    record = raw.get(f"/sobjects/Account/{record_id}")

    described = [each["name"] for each in raw.get("/sobjects/Account/describe")["fields"]]
    assert list(record) == ["attributes", *described]
    assert record["attributes"] == {"type": "Account", "url": f"{DATA}/sobjects/Account/{record_id}"}
    assert (record["Id"], record["OwnerId"], record["Industry"]) == (record_id, org.identity.admin_id, None)
    assert record["CreatedDate"] == org.clock.stored_now().replace("Z", "+0000")
    address = record["BillingAddress"]
    assert sorted(address) == list(address)
    assert (address["city"], address["countryCode"], record["ShippingAddress"]) == ("Oslo", None, None)
    text = raw.send("GET", f"/sobjects/Account/{record_id}").text
    assert '"AnnualRevenue":350000000.0' in text
    assert '"NumberOfEmployees":120,' in text


@row("rest.md#4", "| multipicklist |")
@row("rest.md#4", "| date |")
@row("rest.md#4", "| time |")
@row("rest.md#4", "| boolean |")
@row("rest.md#4", "| base64 |")
@row("rest.md#4", "Input: datetimes accept")
def test_every_type_goes_in_and_out_in_its_form(raw: RawOrg) -> None:
    given: dict[str, Any] = {
        "Tags__c": "A;C",
        "Size__c": "12.5",
        "Count__c": 7,
        "On__c": "2026-03-01",
        "At__c": "2026-03-01T10:00:00.123+02:00",
        "Opens__c": "08:30:00",
        "Sold__c": True,
        "Place__Latitude__s": 59.9,
        "Place__Longitude__s": 10.7,
        "Photo__c": base64.b64encode(b"\x00\xff").decode(),
    }
    thing = raw.create("Thing__c", **given)

    record = raw.get(f"/sobjects/Thing__c/{thing}")

    assert {name: record[name] for name in ("Tags__c", "Size__c", "Count__c", "On__c", "Sold__c")} == {
        "Tags__c": "A;C",
        "Size__c": 12.5,
        "Count__c": 7,
        "On__c": "2026-03-01",
        "Sold__c": True,
    }
    assert (record["At__c"], record["Opens__c"]) == ("2026-03-01T08:00:00.000+0000", "08:30:00.000Z")
    assert record["Place__c"] == {"latitude": 59.9, "longitude": 10.7}
    assert record["Photo__c"] == f"{DATA}/sobjects/Thing__c/{thing}/Photo__c"


def test_only_the_fields_that_are_asked_for_come_back(raw: RawOrg) -> None:
    record_id = raw.create("Account", Name="Acme")

    record = raw.get(f"/sobjects/Account/{record_id}", params={"fields": "name,Owner.Name"})
    direct = raw.get(f"/sobjects/Account/{record_id}", params={"fields": "Name,Industry"})

    assert (record["Name"], record["Owner"]["Name"], record["Id"]) == ("Acme", "Admin User", record_id)
    assert list(direct) == ["attributes", "Name", "Industry", "Id"]


@row("rest.md#4", "| id, reference, string")
def test_ids_go_in_with_15_or_18_characters_and_come_out_with_18(raw: RawOrg) -> None:
    parent = raw.create("Account", Name="Parent")

    child = raw.create("Account", Name="Child", ParentId=parent[:15])

    assert raw.get(f"/sobjects/Account/{child[:15]}")["ParentId"] == parent
    assert raw.get(f"/sobjects/Account/{child.swapcase()}")["Id"] == child


@row("rest.md#5", "| PATCH update |")
def test_update_changes_what_it_names_and_null_clears(raw: RawOrg) -> None:
    record_id = raw.create("Account", Name="Acme", Industry="Energy", Site="HQ")
    raw.mock("POST", "advance", json={"seconds": 60})

    answer = raw.send("PATCH", f"/sobjects/Account/{record_id}", json={"Industry": None, "Phone": "1"})

    record = raw.get(f"/sobjects/Account/{record_id}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert [record[name] for name in ("Name", "Industry", "Site", "Phone")] == ["Acme", None, "HQ", "1"]
    assert record["LastModifiedDate"] > record["CreatedDate"]


@row("rest.md#5", "| PATCH with `Id` in body |")
@row("errors_and_limits.md#3", "| INVALID_FIELD (write) | 400 | `The Id field should not be specified")
def test_the_id_is_said_by_the_path_alone(raw: RawOrg) -> None:
    record_id = raw.create("Account", Name="Acme")

    refused = raw.refused("PATCH", f"/sobjects/Account/{record_id}", json={"Id": record_id})

    message = "The Id field should not be specified in the sobject data."
    assert refused == (400, [{"message": message, "errorCode": "INVALID_FIELD"}])


@row("rest.md#5", "| DELETE | 204 |")
@row("errors_and_limits.md#3", "| ENTITY_IS_DELETED | 404 |")
@row("errors_and_limits.md#3", "| INVALID_CROSS_REFERENCE_KEY | 404")
def test_a_deleted_record_is_gone_for_every_method(raw: RawOrg) -> None:
    path = f"/sobjects/Account/{raw.create('Account', Name='Acme')}"
    answer = raw.send("DELETE", path)

    assert (answer.status_code, answer.content) == (204, b"")
    assert raw.refused("DELETE", path) == raw.refused("GET", path) == GONE
    assert raw.refused("PATCH", path, json={"Name": "B"}) == GONE


def test_an_id_that_no_record_has_is_not_found(raw: RawOrg) -> None:
    path = "/sobjects/Account/001000000000009AAA"

    assert raw.refused("GET", path) == NOT_FOUND
    assert raw.refused("DELETE", path) == raw.refused("PATCH", path, json={}) == UNKNOWN


@row("rest.md#5", "Wrong ext field: 404")
@row("errors_and_limits.md#3", "| NOT_FOUND | 404 | `Provided external ID field")
@pytest.mark.parametrize("text", ["-1", "001xxx", "001Sf0000000001XXX"])
def test_a_segment_that_isnt_shaped_like_an_id_is_taken_for_a_field(raw: RawOrg, text: str) -> None:
    message = f"Provided external ID field does not exist or is not accessible: {text}"
    for method in ("GET", "DELETE"):
        refused = raw.refused(method, f"/sobjects/Account/{text}")
        assert refused == (404, [{"errorCode": "NOT_FOUND", "message": message}])


@row("errors_and_limits.md#3", "| MALFORMED_ID | 400 |")
def test_an_id_of_another_object_is_of_the_wrong_type(raw: RawOrg, org: Org) -> None:
    user_id = org.identity.admin_id

    refused = raw.refused("DELETE", f"/sobjects/Account/{user_id}")
    custom = raw.refused("DELETE", f"/sobjects/Thing__c/{user_id}")

    expected = {"message": f"Account ID: id value of incorrect type: {user_id}", "errorCode": "MALFORMED_ID"}
    assert refused == (400, [{**expected, "fields": ["Id"]}])
    assert custom[1][0]["message"].startswith("Record ID: id value of incorrect type")


@row("errors_and_limits.md#3", "| DELETE_FAILED | 400 |")
def test_a_record_that_others_depend_on_stays(raw: RawOrg) -> None:
    account = raw.create("Account", Name="Acme")
    lock = raw.create("Lock__c", Name="L-1", Account__c=account)

    status, (error,) = raw.refused("DELETE", f"/sobjects/Account/{account}")

    assert (status, list(error), error["errorCode"]) == (400, ["fields", "message", "errorCode"], "DELETE_FAILED")
    assert error["message"] == (
        "Your attempt to delete Acme could not be completed because it is associated with the following locks.: L-1\n"
    )
    raw.json("DELETE", f"/sobjects/Lock__c/{lock}")
    raw.json("DELETE", f"/sobjects/Account/{account}")


def test_details_go_with_their_master_and_lookups_are_cleared(raw: RawOrg) -> None:
    account = raw.create("Account", Name="Acme")
    thing = raw.create("Thing__c", Account__c=account)
    part = raw.create("Part__c", Name="P", Thing__c=thing)

    raw.json("DELETE", f"/sobjects/Account/{account}")
    assert raw.get(f"/sobjects/Thing__c/{thing}")["Account__c"] is None
    raw.json("DELETE", f"/sobjects/Thing__c/{thing}")

    assert raw.refused("GET", f"/sobjects/Part__c/{part}") == GONE


def test_auto_numbers_and_composed_names_are_filled_in(raw: RawOrg) -> None:
    things = [raw.create("Thing__c") for _ in range(2)]
    contact = raw.create("Contact", FirstName="Ada", LastName="Lovelace")
    raw.json("PATCH", f"/sobjects/Contact/{contact}", json={"LastName": "King"})

    assert [raw.get(f"/sobjects/Thing__c/{each}")["Name"] for each in things] == ["T-0001", "T-0002"]
    assert raw.get(f"/sobjects/Contact/{contact}")["Name"] == "Ada King"


@row("errors_and_limits.md#3", "| INSUFFICIENT_ACCESS_OR_READONLY | 403")
def test_a_user_cant_be_deleted(raw: RawOrg, org: Org) -> None:
    refused = raw.refused("DELETE", f"/sobjects/User/{org.identity.admin_id}")

    message = "insufficient access rights on object id"
    assert refused == (403, [{"message": message, "errorCode": "INSUFFICIENT_ACCESS_OR_READONLY", "fields": []}])
