"""New files that are opened off the event loop, and files that appear once they are whole.

Whoever awaits an opening may be cancelled while it goes on in its thread. So a file is made in two steps, the object
first: closing it waits for an opening under way, and an opening that comes after it opens nothing.
"""

from __future__ import annotations

import errno
import os
import stat
import tempfile
import threading
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

from specforce_api.runtime.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Generator


class NewFile:
    """A file to be written, unbuffered.

    Args:
        path: where; what is there is replaced.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._lock = threading.Lock()
        self._file: BinaryIO | None = None
        self._closed = False

    def open(self) -> BinaryIO:
        """Open it.

        Raises:
            OSError: the folder isn't there or can't be written to.
        """
        with self._lock:
            if self._closed:
                raise ValueError(f"{self.path} was closed before it was opened")
            self._file = self._opened()
            return self._file

    def close(self) -> None:
        """Close it, or make sure that it isn't opened any more."""
        with self._lock:
            self._closed = True
            if self._file is not None:
                self._file.close()

    def _opened(self) -> BinaryIO:
        return self.path.open("wb", buffering=0)


class Replacement(NewFile):
    """A new file beside `path` that takes its name once it is whole: whoever reads `path` never sees a part of it.

    A link stays one, what it leads to is replaced; the mode of a file that was there is kept. A pipe or a device can't
    be replaced and is refused.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        super().__init__(os.path.realpath(path))
        self._beside: Path | None = None

    def commit(self) -> None:
        """Close the file and give it its name.

        Raises:
            OSError: it can't be; it is removed.
        """
        self.close()
        assert self._beside is not None, "it was opened"
        try:
            # mkstemp makes files that only the owner reads; what stays should have the mode of any new file.
            self._beside.chmod(new_file_mode(self.path))
            self._beside.replace(self.path)
        except OSError:
            self.discard()
            raise

    def discard(self) -> None:
        """Close and remove the file."""
        self.close()
        if self._beside is not None:
            with suppress(OSError):
                self._beside.unlink()

    def _opened(self) -> BinaryIO:
        refuse_place(self.path)
        descriptor, name = tempfile.mkstemp(prefix=f".{self.path.name}.", suffix=".part", dir=self.path.parent)
        self._beside = Path(name)
        return os.fdopen(descriptor, "wb", buffering=0)


def refuse_place(path: Path) -> None:
    """Refuse a place where no file can be put.

    Raises:
        OSError: the folder isn't there, or a folder is in the file's place. InputError: a pipe or a device is.
    """
    if not path.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "there is no such folder to write into", str(path.parent))
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, "a folder is there: name a file", str(path))
    if path.exists() and not path.is_file():
        raise InputError(f"{path} isn't a regular file: name a file, and read it when it is there")


def new_file_mode(path: Path) -> int:
    """The mode that a file has, or that a new one would get."""
    with suppress(FileNotFoundError):
        return stat.S_IMODE(path.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


class Writable(Protocol):
    """An unbuffered file, or something that behaves like one."""

    def write(self, data: memoryview, /) -> int | None:
        """Take some of the bytes and say how many."""
        ...


def write_all(file: Writable, data: bytes | memoryview) -> None:
    """Write to an unbuffered file, which may take less than it is given: of a disk that is nearly full, for one.

    Raises:
        OSError: it takes no more.
    """
    view = memoryview(data)
    while view:
        view = view[file.write(view) or 0 :]


def refuse_same(target: Path, source: Path) -> None:
    """Refuse to write over the file that is loaded.

    Raises:
        InputError: both are one file.
    """
    if target.exists() and source.exists() and target.samefile(source):
        raise InputError(f"{target} is the file that is loaded: write to another one")


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Generator[BinaryIO]:
    """A `Replacement` for the time of a block: committed if it ends well, else discarded."""
    replacement = Replacement(path)
    try:
        yield replacement.open()
    except BaseException:
        replacement.discard()
        raise
    replacement.commit()
