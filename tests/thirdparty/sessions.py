"""Sessions of clients that know nothing of ours: scripts that their environment alone tells of the org."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMA = Path(__file__).parents[1] / "schema.toml"
TIMEOUT_S = 240


def played(variables: Mapping[str, str], *command: object) -> str:
    """What a session printed.

    Args:
        variables: lead it to the org; all others that could lead it anywhere are taken away.
        command: the script and its arguments.
    """
    leading = ("SALESFORCE_", "HTTP_", "HTTPS_", "ALL_", "NO_", "REQUESTS_", "SSL_", "NODE_", "CURL_")
    inherited = {name: value for name, value in os.environ.items() if not name.upper().startswith(leading)}
    run = subprocess.run(
        [str(each) for each in command],
        env={**inherited, **variables},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout
