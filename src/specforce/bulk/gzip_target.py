"""A file that compresses what is written to it."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

from specforce._deflate import GZIP, fastest
from specforce.bulk.files import write_all

if TYPE_CHECKING:
    from typing import BinaryIO


class GzipTarget:
    """Compresses what is written into a file; each table becomes a gzip member of its own, so it can be taken back.

    Args:
        file: the raw file; the caller closes it, after `finish`.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._member: Any = None

    def write(self, data: memoryview, /) -> int:
        """See `Target`."""
        if self._member is None:
            # Level 1: the network is slower than the disk is full, and half of the time of level 6 goes for a tenth.
            self._member = fastest().compressobj(1, zlib.DEFLATED, GZIP)
        write_all(self._file, self._member.compress(data))
        return len(data)

    def tell(self) -> int:
        """See `Target`; ends the member before."""
        self.finish()
        return self._file.tell()

    def seek(self, offset: int, /) -> int:
        """See `Target`; drops the member that is being written."""
        self._member = None
        return self._file.seek(offset)

    def truncate(self) -> int:
        """See `Target`."""
        return self._file.truncate()

    def finish(self) -> None:
        """End the member that is being written."""
        if self._member is not None:
            write_all(self._file, self._member.flush())
            self._member = None
