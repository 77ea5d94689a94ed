"""Rotated refresh tokens, shared by processes through each store, at an org that ends everything at the first reuse."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from specforce import stores
from specforce.auth import RefreshToken
from specforce.errors import AuthError
from specforce.testing import FakeOrg
from specforce_mockserver.settings import OrgSettings
from tests.covers import covers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.halves import Half

ROTATIONS = 20
ROTATING = """
import sys
from specforce import Salesforce
from specforce.auth import RefreshToken
from specforce.stores import PostgresStore, Store

login_url, store_url, times = sys.argv[1:]
store = PostgresStore(store_url) if store_url.startswith("host=") else Store.from_url(store_url)
auth = RefreshToken("test-client", "test-refresh-token", "test-secret", login_url=login_url)
with store, Salesforce(auth, token_store=store) as sf:
    for _ in range(int(times)):
        sf.logout()
        sf.rest.get_limits()
"""


@pytest.fixture
def rotating() -> Iterator[FakeOrg]:
    """An org whose app rotates refresh tokens, and takes a used one for a theft."""
    settings = OrgSettings(rotates_refresh_tokens=True, revokes_on_reuse=True)
    with FakeOrg(settings=settings) as org:
        yield org


@pytest.fixture(params=["sqlite", "redis", "postgres"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A store that processes can share, new for each test."""
    if request.param == "sqlite":
        return f"sqlite://{tmp_path}/tokens.db"
    if request.param == "redis":
        from redis import Redis

        url: str = request.getfixturevalue("redis_url")
        with Redis.from_url(url) as client:
            client.flushdb()
        return url
    conninfo: str = request.getfixturevalue("postgres_url")
    import psycopg

    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS specforce_store")
    return conninfo


def start(org: FakeOrg, store_url: str, times: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", ROTATING, org.url, store_url, str(times)]
    return subprocess.Popen(command)


def logins(org: FakeOrg) -> list[int | None]:
    """The statuses of the logins so far."""
    return [request.status for request in org.requests if request.operation == "requestToken"]


@covers("D11")
def test_two_processes_rotate_without_sending_a_token_twice(rotating: FakeOrg, store_url: str) -> None:
    processes = [start(rotating, store_url, ROTATIONS) for _ in range(2)]

    assert [process.wait() for process in processes] == [0, 0]
    assert ROTATIONS <= len(logins(rotating)) <= 2 * ROTATIONS
    assert set(logins(rotating)) == {200}


def test_a_process_that_is_killed_before_it_stores_the_next_token_ends_the_line_and_nothing_is_sent_again(
    half: Half, rotating: FakeOrg, tmp_path: Path
) -> None:
    path = tmp_path / "tokens.db"
    auth = RefreshToken("test-client", "test-refresh-token", "test-secret", login_url=rotating.url)
    killed = subprocess.run([sys.executable, "-c", KILLED, rotating.url, path], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert logins(rotating) == [200, 200]
    later = getattr(stores, "AsyncSQLiteStore" if half.name == "async" else "SQLiteStore")
    sf = half.login(auth, token_store=later(path, now=lambda: time.time() + 3600))

    half.run(sf.rest.get_limits())  # the access token from before still works
    half.run(sf.logout())
    with pytest.raises(AuthError, match="isn't sent again") as caught:
        half.run(sf.rest.get_limits())

    assert "log in anew" in caught.value.hint
    assert logins(rotating) == [200, 200]


KILLED = """
import os, signal, sys
from specforce import Salesforce
from specforce.auth import RefreshToken
from specforce.stores import SQLiteStore

class Killing(SQLiteStore):
    def put(self, key, value, *, generation, owner):
        if generation == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().put(key, value, generation=generation, owner=owner)

login_url, path = sys.argv[1:]
auth = RefreshToken("test-client", "test-refresh-token", "test-secret", login_url=login_url)
sf = Salesforce(auth, token_store=Killing(path))
sf.rest.get_limits()
sf.logout()
sf.rest.get_limits()
"""


@covers("W11", "W12")
def test_a_token_that_was_rotated_by_another_process_is_read_from_the_store(
    half: Half, rotating: FakeOrg, store_url: str
) -> None:
    assert start(rotating, store_url, 3).wait() == 0
    rotated = len(logins(rotating))
    auth = RefreshToken("test-client", "test-refresh-token", "test-secret", login_url=rotating.url)
    name = "PostgresStore" if store_url.startswith("host=") else "Store"
    kind: Any = getattr(stores, f"Async{name}" if half.name == "async" else name)
    store = kind(store_url) if name == "PostgresStore" else kind.from_url(store_url)
    sf = half.login(auth, token_store=store)

    half.run(sf.rest.get_limits())
    assert len(logins(rotating)) == rotated
    rotating.expire_tokens()
    half.run(sf.rest.get_limits())

    assert len(logins(rotating)) == rotated + 1
    assert set(logins(rotating)) == {200}
    half.close(store)
