"""The pieces that an org is made of: Ids, counters, clock, database, schema."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

import pytest

from specforce_mockserver import ids
from specforce_mockserver.clock import Clock, stored
from specforce_mockserver.counters import TABLE, Counters
from specforce_mockserver.database import Database, FairLock
from specforce_mockserver.schema_files import SchemaFileError, load_schema, schema_of_text, standard_schema
from tests.mock.reference import row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def database() -> Iterator[Database]:
    found = Database()
    with found.write() as writer:
        writer.execute(TABLE)
        writer.execute("CREATE TABLE t (n INTEGER)")
    yield found
    found.close()


def count(database: Database) -> int:
    return int(database.reader().execute("SELECT count(*) FROM t").fetchone()[0])


@row("errors_and_limits.md#4", "18-char = 15-char case-sensitive base62 + 3 checksum chars")
def test_the_checksum_is_salesforces() -> None:
    assert ids.to_18("001xx000003DGb2") == "001xx000003DGb2AAG"
    assert ids.to_18("001XX000003dgb2aag") == "001xx000003DGb2AAG"
    assert [ids.to_18(each) for each in ("001xx000003DGb2AAH", "001xx000003DGb", "001xx000003DGb!", "")] == [None] * 4


def test_ids_of_a_prefix_are_distinct_sorted_and_valid() -> None:
    made = ids.ids_from("a00", 3_800, 100)

    assert made == sorted(set(made))
    assert made == [ids.ids_from("a00", 3_800 + place, 1)[0] for place in range(100)]
    assert all(ids.to_18(each) == each == ids.to_18(ids.short(each)) for each in made)


def test_counters_go_on_and_come_back_with_a_snapshot(database: Database) -> None:
    counters = Counters(database)
    assert [counters.take("x", 3), counters.take("x"), counters.take("y")] == [1, 4, 1]
    image = database.snapshot()
    counters.take("x", 10)

    database.restore(image)

    assert counters.take("x") == 5


def test_a_standing_clock_moves_by_advance_and_ticks_jobs() -> None:
    clock = Clock("manual", start_s=1_772_359_200.0)
    ticks: list[int] = []
    clock.on_tick(lambda: ticks.append(1))
    clock.advance(61.5)
    clock.tick(2)

    assert (clock.stored_now(), len(ticks)) == ("2026-03-01T10:01:01.000Z", 2)
    assert stored(0) == "1970-01-01T00:00:00.000Z"
    clock.reset()
    clock.tick()
    assert (clock.now(), len(ticks)) == (1_772_359_200.0, 2)


def test_a_transaction_that_fails_leaves_nothing_and_a_savepoint_only_its_own(database: Database) -> None:
    def fail(number: int) -> None:
        with database.write() as writer:
            writer.execute("INSERT INTO t VALUES (?)", (number,))
            raise ZeroDivisionError

    with database.write() as writer:
        writer.execute("INSERT INTO t VALUES (1)")
        with pytest.raises(ZeroDivisionError):
            fail(2)
    with pytest.raises(ZeroDivisionError):
        fail(3)

    assert database.reader().execute("SELECT n FROM t").fetchall() == [(1,)]


def test_readers_see_the_last_commit_while_somebody_writes(database: Database) -> None:
    writing, seen = threading.Event(), threading.Event()
    counts: list[int] = []

    def write() -> None:
        with database.write() as writer:
            writer.execute("INSERT INTO t VALUES (1)")
            counts.append(count(database))
            writing.set()
            seen.wait(10)

    writer = threading.Thread(target=write)
    writer.start()
    writing.wait(10)
    during = (count(database), database.busy)
    seen.set()
    writer.join()

    assert (counts, during, count(database), database.busy) == ([1], (0, True), 1, False)


def test_reading_sees_one_state_for_all_its_statements(database: Database) -> None:
    with database.reading() as connection:
        first = connection.execute("SELECT count(*) FROM t").fetchone()

        def write() -> None:
            with database.write() as writer:
                writer.execute("INSERT INTO t VALUES (1)")

        thread = threading.Thread(target=write)
        thread.start()
        thread.join()
        assert connection.execute("SELECT count(*) FROM t").fetchone() == first
    assert count(database) == 1


def test_a_writer_that_goes_on_and_on_lets_others_in() -> None:
    lock = FairLock()
    many, begun, done = 100_000, threading.Event(), threading.Event()

    def other() -> None:
        begun.wait(10)
        lock.acquire()
        done.set()
        lock.release()

    thread = threading.Thread(target=other)
    thread.start()
    rounds = 0
    while not done.is_set() and rounds < many:
        lock.acquire()
        begun.set()
        rounds += 1
        lock.release()
    thread.join()

    assert rounds < many


def test_names_are_found_in_any_case_and_relationships_from_both_ends() -> None:
    schema = standard_schema()
    contact, account = schema["CONTACT"], schema["account"]

    assert (contact.name, contact.field("lastname") is contact.field("LastName")) == ("Contact", True)
    reference = contact.by_relationship("account")
    assert reference is not None
    assert reference.reference_to == ("Account",)
    children = account.child_relationship("contacts")
    assert children is not None
    assert (children.child_sobject, children.field, children.cascade_delete) == ("Contact", "AccountId", True)
    assert schema.by_id("003000000000001AAA") is contact


def test_the_short_form_adds_objects_and_fields() -> None:
    schema = schema_of_text(
        '[Account.fields]\nCode__c = "string(10) externalId unique"\n'
        '[Plane__c.fields]\nOwner_Account__c = "reference(Account)"\n'
    )

    code = schema["Account"].field("code__c")
    assert code is not None
    assert (code.length, code.external_id, code.unique, code.matchable) == (10, True, True, True)
    assert schema["Plane__c"].key_prefix == "a00"
    assert schema["Account"].child_relationship("Planes__r") is not None


def test_describe_documents_replace_the_object_of_their_name(tmp_path: Path) -> None:
    document = {
        "name": "Account",
        "keyPrefix": "001",
        "fields": [
            {"name": "Id", "type": "id", "label": "Account ID", "createable": False},
            {"name": "Name", "type": "string", "length": 9, "nillable": False, "createable": True},
        ],
    }
    (tmp_path / "account.json").write_text(json.dumps([document]))

    schema = load_schema([tmp_path])

    assert [each.name for each in schema["Account"].fields] == ["Id", "Name"]
    assert "Contact" in schema


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.toml", "[x"), ("a.toml", '[X__c.fields]\nA__c = "nothing"'), ("a.json", "{}"), ("a.json", "x")],
)
def test_a_file_that_no_object_can_be_made_of_is_named(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text)

    with pytest.raises(SchemaFileError, match=str(path)):
        load_schema([path])
    with pytest.raises(SchemaFileError, match="no such file"):
        load_schema([tmp_path / "missing"])
