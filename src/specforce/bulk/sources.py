"""What `sf.bulk.load` accepts, and who reads it: files, bytes, iterators of bytes, rows.

A path is read by ranges and nothing is copied (unless its encoding isn't UTF-8); everything else can be read once only,
so its parts are spooled to disk: any request can then be repeated whole.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, TypeAlias, cast

from specforce.bulk.assembly import BytesFeed, RowsFeed, is_utf8
from specforce.bulk.rows import Row, batches
from specforce_api.runtime.errors import InputError

if TYPE_CHECKING:
    from specforce.bulk.parts import Part
    from specforce.bulk.table import TableOptions

Bytes: TypeAlias = bytes | bytearray | memoryview
BlockingSource: TypeAlias = str | os.PathLike[str] | Bytes | BinaryIO | Iterable[Bytes] | Iterable[Row]

_READ_BYTES: Final = 1 << 18


class BlockingParts:
    """The parts of a source that is read by blocking calls.

    Args:
        source: a path, an open binary file, bytes, an iterable of pieces of bytes, or an iterable of rows.
        options: how it is written and split.
        folder: where parts are spooled.
    """

    def __init__(self, source: BlockingSource, options: TableOptions, folder: Path) -> None:
        self.rereadable = isinstance(source, str | os.PathLike | bytes | bytearray | memoryview)
        self._feed: BytesFeed | RowsFeed | None = None
        self._parts = self._read(source, options, folder)

    def __iter__(self) -> Iterator[Part]:
        return self._parts

    def all(self) -> list[Part]:
        """Read and check the source to its end.

        Raises:
            InputError: it can't be loaded; the message names the line or the row.
        """
        return list(self._parts)

    def _read(self, source: BlockingSource, options: TableOptions, folder: Path) -> Iterator[Part]:
        if isinstance(source, str | os.PathLike):
            path = existing_file(source)
            feed = BytesFeed(options, folder, path=path if is_utf8(options.encoding) else None)
            return feed_all(feed, _file_pieces(path))
        if isinstance(source, bytes | bytearray | memoryview):
            return feed_all(BytesFeed(options, folder), [cast("Bytes", source)])
        if hasattr(source, "read"):
            return feed_all(BytesFeed(options, folder), _read_pieces(cast("BinaryIO", source)))
        return _iterated(source, options, folder)


def existing_file(source: str | os.PathLike[str]) -> Path:
    """The path of a source file.

    Raises:
        InputError: there is no such file.
    """
    path = Path(source)
    if not path.exists():
        raise InputError(f"there is no file {str(path)!r}: to load CSV text, pass it as bytes")
    if not path.is_file():
        raise InputError(f"{str(path)!r} isn't a file")
    return path


def feed_all(feed: BytesFeed, pieces: Iterable[Bytes]) -> Iterator[Part]:
    """Feed pieces to their end."""
    for piece in pieces:
        for slice_ in sliced(piece):
            yield from feed.feed(slice_)
    yield from feed.finish()


def sliced(piece: Bytes) -> Iterator[bytes]:
    """Cut a large piece, so that the work on it takes little memory."""
    if isinstance(piece, bytes) and len(piece) <= _READ_BYTES:
        yield piece
        return
    view = memoryview(piece).cast("B")
    for start in range(0, len(view), _READ_BYTES):
        yield bytes(view[start : start + _READ_BYTES])


def first_kind(item: object) -> str:
    """What the items of an iterable are, by the first of them: `"bytes"` or `"rows"`.

    Raises:
        InputError: neither.
    """
    if isinstance(item, bytes | bytearray | memoryview):
        return "bytes"
    if isinstance(item, Mapping) or (hasattr(item, "__getitem__") and not isinstance(item, str)):
        return "rows"
    if isinstance(item, str):
        raise InputError("the source yields text: open the file in binary mode ('rb'), or encode the text as UTF-8")
    raise InputError(f"the source yields {type(item).__name__}: it should yield bytes, mappings or sequences")


def _iterated(source: Iterable[Any], options: TableOptions, folder: Path) -> Iterator[Part]:
    items = iter(source)
    first = next(items, None)
    if first is None:
        yield from RowsFeed(options, folder).finish()
        return
    if first_kind(first) == "bytes":
        yield from feed_all(BytesFeed(options, folder), _chained(first, items))
        return
    feed = RowsFeed(options, folder)
    for batch in batches(_chained(first, items)):
        yield from feed.feed(batch)
    yield from feed.finish()


def _chained(first: Any, rest: Iterator[Any]) -> Iterator[Any]:
    yield first
    yield from rest


def _file_pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb", buffering=0) as file:
        while piece := file.read(_READ_BYTES):
            yield piece


def _read_pieces(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(_READ_BYTES):
        if isinstance(cast("object", piece), str):
            raise InputError("the file yields text: open it in binary mode ('rb')")
        yield piece
