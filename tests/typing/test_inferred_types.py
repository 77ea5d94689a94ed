"""An editor knows the types of the public surface: `inferred.py` is clean under mypy's strict mode."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_public_surface_has_the_types_that_are_pinned() -> None:
    file = str(Path(__file__).with_name("inferred.py"))

    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--warn-unused-ignores", file],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
