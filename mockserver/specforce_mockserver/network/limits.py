"""How long a connection may take for what, and how many of them a process may hold open."""

from __future__ import annotations

import sys
from dataclasses import dataclass

SPARE_FILES = 200
MOST = 10_000
FEWEST = 64
WITHOUT_LIMITS = 512


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a client is waited for, in seconds.

    `head_s` is for the head of a request as a whole, and for what comes before it: the first byte, a handshake;
    `body_s` is for the next bytes of a body, `keep_alive_s` for the next request.
    """

    head_s: float = 30.0
    body_s: float = 60.0
    keep_alive_s: float = 120.0


def connection_limit() -> int:
    """The number of connections that leaves files enough for everything else."""
    if sys.platform == "win32":
        return WITHOUT_LIMITS
    import resource  # noqa: PLC0415 - Windows has none

    soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST if soft == resource.RLIM_INFINITY else max(FEWEST, min(MOST, soft - SPARE_FILES))


def raise_file_limit() -> None:
    """Let this process open as many files as it may: each org has some of its own."""
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - as above

        _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = 65_536 if hard == resource.RLIM_INFINITY else min(hard, 65_536)
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
