"""What a store promises, held against every backend and both halves."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from specforce.errors import InputError, StoreConflict
from specforce.stores import Entry
from tests.covers import covers

if TYPE_CHECKING:
    from tests.halves import Half
    from tests.stores.conftest import Backend


class Store:
    """A store whose calls are run to their end, in either half."""

    def __init__(self, half: Half, store: Any) -> None:
        self.half = half
        self.store = store

    def get(self, key: str) -> Entry | None:
        found: Entry | None = self.half.run(self.store.get(key))
        return found

    def put(self, key: str, value: bytes, generation: int = 0, owner: str = "me") -> Entry:
        written: Entry = self.half.run(self.store.put(key, value, generation=generation, owner=owner))
        return written

    def lease(self, key: str, owner: str = "me", seconds: float = 60) -> bool:
        return bool(self.half.run(self.store.lease(key, owner=owner, seconds=seconds)))

    def release(self, key: str, owner: str = "me") -> None:
        self.half.run(self.store.release(key, owner=owner))


@pytest.fixture
def store(half: Half, backend: Backend) -> Store:
    return Store(half, backend.connect(half))


@pytest.fixture
def other(half: Half, backend: Backend) -> Store:
    """The same store, reached by connections of its own."""
    return Store(half, backend.connect(half))


def test_what_was_never_written_is_not_there(store: Store, key: str) -> None:
    assert store.get(key) is None


@pytest.mark.parametrize("value", [b"", b"text", b"\0\xff\n'", b'{"from": "a newer version"}', b"x" * 200_000], ids=len)
def test_any_value_is_kept_to_the_byte(store: Store, other: Store, key: str, value: bytes) -> None:
    written = store.put(key, value, owner="host.1")

    assert written == other.get(key) == Entry(value, 1, "host.1")


def test_each_write_is_a_generation_of_its_own(store: Store, other: Store, key: str) -> None:
    store.put(key, b"a")
    other.put(key, b"b", 1, "you")

    assert store.put(key, b"c", 2).generation == 3
    assert other.get(key) == Entry(b"c", 3, "me")


@pytest.mark.parametrize("generation", [0, 1, 3])
@covers("W12")
def test_a_write_on_another_generation_changes_nothing(store: Store, other: Store, key: str, generation: int) -> None:
    store.put(key, b"a")
    store.put(key, b"b", 1)

    with pytest.raises(StoreConflict, match=f"{key}.*generation {generation} any more"):
        other.put(key, b"c", generation, "you")

    assert store.get(key) == Entry(b"b", 2, "me")


def test_a_write_on_something_that_is_not_there_writes_nothing(store: Store, key: str) -> None:
    with pytest.raises(StoreConflict):
        store.put(key, b"a", 1)

    assert store.get(key) is None


def test_keys_are_apart(store: Store, key: str) -> None:
    store.put(key, b"a")
    store.lease(f"{key}:x", "you")
    store.put(f"{key}*", b"b")

    assert store.get(key) == Entry(b"a", 1, "me")
    assert store.lease(key)


def test_a_lease_is_one_owner_s_at_a_time(store: Store, other: Store, key: str) -> None:
    assert store.lease(key)
    assert not other.lease(key, "you")

    store.release(key)

    assert other.lease(key, "you")
    assert not store.lease(key)


def test_an_owner_extends_its_lease(store: Store, other: Store, backend: Backend, key: str) -> None:
    store.lease(key, seconds=60)
    backend.elapse(key, 50)
    assert store.lease(key, seconds=60)
    backend.elapse(key, 50)

    assert not other.lease(key, "you")


def test_a_lease_ends_by_itself(store: Store, other: Store, backend: Backend, key: str) -> None:
    store.lease(key, seconds=60)
    backend.elapse(key, 59)
    assert not other.lease(key, "you")
    backend.elapse(key, 2)

    assert other.lease(key, "you")
    assert not store.lease(key)


@covers("W15")
def test_a_lease_that_has_ended_is_not_given_back_for_the_next_owner(
    store: Store, other: Store, backend: Backend, key: str
) -> None:
    store.lease(key)
    backend.elapse(key, 61)
    other.lease(key, "you")

    store.release(key, "me")

    assert not store.lease(key, "me")


def test_releasing_without_a_lease_does_nothing(store: Store, key: str) -> None:
    store.release(key)
    store.lease(key, "you")
    store.release(key)

    assert not store.lease(key)


def test_a_lease_is_no_entry(store: Store, key: str) -> None:
    store.lease(key)
    assert store.get(key) is None

    store.release(key)

    assert store.get(key) is None
    assert store.put(key, b"a").generation == 1


def test_a_lease_keeps_others_from_writing_and_not_from_reading(store: Store, other: Store, key: str) -> None:
    store.put(key, b"a")
    store.lease(key)

    with pytest.raises(StoreConflict, match="lease"):
        other.put(key, b"b", 1, "you")

    assert other.get(key) == Entry(b"a", 1, "me")
    assert store.put(key, b"c", 1) == Entry(b"c", 2, "me")


def test_a_lease_keeps_others_from_the_first_write_too(store: Store, other: Store, key: str) -> None:
    store.lease(key)

    with pytest.raises(StoreConflict):
        other.put(key, b"b", 0, "you")

    assert store.put(key, b"a").generation == 1


def test_an_owner_whose_lease_has_ended_can_not_overwrite_the_next_one(
    store: Store, other: Store, backend: Backend, key: str
) -> None:
    """It may not know: it was suspended meanwhile."""
    store.put(key, b"a")
    store.lease(key)
    backend.elapse(key, 61)
    other.lease(key, "you")

    with pytest.raises(StoreConflict):
        store.put(key, b"late", 1)

    other.put(key, b"b", 1, "you")
    other.release(key, "you")
    with pytest.raises(StoreConflict):
        store.put(key, b"late", 1)
    assert store.get(key) == Entry(b"b", 2, "you")


def test_a_write_keeps_the_lease(store: Store, other: Store, key: str) -> None:
    store.lease(key)
    store.put(key, b"a")

    assert not other.lease(key, "you")


def test_a_lease_that_has_ended_keeps_nobody_from_writing(
    store: Store, other: Store, backend: Backend, key: str
) -> None:
    store.lease(key)
    backend.elapse(key, 61)

    assert other.put(key, b"a", 0, "you").generation == 1


def test_of_many_at_once_one_gets_the_lease(half: Half, backend: Backend, key: str) -> None:
    stores = [backend.connect(half) for _ in range(4)]
    calls = [partial(stores[number % 4].lease, key, owner=f"owner-{number}", seconds=60) for number in range(16)]

    assert sorted(half.together(calls)) == [False] * 15 + [True]


def test_of_many_writes_at_once_one_is_done(half: Half, backend: Backend, key: str) -> None:
    stores = [backend.connect(half) for _ in range(4)]
    calls = [partial(stores[number % 4].put, key, b"x", generation=0, owner=f"owner-{number}") for number in range(16)]

    outcomes = half.together(calls)

    assert len([outcome for outcome in outcomes if isinstance(outcome, Entry)]) == 1
    assert len([outcome for outcome in outcomes if isinstance(outcome, StoreConflict)]) == 15


def test_one_store_serves_many_at_once(half: Half, backend: Backend, key: str) -> None:
    store = backend.connect(half)
    calls = [partial(store.put, f"{key}:{number}", b"x", generation=0, owner="me") for number in range(16)]

    assert [outcome.generation for outcome in half.together(calls)] == [1] * 16


@pytest.mark.parametrize("bad", ["", "two words", "line\nbreak", "ünïcode", "x" * 201, 5, None], ids=repr)
def test_what_is_no_key_or_owner_is_refused(store: Store, key: str, bad: Any) -> None:
    for call in (
        partial(store.get, bad),
        partial(store.put, bad, b"x"),
        partial(store.put, key, b"x", 0, bad),
        partial(store.lease, bad),
        partial(store.lease, key, bad),
        partial(store.release, bad),
        partial(store.release, key, bad),
    ):
        with pytest.raises(InputError, match="printable"):
            call()


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf"), True, "5"])
def test_what_is_no_time_is_refused(store: Store, key: str, seconds: Any) -> None:
    with pytest.raises(InputError, match="seconds"):
        store.lease(key, seconds=seconds)


@pytest.mark.parametrize(
    ("value", "generation"), [("text", 0), (None, 0), (b"x", -1), (b"x", 1.0), (b"x", True)], ids=repr
)
def test_what_can_not_be_written_is_refused(store: Store, key: str, value: Any, generation: Any) -> None:
    with pytest.raises(InputError, match=r"value|generation"):
        store.put(key, value, generation)


def test_a_store_can_be_closed_and_used_again(store: Store, half: Half, key: str) -> None:
    store.put(key, b"a")
    half.close(store.store)

    assert store.put(key, b"b", 1).generation == 2


def test_nothing_that_is_stored_is_shown(store: Store, key: str) -> None:
    assert "s3cret" not in repr(store.put(key, b"s3cret")) + repr(store.store)
