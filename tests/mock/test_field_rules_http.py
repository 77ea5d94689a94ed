"""The rules of fields, the same by every protocol, over raw HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.mock.protocols import INSERTS, SAVED
from tests.mock.reference import row

if TYPE_CHECKING:
    from tests.mock.protocols import Writer
    from tests.mock.raw_org import RawOrg

READ_ONLY = (
    "Unable to create/update fields: CreatedDate. Please check the security settings of this field and verify that "
    "it is read/write for your profile or permission set."
)
RULES: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "required": (
        "Contact",
        {"FirstName": "Ada"},
        "REQUIRED_FIELD_MISSING",
        "Required fields are missing: [LastName]",
    ),
    "unique": (
        "Account",
        {"Name": "Other", "Code__c": "taken"},
        "DUPLICATE_VALUE",
        "duplicate value found: Code__c duplicates value on record with id: {taken}",
    ),
    "length": (
        "Account",
        {"Name": "x" * 256},
        "STRING_TOO_LONG",
        f"Account Name: data value too large: {'x' * 256} (max length=255)",
    ),
    "picklist": (
        "Thing__c",
        {"Kind__c": "Green"},
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        "Kind: bad value for restricted picklist field: Green",
    ),
    "picklist of several": (
        "Thing__c",
        {"Tags__c": "A;Z"},
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        "Tags: bad value for restricted picklist field: A;Z",
    ),
    "id of another object": (
        "Contact",
        {"LastName": "Ek", "AccountId": "003000000000001AAA"},
        "MALFORMED_ID",
        "Account ID: id value of incorrect type: 003000000000001AAA",
    ),
    "unknown id": (
        "Contact",
        {"LastName": "Ek", "AccountId": "001000000000009AAA"},
        "INVALID_CROSS_REFERENCE_KEY",
        "invalid cross reference id",
    ),
    "read only": (
        "Account",
        {"Name": "Acme", "CreatedDate": "2026-03-01T10:00:00.000Z"},
        "INVALID_FIELD_FOR_INSERT_UPDATE",
        READ_ONLY,
    ),
    "e-mail": ("Thing__c", {"Email__c": "nobody"}, "INVALID_EMAIL_ADDRESS", "Email: invalid email address: nobody"),
    "range": (
        "Thing__c",
        {"Count__c": 1000},
        "NUMBER_OUTSIDE_VALID_RANGE",
        "value outside of valid range on numeric field",
    ),
}


@row("errors_and_limits.md#3", "| REQUIRED_FIELD_MISSING | 400 | `Required fields are missing: [LastName]`")
@row("errors_and_limits.md#3", "| STRING_TOO_LONG | 400 |")
@pytest.mark.parametrize("protocol", INSERTS)
@pytest.mark.parametrize("rule", RULES)
def test_a_rule_is_the_same_by_every_protocol(raw: RawOrg, protocol: str, rule: str) -> None:
    sobject, fields, code, message = RULES[rule]
    taken = raw.create("Account", Name="Acme", Code__c="TAKEN")

    assert INSERTS[protocol](raw, sobject, fields) == (code, message.format(taken=taken[:15]))
    assert raw.query(f"SELECT COUNT() FROM {sobject}")["totalSize"] == (1 if sobject == "Account" else 0)


@pytest.mark.parametrize("write", INSERTS.values(), ids=INSERTS)
def test_names_are_taken_in_any_case_and_values_are_typed(raw: RawOrg, write: Writer) -> None:
    account = raw.create("Account", Name="Acme")
    fields = {"kind__C": "red", "account__c": account[:15], "SIZE__c": "12.5", "sold__c": True, "tags__c": "b;a"}

    assert write(raw, "Thing__c", fields) == SAVED

    (thing,) = raw.query("SELECT Name, Kind__c, Account__c, Size__c, Sold__c, Tags__c FROM Thing__c")["records"]
    del thing["attributes"]
    assert thing == {
        "Name": "T-0001",
        "Kind__c": "Red",
        "Account__c": account,
        "Size__c": 12.5,
        "Sold__c": True,
        "Tags__c": "B;A",
    }
