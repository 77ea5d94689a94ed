"""Operations as values: what to send, and how to read the answer, apart from whoever sends it.

A generated function returns an `Operation[T]`; a *sender* (this package's `Client`, or a session of the facade)
sends it and returns `T`. Nothing here does I/O.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar
from urllib.parse import quote

from .errors import DecodeError, InputError, SpecError
from .types import is_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class OperationInfo:
    """The facts of one operation that don't change from call to call, as the spec states them.

    Attributes:
        operation_id: unique over all APIs.
        api: the API's id in specs/index.toml, such as `rest` or `bulk_v2`.
        method: the HTTP method, upper-case.
        path: the path from the host's root; `{api_version}` is the sender's to fill.
        success: statuses that aren't errors.
        since: first API version that has it, `None` if it is as old as the API.
        until: last API version that has it, `None` if it is still there.
        repeatable: sending it twice leaves the org as sending it once does.
        authenticated: it wants an access token.
        token_header: the header that takes the bare token, empty where `Authorization: Bearer` does.
        streamed: the answer's body may be large: read it as a stream.
        source: where the facts come from.
    """

    operation_id: str
    api: str
    method: str
    path: str
    success: tuple[int, ...]
    since: str | None = None
    until: str | None = None
    repeatable: bool = False
    authenticated: bool = True
    token_header: str = ""
    streamed: bool = False
    accept: str = "application/json"
    source: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer. `headers` has lower-case names."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    url: str = ""

    @property
    def request_id(self) -> str:
        """The server's id of the request, `""` if it gave none."""
        for name in ("x-request-id", "x-sfdc-request-id", "sfdc-request-id"):
            if name in self.headers:
                return self.headers[name]
        return ""


@dataclass(frozen=True, slots=True)
class StreamBody:
    """A request body that can be opened more than once, so that a refused request can be repeated whole.

    Attributes:
        open: returns a fresh iterator over the body's pieces.
        length: its size in bytes, `None` if unknown (then it goes out chunked).
    """

    open: Callable[[], Iterator[bytes]]
    length: int | None = None


@dataclass(frozen=True, slots=True)
class TokenBody:
    """A request body that carries the access token itself, as SOAP's does: made anew whenever it is sent.

    Attributes:
        render: makes the body for a token.
    """

    render: Callable[[str], bytes]


Body = bytes | StreamBody | None


@dataclass(frozen=True, slots=True)
class Requirement:
    """The API versions that have one argument of an operation, where not all that have the operation do."""

    argument: str
    since: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Operation(Generic[T]):
    """One call, ready to send. Build it with a generated function, not by hand."""

    info: OperationInfo
    decode: Callable[[Reply], T] = field(repr=False)
    path: str
    params: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    body: Body | TokenBody = field(default=None, repr=False)
    content_type: str | None = None
    requires: tuple[Requirement, ...] = ()

    def url_path(self, api_version: str) -> str:
        """The path with the API version filled in; refuses versions that don't have the operation.

        Raises:
            SpecError: the operation is newer than `api_version`, or was removed before it.
        """
        self.check_version(api_version)
        return self.path.replace("{api_version}", api_version)

    def body_with(self, access_token: str | None) -> Body:
        """The body to send; one that carries the token gets it here."""
        if isinstance(self.body, TokenBody):
            return self.body.render(access_token or "")
        return self.body

    def check_version(self, api_version: str) -> None:
        """Raise SpecError where the operation, or an argument that is used, isn't part of `api_version`."""
        info = self.info
        if "{api_version}" not in info.path:
            return
        _check_range(info.operation_id, info.since, info.until, api_version)
        for used in self.requires:
            _check_range(f"{info.operation_id}({used.argument}=...)", used.since, used.until, api_version)


def _check_range(what: str, since: str | None, until: str | None, api_version: str) -> None:
    try:
        wanted = float(api_version)
    except ValueError:
        raise SpecError(f"api_version={api_version!r} isn't an API version: they look like '67.0'") from None
    if since and wanted < float(since):
        raise SpecError(
            f"{what} exists since API version {since}, this client uses {api_version}: "
            f"pass api_version={since!r} or a newer one"
        )
    if until and wanted > float(until):
        raise SpecError(f"{what} exists up to API version {until}, this client uses {api_version}")


class Sender(Protocol):
    """Whoever sends operations, synchronously."""

    def send(self, operation: Operation[T], /) -> T:
        """Send it and return the decoded answer.

        Raises:
            ApiError: the server refused. TransportError: no whole answer. DecodeError: not in the spec's shape.
        """
        ...


class AsyncSender(Protocol):
    """Whoever sends operations, asynchronously."""

    async def send(self, operation: Operation[T], /) -> T:
        """Send it and return the decoded answer; errors as for `Sender`."""
        ...


def path_segment(name: str, value: object, *, keep_slashes: bool = False) -> str:
    """Percent-encode one path parameter; refuses what would change the path's shape.

    Raises:
        InputError: the value is empty, `.` or `..`, or holds a control character or half a character.
    """
    text = str(value)
    if not text:
        raise InputError(f"{name} is empty: it is part of the URL")
    segments = text.split("/") if keep_slashes else [text]
    if any(segment in (".", "..") for segment in segments):
        raise InputError(f"{name}={text!r} would climb out of its place in the URL")
    if any(ord(char) < 32 or ord(char) == 127 for char in text):
        raise InputError(f"{name}={text!r} holds a control character")
    try:
        return quote(text, safe="/" if keep_slashes else "")
    except UnicodeEncodeError:
        raise InputError(f"{name}={text!r} holds half a character (a lone surrogate)") from None


def header_value(name: str, value: object) -> str:
    """Check one header value; refuses line breaks, other control characters, and what isn't Latin-1.

    Raises:
        InputError: the value can't stand in a header.
    """
    text = str(value)
    if any((ord(char) < 32 and char != "\t") or ord(char) == 127 for char in text):
        raise InputError(f"the header {name} may not hold control characters: {text!r}")
    if any(ord(char) > 255 for char in text):
        raise InputError(f"the header {name} holds characters that no header can hold: {text!r}")
    return text


def read_json(info: OperationInfo, reply: Reply) -> Any:
    """Parse the body as JSON.

    Raises:
        DecodeError: the body is something else (an HTML page, cut JSON).
    """
    try:
        return json.loads(reply.content)
    except (ValueError, RecursionError) as error:
        raise not_json(info, reply, error) from None


def not_json(info: OperationInfo, reply: Reply, reason: Exception) -> DecodeError:
    """The error for a body that isn't JSON, with advice where it is a web page."""
    kind = reply.headers.get("content-type", "no content type")
    text = (
        f"{info.operation_id}: HTTP {reply.status} with a body that isn't JSON "
        f"({kind}, {len(reply.content)} bytes): {reason}"
    )
    if "html" in kind:
        text += "\n  hint: the answer is a web page: check the instance URL and any proxy on the way"
    body = reply.content.decode("utf-8", errors="replace")
    return DecodeError(text, operation_id=info.operation_id, status=reply.status, body=body)


def read_model(info: OperationInfo, reply: Reply, build: Callable[[Any], T]) -> T:
    """Parse the body as JSON and build `T` of it.

    Raises:
        DecodeError: not JSON, or JSON in another shape than the spec's.
    """
    document = read_json(info, reply)
    try:
        return build(document)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        what = f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)
        raise DecodeError(
            f"{info.operation_id}: the answer doesn't have the shape that the spec promises: {what}",
            operation_id=info.operation_id,
            status=reply.status,
            body=reply.content.decode("utf-8", errors="replace"),
        ) from error


def read_object(info: OperationInfo, reply: Reply) -> dict[str, Any]:
    """Parse the body as a JSON object that the spec says nothing more about.

    Raises:
        DecodeError: not JSON, or not an object.
    """
    document: object = read_json(info, reply)
    if is_object(document):
        return document
    raise DecodeError(
        f"{info.operation_id}: the answer isn't a JSON object",
        operation_id=info.operation_id,
        status=reply.status,
        body=reply.content.decode("utf-8", errors="replace"),
    )


def undocumented(info: OperationInfo, reply: Reply) -> DecodeError:
    """The error for a success status that the spec doesn't know."""
    return DecodeError(
        f"{info.operation_id}: HTTP {reply.status} isn't one of the answers the spec knows",
        operation_id=info.operation_id,
        status=reply.status,
        body=reply.content.decode("utf-8", errors="replace"),
    )


__all__ = [
    "AsyncSender",
    "Body",
    "Operation",
    "OperationInfo",
    "Reply",
    "Requirement",
    "Sender",
    "StreamBody",
    "T",
    "TokenBody",
    "header_value",
    "not_json",
    "path_segment",
    "read_json",
    "read_model",
    "read_object",
    "undocumented",
]
