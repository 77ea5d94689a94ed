"""Stores between processes: nothing is lost in a race, and a crash blocks nobody for ever."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from specforce.stores import Entry
from tests.halves import Half, both_halves

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.stores.conftest import Backend

    Start = Callable[[str, str], subprocess.Popen[str]]

PROCESSES, STEPS = 3, 25
OPENING = """
import json, sys
from specforce.errors import StoreConflict
from specforce.stores import PostgresStore, Store

url, key, owner = sys.argv[1:]
store = PostgresStore(url) if url.startswith("host=") else Store.from_url(url)
"""
COUNTING = (
    OPENING
    + f"""
for step in range({STEPS}):
    while True:
        entry = store.get(key)
        count = int(entry.value) if entry else 0
        try:
            store.put(key, str(count + 1).encode(), generation=entry.generation if entry else 0, owner=owner)
            break
        except StoreConflict:
            pass
"""
)
TAKING_TURNS = (
    OPENING
    + f"""
for step in range({STEPS}):
    while not store.lease(key, owner=owner, seconds=60):
        pass
    entry = store.get(key)
    log = json.loads(entry.value) if entry else []
    store.put(key, json.dumps(log + [owner]).encode(), generation=len(log), owner=owner)
    store.release(key, owner=owner)
"""
)
HOLDING = (
    OPENING
    + """
store.put(key, b"before", generation=0, owner=owner)
assert store.lease(key, owner=owner, seconds=60)
print("held", flush=True)
sys.stdin.read()
"""
)


@pytest.fixture
def half() -> Iterator[Half]:
    """These tests run once: what is shared lies outside of the process."""
    with both_halves("sync") as half:
        yield half


@pytest.fixture
def start(shared: Backend, key: str) -> Start:
    """Starts a process that runs a script on the store."""

    def started(script: str, owner: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", script, shared.url, key, owner]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    return started


def test_no_write_of_any_process_is_lost(shared: Backend, start: Start, half: Half, key: str) -> None:
    processes = [start(COUNTING, f"owner-{number}") for number in range(PROCESSES)]

    assert [process.wait() for process in processes] == [0] * PROCESSES
    [process.communicate() for process in processes]
    entry = shared.connect(half).get(key)
    assert (int(entry.value), entry.generation) == (PROCESSES * STEPS, PROCESSES * STEPS)


def test_who_has_the_lease_is_alone(shared: Backend, start: Start, half: Half, key: str) -> None:
    processes = [start(TAKING_TURNS, f"owner-{number}") for number in range(PROCESSES)]

    assert [process.wait() for process in processes] == [0] * PROCESSES
    [process.communicate() for process in processes]
    log = json.loads(shared.connect(half).get(key).value)
    assert sorted(log) == sorted(f"owner-{number}" for number in range(PROCESSES) for _ in range(STEPS))


def test_the_lease_of_a_process_that_was_killed_ends_by_itself(
    shared: Backend, start: Start, half: Half, key: str
) -> None:
    process = start(HOLDING, "killed")
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    store = shared.connect(half)

    assert not store.lease(key, owner="next", seconds=60)
    shared.elapse(key, 61)

    assert store.lease(key, owner="next", seconds=60)
    assert store.get(key) == Entry(b"before", 1, "killed")
    assert store.put(key, b"after", generation=1, owner="next").generation == 2
