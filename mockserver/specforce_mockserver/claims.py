"""A claim on a file of records: two servers on one file would each miss what the other writes.

It is a lock on a file beside it, which the system lets go of however the process ends.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

if sys.platform != "win32":
    import fcntl


@contextmanager
def claimed(path: Path) -> Generator[None, None, None]:
    """Have a file for oneself; on Windows nothing is claimed.

    Raises:
        ValueError: another process has it.
        OSError: its folder can't be written to.
    """
    if sys.platform == "win32":
        yield
        return
    with path.with_name(f"{path.name}.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ValueError(f"another fake org keeps its records in {path}") from None
        yield
