"""An export that is killed again and again, anywhere, and gone on with, writes the file that it would have written."""

from __future__ import annotations

import gzip
import random
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any, cast

import pytest

from specforce import Salesforce
from specforce.testing import FakeOrg
from tests.halves import FakeClock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ROWS, PAGE_RECORDS, MOST_KILLS = 800, 40, 3

CHILD = """
import os, signal, sys, threading
from specforce import Salesforce
from specforce.auth import ClientCredentials

url, token, path, ordered, kind, last = sys.argv[1:]
FILES = {"write", "fsync", "copy_file_range", "truncate", "replace", "unlink", "mkdir", "rmdir", "open"}
calls = {"any": 0, "files": 0}

def count(frame, event, argument):
    calls["any"] += 1
    calls["files"] += event.startswith("c_") and getattr(argument, "__name__", "") in FILES
    if calls[kind] == int(last):
        os.kill(os.getpid(), signal.SIGKILL)

with Salesforce(ClientCredentials("test-client", "test-secret", login_url=url)) as sf:
    export = sf.bulk.resume_export(token, ordered=ordered == "True")
    threading.setprofile(count)
    sys.setprofile(count)
    export.to_csv(path)
    sys.setprofile(None)
print(calls["any"], calls["files"])
"""


@pytest.fixture(scope="module")
def org() -> Iterator[FakeOrg]:
    with FakeOrg() as org:
        org.plan_job(kind="query", times=None, default_page_records=PAGE_RECORDS)
        org.seed({"Account": [{"Name": f"Acme {number}", "Description": 'say "hi"\n' * 3} for number in range(ROWS)]})
        yield org


def go_on(
    org: FakeOrg, token: str, path: Path, *, ordered: bool, kind: str = "any", last_call: int = -1
) -> subprocess.CompletedProcess[str]:
    """A process that goes on with the export, and kills itself before or after one of its calls."""
    command = [sys.executable, "-c", CHILD, org.url, token, str(path), str(ordered), kind, str(last_call)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_killed_exports(org: FakeOrg, tmp_path: Path, seed: int, figures: Callable[..., None]) -> None:
    chance = random.Random(seed)
    ordered, name = chance.random() < 0.7, chance.choice(["out.csv", "out.csv.gz"])
    with Salesforce(org.auth(), clock=cast("Any", FakeClock())) as sf:
        export = sf.bulk.export("SELECT Id, Name, Description FROM Account ORDER BY Id")
        expected = tmp_path / f"expected-{name}"
        assert export.to_csv(expected) == ROWS
        token = export.resume_token
    assert token is not None
    unharmed = go_on(org, token, tmp_path / f"unharmed-{name}", ordered=ordered)
    assert unharmed.returncode == 0, unharmed.stderr
    calls = dict(zip(["any", "files"], map(int, unharmed.stdout.split()), strict=True))

    path, kills = tmp_path / name, 0
    for _ in range(MOST_KILLS):
        kind = chance.choice(["any", "files", "files"])
        killed = go_on(org, token, path, ordered=ordered, kind=kind, last_call=chance.randint(1, calls[kind]))
        if killed.returncode == 0:
            break
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        kills += 1
    else:
        ended = go_on(org, token, path, ordered=ordered)
        assert ended.returncode == 0, ended.stderr

    found, wanted = path.read_bytes(), expected.read_bytes()
    if not ordered:
        found, wanted = in_order(found), in_order(wanted)
    assert found == wanted
    assert sorted(each.name for each in tmp_path.iterdir()) == sorted([expected.name, f"unharmed-{name}", name])
    figures(kills=kills, rows=ROWS)


def in_order(data: bytes) -> bytes:
    """The lines of a file, compressed or not, in their own order: no record of this test is like a part of another."""
    if data.startswith(b"\x1f\x8b"):
        data = gzip.decompress(data)
    return b"".join(sorted(data.splitlines(keepends=True)))
