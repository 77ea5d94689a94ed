"""One run of a load in a process of its own, which may be killed at a point that its arguments name.

Usage: python -m tests.soak.load_child '{"url": ..., "path": ..., "journal": ..., "options": {...}, "kill": {...}}'
Prints the report as JSON, if it comes to that.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from specforce import Hooks, Salesforce
from specforce._threads import Clock
from specforce.auth import ClientCredentials


class NoWaiting(Clock):
    """Jobs of the fake org move when they are looked at."""

    def sleep(self, seconds: float) -> None:
        """Don't."""


def killing(kill: dict[str, Any]) -> Hooks:
    """Hooks that end this process: at the so many-th request or answer, or so many seconds after the first request."""
    events = 0
    lock = threading.Lock()

    def happened(_: object) -> None:
        nonlocal events
        with lock:
            events += 1
            if events == kill.get("event"):
                die()
            if events == 1 and "seconds" in kill:
                timer = threading.Timer(kill["seconds"], die)
                timer.daemon = True
                timer.start()

    return Hooks(request=happened, response=happened)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    plan = json.loads(sys.argv[1])
    journal = Path(plan["journal"])
    where: dict[str, Any] = {"resume": journal} if journal.exists() else {"journal": journal}
    login = ClientCredentials("test-client", "test-secret", login_url=plan["url"])
    with (
        Salesforce(login, clock=NoWaiting(), hooks=killing(plan["kill"])) as sf,
        sf.bulk.load(plan["path"], "Account", **plan["options"], **where) as report,
    ):
        rows = [row.row for row in report.successes()] + [row.row for row in report.failures()]
        sys.stdout.write(json.dumps({**report.summary(), "rows": sorted(rows)}))


if __name__ == "__main__":
    main()
