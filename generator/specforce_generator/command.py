"""Where the command `specforce-gen` begins: a missing extra is one plain sentence and not a traceback."""

from __future__ import annotations

import importlib.util
import sys

_NEEDED = ("ruamel.yaml", "openapi_python_client", "zeep", "jsonschema_rs")


def main() -> int:
    """Run the command. Returns what `specforce_generator.__main__.main` does, and 2 where packages are missing."""
    missing = [name for name in _NEEDED if not _is_there(name)]
    if missing:
        sys.stderr.write(f"specforce-gen needs {', '.join(missing)}: pip install 'specforce[codegen]'\n")
        return 2
    from .__main__ import main as run  # noqa: PLC0415 - it imports what may be missing

    return run()


def _is_there(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False
