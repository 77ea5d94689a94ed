"""The command `specforce-gen`: generate, and what keeps the specs and the generated code honest."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from . import pipeline
from .ruff import RuffError
from .sources import EmitError, SourceError
from .tree import Tree, write

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_PARTS = ("clients", "specs", "sync")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Returns:
        0: done, 1: something is wrong (a spec mistake, a file that differs), 2: wrong usage.
    """
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except (SourceError, EmitError, RuffError) as error:
        sys.stderr.write(f"specforce-gen: {error}\n")
        return 1


def generate(root: Path, only: str | None) -> dict[str, Tree]:
    """Make the trees of generated files, by the folder each belongs into."""
    trees: dict[str, Tree] = {}
    if only != "sync":
        specs = pipeline.load(root)
        makers: dict[str, tuple[str, Callable[[pipeline.Specs], Tree]]] = {
            "clients": (pipeline.API, pipeline.clients),
            "specs": (pipeline.SPECS, pipeline.data),
        }
        trees |= {folder: make(specs) for part, (folder, make) in makers.items() if only in (None, part)}
    if only in (None, "sync"):
        trees[pipeline.SYNC] = pipeline.synchronous(root)
    return trees


def _generate(options: argparse.Namespace) -> int:
    changed = 0
    for folder, tree in generate(options.root, options.only).items():
        for path in write(tree, options.root / folder):
            changed += 1
            sys.stdout.write(f"{folder}/{path}\n")
    sys.stdout.write(f"{changed} files changed\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="specforce-gen", description="Everything that can be derived from specs/.")
    parser.add_argument("--root", type=Path, default=Path.cwd(), help="the repository (default: this folder)")
    commands = parser.add_subparsers(required=True, metavar="command")
    command = commands.add_parser("generate", help="write generated/ and src/specforce/_sync/")
    command.add_argument("--only", choices=_PARTS, help="one part: sync takes a fraction of a second")
    command.set_defaults(run=_generate)
    return parser


if __name__ == "__main__":
    sys.exit(main())
