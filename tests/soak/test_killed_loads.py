"""A load whose process is killed anywhere, and continued: no row is lost, none is loaded twice, inserts included."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from specforce import Salesforce
from specforce.testing import FakeOrg
from tests.flows.bulk_org import accounts, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ROWS = 300
EVENTS = 50
"""About so many requests and answers has a load of this size."""


@pytest.fixture(scope="module")
def org() -> Iterator[FakeOrg]:
    with FakeOrg("tests/schema.toml") as org:
        yield org


def run(plan: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    """A load in a process of its own."""
    command = [sys.executable, "-m", "tests.soak.load_child", json.dumps(plan)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_a_load_that_is_killed_anywhere_is_continued_without_losing_or_doubling_a_row(
    org: FakeOrg, seed: int, tmp_path: Path, figures: Callable[..., None]
) -> None:
    chance = random.Random(seed)
    rows = accounts(ROWS, bad_every=10, twins=3)
    operation = chance.choice(["insert", "upsert"])
    if operation == "upsert":
        rows = [{**row, "Code__c": str(number)} for number, row in enumerate(rows)]
    (tmp_path / "accounts.csv").write_bytes(table(rows))
    org.reset()
    if locks := chance.random() < 0.5:
        org.plan_job(row_rules=[{"column": "Phone", "equals": "3"}], times=5)
    plan: dict[str, Any] = {
        "url": org.url,
        "path": str(tmp_path / "accounts.csv"),
        "journal": str(tmp_path / "load.journal"),
        "options": {
            "operation": operation,
            "external_id": "Code__c" if operation == "upsert" else None,
            "max_part_rows": 60,
            "concurrency": chance.choice([1, 2, 3]),
            "retry_failed": 1,
        },
    }

    killed = 0
    for _ in range(chance.randint(1, 3)):
        kill = {"event": chance.randint(1, EVENTS)} if chance.random() < 0.7 else {"seconds": chance.random() / 2}
        killed += run({**plan, "kill": kill}).returncode == -9
    last = run({**plan, "kill": {}})

    assert last.returncode == 0, last.stderr
    report = json.loads(last.stdout)
    good = Counter(row["Name"] for row in rows if row["Name"])
    with Salesforce(org.auth()) as sf:
        held = Counter(str(record["Name"]) for record in sf.query("SELECT Name FROM Account"))
    assert held == good
    assert report["rows"] == list(range(1, ROWS + 1))
    assert (report["total"], report["failed"]) == (ROWS, ROWS - good.total())
    figures(kills=killed, rows=ROWS, locked=int(locks))
