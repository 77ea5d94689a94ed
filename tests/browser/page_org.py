"""The org that is looked at in a browser: a few records, one of them hostile, a job that waits, some requests.

Run as a module it makes the pictures that docs/ shows: `python -m tests.browser.page_org docs/images`.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from specforce_mockserver.clock import Clock
from specforce_mockserver.org import Org
from specforce_mockserver.settings import OrgSettings
from tests.mock.bulk_client import BulkClient
from tests.mock.raw_org import RawOrg, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

SCRIPT = Path(__file__).with_name("page_session.mjs")
ROOT = SCRIPT.parents[2]
HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>"
START_S = 1_767_348_245.0
TIMEOUT_S = 60


@contextmanager
def org_to_look_at() -> Iterator[RawOrg]:
    """A client to the org, on a clock that stands where pictures always show it."""
    org = Org(clock=Clock("manual", start_s=START_S), settings=OrgSettings(records_per_tick=4))
    with serving(org) as raw, BulkClient(raw.url) as bulk:
        names = ("Acme", "Burlington Textiles", "Edge Communications", "Pyramid Construction", "Zebra", HOSTILE)
        accounts = [{"Name": name, "Industry": "Energy", "BillingCity": "Oslo"} for name in names]
        raw.mock("POST", "seed", json={"Account": accounts})
        job_id = bulk.open_job()
        bulk.upload(job_id, b"LastName\n" + b"".join(b"Contact %d\n" % number for number in range(10)))
        bulk.close(job_id)
        raw.send("GET", "/limits")
        raw.send("POST", "/sobjects/Account", json={})
        raw.query("SELECT Id, Name FROM Account WHERE Industry = 'Energy'")
        yield raw


def look(raw: RawOrg, pictures: Path | None = None) -> str:
    """Run the script against an org; what it prints.

    Args:
        raw: the org.
        pictures: a folder for pictures of the pages; none are made unless given.
    """
    node, browser = shutil.which("node"), shutil.which("chromium") or shutil.which("google-chrome")
    assert node, "node isn't on the path: run `make setup`, it says what to install"
    assert browser, "chromium isn't on the path: `make test` installs it (as root: apt-get install chromium)"
    assert (ROOT / "node_modules" / "playwright-core").is_dir(), "playwright-core isn't installed: run `make setup`"
    command = [node, SCRIPT, raw.url, browser, *([pictures] if pictures else [])]
    run = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with org_to_look_at() as raw:
        look(raw, folder)
