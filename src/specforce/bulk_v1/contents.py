"""The content of one batch, and records split into as many batches as the limits ask for."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from specforce.bulk_v1.options import BATCH_LIMITS
from specforce_api.runtime.errors import InputError
from specforce_api.runtime.operation import Body, StreamBody

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from specforce.bulk.parts import Limits, Part
    from specforce.bulk_v1.encoding import Encoding

_GZIP: Final = 16 + zlib.MAX_WBITS


@dataclass(frozen=True, slots=True)
class Content:
    """What one batch is given.

    Attributes:
        open: starts to read it anew.
        rows: how many records it holds; None for a query.
        length: its bytes; None where reading will tell.
    """

    open: Callable[[], Iterator[bytes]]
    rows: int | None
    length: int | None = None

    @classmethod
    def of_bytes(cls, content: bytes, rows: int | None) -> Content:
        """Content in memory."""
        return cls(lambda: iter((content,)), rows, len(content))

    @classmethod
    def of_part(cls, part: Part) -> Content:
        """A part of a CSV source."""
        return cls(part.open, part.rows, part.sent_bytes)

    def body(self, *, compress: bool) -> Body:
        """The request's body; compressed in memory, as a batch is at most 10 MB."""
        if not compress:
            return StreamBody(self.open, self.length)
        stream = zlib.compressobj(wbits=_GZIP)
        return b"".join([*map(stream.compress, self.open()), stream.flush()])

    def digest(self) -> bytes:
        """What tells it from other content."""
        found = hashlib.sha256()
        for piece in self.open():
            found.update(piece)
        return found.digest()


class Batcher:
    """Takes records and gives batches: as full as the limits allow, in order.

    Args:
        encoding: how records are written.
        limits: how large a batch may become.
    """

    def __init__(self, encoding: Encoding, limits: Limits = BATCH_LIMITS) -> None:
        self._encoding = encoding
        self._limits = limits
        self._around = len(encoding.before) + len(encoding.after)
        self._held: list[bytes] = []
        self._size = self._around
        self._row = 0

    def rows(self, rows: Iterable[object]) -> list[Content]:
        """Take rows; the batches that are full with them.

        Raises:
            InputError: a row that is no mapping, has a value without form, or is larger than a batch.
        """
        return [content for row in rows for content in self._take(self._encoded(row))]

    def document(self, document: bytes) -> list[Content]:
        """Take the records of a document, as they stand there; errors as for `rows`."""
        return [content for record in self._encoding.records(document) for content in self._take(record)]

    def finish(self) -> list[Content]:
        """The last batch, if there is one."""
        return [self._content()] if self._held else []

    def _encoded(self, row: Any) -> bytes:
        if not hasattr(row, "items"):
            raise InputError(f"row {self._row + 1} is a {type(row).__name__}: rows of JSON and XML are mappings")
        mapping: Mapping[str, Any] = row
        try:
            return self._encoding.record(mapping)
        except InputError as error:
            raise InputError(f"row {self._row + 1}: {error}") from None

    def _take(self, record: bytes) -> Iterator[Content]:
        self._row += 1
        size = len(record) + len(self._encoding.between)
        if self._around + size > self._limits.part_bytes:
            raise InputError(f"row {self._row} has {len(record)} bytes: a batch takes {self._limits.part_bytes}")
        if len(self._held) == self._limits.part_rows or self._size + size > self._limits.part_bytes:
            yield self._content()
        self._held.append(record)
        self._size += size

    def _content(self) -> Content:
        encoding, held = self._encoding, self._held
        self._held, self._size = [], self._around
        return Content.of_bytes(encoding.before + encoding.between.join(held) + encoding.after, len(held))
