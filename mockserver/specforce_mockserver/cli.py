"""`python -m specforce_mockserver`: serve an org, print what leads clients to it, or what is served.

Standard library only, so that the command works wherever the package does; `specforce mock` calls it.
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

from specforce_mockserver import environment, serving
from specforce_mockserver.schema_files import SchemaFileError
from specforce_mockserver.served import coverage

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit code is answered."""
    options = _parser().parse_args(arguments)
    if options.command == "coverage":
        return _coverage(as_json=options.json)
    try:
        return environment.run(options) if options.command == "env" else serving.run(options)
    except (SchemaFileError, OSError, ValueError) as error:
        sys.stderr.write(f"specforce mock: {_told(error)}\n")
        return 2


def _told(error: Exception) -> str:
    """What went wrong, without the number that the system gives it."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror if error.filename is None else f"{error.filename}: {error.strerror}"
    return str(error)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="specforce mock", description="A fake Salesforce org on loopback.")
    commands = parser.add_subparsers(dest="command", required=True)
    serving.add_options(commands.add_parser("serve", help="serve an org until interrupted"))
    environment.add_options(commands.add_parser("env", help="print the variables that lead clients to an org"))
    shown = commands.add_parser("coverage", help="print how each operation of the specs is served")
    shown.add_argument("--json", action="store_true", help="as one JSON object")
    return parser


def _coverage(*, as_json: bool) -> int:
    served = coverage()
    if as_json:
        sys.stdout.write(json.dumps(served, indent=2) + "\n")
    else:
        width = max(map(len, served))
        sys.stdout.writelines(f"{name:<{width}}  {how}\n" for name, how in served.items())
    return 0
