"""Files of records: on their way up beside the record's JSON, in pieces; and on their way down into a file, whole.

Nothing holds a file in memory: an upload reads its source anew for each try, a download appears under its name once
all of it is there.
"""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from specforce._records import encode
from specforce.bulk.files import Replacement
from specforce_api.runtime.errors import InputError
from specforce_api.runtime.operation import StreamBody, header_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Source = str | os.PathLike[str] | bytes | BinaryIO
_PIECE_BYTES = 1 << 18
_BLOB_FIELDS = {"contentversion": "VersionData", "document": "Body", "attachment": "Body"}


def blob_field(sobject: str, field: str | None) -> str:
    """The field that holds an object's file.

    Raises:
        InputError: it isn't known for this object.
    """
    found = field or _BLOB_FIELDS.get(sobject.lower())
    if found is None:
        raise InputError(f"which field of {sobject} holds the file? Pass field=")
    return found


def multipart(record: Mapping[str, Any], field: str, source: Source, filename: str | None) -> tuple[StreamBody, str]:
    """A record and its file as one body, and the body's media type.

    Args:
        source: a path, bytes, or an open binary file, which is read from its place to its end.
        filename: the file's name; that of the path, or `file`, without it.

    Raises:
        InputError: no such file, a file that can't be read again, or a name that no header can hold.
    """
    opened, length, own = _source(source)
    name = header_value("filename", filename or own)
    boundary = f"specforce-{secrets.token_hex(16)}"
    before = (
        _head(boundary, 'name="entity"', "application/json")
        + encode(record)
        + b"\r\n"
        + _head(
            boundary, f'name="{field}"; filename={json.dumps(name, ensure_ascii=False)}', "application/octet-stream"
        )
    )
    after = f"\r\n--{boundary}--\r\n".encode()

    def pieces() -> Iterator[bytes]:
        yield before
        yield from _exactly(opened(), length)
        yield after

    return StreamBody(pieces, len(before) + length + len(after)), f"multipart/form-data; boundary={boundary}"


def _head(boundary: str, disposition: str, media_type: str) -> bytes:
    return (
        f"--{boundary}\r\nContent-Disposition: form-data; {disposition}\r\nContent-Type: {media_type}\r\n\r\n".encode()
    )


def _source(source: Source) -> tuple[Any, int, str]:
    """What opens the source anew, how long it is, and its name."""
    if isinstance(source, bytes | bytearray | memoryview):
        content = bytes(source)
        return (lambda: iter([content])), len(content), "file"
    if isinstance(source, str | os.PathLike):
        path = Path(source)
        if not path.is_file():
            raise InputError(f"there is no file {str(path)!r}")
        return (lambda: _pieces(path.open("rb", buffering=0), 0, owned=True)), path.stat().st_size, path.name
    if not (hasattr(source, "seekable") and source.seekable()):
        raise InputError("the file can't be read again, which a repeated request needs: pass a path, or its bytes")
    start = source.tell()
    length = source.seek(0, os.SEEK_END) - start
    name = getattr(source, "name", None)
    return (lambda: _pieces(source, start)), length, Path(name).name if isinstance(name, str) else "file"


def _pieces(file: Any, start: int, *, owned: bool = False) -> Iterator[bytes]:
    try:
        file.seek(start)
        while piece := file.read(_PIECE_BYTES):
            yield piece
    finally:
        if owned:
            file.close()


def _exactly(pieces: Iterator[bytes], length: int) -> Iterator[bytes]:
    """The pieces, which must add up: the body's length is told before them.

    Raises:
        InputError: the file changed meanwhile.
    """
    sent = 0
    for piece in pieces:
        sent += len(piece)
        if sent > length:
            break
        yield piece
    if sent != length:
        raise InputError(f"the file changed while it was uploaded: {sent} bytes where there were {length}")


class FileSink:
    """Takes a download into a file that appears once it is whole.

    Args:
        path: where; what is there is replaced.

    Attributes:
        size_bytes: what came so far.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.size_bytes = 0
        self._target = Replacement(path)
        self._file: BinaryIO | None = None

    def begin(self, headers: Mapping[str, str]) -> None:  # noqa: ARG002 - the body's length is checked on the way
        """Open the file."""
        if self._file is None:
            self._file = self._target.open()

    def put(self, pieces: Sequence[bytes]) -> None:
        """Write pieces."""
        assert self._file is not None, "it has begun"
        for piece in pieces:
            left = memoryview(piece)
            while left:
                left = left[self._file.write(left) :]
            self.size_bytes += len(piece)

    def end(self) -> None:
        """Give the file its name."""
        self._target.commit()

    def rewind(self) -> None:
        """Empty the file again."""
        self.size_bytes = 0
        if self._file is not None and not self._file.closed:
            self._file.seek(0)
            self._file.truncate()

    def discard(self) -> None:
        """Remove what isn't whole."""
        self._target.discard()
