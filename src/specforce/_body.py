"""A response body on its way in: inflated, counted and checked for its end. No I/O.

A body that ends early is an error here whatever the transport thinks of it: short of its Content-Length, or a gzip
stream without its trailer.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from specforce._deflate import GZIP, broken, fastest
from specforce_api.runtime.errors import ConnectionCut, DecodeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_INFLATED_BYTES = 1 << 18


class BodyReader:
    """Takes a body's raw pieces, gives the decoded ones, and says at the end whether that was all.

    Args:
        headers: the response headers, lower-case.
        has_body: `False` where the protocol allows none (HEAD, 204, 304).
        operation_id: for the errors.
    """

    def __init__(self, headers: Mapping[str, str], *, has_body: bool = True, operation_id: str = "") -> None:
        length = headers.get("content-length", "")
        self._expected = int(length) if has_body and length.isdecimal() else None
        self._received = 0
        self._operation_id = operation_id
        encoding = headers.get("content-encoding", "identity").strip().lower() or "identity"
        if encoding not in ("identity", "gzip", "x-gzip", "deflate"):
            raise DecodeError(f"{operation_id}: the answer is encoded as {encoding!r}, which wasn't asked for")
        self._wbits = GZIP if encoding.endswith("gzip") else zlib.MAX_WBITS
        self._inflate = fastest().decompressobj(self._wbits) if encoding != "identity" and has_body else None

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """Decode one raw piece, into pieces of at most 256 KB: a small one may inflate to a thousandfold.

        Raises:
            DecodeError: it isn't what Content-Encoding says.
        """
        self._received += len(piece)
        inflate = self._inflate
        if inflate is None:
            yield piece
            return
        while True:
            try:
                decoded = inflate.decompress(piece, _INFLATED_BYTES)
            except broken() as error:
                raise DecodeError(f"{self._operation_id}: the answer's compression is broken: {error}") from None
            if decoded:
                yield decoded
            if inflate.eof:
                piece = inflate.unused_data
                if not piece:
                    return
                inflate = self._inflate = fastest().decompressobj(self._wbits)
            else:
                piece = inflate.unconsumed_tail
                if not piece and len(decoded) < _INFLATED_BYTES:
                    return

    def end(self) -> None:
        """The transport has no more.

        Raises:
            ConnectionCut: the body isn't whole.
        """
        if self._expected is not None and self._received != self._expected:
            raise ConnectionCut(
                f"{self._operation_id}: the answer ended after {self._received} of {self._expected} bytes",
                operation_id=self._operation_id,
            )
        if self._inflate is not None and self._received and not self._inflate.eof:
            raise ConnectionCut(
                f"{self._operation_id}: the compressed answer ended early, after {self._received} bytes",
                operation_id=self._operation_id,
            )


class WholeBody:
    """The pieces of an answer that is read whole, up to a size."""

    def __init__(self, max_bytes: int | None, operation_id: str) -> None:
        self._max_bytes = max_bytes
        self._operation_id = operation_id
        self._pieces: list[bytes] = []
        self._size = 0

    def add(self, piece: bytes) -> None:
        """Keep one decoded piece.

        Raises:
            DecodeError: that is more than the limit.
        """
        self._size += len(piece)
        if self._max_bytes is not None and self._size > self._max_bytes:
            raise DecodeError(
                f"{self._operation_id}: the answer is larger than max_response_bytes={self._max_bytes}",
                operation_id=self._operation_id,
            )
        self._pieces.append(piece)

    def joined(self) -> bytes:
        """The body."""
        return self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
