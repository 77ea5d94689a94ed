"""Pages put together in one file: the header once, then the records of each page, copied by the kernel where it can."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Final

from specforce.bulk.files import write_all
from specforce.bulk.gzip_target import GzipTarget

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from specforce.bulk.pages import ResultPage

_COPIED_BYTES: Final = 1 << 30
_PIECE_BYTES: Final = 1 << 20
_CANT: Final = frozenset({errno.ENOSYS, errno.EXDEV, errno.EINVAL, errno.EOPNOTSUPP, errno.EBADF, errno.EPERM})


class JoinedFile:
    """Takes the pages of one result, in whichever way they come: written straight to it, or from files of their own.

    Args:
        file: unbuffered; the pages go where it stands, and the caller closes it.
        path: where it lies.
        zipped: compress pages that are written straight to it; those in files are compressed already.
        begun: whether it has its header already.

    Attributes:
        path, zipped: as given.
        begun: whether it has its header.
    """

    def __init__(self, file: BinaryIO, path: Path, *, zipped: bool = False, begun: bool = False) -> None:
        self.path = path
        self.zipped = zipped
        self.begun = begun
        self._file = file

    def target(self) -> BinaryIO | GzipTarget:
        """What the next page can be written to."""
        return GzipTarget(self._file) if self.zipped else self._file

    def add(self, page: ResultPage) -> None:
        """Take a page: append it, with its header if it is the first, and remove its file.

        Raises:
            OSError: no space is left, or the like.
        """
        if page.path != self.path:
            append_file(self._file, page.path, page.body_start if self.begun else 0)
            page.discard()
        self.begun = True


def append_file(target: BinaryIO, source: Path, start: int) -> None:
    """Append a file, from an offset on, to another one.

    Args:
        target: open for writing, unbuffered.
        source: what to append.
        start: the offset of the first byte that is wanted.

    Raises:
        OSError: the target can't take it.
    """
    with source.open("rb", buffering=0) as file:
        if _copied_by_kernel(target, file, start):
            return
        file.seek(start)
        while piece := file.read(_PIECE_BYTES):
            write_all(target, piece)


def _copied_by_kernel(target: BinaryIO, source: BinaryIO, start: int) -> bool:
    """Copy without the bytes coming here; `False`, with nothing copied, where the system can't."""
    copy = getattr(os, "copy_file_range", None)
    if copy is None:
        return False
    end = os.fstat(source.fileno()).st_size
    at = source.seek(start)
    while at < end:
        try:
            copied: int = copy(source.fileno(), target.fileno(), min(end - at, _COPIED_BYTES))
        except OSError as error:
            if at > start or error.errno not in _CANT:
                raise
            return False
        if not copied and at == start:
            return False
        at += copied
    return True
