"""Where a result of any format goes: a file, as it comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from specforce.bulk.sinks import Target


class FileSink:
    """Writes an answer's body to a file; what is in it, its reader checks. See `specforce.bulk.sinks.Sink`.

    Args:
        file: an unbuffered file; the body begins where it stands.
    """

    def __init__(self, file: Target) -> None:
        self._file = file
        self._start = file.tell()

    def begin(self, headers: Mapping[str, str]) -> None:
        """See `Sink`."""

    def put(self, pieces: Sequence[bytes]) -> None:
        """See `Sink`."""
        for piece in pieces:
            view = memoryview(piece)
            while view:
                view = view[self._file.write(view) or 0 :]

    def end(self) -> None:
        """See `Sink`."""

    def rewind(self) -> None:
        """See `Sink`."""
        self._file.seek(self._start)
        self._file.truncate()
