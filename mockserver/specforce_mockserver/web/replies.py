"""Answers on their way out: headers, compression, files in pieces.

Source of the headers: specs/reference/rest.md section 1.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from specforce_mockserver.calls import NOTHING, Answer, FileSlice

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from specforce_mockserver.web.asgi import Send
    from specforce_mockserver.web.request import Request

JSON = "application/json;charset=UTF-8"
PIECE_BYTES = 262_144
GZIP_FROM_BYTES = 1_024
GZIP_LEVEL = 1
GZIP_WINDOW = 31
FIXED: tuple[tuple[bytes, bytes], ...] = (
    (b"strict-transport-security", b"max-age=63072000; includeSubDomains"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-xss-protection", b"1; mode=block"),
    (b"x-robots-tag", b"none"),
    (b"cache-control", b"no-cache,must-revalidate,max-age=0,no-store,private"),
    (b"set-cookie", b"BrowserId=AbCdEfGhEe6specforceFA; domain=.salesforce.com; path=/; Max-Age=31536000"),
    (b"set-cookie", b"BrowserId_sec=AbCdEfGhEe6specforceFA; domain=.salesforce.com; path=/; Max-Age=31536000; secure"),
)
_FIXED_NAMES = frozenset(name for name, _value in FIXED)
Content = bytes | FileSlice | Iterable[bytes]


@dataclass(slots=True)
class Reply:
    """What goes over the wire."""

    status: int
    content: Content = b""
    headers: dict[str, str] = field(default_factory=dict[str, str])
    json: Any = NOTHING
    as_stored: bool = False

    @property
    def has_body(self) -> bool:
        """Whether there is anything but headers."""
        return not isinstance(self.content, bytes) or bool(self.content)


def reply_of(answer: Answer, *, pretty: bool) -> Reply:
    """A provider's answer, encoded."""
    headers = {name.lower(): value for name, value in answer.headers.items()}
    if answer.content is not None:
        headers.setdefault("content-type", answer.media_type or "application/octetstream")
        return Reply(answer.status, answer.content, headers, as_stored=answer.as_stored)
    if answer.body is NOTHING:
        return Reply(answer.status, b"", headers)
    headers["content-type"] = answer.media_type or JSON
    encoded = msgspec.json.encode(answer.body)
    content = msgspec.json.format(encoded, indent=2) if pretty else encoded
    return Reply(answer.status, content, headers, answer.body)


@lru_cache(maxsize=4)
def http_date(second: int) -> bytes:
    """A moment in the Date header's form."""
    return formatdate(second, usegmt=True).encode()


async def send_reply(
    send: Send,
    request: Request,
    reply: Reply,
    now_s: float,
    in_thread: Callable[[Callable[[], bytes | None]], Any],
) -> int:
    """Send a whole reply; the number of bytes of its body is answered."""
    status, content = reply.status, reply.content
    may_vary = reply.has_body and not reply.as_stored
    compress = request.accepts_gzip and may_vary and "content-encoding" not in reply.headers
    if isinstance(content, bytes):
        if compress and len(content) >= GZIP_FROM_BYTES:
            content = gzipped(content)
            reply.headers["content-encoding"] = "gzip"
        length: int | None = len(content)
    elif isinstance(content, FileSlice) and not compress:
        length = slice_length(content)
    else:
        length = None
        if compress:
            reply.headers["content-encoding"] = "gzip"
    if may_vary and status in {200, 201}:
        reply.headers.setdefault("vary", "Accept-Encoding")
    if status == 204:
        reply.headers.setdefault("content-security-policy", "upgrade-insecure-requests")
    if length is not None and status not in {204, 304}:
        reply.headers["content-length"] = str(length)
    head = request.method == "HEAD"
    await send({"type": "http.response.start", "status": status, "headers": wire_headers(reply, now_s)})
    if head or isinstance(content, bytes):
        body = b"" if head or not isinstance(content, bytes) else content
        await send({"type": "http.response.body", "body": body})
        return len(body)
    sent = 0
    async for piece in _outgoing(content, compress=compress, in_thread=in_thread):
        sent += len(piece)
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
    return sent


async def _outgoing(
    content: FileSlice | Iterable[bytes], *, compress: bool, in_thread: Callable[[Callable[[], bytes | None]], Any]
) -> AsyncIterator[bytes]:
    """The pieces of a long body; compressing and foreign iterators work in a thread, plain file reads don't need to."""
    pieces = iter(slice_pieces(content) if isinstance(content, FileSlice) else content)
    if isinstance(content, FileSlice) and not compress:
        for piece in pieces:
            yield piece
        return
    stream = compressed(pieces) if compress else pieces
    while (piece := await in_thread(lambda: next(stream, None))) is not None:
        yield piece


def compressed(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Pieces of a gzip stream."""
    stream = zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, GZIP_WINDOW)
    for piece in pieces:
        if made := stream.compress(piece):
            yield made
    yield stream.flush()


def gzipped(content: bytes) -> bytes:
    """A gzip stream of a body in memory."""
    return b"".join(compressed(iter((content,))))


def slice_length(part: FileSlice) -> int:
    """How many bytes a slice of a file has."""
    length = part.length if part.length is not None else part.path.stat().st_size - part.start
    return len(part.prefix) + length


def slice_pieces(part: FileSlice, piece_bytes: int = PIECE_BYTES) -> Iterator[bytes]:
    """The bytes of a slice of a file, in pieces of at most so many bytes; a prefix is a piece of its own."""
    left = slice_length(part) - len(part.prefix)
    if part.prefix:
        yield part.prefix
    with part.path.open("rb") as file:
        file.seek(part.start)
        while left > 0 and (piece := file.read(min(piece_bytes, left))):
            left -= len(piece)
            yield piece


def in_memory(content: Content) -> bytes:
    """A whole body; for faults, which cut it somewhere."""
    if isinstance(content, bytes):
        return content
    return b"".join(slice_pieces(content) if isinstance(content, FileSlice) else content)


def wire_headers(reply: Reply, now_s: float) -> list[tuple[bytes, bytes]]:
    """All headers of a reply: the fixed set, the date, its own."""
    own = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers.items()]
    replaced = _FIXED_NAMES.intersection(name for name, _value in own)
    fixed = FIXED if not replaced else tuple(each for each in FIXED if each[0] not in replaced)
    return [(b"date", http_date(int(now_s))), *fixed, *own]
