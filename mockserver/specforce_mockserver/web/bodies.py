"""Request bodies: read whole or to a file, un-gzipped, and parsed as their operation says.

A body that is too large is read to its end and thrown away, so that its sender gets to see the answer.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import msgspec

from specforce_mockserver.calls import ApiError, Part, Upload
from specforce_mockserver.jackson import syntax_message
from specforce_mockserver.web import errors
from specforce_mockserver.web.multipart import parse_multipart
from specforce_mockserver.web.xml_bodies import XML_TYPES, takes_xml

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from specforce_mockserver.operations import OperationSpec
    from specforce_mockserver.web.asgi import Receive
    from specforce_mockserver.web.request import Request

MAX_BODY_BYTES = 50_000_000
MAX_UPLOAD_BYTES = 200_000_000
GZIP_WINDOW = 31
_JSON_TYPES = frozenset({None, "application/json", "text/json"})


class ClientGoneError(Exception):
    """The client closed the connection before its request was whole."""


async def _chunks(receive: Receive) -> AsyncIterator[bytes]:
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        more = message.get("more_body", False)
        if chunk := message.get("body", b""):
            yield chunk


class _Inflater:
    """Un-gzips what is gzipped, passes on what isn't; refuses what claims to be and isn't."""

    def __init__(self, encoding: str) -> None:
        self._stream = zlib.decompressobj(GZIP_WINDOW) if encoding == "gzip" else None
        if encoding not in {"", "identity", "gzip"}:
            raise ApiError(415, "UNSUPPORTED_MEDIA_TYPE", f"Content-Encoding {encoding} is not supported")

    def feed(self, chunk: bytes, max_bytes: int) -> bytes:
        if self._stream is None:
            return chunk
        try:
            return self._stream.decompress(chunk, max_bytes)
        except zlib.error as error:
            raise ApiError(400, "API_ERROR", f"The body is not valid gzip: {error}") from error

    def finish(self) -> None:
        if self._stream is not None and not self._stream.eof:
            raise ApiError(400, "API_ERROR", "The body is not valid gzip: it ends early")


async def read_whole(request: Request, receive: Receive, api: str) -> bytes:
    """The body in memory.

    Raises:
        ApiError: it is too large, or not what Content-Encoding says.
        ClientGoneError: the client hung up.
    """
    refused: ApiError | None = None
    parts: list[bytes] = []
    size = 0
    try:
        inflater = _Inflater(request.header("content-encoding").lower())
    except ApiError as error:
        refused, inflater = error, _Inflater("")
    async for chunk in _chunks(receive):
        if refused is not None:
            continue
        try:
            piece = inflater.feed(chunk, MAX_BODY_BYTES - size + 1)
        except ApiError as error:
            refused = error
            continue
        size += len(piece)
        parts.append(piece)
        if size > MAX_BODY_BYTES:
            refused = errors.too_large(api)
            parts.clear()
    if refused is not None:
        raise refused
    body = b"".join(parts)
    if body:
        inflater.finish()
    return body


async def read_to_file(request: Request, receive: Receive, api: str, path: Path) -> Upload:
    """The body in a file, written as it comes in.

    Raises:
        ApiError: it is too large, or not what Content-Encoding says.
        ClientGoneError: the client hung up.
    """
    refused: ApiError | None = None
    size = 0
    try:
        inflater = _Inflater(request.header("content-encoding").lower())
    except ApiError as error:
        refused, inflater = error, _Inflater("")
    with path.open("wb") as file:
        async for chunk in _chunks(receive):
            if refused is not None:
                continue
            try:
                piece = inflater.feed(chunk, MAX_UPLOAD_BYTES - size + 1)
            except ApiError as error:
                refused = error
                continue
            size += len(piece)
            file.write(piece)
            if size > MAX_UPLOAD_BYTES:
                refused = errors.too_large(api)
    if refused is not None:
        raise refused
    if size:
        inflater.finish()
    return Upload(path, size, request.media_type or "")


def check_media_type(operation: OperationSpec, request: Request) -> None:
    """Refuse bodies of a media type that the operation doesn't take; JSON may come without one, or as XML.

    Raises:
        ApiError: 415.
    """
    given = request.media_type
    takes_it = given in _JSON_TYPES if operation.body_kind == "json" else given in {operation.media_type, None}
    takes_it = takes_it or (given in XML_TYPES and takes_xml(operation))
    if not takes_it:
        raise errors.unsupported_media_type(request.header("content-type"))


def parsed(operation: OperationSpec, request: Request, raw: bytes) -> Any:
    """A body in memory as its operation wants it: JSON, or a form's fields.

    Raises:
        ApiError: it can't be read.
    """
    kind = operation.body_kind
    if kind == "form" and request.media_type == "multipart/form-data":
        parts = parse_multipart(request.header("content-type"), raw)
        return {part.name: str(part.content, "utf-8", "replace") for part in parts}
    if kind == "form":
        return dict(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True))
    if not raw.strip():
        raise errors.no_body()
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ApiError(400, "JSON_PARSER_ERROR", syntax_message(raw)) from None


__all__ = ["ClientGoneError", "Part", "Upload", "check_media_type", "parsed", "read_to_file", "read_whole"]
