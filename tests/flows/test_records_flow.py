"""Records of the fake org over real HTTP: both halves create, read, change, find and delete them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from specforce import Saved
from specforce.errors import (
    DuplicateValue,
    EntityIsDeleted,
    InvalidField,
    InvalidType,
    MalformedQuery,
    NotFound,
    RequiredFieldMissing,
    StringTooLong,
    VersionRetired,
)
from tests.covers import covers

if TYPE_CHECKING:
    from specforce.testing import FakeOrg
    from tests.halves import Half


class Account(msgspec.Struct):
    Id: str
    Name: str
    CreatedDate: datetime
    NumberOfEmployees: int | None = None


@covers("T1", "T2", "T3")
def test_a_record_lives_from_create_to_delete(half: Half, org: FakeOrg) -> None:
    """connector.md, T1 to T4."""
    account = half.login(org.auth()).sobject("Account")

    saved = half.run(account.create({"Name": "Acme", "NumberOfEmployees": 12}))
    assert saved.created
    assert half.run(account.get(saved.id, fields=["Name"]))["Name"] == "Acme"
    half.run(account.update(saved.id, {"Name": "Acme Corp", "NumberOfEmployees": None, "BillingCity": "Oslo"}))
    changed = half.run(account.get(saved.id[:15]))
    assert (changed["Name"], changed["NumberOfEmployees"], changed["BillingCity"]) == ("Acme Corp", None, "Oslo")
    half.run(account.delete(saved.id))
    with pytest.raises(NotFound):
        half.run(account.get(saved.id))
    with pytest.raises(EntityIsDeleted):
        half.run(account.delete(saved.id))


@covers("T4", "T15", "C19", "W2", "D13", "W3")
def test_upsert_creates_once_and_then_changes(half: Half, org: FakeOrg) -> None:
    """connector.md, T15, C19 and W2."""
    account = half.login(org.auth()).sobject("Account")

    first = half.run(account.upsert("Code__c", "a/b?c#d%e f", {"Name": "One"}))
    second = half.run(account.upsert("Code__c", "a/b?c#d%e f", {"Name": "Two"}))

    assert (first.created, second) == (True, Saved(first.id, created=False))
    assert half.run(account.get_by("Code__c", "a/b?c#d%e f", fields=["Name"]))["Name"] == "Two"
    half.run(account.delete_by("Code__c", "a/b?c#d%e f"))
    with pytest.raises(NotFound):
        half.run(account.get_by("Code__c", "a/b?c#d%e f"))


@covers("W2")
def test_an_upsert_before_46_tells_as_much_as_that_version_does(half: Half, org: FakeOrg) -> None:
    account = half.login(org.auth(), api_version="45.0").sobject("Account")

    first = half.run(account.upsert("Code__c", "x", {"Name": "One"}))
    second = half.run(account.upsert("Code__c", "x", {"Name": "Two"}))

    assert first.created
    assert second == Saved("", created=False)


@pytest.mark.parametrize(
    ("record", "kind", "fields"),
    [
        ({}, RequiredFieldMissing, ("Name",)),
        ({"Name": "x" * 300}, StringTooLong, ("Name",)),
        ({"Name": "x", "Nope__c": 1}, InvalidField, ()),
        ({"Name": "x", "Code__c": "taken"}, DuplicateValue, ()),
    ],
)
def test_a_record_that_breaks_a_rule_is_refused_by_its_class(
    half: Half, org: FakeOrg, record: dict[str, object], kind: type[Exception], fields: tuple[str, ...]
) -> None:
    org.seed({"Account": [{"Name": "Taken", "Code__c": "taken"}]})

    with pytest.raises(kind) as caught:
        half.run(half.login(org.auth()).sobject("Account").create(record))

    assert caught.value.fields == fields  # type: ignore[attr-defined]


@covers("T6", "D6")
def test_a_query_reads_all_pages_with_its_values_bound(half: Half, org: FakeOrg) -> None:
    """connector.md, T5 and T6."""
    org.seed({"Account": [{"Name": f"n{number}", "Industry": "Energy"} for number in range(450)]})
    sf = half.login(org.auth())

    query = sf.query(
        "SELECT Id, Name, CreatedDate FROM Account "
        "WHERE Industry IN :which AND CreatedDate >= LAST_N_DAYS:days ORDER BY Id",
        returns=Account,
        batch_size=200,
        which=["Energy", "it's\\"],
        days=3,
    )

    assert [account.Name for account in half.items(query)] == [f"n{number}" for number in range(450)]
    assert len([request for request in org.requests if request.operation == "queryMore"]) == 2


@pytest.mark.parametrize(
    "name", ["O'Hara", "back\\slash", 'quo"te', "new\nline", "100%_sure", "日本", "' OR Name != '"]
)
def test_a_value_with_quotes_and_backslashes_finds_its_own_record_only(half: Half, org: FakeOrg, name: str) -> None:
    org.seed({"Account": [{"Name": name}, {"Name": "other"}]})
    sf = half.login(org.auth())

    assert [row["Name"] for row in half.items(sf.query("SELECT Name FROM Account WHERE Name = :n", n=name))] == [name]


def test_like_patterns_match_their_text_only(half: Half, org: FakeOrg) -> None:
    from specforce.soql import contains

    org.seed({"Account": [{"Name": "100%_sure"}, {"Name": "100 x sure"}]})
    sf = half.login(org.auth())

    found = half.items(sf.query("SELECT Name FROM Account WHERE Name LIKE :p", p=contains("%_")))

    assert [row["Name"] for row in found] == ["100%_sure"]


@covers("T5", "W8")
def test_count_and_groups(half: Half, org: FakeOrg) -> None:
    """connector.md, T5 and W8."""
    org.seed({"Account": [{"Name": "a", "Industry": "Energy"}, {"Name": "b", "Industry": "Energy"}]})
    sf = half.login(org.auth())

    count = sf.query("SELECT COUNT() FROM Account")
    assert (half.run(count.total_size) if half.name == "async" else count.total_size) == 2
    assert half.run(count.all()) == []
    [group] = half.items(sf.query("SELECT Industry, COUNT(Id) n FROM Account GROUP BY Industry"))
    assert (group["Industry"], group["n"]) == ("Energy", 2)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("SELEKT Id FROM Account", MalformedQuery),
        ("SELECT Nope__c FROM Account", InvalidField),
        ("SELECT Id FROM Nope__c", InvalidType),
    ],
)
def test_a_query_that_makes_no_sense_is_refused_by_its_class(
    half: Half, org: FakeOrg, text: str, kind: type[Exception]
) -> None:
    with pytest.raises(kind):
        half.run(half.login(org.auth()).query(text).all())


@covers("T10")
def test_deleted_and_updated_records_are_listed(half: Half, org: FakeOrg) -> None:
    """connector.md, T10."""
    sf = half.login(org.auth())
    account = sf.sobject("Account")
    kept, gone = (half.run(account.create({"Name": name})).id for name in ("kept", "gone"))
    half.run(account.delete(gone))
    start, end = datetime.now(UTC) - timedelta(hours=1), datetime.now(UTC) + timedelta(hours=1)

    assert [record.id for record in half.run(account.deleted(start, end)).deleted_records] == [gone]
    assert half.run(account.updated(start, end)).ids == [kept]
    assert len(half.run(sf.query_all("SELECT Id FROM Account").all())) == 2


@covers("T8")
def test_describe_limits_and_versions_are_there(half: Half, org: FakeOrg) -> None:
    """connector.md, T8 and T9."""
    sf = half.login(org.auth())

    described = half.run(sf.sobject("Account").describe())
    limits = half.run(sf.rest.get_limits())
    versions = half.run(sf.rest.list_versions())

    assert "Code__c" in {field.name for field in described.fields}
    assert limits.additional_properties["DailyApiRequests"].remaining > 0
    assert versions[-1].version == "67.0"
    assert sf.limits.used > 0


def test_a_version_that_is_not_there_is_named(half: Half, org: FakeOrg) -> None:
    with pytest.raises(NotFound, match="list_versions"):
        half.run(half.login(org.auth(), api_version="99.0").rest.get_limits())


def test_a_retired_version_says_so(half: Half, org: FakeOrg) -> None:
    from specforce.errors import SpecError

    with pytest.raises((VersionRetired, SpecError)):
        half.run(half.login(org.auth(), api_version="30.0").rest.get_limits())


def test_children_beyond_their_first_page_are_fetched_before_their_parent_is_handed_out(
    half: Half, org: FakeOrg
) -> None:
    """connector.md, 5.1 W8."""
    [acme, bolt] = org.seed({"Account": [{"Name": "Acme"}, {"Name": "Bolt"}]})["Account"]
    org.seed({"Contact": [{"LastName": f"n{number}", "AccountId": acme} for number in range(2300)]})
    sf = half.login(org.auth())

    query = sf.query("SELECT Id, (SELECT LastName FROM Contacts ORDER BY Id) FROM Account ORDER BY Id")
    found = {row["Id"]: row["Contacts"] for row in half.items(query)}

    assert (found[bolt], found[acme]["totalSize"]) == (None, 2300)
    assert [row["LastName"] for row in found[acme]["records"]] == [f"n{number}" for number in range(2300)]


def test_a_search_returns_each_object_in_its_own_type(half: Half, org: FakeOrg) -> None:
    """connector.md, W8."""
    org.seed({"Account": [{"Name": "Zeppelin"}], "Contact": [{"LastName": "Zeppelin"}]})
    sf = half.login(org.auth())
    text = "FIND :words IN ALL FIELDS RETURNING Account(Id, Name, CreatedDate), Contact(Id, LastName)"

    account, contact = half.run(sf.search(text, words="Zeppelin", returns={"account": Account}))

    assert (type(account), account.Name) == (Account, "Zeppelin")
    assert (contact["attributes"]["type"], contact["LastName"]) == ("Contact", "Zeppelin")


def test_a_reset_password_is_returned_as_text(half: Half, org: FakeOrg) -> None:
    """connector.md, C9."""
    sf = half.login(org.auth())
    user_id = half.run(sf.query("SELECT Id FROM User LIMIT 1").first())["Id"]

    assert isinstance(half.run(sf.reset_password(user_id)), str)
