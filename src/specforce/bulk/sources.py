"""What `sf.bulk.load` accepts, and who reads it: files, bytes, iterators of bytes, rows, whatever speaks Arrow.

A CSV file is read by ranges and nothing is copied (unless its encoding isn't UTF-8, or it is compressed); everything
else can be read once only, or isn't CSV, so its parts are spooled to disk: any request can then be repeated whole.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, TypeAlias, cast

from specforce.bulk.feeds import BytesFeed, RowsFeed, is_utf8
from specforce.bulk.rows import BATCH_ROWS, Row
from specforce.bulk.source_formats import READ_BYTES, existing_file, format_of, inflated, is_whole
from specforce_api.runtime.errors import InputError

if TYPE_CHECKING:
    from specforce.bulk.arrow_feed import ArrowFeed
    from specforce.bulk.parts import Part
    from specforce.bulk.table import Table, TableOptions

Bytes: TypeAlias = bytes | bytearray | memoryview


class ArrowStream(Protocol):
    """Anything that speaks Arrow's C stream: a data frame, a table, a reader, a relation."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The stream, in a capsule."""
        ...


BlockingSource: TypeAlias = str | os.PathLike[str] | Bytes | BinaryIO | ArrowStream | Iterable[Bytes] | Iterable[Row]


class BlockingParts:
    """The parts of a source that is read by blocking calls.

    Args:
        source: a path, an open binary file, bytes, an iterable of pieces of bytes, or an iterable of rows.
        options: how it is written and split.
        folder: where parts are spooled.
    """

    def __init__(self, source: BlockingSource, options: TableOptions, folder: Path) -> None:
        self._feed: BytesFeed | ArrowFeed | Intake
        kind = format_of(source, options.source_format)
        if kind in ("arrow", "parquet"):
            from specforce.bulk.arrow_feed import ArrowFeed  # noqa: PLC0415 - pyarrow is an extra, and large

            self._feed = ArrowFeed(options, folder)
            found = existing_file(source) if isinstance(source, str | os.PathLike) else source
            self._parts = self._feed.parts(found) if kind == "arrow" else self._feed.parquet_parts(found)
        elif kind == "csv.gz":
            self._feed = BytesFeed(options, folder)
            self._parts = feed_all(self._feed, inflated(source))
        elif isinstance(source, str | os.PathLike):
            path = existing_file(source)
            self._feed = BytesFeed(options, folder, path=path if is_utf8(options.encoding) else None)
            self._parts = feed_all(self._feed, file_pieces(path))
        elif isinstance(source, bytes | bytearray | memoryview):
            self._feed = BytesFeed(options, folder)
            self._parts = feed_all(self._feed, [cast("Bytes", source)])
        elif hasattr(source, "read"):
            self._feed = BytesFeed(options, folder)
            self._parts = feed_all(self._feed, _read_pieces(cast("BinaryIO", source)))
        else:
            refuse_uniterable(source)
            self._feed = Intake(options, folder)
            self._parts = _taken(self._feed, cast("Iterable[Any]", source))

    @property
    def table(self) -> Table | None:
        """The source's header, once it is known."""
        return self._feed.table

    def next(self) -> Part | None:
        """The next part, `None` after the last.

        Raises:
            InputError: the source can't be loaded; the message names the line or the row.
        """
        return next(self._parts, None)

    def all(self) -> list[Part]:
        """Read and check the source to its end; errors as for `next`."""
        return list(self._parts)


def source_path(source: object) -> Path | None:
    """The path of a source that is one."""
    return Path(cast("str | os.PathLike[str]", source)) if isinstance(source, str | os.PathLike) else None


def is_blocking(source: object) -> bool:
    """Whether a source is read by blocking calls of its own, instead of being iterated."""
    return is_whole(source) or hasattr(source, "__arrow_c_stream__")


def refuse_uniterable(source: object) -> None:
    """Raise InputError where a source can't be iterated by a blocking client, or is one row instead of many."""
    if isinstance(source, Mapping):
        raise InputError("the source is one row: put it into a list, [row]")
    if isinstance(source, Iterable):
        return
    kind = type(source).__name__
    if hasattr(source, "__aiter__"):
        raise InputError(f"the source is asynchronous ({kind}): load it with AsyncSalesforce, or pass a plain iterable")
    raise InputError(
        f"a source is a path, an open binary file, bytes, an iterable of bytes or rows, or speaks Arrow, not a {kind}"
    )


def feed_all(feed: BytesFeed, pieces: Iterable[Bytes]) -> Iterator[Part]:
    """Feed pieces to their end."""
    for piece in pieces:
        for slice_ in sliced(piece):
            yield from feed.feed(slice_)
    yield from feed.finish()


def sliced(piece: Bytes) -> Iterator[bytes]:
    """Cut a large piece, so that the work on it takes little memory."""
    if isinstance(piece, bytes) and len(piece) <= READ_BYTES:
        yield piece
        return
    view = memoryview(piece).cast("B")
    for start in range(0, len(view), READ_BYTES):
        yield bytes(view[start : start + READ_BYTES])


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
        raise InputError(
            "the source yields text: open a file in binary mode ('rb'), encode text as UTF-8, put a single row "
            "into a list, "
            "of a data frame without Arrow (pandas before 2.2) pass the rows, frame.to_dict('records')"
        )
    raise InputError(f"the source yields {type(item).__name__}: it should yield bytes, mappings or sequences")


class Intake:
    """Takes the items of an iterable, pieces of bytes or rows, and makes parts of them a batch at a time.

    Whoever iterates calls `add`, and `drain` when that says so; so a source may be awaited while nothing here ever is.

    Args:
        options: how the source is written and split.
        folder: where parts are spooled.
    """

    def __init__(self, options: TableOptions, folder: Path) -> None:
        self._options = options
        self._folder = folder
        self._bytes: BytesFeed | None = None
        self._rows: RowsFeed | None = None
        self._pieces: list[Bytes] = []
        self._batch: list[Row] = []
        self._held = 0

    @property
    def table(self) -> Table | None:
        """The source's header, once it is known."""
        feed = self._bytes or self._rows
        return feed.table if feed else None

    def add(self, item: Any) -> bool:
        """Take an item; whether it is time to `drain`.

        Raises:
            InputError: it is neither a piece of bytes nor a row.
        """
        if self._bytes is None and self._rows is None:
            if first_kind(item) == "bytes":
                self._bytes = BytesFeed(self._options, self._folder)
            else:
                self._rows = RowsFeed(self._options, self._folder)
        if self._rows is not None:
            self._batch.append(item)
            return len(self._batch) >= BATCH_ROWS
        if not isinstance(item, bytes | bytearray | memoryview):
            raise InputError(f"the source yields bytes first and then {type(item).__name__}")
        piece = cast("Bytes", item)
        self._pieces.append(piece)
        self._held += len(piece)
        return self._held >= READ_BYTES

    def drain(self) -> list[Part]:
        """Work on what was taken; the parts that are complete with it.

        Raises:
            InputError: it can't be loaded; the message names the line or the row.
        """
        parts: list[Part] = []
        if self._rows is not None and self._batch:
            batch, self._batch = self._batch, []
            parts += self._rows.feed(batch)
        if self._bytes is not None:
            pieces, self._pieces, self._held = self._pieces, [], 0
            for piece in pieces:
                for slice_ in sliced(piece):
                    parts += self._bytes.feed(slice_)
        return parts

    def finish(self) -> list[Part]:
        """The source has ended; the parts that are left. Errors as for `drain`."""
        parts = self.drain()
        if self._bytes is None and self._rows is None:
            self._rows = RowsFeed(self._options, self._folder)
        feed = self._bytes or self._rows
        return parts if feed is None else [*parts, *feed.finish()]


def file_pieces(path: Path) -> Iterator[bytes]:
    """A file's bytes, in pieces."""
    with path.open("rb", buffering=0) as file:
        while piece := file.read(READ_BYTES):
            yield piece


def _taken(intake: Intake, items: Iterable[Any]) -> Iterator[Part]:
    for item in items:
        if intake.add(item):
            yield from intake.drain()
    yield from intake.finish()


def _read_pieces(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(READ_BYTES):
        if isinstance(cast("object", piece), str):
            raise InputError("the file yields text: open it in binary mode ('rb')")
        yield piece
