"""Files that appear once they are whole."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Generator


class Replacement:
    """A new file beside `path` that takes its name once it is whole: whoever reads `path` never sees a part of it.

    Attributes:
        file: the new file, open for writing, unbuffered.

    Raises:
        OSError: the folder isn't there or can't be written to.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path)
        descriptor, name = tempfile.mkstemp(prefix=f".{self._path.name}.", suffix=".part", dir=self._path.parent)
        self._name = Path(name)
        self.file: BinaryIO = os.fdopen(descriptor, "wb", buffering=0)

    def commit(self) -> None:
        """Close the file and give it its name.

        Raises:
            OSError: it can't be; it is removed.
        """
        try:
            self.file.close()
            # mkstemp makes files that only the owner reads; what stays should have the mode of any new file.
            mask = os.umask(0)
            os.umask(mask)
            self._name.chmod(0o666 & ~mask)
            self._name.replace(self._path)
        except OSError:
            self.discard()
            raise

    def discard(self) -> None:
        """Close and remove the file."""
        self.file.close()
        with suppress(OSError):
            self._name.unlink()


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Generator[BinaryIO]:
    """A `Replacement` for the time of a block: committed if it ends well, else discarded."""
    replacement = Replacement(path)
    try:
        yield replacement.file
    except BaseException:
        replacement.discard()
        raise
    replacement.commit()
