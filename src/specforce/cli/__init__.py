"""The command line: `specforce query | load | export | jobs | whoami | schema | mock serve`.

It needs the extra `cli` (typer and rich); `mock serve` needs `mock`. This module imports neither, so that a missing
extra is one plain sentence and not a traceback.
"""

from __future__ import annotations

import importlib.util
import sys

from specforce._extras import sentence


def main() -> None:
    """Run the command line; the process exits with the codes of `specforce.cli.outcome`."""
    missing = [name for name in ("typer", "rich") if importlib.util.find_spec(name) is None]
    if missing:
        sys.stderr.write(sentence("specforce's command line", " and ".join(missing), "cli") + "\n")
        sys.exit(2)
    from specforce.cli.app import run  # noqa: PLC0415 - typer and rich are loaded by the command line alone

    run()
