"""What a record looks like and in which order records come. Rows: specs/reference/soql.md and rest.md, as named."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.mock.reference import row
from tests.mock.soql_world import NOW, RECORDS, World


@pytest.fixture(scope="module")
def world() -> World:
    made = World()
    boss = made.add("User", Username="boss@x.org", Name="Boss", LastName="Boss", Email="boss@x.org", IsActive=1)
    user = made.add("User", Username="ada@x.org", Name="Ada", LastName="Ada", ManagerId=boss, IsActive=1)
    acme = made.add(
        "Account",
        Name="Acme",
        AnnualRevenue=350000000.0,
        NumberOfEmployees=120,
        OwnerId=user,
        BillingCity="Oslo",
        BillingCountry="NO",
        BillingLatitude=59.9,
        CreatedDate="2026-03-01T10:00:00.000Z",
    )
    made.add("Account", Name="acme", OwnerId=boss, CreatedDate="2026-03-02T10:00:00.000Z")
    made.add("Account", Name="Gone", IsDeleted=1)
    made.add("Contact", LastName="Berg", Name="Eva Berg", FirstName="Eva", AccountId=acme, Birthdate="1980-02-03")
    made.add("Contact", LastName="Dahl", Name="Dahl")
    made.add(
        "Gadget__c",
        Name="Full",
        Live__c=1,
        Price__c=300.0,
        Weight__c=1e16,
        Count__c=12,
        Built__c="2026-03-01",
        Sold__c="2026-03-01T10:00:00.000Z",
        Opens__c="10:00:00.000Z",
        Colors__c="Red;Blue",
        Photo__c=b"\x89PNG",
        Place__Latitude__s=59.9,
        Place__Longitude__s=10.7,
        Maker__c=acme,
    )
    made.add("Gadget__c", Name="Bare")
    return made


@row("soql.md#4", "JSON key case")
def test_a_record_has_attributes_with_the_version_of_the_request(world: World) -> None:
    """soql.md#4: url uses the request's API version; rest.md#4: Ids have 18 characters."""
    (record,) = world.records("SELECT Name FROM Account LIMIT 1", version="58.0")
    account_id = world.values("SELECT Id FROM Account LIMIT 1")[0]
    assert len(account_id) == 18
    assert record == {
        "attributes": {"type": "Account", "url": f"/services/data/v58.0/sobjects/Account/{account_id}"},
        "Name": "Acme",
    }


VALUES = {
    "boolean": ("Live__c", True, False),
    "currency": ("Price__c", 300.0, None),
    "double": ("Weight__c", 1e16, None),
    "int": ("Count__c", 12, None),
    "date": ("Built__c", "2026-03-01", None),
    "datetime": ("Sold__c", "2026-03-01T10:00:00.000+0000", None),
    "time": ("Opens__c", "10:00:00.000Z", None),
    "multipicklist": ("Colors__c", "Red;Blue", None),
    "location": ("Place__c", {"latitude": 59.9, "longitude": 10.7}, None),
}


@pytest.mark.parametrize(("field", "full", "bare"), VALUES.values(), ids=[f"rest.md#4 {each}" for each in VALUES])
@row("soql.md#4", "| null |")
@row("soql.md#4", "| boolean |")
@row("soql.md#4", "| int |")
@row("soql.md#4", "| date |")
@row("soql.md#4", "| datetime |")
@row("soql.md#4", "| time |")
@row("soql.md#4", "| Id |")
def test_values_have_the_form_of_their_type(world: World, field: Any, full: Any, bare: Any) -> None:
    found = world.values(f"SELECT {field} FROM Gadget__c")
    assert json.dumps(found) == json.dumps([full, bare])


@row("soql.md#4", "| base64 |")
def test_base64_is_a_url(world: World) -> None:
    """rest.md#4: a relative URL in query results."""
    (gadget_id,) = world.values("SELECT Id FROM Gadget__c WHERE Name = 'Full'")
    url = f"{RECORDS}/Gadget__c/{gadget_id}/Photo__c"
    assert world.values("SELECT Photo__c FROM Gadget__c") == [url, None]


@row("soql.md#4", "| address |")
def test_an_address_is_an_object_of_all_its_parts(world: World) -> None:
    """rest.md#4."""
    full, empty = world.values("SELECT BillingAddress FROM Account")
    assert full == {
        "city": "Oslo",
        "country": "NO",
        "countryCode": None,
        "geocodeAccuracy": None,
        "latitude": 59.9,
        "longitude": None,
        "postalCode": None,
        "state": None,
        "stateCode": None,
        "street": None,
    }
    assert list(full) == sorted(full)
    assert empty is None


def test_keys_are_spelled_as_in_the_schema_and_ordered_as_selected(world: World) -> None:
    """soql.md#4: key case follows the schema, key order is SELECT order after attributes."""
    (record,) = world.records("select NAME, owner.NAME, id, OWNER.username, annualrevenue from ACCOUNT limit 1")
    assert list(record) == ["attributes", "Name", "Owner", "Id", "AnnualRevenue"]
    assert list(record["Owner"]) == ["attributes", "Name", "Username"]


@row("soql.md#4", "| parent null |")
@row("soql.md#1", "| Fields |")
def test_a_parent_is_a_record_of_its_own(world: World) -> None:
    """rest.md#4: a nested record with own attributes, or null."""
    full, empty = world.records("SELECT Account.Name, Account.Owner.Manager.Name FROM Contact")
    (account_id,) = world.values("SELECT Id FROM Account WHERE OwnerId != null LIMIT 1")
    assert full["Account"]["attributes"] == {"type": "Account", "url": f"{RECORDS}/Account/{account_id}"}
    assert full["Account"]["Owner"]["attributes"]["type"] == "User"
    assert full["Account"]["Owner"]["Manager"]["Name"] == "Boss"
    assert empty["Account"] is None


def test_a_parent_of_a_parent_may_be_missing(world: World) -> None:
    records = world.records("SELECT Name, Owner.Manager.Name FROM Account")
    assert [each["Owner"]["Manager"] and each["Owner"]["Manager"]["Name"] for each in records] == ["Boss", None]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT a.Name FROM Account a LIMIT 1",
        "SELECT Account.Name FROM Account LIMIT 1",
        "SELECT A.Name FROM account a LIMIT 1",
    ],
)
def test_the_object_of_from_may_be_named_before_a_field(world: World, text: Any) -> None:
    """soql.md#1: `Alias.Field`."""
    (record,) = world.records(text)
    assert list(record) == ["attributes", "Name"]


def test_a_parent_may_have_an_alias(world: World) -> None:
    """soql.md#1: `FROM Contact c, c.Account a`."""
    (record,) = world.records("SELECT c.LastName, a.Name FROM Contact c, c.Account a WHERE a.Name = 'acme'")
    assert (record["LastName"], record["Account"]["Name"]) == ("Berg", "Acme")


@pytest.mark.parametrize("function", ["toLabel(Name)", "FORMAT(Name)", "convertCurrency(AnnualRevenue)"])
@row("soql.md#1", "| Functions |")
@row("soql.md#6", "Enough for most clients")
def test_labels_formats_and_currencies_leave_texts_and_amounts_as_they_are(world: World, function: Any) -> None:
    """soql.md#6: identity."""
    plain = function.rsplit("(", maxsplit=1)[-1].rstrip(")")
    assert world.values(f"SELECT {function} x FROM Account") == world.values(f"SELECT {plain} FROM Account")


def test_a_function_without_alias_keeps_the_field_s_name(world: World) -> None:
    (record, _other) = world.records("SELECT toLabel(Industry), toLabel(Owner.Name) FROM Account")
    assert list(record) == ["attributes", "Industry", "Owner"]


class TestFields:
    """soql.md#1: FIELDS()."""

    def test_all_are_the_fields_of_describe_in_their_order(self, world: World) -> None:
        (record, *_rest) = world.records("SELECT FIELDS(ALL) FROM Account LIMIT 200")
        assert list(record)[1:] == [each.name for each in world.schema["Account"].fields]

    def test_standard_and_custom_are_the_two_halves(self, world: World) -> None:
        standard = world.records("SELECT FIELDS(STANDARD) FROM Gadget__c")[0].keys() - {"attributes"}
        custom = world.records("SELECT fields(custom) FROM Gadget__c LIMIT 1")[0].keys() - {"attributes"}
        assert "Name" in standard
        assert custom == {each.name for each in world.schema["Gadget__c"].fields if each.name.endswith(("__c", "__s"))}
        assert not standard & custom

    def test_a_list_of_ids_bounds_as_a_limit_does(self, world: World) -> None:
        ids = world.values("SELECT Id FROM Account")
        quoted = ", ".join(f"'{each}'" for each in ids)
        assert len(world.records(f"SELECT FIELDS(ALL) FROM Account WHERE Id IN ({quoted})")) == 2
        assert len(world.records(f"SELECT FIELDS(ALL) FROM Account WHERE Id = '{ids[0]}' AND Name != null")) == 1


class TestOrder:
    """soql.md#1: ORDER BY, LIMIT, OFFSET."""

    @pytest.fixture(scope="class")
    @classmethod
    def sorted_world(cls) -> World:
        made = World()
        for name, count in (("b", 1), ("A", None), (None, 2), ("B", 3), ("a", 3)):
            made.add("Lead", LastName=name, NumberOfEmployees=count)
        return made

    @pytest.mark.parametrize(
        ("order", "names"),
        {
            "LastName": [None, "A", "a", "b", "B"],
            "LastName ASC": [None, "A", "a", "b", "B"],
            "LastName DESC": [None, "b", "B", "A", "a"],
            "LastName NULLS LAST": ["A", "a", "b", "B", None],
            "LastName DESC NULLS FIRST": [None, "b", "B", "A", "a"],
            "LastName DESC NULLS LAST": ["b", "B", "A", "a", None],
            "NumberOfEmployees DESC NULLS LAST, LastName": ["a", "B", None, "b", "A"],
            "CALENDAR_YEAR(CreatedDate), Id DESC": ["a", "B", None, "A", "b"],
        }.items(),
    )
    @row("soql.md#1", "| Default order |")
    def test_order_by(self, sorted_world: Any, order: Any, names: Any) -> None:
        """Ascending and nulls first unless it says otherwise; texts without regard to case."""
        assert sorted_world.values(f"SELECT LastName FROM Lead ORDER BY {order}") == names

    @pytest.mark.parametrize(
        ("bounds", "total", "names"),
        [
            ("LIMIT 2", 2, ["b", "A"]),
            ("LIMIT 0", 0, []),
            ("OFFSET 3", 2, ["B", "a"]),
            ("LIMIT 1 OFFSET 1", 1, ["A"]),
            ("LIMIT 99999999999999999999999 OFFSET 2000", 0, []),
        ],
    )
    def test_limit_and_offset_bound_the_total_too(self, sorted_world: Any, bounds: Any, total: Any, names: Any) -> None:
        """rest.md#7: totalSize is capped by LIMIT."""
        result = sorted_world.run(f"SELECT LastName FROM Lead {bounds}")
        assert (result.total_size, [each["LastName"] for each in result.records]) == (total, names)

    @row("soql.md#1", "| COUNT() |")
    def test_count_is_a_number_without_records(self, sorted_world: Any) -> None:
        """rest.md#7: COUNT() gives totalSize=n, records []."""
        assert [sorted_world.run(f"SELECT COUNT() FROM Lead {each}").total_size for each in ("", "LIMIT 2")] == [5, 2]
        assert sorted_world.run("select count() from lead where LastName = 'a'").records == []


@pytest.mark.parametrize(
    "ending",
    [
        "FOR VIEW",
        "FOR REFERENCE",
        "FOR UPDATE",
        "UPDATE TRACKING",
        "UPDATE VIEWSTAT",
        "WITH USER_MODE",
        "WITH SECURITY_ENFORCED",
    ],
)
def test_clauses_that_change_no_row_are_accepted(world: World, ending: Any) -> None:
    """soql.md#1."""
    assert len(world.records(f"SELECT Id FROM Account {ending}")) == 2


def test_distances_are_worked_out_from_a_location(world: World) -> None:
    """soql.md#1: DISTANCE(loc, GEOLOCATION(a,b), 'mi'|'km'); Oslo to Bergen is some 305 km."""
    call = "DISTANCE(Place__c, GEOLOCATION(60.39, 5.32), '{}')"
    text = f"SELECT Name FROM Gadget__c WHERE {call} {{}} ORDER BY {call}"
    assert world.values(text.format("km", "< 310", "km")) == ["Full"]
    assert world.values(text.format("km", "< 300", "km")) == []
    assert world.values(text.format("mi", "< 195", "mi")) == ["Full"]
    (kilometres, nowhere) = world.values(f"SELECT {call.format('km')} FROM Gadget__c")
    assert kilometres == pytest.approx(303, abs=3)
    assert nowhere is None


def test_the_same_query_compiled_at_another_time_means_another_day(world: World) -> None:
    text = "SELECT COUNT() FROM Account WHERE CreatedDate = TODAY"
    assert world.run(text).total_size == 0
    assert world.run(text, now=NOW - 9 * 86_400).total_size == 1
