"""Files that appear once they are whole."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Generator


@contextmanager
def replacing(path: Path) -> Generator[BinaryIO]:
    """Open a new file beside `path` for writing; it takes that name when the block ends well, else it is removed.

    Whoever reads `path` sees the old content or the whole new one, never a part.

    Raises:
        OSError: the folder isn't there, can't be written to, or the disk is full.
    """
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
        _give_usual_mode(name)
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def _give_usual_mode(name: str) -> None:
    """mkstemp makes files that only the owner reads; what stays should have the mode of any new file."""
    mask = os.umask(0)
    os.umask(mask)
    Path(name).chmod(0o666 & ~mask)
