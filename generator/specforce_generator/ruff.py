"""Formatting of generated Python: ruff with fixed settings, whatever the machine's or the project's own are."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_SETTINGS = ("--isolated", "--no-cache", "--quiet", "--line-length", "120", "--target-version", "py311")
_IMPORTS = ("--select", "I,F401", "--fix", "--ignore-noqa", "--exit-zero")
_IMPORT_STYLE = (
    *("--config", "lint.isort.known-first-party = ['specforce', 'specforce_api', 'specforce_specs']"),
    *("--config", "lint.isort.split-on-trailing-comma = false"),
)


class RuffError(Exception):
    """Ruff refused the code; the message is ruff's own."""


def tidy(folder: Path) -> None:
    """Sort the imports, drop the unused ones, and format every Python file under `folder`.

    Raises:
        RuffError: a file isn't valid Python.
    """
    _run(
        "check",
        *_SETTINGS,
        *_IMPORTS,
        *_IMPORT_STYLE,
        str(folder),
    )
    _run("format", *_SETTINGS, str(folder))


def _run(*arguments: str) -> None:
    done = subprocess.run([sys.executable, "-m", "ruff", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuffError((done.stderr or done.stdout).strip())
