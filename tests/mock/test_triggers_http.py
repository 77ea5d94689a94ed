"""Triggers as Python functions, by every protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.mock.bulk_client import BulkClient
from tests.mock.protocols import INSERTS, SAVED, soap
from tests.mock.reference import row

if TYPE_CHECKING:
    from specforce_mockserver.org import Org
    from specforce_mockserver.triggers import Trigger
    from tests.mock.raw_org import RawOrg

every_protocol = pytest.mark.parametrize("protocol", INSERTS)


def refuse_bad(trigger: Trigger) -> None:
    for record in trigger.new:
        if record["Name"] == "Bad":
            record.add_error("not this one", "name")


@every_protocol
def test_a_trigger_changes_what_is_saved_and_sees_what_was(raw: RawOrg, org: Org, protocol: str) -> None:
    seen: list[tuple[str, object, object]] = []

    @org.trigger("Account", "before insert")
    def set_site(trigger: Trigger) -> None:
        for record in trigger.new:
            record["site"] = f"{record['NAME']} HQ"
            record["NumberOfEmployees"] = "7"

    @org.trigger("Account", "after insert")
    def look(trigger: Trigger) -> None:
        seen.extend((each["Id"], each["Site"], each["NumberOfEmployees"]) for each in trigger.new)

    assert INSERTS[protocol](raw, "Account", {"Name": "Acme"}) == SAVED

    (account,) = raw.query("SELECT Id, Site, NumberOfEmployees FROM Account")["records"]
    assert seen == [(account["Id"], "Acme HQ", 7)]
    assert (account["Site"], account["NumberOfEmployees"]) == ("Acme HQ", 7)


@every_protocol
@pytest.mark.parametrize("event", ["before insert", "after insert"])
def test_a_record_with_an_error_isnt_saved(raw: RawOrg, org: Org, protocol: str, event: str) -> None:
    org.trigger("Account", event)(refuse_bad)

    assert INSERTS[protocol](raw, "Account", {"Name": "Bad"}) == ("FIELD_CUSTOM_VALIDATION_EXCEPTION", "not this one")
    assert INSERTS[protocol](raw, "Account", {"Name": "Good"}) == SAVED
    assert [each["Name"] for each in raw.query("SELECT Name FROM Account")["records"]] == ["Good"]


@every_protocol
@row("errors_and_limits.md#3", "| CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY | 400 |")
def test_an_exception_in_a_trigger_refuses_the_record(raw: RawOrg, org: Org, protocol: str) -> None:
    @org.trigger("Account", "before insert")
    def Broken(_trigger: Trigger) -> None:
        raise ValueError("out of order")

    code, message = INSERTS[protocol](raw, "Account", {"Name": "Acme"})

    assert code == "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"
    assert message.startswith("Broken: execution of BeforeInsert\n\ncaused by: ")
    assert raw.query("SELECT COUNT() FROM Account")["totalSize"] == 0


def test_a_refused_record_leaves_the_others_and_undoes_what_triggers_did_for_it(raw: RawOrg, org: Org) -> None:
    runs: list[list[str]] = []

    @org.trigger("Account", "after insert")
    def make_contacts(trigger: Trigger) -> None:
        runs.append([each["Name"] for each in trigger.new])
        trigger.insert("Contact", *({"LastName": each["Name"], "AccountId": each["Id"]} for each in trigger.new))

    org.trigger("Account", "after insert")(refuse_bad)
    names = ["A", "Bad", "C"]
    records = [{"attributes": {"type": "Account"}, "Name": name} for name in names]

    found = raw.json("POST", "/composite/sobjects", json={"records": records})

    assert [each["success"] for each in found] == [True, False, True]
    assert found[1]["errors"][0]["fields"] == ["Name"]
    assert runs == [names, ["A", "C"]]
    contacts = raw.query("SELECT LastName, AccountId FROM Contact ORDER BY LastName")["records"]
    assert [each["AccountId"] for each in contacts] == [found[0]["id"], found[2]["id"]]


def test_triggers_see_old_and_new_and_may_refuse_deletes(raw: RawOrg, org: Org) -> None:
    seen: list[tuple[str, list[object], list[object]]] = []

    @org.trigger("Account", "before update, after update, before delete, after delete", "after undelete")
    def watch(trigger: Trigger) -> None:
        seen.append((trigger.event, [each["Name"] for each in trigger.old], [each["Name"] for each in trigger.new]))
        if trigger.event == "before delete" and trigger.old[0]["Name"] == "Kept":
            trigger.old[0].add_error("stays")

    account = raw.create("Account", Name="First")
    raw.json("PATCH", f"/sobjects/Account/{account}", json={"Name": "Kept"})
    _, (error,) = raw.refused("DELETE", f"/sobjects/Account/{account}")
    raw.json("PATCH", f"/sobjects/Account/{account}", json={"Name": "Free"})
    raw.json("DELETE", f"/sobjects/Account/{account}")
    soap(raw, f"<undelete><ids>{account}</ids></undelete>")

    assert (error["errorCode"], error["message"]) == ("FIELD_CUSTOM_VALIDATION_EXCEPTION", "stays")
    assert seen == [
        ("before update", ["First"], ["Kept"]),
        ("after update", ["First"], ["Kept"]),
        ("before delete", ["Kept"], []),
        ("before update", ["Kept"], ["Free"]),
        ("after update", ["Kept"], ["Free"]),
        ("before delete", ["Free"], []),
        ("after delete", ["Free"], []),
        ("after undelete", [], ["Free"]),
    ]


def test_records_come_in_chunks_of_two_hundred(raw: RawOrg, org: Org) -> None:
    sizes: list[int] = []
    org.trigger("Contact", "before insert")(lambda trigger: sizes.append(len(trigger.new)))
    data = "LastName\n" + "".join(f"N{number}\n" for number in range(450))

    with BulkClient(raw.url) as client:
        assert client.load(data).counts == (450, 0, 0)

    assert sum(sizes) == 450
    assert max(sizes) == 200


def test_triggers_that_fire_each_other_end_at_a_depth(raw: RawOrg, org: Org) -> None:
    depth = 0

    @org.trigger("Account", "after insert")
    def again(trigger: Trigger) -> None:
        nonlocal depth
        depth += 1
        trigger.insert("Account", {"Name": "Next"})

    error = raw.refused_create("Account", Name="First")

    assert depth == 16
    assert error["errorCode"] == "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"
    assert "Maximum trigger depth exceeded" in error["message"]
    assert raw.query("SELECT COUNT() FROM Account")["totalSize"] == 0


def test_dml_of_a_trigger_is_refused_as_any_other(raw: RawOrg, org: Org) -> None:
    @org.trigger("Account", "after insert")
    def broken(trigger: Trigger) -> None:
        trigger.insert("Contact", {"FirstName": "Nobody"})

    error = raw.refused_create("Account", Name="First")

    assert (
        "System.DmlException: Insert failed. First exception on row 0; first error: REQUIRED_FIELD" in error["message"]
    )


def test_a_trigger_queries_updates_and_deletes_within_the_call(raw: RawOrg, org: Org) -> None:
    @org.trigger("Contact", "after insert")
    def count(trigger: Trigger) -> None:
        for record in trigger.new:
            account = record["AccountId"]
            found = trigger.query(f"SELECT Id FROM Contact WHERE AccountId = '{account}'")
            trigger.update("Account", {"Id": account, "NumberOfEmployees": len(found)})
            if len(found) > 2:
                trigger.delete(found[0]["Id"])

    account = raw.create("Account", Name="Acme")
    for name in "ABC":
        raw.create("Contact", LastName=name, AccountId=account)

    assert raw.get(f"/sobjects/Account/{account}")["NumberOfEmployees"] == 3
    assert [each["LastName"] for each in raw.query("SELECT LastName FROM Contact")["records"]] == ["B", "C"]


@pytest.mark.parametrize("events", [("before save",), (), ("before insert, after everything",)])
def test_events_that_there_arent_are_refused(org: Org, events: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="events are before insert"):
        org.trigger("Account", *events)
    with pytest.raises(ValueError, match="there is no object Nothing"):
        org.trigger("Nothing", "before insert")


def test_records_are_read_only_where_they_cant_change_anything(raw: RawOrg, org: Org) -> None:
    @org.trigger("Account", "after insert")
    def late(trigger: Trigger) -> None:
        trigger.new[0]["Name"] = "Other"

    assert "TypeError: Record is read-only" in raw.refused_create("Account", Name="A")["message"]
    org.triggers.clear()

    @org.trigger("Account", "before insert")
    def stamp(trigger: Trigger) -> None:
        trigger.new[0]["CreatedDate"] = "2026-01-01T00:00:00Z"

    assert "Field is not writeable: Account.CreatedDate" in raw.refused_create("Account", Name="A")["message"]


def test_a_record_that_is_there_twice_is_changed_twice(raw: RawOrg, org: Org) -> None:
    seen: list[tuple[object, object]] = []

    @org.trigger("Account", "before update")
    def watch(trigger: Trigger) -> None:
        seen.extend((old["Site"], new["Site"]) for old, new in zip(trigger.old, trigger.new, strict=True))
        for record in trigger.new:
            if record["Site"] == "Bad":
                record.add_error("no")

    account = raw.create("Account", Name="Acme", Site="A")
    data = "".join(f"{each},{site}\n" for each, site in ((account, "B"), (account[:15], "C"), (account, "Bad")))
    with BulkClient(raw.url) as client:
        loaded = client.load(f"Id,Site\n{data}", object="Account", operation="update")

    assert seen == [("A", "B"), ("B", "C"), ("C", "Bad")]
    assert loaded.counts == (2, 1, 0)
    assert raw.get(f"/sobjects/Account/{account}")["Site"] == "C"
