"""Validation rules: formulas that keep records from being saved, by every protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from specforce_mockserver.formulas import FormulaError
from specforce_mockserver.org import Org
from specforce_mockserver.schema_files import SchemaFileError, schema_of_text
from tests.mock.bulk_client import BulkClient
from tests.mock.protocols import INSERTS, SAVED
from tests.mock.raw_org import serving
from tests.mock.reference import row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.mock.raw_org import RawOrg

SCHEMA = """
[[Trip__c.validationRules]]
fullName = "Ends_after_it_starts"
errorConditionFormula = "End__c < Start__c"
errorMessage = "A trip ends after it starts."
errorDisplayField = "End__c"

[[Trip__c.validationRules]]
fullName = "Customers_of_their_own"
errorConditionFormula = "Account__r.Name = 'Nobody' && ISNEW()"
errorMessage = "Not for nobody."

[[Trip__c.validationRules]]
fullName = "Price_only_falls"
errorConditionFormula = "ISCHANGED(Price__c) && Price__c > PRIORVALUE(Price__c)"
errorMessage = "A price only falls."

[Trip__c.fields]
Start__c = "date"
End__c = "date"
Price__c = "currency(10, 2)"
Paid__c = "boolean"
Account__c = "reference(Account)"
Photo__c = "base64"
Guide__c = { type = "reference(Contact)", lookupFilter = "ISPICKVAL(Guide__r.Salutation, 'Dr.')" }
"""
CODE = "FIELD_CUSTOM_VALIDATION_EXCEPTION"


@pytest.fixture(scope="module")
def trips_org() -> Iterator[tuple[Org, RawOrg]]:
    org = Org(schema_of_text(SCHEMA))
    with serving(org) as client:
        yield org, client


@pytest.fixture
def trips(trips_org: tuple[Org, RawOrg]) -> RawOrg:
    org, client = trips_org
    org.reset()
    client.login()
    return client


@pytest.mark.parametrize("protocol", INSERTS)
def test_a_record_that_breaks_a_rule_isnt_saved(trips: RawOrg, protocol: str) -> None:
    insert = INSERTS[protocol]

    assert insert(trips, "Trip__c", {"Start__c": "2026-03-02", "End__c": "2026-03-01"}) == (
        CODE,
        "A trip ends after it starts.",
    )
    assert insert(trips, "Trip__c", {"Start__c": "2026-03-01"}) == SAVED
    assert trips.query("SELECT COUNT() FROM Trip__c")["totalSize"] == 1


def test_the_field_at_fault_is_named(trips: RawOrg) -> None:
    error = trips.refused_create("Trip__c", Start__c="2026-03-02", End__c="2026-03-01")

    assert (error["errorCode"], error["fields"]) == (CODE, ["End__c"])


def test_a_rule_sees_what_is_stored_beside_what_changes(trips: RawOrg) -> None:
    trip = trips.create("Trip__c", Start__c="2026-03-02", Price__c=100)
    path = f"/sobjects/Trip__c/{trip}"

    _, (early,) = trips.refused("PATCH", path, json={"End__c": "2026-03-01"})
    _, (dear,) = trips.refused("PATCH", path, json={"Price__c": 101})
    trips.json("PATCH", path, json={"Price__c": 99, "End__c": "2026-03-03"})

    assert (early["message"], dear["message"]) == ("A trip ends after it starts.", "A price only falls.")
    assert trips.get(path)["Price__c"] == 99.0


def test_a_rule_follows_parents_and_tells_new_records(trips: RawOrg) -> None:
    nobody, somebody = (trips.create("Account", Name=name) for name in ("Nobody", "Somebody"))

    assert trips.refused_create("Trip__c", Account__c=nobody)["message"] == "Not for nobody."
    trip = trips.create("Trip__c", Account__c=somebody)
    trips.json("PATCH", f"/sobjects/Trip__c/{trip}", json={"Account__c": nobody})


@row("errors_and_limits.md#3", "| FIELD_FILTER_VALIDATION_EXCEPTION |")
@pytest.mark.parametrize("protocol", INSERTS)
def test_a_filtered_lookup_takes_what_its_filter_lets_through(trips: RawOrg, protocol: str) -> None:
    guide, other = (trips.create("Contact", LastName=name, Salutation=name) for name in ("Dr.", "Ms."))
    insert = INSERTS[protocol]

    assert insert(trips, "Trip__c", {"Guide__c": other}) == (
        "FIELD_FILTER_VALIDATION_EXCEPTION",
        "Value does not exist or does not match filter criteria.",
    )
    assert insert(trips, "Trip__c", {"Guide__c": guide}) == SAVED


def test_bulk_rows_are_judged_one_by_one(trips: RawOrg) -> None:
    with BulkClient(trips.url) as client:
        loaded = client.load(
            "Start__c,End__c\n2026-03-02,2026-03-01\n2026-03-01,2026-03-02\n2026-03-09,2026-03-01\n", object="Trip__c"
        )

    assert loaded.counts == (1, 2, 0)
    assert loaded.errors[0] == f"{CODE}:A trip ends after it starts.:End__c --"


def test_a_rule_is_added_replaced_and_forgotten(trips_org: tuple[Org, RawOrg], trips: RawOrg) -> None:
    org, _ = trips_org
    org.validation_rules.add("Trip__c", "Paid", "NOT(Paid__c)", "Pay first.", error_display_field="paid__c")
    error = trips.refused_create("Trip__c")
    assert (error["message"], error["fields"]) == ("Pay first.", ["Paid__c"])

    org.validation_rules.add("Trip__c", "Paid", "NOT(Paid__c) && Price__c > 5", "Pay first.")
    trips.create("Trip__c")
    org.reset()
    trips.login()
    trips.create("Trip__c", Price__c=6)


def test_a_rule_that_isnt_one_is_refused(trips_org: tuple[Org, RawOrg]) -> None:
    rules = trips_org[0].validation_rules

    with pytest.raises(FormulaError, match="expected boolean"):
        rules.add("Trip__c", "Bad", "Price__c", "x")
    with pytest.raises(ValueError, match="there is no field Nothing"):
        rules.add("Trip__c", "Bad", "TRUE", "x", error_display_field="Nothing")
    with pytest.raises(ValueError, match="there is no object Nothing"):
        rules.add("Nothing", "Bad", "TRUE", "x")
    with pytest.raises(SchemaFileError, match=r"text: Trip__c: validation rule Price_only_falls: .*no function"):
        schema_of_text(SCHEMA.replace("ISCHANGED(", "CHANGED("))


def test_rules_are_added_and_listed_over_http(trips: RawOrg) -> None:
    rule = {
        "object": "Trip__c",
        "fullName": "Paid",
        "errorConditionFormula": "NOT(Paid__c)",
        "errorMessage": "Pay first.",
        "errorDisplayField": "Paid__c",
    }

    assert trips.mock("POST", "validationRules", json=rule) == rule

    listed = trips.mock("GET", "validationRules")
    assert [each["fullName"] for each in listed if each["object"] == "Trip__c"][-1] == "Paid"
    assert trips.refused_create("Trip__c")["message"] == "Pay first."
    bad = trips.send("POST", "/__mock/validationRules", json={**rule, "errorConditionFormula": "NOT("})
    assert (bad.status_code, "unexpected the end" in bad.text) == (400, True)
