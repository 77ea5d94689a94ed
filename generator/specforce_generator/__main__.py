"""The command `specforce-gen`: generate, and what keeps the specs and the generated code honest."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from . import coverage, pipeline
from .compare import compare
from .index import read_index
from .lint import lint
from .own_client import own_client, refuse_foreign
from .ruff import RuffError
from .sources import EmitError, SourceError
from .tree import read, write

if TYPE_CHECKING:
    from collections.abc import Sequence


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


def _generate(options: argparse.Namespace) -> int:
    if options.only != "sync" and not _linted(options.root):
        return 1
    changed = 0
    for folder, tree in pipeline.generate(options.root, options.only).items():
        for path in write(tree, options.root / folder):
            changed += 1
            sys.stdout.write(f"{folder}/{path}\n")
    sys.stdout.write(f"{changed} files changed\n")
    return 0


def _check(options: argparse.Namespace) -> int:
    found: list[str] = []
    for folder, tree in pipeline.generate(options.root, None).items():
        found += [f"{difference}  (in {folder}/)" for difference in compare(tree, read(options.root / folder))]
    for line in found:
        sys.stderr.write(f"{line}\n")
    if found:
        sys.stderr.write(f"{len(found)} files differ from what specs and async code say: run make generate\n")
    return 1 if found else 0


def _lint(options: argparse.Namespace) -> int:
    return 0 if _linted(options.root) else 1


def _linted(root: Path) -> bool:
    findings = lint(root / "specs")
    for finding in findings:
        sys.stderr.write(f"specs/{finding}\n")
    return not findings


def _coverage(options: argparse.Namespace) -> int:
    rows = coverage.coverage(options.root, pipeline.load(options.root).operations)
    if options.form == "json":
        text = coverage.as_json(rows)
    elif options.form == "markdown":
        text = coverage.as_markdown(rows, read_index(options.root / "specs"))
    else:
        text = coverage.as_text(rows)
    sys.stdout.write(f"{text}\n")
    return 0


def _client(options: argparse.Namespace) -> int:
    tree = own_client(options.document, options.package, options.mount)
    folder = options.output / options.package
    refuse_foreign(folder)
    for path in write(tree, folder):
        sys.stdout.write(f"{folder / path}\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="specforce-gen", description="Everything that can be derived from specs/.")
    parser.add_argument("--root", type=Path, default=Path.cwd(), help="the repository (default: this folder)")
    commands = parser.add_subparsers(required=True, metavar="command")
    command = commands.add_parser("generate", help="write generated/ and src/specforce/_sync/")
    command.add_argument("--only", choices=pipeline.PARTS, help="one part: sync takes a fraction of a second")
    command.set_defaults(run=_generate)
    command = commands.add_parser("check", help="fail where generated files differ from what would be generated")
    command.set_defaults(run=_check)
    command = commands.add_parser("lint", help="report mistakes in specs/, with file, line and what to write")
    command.set_defaults(run=_lint)
    command = commands.add_parser("coverage", help="per operation: generated, contract-tested, served by the fake org")
    forms = command.add_mutually_exclusive_group()
    forms.add_argument("--json", dest="form", action="store_const", const="json", help="as JSON, by operationId")
    forms.add_argument("--markdown", dest="form", action="store_const", const="markdown", help="the README's table")
    command.set_defaults(run=_coverage, form="text")
    command = commands.add_parser("client", help="a client of your own OpenAPI document, such as your Apex endpoints'")
    command.add_argument("document", type=Path, help="OpenAPI 3, YAML or JSON")
    command.add_argument("--package", required=True, help="name of the package: my_api has MyApi and AsyncMyApi")
    command.add_argument("--output", type=Path, default=Path(), help="the folder that it goes into (default: this one)")
    command.add_argument("--mount", help="root of its paths (default: its first server's path, or /services/apexrest)")
    command.set_defaults(run=_client)
    return parser


if __name__ == "__main__":
    sys.exit(main())
