"""What is particular to each backend: files and their modes, servers that are gone, URLs."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Any

import pytest

from specforce import stores
from specforce.errors import InputError, StoreError
from tests.servers import postgres_server, redis_server

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.halves import Half


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def of(half: Half, name: str) -> Any:
    """A backend's class, of a half."""
    return getattr(stores, f"{'Async' if half.name == 'async' else ''}{name}")


def test_only_its_owner_may_read_the_file(half: Half, tmp_path: Path) -> None:
    path = tmp_path / "folder" / "tokens.db"
    before = os.umask(0)
    try:
        half.run(of(half, "SQLiteStore")(path).put("key", b"x", generation=0, owner="me"))
    finally:
        os.umask(before)

    assert mode(path) == 0o600
    assert mode(path.parent) == 0o700
    assert [file.name for file in path.parent.iterdir()] == ["tokens.db"]


def test_a_file_that_others_may_read_is_closed_to_them(half: Half, tmp_path: Path) -> None:
    path = tmp_path / "tokens.db"
    path.touch(0o644)

    half.run(of(half, "SQLiteStore")(path).get("key"))

    assert mode(path) == 0o600


def test_a_file_that_is_no_store_is_left_as_it_is(half: Half, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("remember the milk, and other things that are no database\n" * 20)

    with pytest.raises(StoreError, match=r"notes\.txt"):
        half.run(of(half, "SQLiteStore")(path).get("key"))

    assert path.read_text().startswith("remember")


def test_a_folder_is_no_store(half: Half, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=str(tmp_path)):
        half.run(of(half, "SQLiteStore")(tmp_path).get("key"))


def test_what_is_in_the_file_outlives_the_store(half: Half, tmp_path: Path) -> None:
    half.run(of(half, "SQLiteStore")(tmp_path / "a.db").put("key", b"x", generation=0, owner="me"))

    assert half.run(of(half, "SQLiteStore")(tmp_path / "a.db").get("key")).value == b"x"


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("RedisStore", "redis://me:s3cret@127.0.0.1:1/0"),
        ("PostgresStore", "postgresql://me:s3cret@127.0.0.1:1/none"),
    ],
)
def test_a_server_that_is_not_there_is_an_error_without_its_password(half: Half, name: str, address: str) -> None:
    store = of(half, name)(address)

    calls: tuple[Callable[[], Any], ...] = (
        lambda: store.get("key"),
        lambda: store.put("key", b"x", generation=0, owner="me"),
        lambda: store.lease("key", owner="me", seconds=1),
        lambda: store.release("key", owner="me"),
    )
    for call in calls:
        with pytest.raises(StoreError) as caught:
            half.run(call())
        assert "s3cret" not in str(caught.value) + repr(store)

    half.close(store)


@pytest.mark.parametrize("name", ["RedisStore", "PostgresStore"])
def test_a_server_that_goes_away_is_an_error_and_no_write_is_done_twice(half: Half, name: str) -> None:
    with (redis_server if name == "RedisStore" else postgres_server)() as address:
        store = of(half, name)(address)
        half.run(store.put("key", b"x", generation=0, owner="me"))

    with pytest.raises(StoreError):
        half.run(store.put("key", b"y", generation=1, owner="me"))
    with pytest.raises(StoreError):
        half.run(store.get("key"))

    half.close(store)


def test_a_connection_that_was_lost_is_made_anew(half: Half, postgres_url: str) -> None:
    import psycopg

    store = of(half, "PostgresStore")(postgres_url)
    half.run(store.get("key"))
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")

    assert half.run(store.get("a-key-that-is-not-there")) is None

    half.close(store)


def test_a_url_names_the_backend(half: Half, tmp_path: Path, redis_url: str) -> None:
    made = {
        "SQLiteStore": f"sqlite://{tmp_path}/a%20store.db",
        "RedisStore": redis_url,
        "PostgresStore": "postgresql://me@localhost/db",
    }
    for name, url in made.items():
        store = of(half, "Store").from_url(url)
        assert isinstance(store, of(half, name))
        assert "a store.db" in repr(store) or name != "SQLiteStore"
        half.close(store)
    assert not (tmp_path / "a store.db").exists()  # before it is used


@pytest.mark.parametrize("url", ["", "tokens.db", "mysql://host", "sqlite://tokens.db", "sqlite://", "sqlite:///"])
def test_what_is_no_store_s_url_is_refused(half: Half, url: str) -> None:
    with pytest.raises(InputError, match="sqlite:///"):
        of(half, "Store").from_url(url)


@pytest.mark.parametrize(
    ("name", "address"),
    [("RedisStore", "http://s3cret"), ("RedisStore", "redis://me:p/@host:s3cret"), ("PostgresStore", "s3cret x=")],
)
def test_what_is_no_address_is_refused_without_being_shown(half: Half, name: str, address: str) -> None:
    with pytest.raises(InputError) as caught:
        of(half, name)(address)

    assert "s3cret" not in str(caught.value)


def test_a_url_without_slashes_is_refused_without_being_shown(half: Half) -> None:
    with pytest.raises(InputError) as caught:
        of(half, "Store").from_url("redis:me:s3cret@host")

    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("name", stores.__all__)
def test_what_is_public_is_there_and_loaded_on_use(name: str) -> None:
    assert getattr(stores, name).__name__ == name
    assert name in dir(stores)
