"""Trees of generated files: held in memory as path → text, tidied in a side folder, written where they differ."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from .ruff import tidy

if TYPE_CHECKING:
    from collections.abc import Mapping

Tree = dict[str, str]
"""Path, relative and with forward slashes, to the file's text."""


def read(folder: Path, pattern: str = "*") -> Tree:
    """Read every text file under `folder` whose name matches `pattern`; a missing folder is an empty tree."""
    found = sorted(path for path in folder.rglob(pattern) if path.is_file() and not _is_passing(path))
    return {path.relative_to(folder).as_posix(): path.read_bytes().decode(errors="surrogateescape") for path in found}


def write(tree: Mapping[str, str], folder: Path) -> list[str]:
    """Make `folder` hold exactly `tree`; files that are right already aren't touched.

    Returns:
        The paths that were written or removed, sorted.
    """
    changed: list[str] = []
    for path, text in tree.items():
        target = folder / path
        if target.is_file() and target.read_bytes() == text.encode():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        _replace(target, text)
        changed.append(path)
    for path in read(folder):
        if path not in tree:
            (folder / path).unlink()
            changed.append(path)
    _drop_empty(folder)
    return sorted(changed)


def tidied(tree: Mapping[str, str]) -> Tree:
    """The tree with its Python files sorted and formatted.

    Raises:
        RuffError: a file isn't valid Python.
    """
    with tempfile.TemporaryDirectory(prefix="specforce-gen-") as name:
        folder = Path(name)
        write({path: text for path, text in tree.items() if path.endswith(".py")}, folder)
        tidy(folder)
        return {**tree, **read(folder)}


def _is_passing(path: Path) -> bool:
    """Compiled code, and files that another run is just writing."""
    return "__pycache__" in path.parts or path.suffix == ".tmp"


def _replace(target: Path, text: str) -> None:
    """Write beside the target, then rename over it: a reader sees the old file or the new one, never half of one."""
    beside = target.with_name(f"{target.name}.{os.getpid()}.tmp")
    beside.write_text(text, encoding="utf-8", newline="\n")
    beside.replace(target)


def _drop_empty(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and path.name != "__pycache__" and {entry.name for entry in path.iterdir()} <= {"__pycache__"}:
            shutil.rmtree(path)
