"""Memory doesn't grow with the data: measured in a child process at 1x and 10x, failures and the join of results on."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from specforce.testing import FakeOrg
from tests.covers import covers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc/self/status")
ROWS = 4_000
PEAK_MB = 50
GROWTH_MB = 6

CHILD = """
import json, sys
from pathlib import Path

# httpx and httpcore import these where they are installed, which takes more memory than a whole load does.
sys.modules.update(dict.fromkeys(["click", "rich", "h2"]))
from specforce import Salesforce
from specforce.auth import ClientCredentials

url, task, path, rows = sys.argv[1:]
rows = int(rows)
text = "x" * 990

def values():
    for number in range(1, rows + 1):
        yield {"Name": "" if number % 10 == 0 else f"Acme {number}", "Description": text}

with Salesforce(ClientCredentials("test-client", "test-secret", login_url=url)) as sf:
    if task == "export":
        done = sf.bulk.export("SELECT Id, Name, Description FROM Account", max_records=2_000).to_csv(path)
    elif task == "dicts":
        done = sum(1 for _ in sf.bulk.export("SELECT Id, Name, Description FROM Account", max_records=2_000).dicts())
    else:
        source = values() if task == "rows" else Path(path)
        with sf.bulk.load(source, "Account", max_part_bytes=1_500_000) as report:
            assert report.created == rows * 9 // 10, report
            done = sum(1 for _ in report.failures()) + sum(1 for _ in report.successes())
# Not ru_maxrss: that begins with the size of the process that started this one.
(peak,) = (line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(json.dumps([done, int(peak) / 1024]))
"""


@pytest.fixture(scope="module")
def org() -> Iterator[FakeOrg]:
    with FakeOrg() as org:
        yield org


def measured(org: FakeOrg, task: str, path: Path, rows: int) -> tuple[int, float]:
    """What a child process got done, and its peak memory in MB."""
    command = [sys.executable, "-c", CHILD, org.url, task, str(path), str(rows)]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    done, peak_mb = json.loads(found.stdout)
    return int(done), float(peak_mb)


def write_source(path: Path, rows: int) -> None:
    """A CSV file of so many rows of a thousand bytes; every tenth has no name."""
    text = "x" * 990
    with path.open("w", encoding="utf-8") as file:
        file.write("Name,Description\n")
        file.writelines(f"{'' if n % 10 == 0 else f'Acme {n}'},{text}\n" for n in range(1, rows + 1))


@pytest.mark.parametrize("task", ["path", "rows"])
@covers("D9")
def test_a_load_with_failures_and_the_join_takes_the_same_memory_at_ten_times_the_rows(
    org: FakeOrg, task: str, tmp_path: Path
) -> None:
    peaks: list[float] = []
    for rows in (ROWS, 10 * ROWS):
        org.reset()
        path = tmp_path / "source.csv"
        write_source(path, rows)
        done, peak_mb = measured(org, task, path, rows)
        assert done == rows
        peaks.append(peak_mb)

    assert max(peaks) < PEAK_MB, peaks
    assert peaks[1] - peaks[0] < GROWTH_MB, peaks


@covers("D4")
def test_an_export_takes_the_same_memory_at_ten_times_the_records(org: FakeOrg, tmp_path: Path) -> None:
    org.reset()
    text = "x" * 990
    peaks: dict[str, list[float]] = {"export": [], "dicts": []}
    held = 0
    for rows in (ROWS, 10 * ROWS):
        while held < rows:
            batch: list[dict[str, Any]] = [{"Name": f"A{held + n}", "Description": text} for n in range(2_000)]
            org.seed({"Account": batch})
            held += len(batch)
        for task, found in peaks.items():
            done, peak_mb = measured(org, task, tmp_path / "out.csv", rows)
            assert done == rows
            found.append(peak_mb)

    for found in peaks.values():
        assert max(found) < PEAK_MB, peaks
        assert found[1] - found[0] < GROWTH_MB, peaks
