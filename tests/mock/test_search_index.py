"""The full-text index follows the records, whatever writes them."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from specforce_mockserver.org import Org
from specforce_mockserver.records.batch import Batch
from specforce_mockserver.schema import SObjectType
from specforce_mockserver.sosl.find import Search
from specforce_mockserver.sosl.history import SearchHistory
from specforce_mockserver.sosl.index import SearchIndex
from specforce_mockserver.sosl.statement import Wanted
from specforce_mockserver.sosl.terms import search_for

if TYPE_CHECKING:
    from collections.abc import Iterator


class Searched:
    """An org whose accounts are written and searched."""

    def __init__(self) -> None:
        self.org = Org()
        self.sobject = self.org.schema["Account"]
        self.user_id = self.org.identity.admin_id

    def insert(self, *names: str) -> list[str]:
        batch = Batch(self.sobject, len(names), {"Name": list(names)})
        done = self.org.records.insert(batch, user_id=self.user_id)
        return [each.id for each in done if each.id]

    def rename(self, record_id: str, name: str) -> None:
        self.org.records.update(Batch(self.sobject, 1, {"Id": [record_id], "Name": [name]}), user_id=self.user_id)

    def delete(self, *ids: str, hard: bool = False) -> None:
        self.org.records.delete(self.sobject, ids, user_id=self.user_id, hard=hard)

    def find(self, text: str) -> list[str]:
        search = Search(self.org, search_for(text), "ALL", api_version="67.0", user_id=self.user_id)
        return [each["Name"] for each in search.all_records([Wanted("Account", ["Name"])], None)]


@pytest.fixture
def searched() -> Iterator[Searched]:
    made = Searched()
    yield made
    made.org.close()


def test_new_changed_and_deleted_records(searched: Searched) -> None:
    acme, other = searched.insert("Acme", "Other")
    assert searched.find("acme") == ["Acme"]

    searched.insert("Acme two")
    searched.rename(other, "Acme three")
    searched.rename(acme, "Gone")
    assert searched.find("acme") == ["Acme three", "Acme two"]

    searched.delete(other)
    assert searched.find("acme") == ["Acme two"]


def test_a_deleted_record_that_comes_back_is_found_again(searched: Searched) -> None:
    (acme,) = searched.insert("Acme")
    searched.delete(acme)
    assert searched.find("acme") == []

    with searched.org.database.write() as writer:
        writer.execute('UPDATE "Account" SET IsDeleted = 0 WHERE Id = ?', (acme,))

    assert searched.find("acme") == ["Acme"]


@pytest.mark.parametrize("between", [True, False], ids=["searched in between", "at once"])
def test_a_new_record_in_the_row_of_one_that_is_gone(searched: Searched, *, between: bool) -> None:
    _first, last = searched.insert("Acme one", "Acme two")
    assert searched.find("acme") == ["Acme one", "Acme two"]

    searched.delete(last, hard=True)
    if between:
        assert searched.find("acme") == ["Acme one"]
    searched.insert("Other")

    assert searched.find("acme") == ["Acme one"]
    assert searched.find("other") == ["Other"]


class _UndoneError(Exception):
    pass


@pytest.mark.parametrize("before", [True, False], ids=["searched before", "for the first time"])
def test_what_is_undone_is_not_found(searched: Searched, *, before: bool) -> None:
    (acme,) = searched.insert("Acme")
    if before:
        searched.find("acme")

    def change_and_undo() -> None:
        with searched.org.database.write():
            searched.insert("Acme two")
            searched.rename(acme, "Other")
            # The index knows what is committed; the record's fields are those that the transaction sees.
            assert searched.find("acme OR other") == ["Other"]
            raise _UndoneError

    with pytest.raises(_UndoneError):
        change_and_undo()

    assert (searched.find("acme"), searched.find("other")) == (["Acme"], [])


def test_a_search_inside_a_transaction_misses_no_change_later(searched: Searched) -> None:
    (acme,) = searched.insert("Acme")
    searched.find("acme")

    with searched.org.database.write():
        searched.rename(acme, "Other")
        searched.find("other")

    assert (searched.find("acme"), searched.find("other")) == ([], ["Other"])


def test_the_words_of_a_snapshot_come_back_with_it(searched: Searched) -> None:
    searched.insert("Acme")
    assert searched.find("acme") == ["Acme"]
    snapshot = searched.org.snapshot()
    searched.insert("Acme two")
    assert len(searched.find("acme")) == 2

    searched.org.restore(snapshot)
    assert searched.find("acme") == ["Acme"]
    searched.org.reset()
    assert searched.find("acme") == []


def test_nothing_is_watched_before_a_search_and_nothing_after_a_reset(searched: Searched) -> None:
    watched = "SELECT count(*) FROM temp.sqlite_master WHERE type = 'trigger'"
    writer = searched.org.database.writer
    searched.insert("Acme")
    assert writer.execute(watched).fetchone() == (0,)

    searched.find("acme")
    assert writer.execute(watched).fetchone() == (2,)
    assert writer.execute("SELECT count(*) FROM main.sqlite_master WHERE type = 'trigger'").fetchone() == (0,)

    searched.org.reset()
    assert writer.execute(watched).fetchone() == (0,)


def test_searches_and_writes_at_the_same_time(searched: Searched) -> None:
    """Eight threads; afterwards every record is found."""
    started = threading.Barrier(8)

    def work(number: int) -> None:
        started.wait()
        for step in range(10):
            (record_id,) = searched.insert(f"Acme {number} {step}")
            searched.find("acme")
            searched.rename(record_id, f"Acme new{number} {step}")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert len(searched.find("acme")) == 80
    assert [len(searched.find(f"new{number}")) for number in range(8)] == [10] * 8


def test_a_reset_waits_for_a_writer_that_asks_for_parts(searched: Searched) -> None:
    searched.find("acme")
    resetting = threading.Event()

    def write() -> None:
        with searched.org.database.write():
            resetter.start()
            assert resetting.wait(10)
            for _ in range(10_000):
                searched.org.part(SearchHistory)

    def reset() -> None:
        resetting.set()
        searched.org.reset()

    resetter = threading.Thread(target=reset, daemon=True)
    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    for each in (writer, resetter):
        each.join(10)
        assert not each.is_alive()


def test_a_search_on_a_closed_index_finds_nothing(searched: Searched) -> None:
    searched.insert("Acme")
    index = searched.org.part(SearchIndex)
    index.close()

    assert index.rows(searched.sobject, search_for("acme"), "ALL") == []
    searched.org.reset()


def test_an_object_without_texts_has_no_words(searched: Searched) -> None:
    empty = SObjectType("Bare__c", "Bare", "Bares", "a99", ())

    assert searched.org.part(SearchIndex).rows(empty, search_for("acme"), "ALL") == []
