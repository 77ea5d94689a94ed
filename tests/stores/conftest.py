"""Every backend behind one interface: how to connect to it, and how to let its time pass."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest

from specforce import stores
from tests.halves import Half, both_halves

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

BACKENDS = ["memory", "sqlite", "redis", "postgres"]
_numbers = itertools.count()


class Backend:
    """One backend, new for each test.

    Args:
        connect: makes a store of a half, given the class name's prefix: `Async` or nothing.
        elapse: lets seconds pass for it.
        url: where another process finds it, `""` for none.
    """

    def __init__(self, connect: Callable[[str], Any], elapse: Callable[[str, float], object], url: str = "") -> None:
        self._connect = connect
        self.elapse = elapse
        self.url = url
        self._opened: list[tuple[Half, Any]] = []

    def connect(self, half: Half) -> Any:
        """A store for a half, closed at the end of the test."""
        store = self._connect("Async" if half.name == "async" else "")
        self._opened.append((half, store))
        return store

    def close(self) -> None:
        for half, store in self._opened:
            half.close(store)


@pytest.fixture(params=["sync", "async"])
def half(request: pytest.FixtureRequest) -> Iterator[Half]:
    """One half of the facade."""
    with both_halves(request.param) as half:
        yield half


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest, half: Half, tmp_path: Path) -> Iterator[Backend]:
    """Each backend in turn."""
    made = _MAKERS[request.param](request, tmp_path)
    yield made
    made.close()


@pytest.fixture(params=BACKENDS[1:])
def shared(request: pytest.FixtureRequest, half: Half, tmp_path: Path) -> Iterator[Backend]:
    """Each backend that several processes can use."""
    made = _MAKERS[request.param](request, tmp_path)
    yield made
    made.close()


@pytest.fixture
def key() -> str:
    """A key that no other test uses."""
    return f"test:{next(_numbers)}"


def _memory(request: pytest.FixtureRequest, folder: Path) -> Backend:
    clock = _Time()
    made: dict[str, Any] = {}

    def connect(prefix: str) -> Any:
        return made.setdefault(prefix, getattr(stores, f"{prefix}MemoryStore")(now=clock.now))

    return Backend(connect, lambda _key, seconds: clock.elapse(seconds))


def _sqlite(request: pytest.FixtureRequest, folder: Path) -> Backend:
    clock = _Time()
    path = folder / "store.db"

    def connect(prefix: str) -> Any:
        return getattr(stores, f"{prefix}SQLiteStore")(path, now=clock.now)

    return Backend(connect, lambda _key, seconds: clock.elapse(seconds), f"sqlite://{path}")


def _redis(request: pytest.FixtureRequest, folder: Path) -> Backend:
    url = request.getfixturevalue("redis_url")

    def elapse(key: str, seconds: float) -> None:
        from redis import Redis

        with Redis.from_url(url) as client:
            client.hincrby(f"specforce:{key}", "lease_until", -round(seconds * 1000))

    return Backend(lambda prefix: getattr(stores, f"{prefix}RedisStore")(url), elapse, url)


def _postgres(request: pytest.FixtureRequest, folder: Path) -> Backend:
    conninfo = request.getfixturevalue("postgres_url")

    def elapse(key: str, seconds: float) -> None:
        import psycopg

        statement = "UPDATE specforce_store SET lease_until = lease_until - make_interval(secs => %s) WHERE key = %s"
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.execute(statement, (seconds, key))

    return Backend(lambda prefix: getattr(stores, f"{prefix}PostgresStore")(conninfo), elapse, conninfo)


_MAKERS = {"memory": _memory, "sqlite": _sqlite, "redis": _redis, "postgres": _postgres}


class _Time:
    """Seconds since the epoch, when a test says so."""

    def __init__(self) -> None:
        import time

        self._now = time.time()

    def now(self) -> float:
        return self._now

    def elapse(self, seconds: float) -> None:
        self._now += seconds
