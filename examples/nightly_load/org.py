"""The fake org as a process of its own, so that the client's memory is the client's alone."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator

SCHEMA = Path(__file__).parent / "schema.toml"


@contextmanager
def fake_org() -> Generator[str]:
    """Serve a fake org on a free loopback port until the block ends; yields its URL."""
    serve = [
        sys.executable,
        "-m",
        "specforce_mockserver",
        "serve",
        "--port",
        "0",
        "--print-url",
        "--schema",
        str(SCHEMA),
    ]
    with subprocess.Popen(serve, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            url = server.stdout.readline().strip()
            if not url:
                raise SystemExit("the fake org didn't start")
            yield url
        finally:
            server.terminate()
