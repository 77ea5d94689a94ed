"""Calls of Apex REST endpoints as operations: what a class serves is known to nobody but its caller. No I/O.

A path can't leave /services/apexrest, and no header can end another one or take the place of the session's own.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypedDict

from specforce._records import encode_json
from specforce._returns import check_returns, read_as
from specforce_api.apex_rest import operations
from specforce_api.runtime.encode import header_params, query_params
from specforce_api.runtime.errors import InputError
from specforce_api.runtime.operation import Operation, header_value, path_segment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from specforce_api.runtime.operation import OperationInfo, Reply

MOUNT = "/services/apexrest/"
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_OWN_HEADERS = frozenset(
    {"authorization", "connection", "content-length", "content-type", "cookie", "host", "transfer-encoding"}
)
_UNSET: Any = object()


class ReadOptions(TypedDict, total=False):
    """What a call without a body takes, see `AsyncApex.execute`."""

    params: Mapping[str, object]
    headers: Mapping[str, str]
    accept: str
    repeatable: bool


class WriteOptions(ReadOptions, total=False):
    """What a call with a body takes, see `AsyncApex.execute`."""

    json: object
    content: str | bytes
    content_type: str


def operation_for(
    method: str,
    path: str | Sequence[str],
    returns: Any = None,
    *,
    json: object = _UNSET,
    content: str | bytes | None = None,
    content_type: str | None = None,
    params: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
    accept: str | None = None,
    repeatable: bool | None = None,
) -> Operation[Any]:
    """The call of one endpoint; arguments and errors as for `AsyncApex.execute`."""
    check_returns(returns)
    info = _info(method)
    body, kind = _body(json, content, content_type)
    if body is not None and info.method in ("GET", "HEAD", "DELETE"):
        raise InputError(f"{info.method} takes no body in Apex REST: pass params=")
    info = replace(
        info,
        success=tuple(range(200, 300)),
        accept=info.accept if accept is None else header_value("accept", accept),
        repeatable=info.repeatable if repeatable is None else repeatable,
    )

    def decode(reply: Reply) -> Any:
        return read_as(info, reply, returns)

    return Operation(
        info=info,
        decode=decode,
        path=MOUNT + _below_the_mount(path),
        params=query_params(*(params or {}).items()),
        headers=_headers(headers or {}),
        body=body,
        content_type=kind,
    )


def _info(method: str) -> OperationInfo:
    """What the spec says of calls by a method."""
    match method.upper():
        case "GET":
            return operations.get_apex_rest("-").info
        case "HEAD":
            return operations.head_apex_rest("-").info
        case "DELETE":
            return operations.delete_apex_rest("-").info
        case "POST":
            return operations.post_apex_rest("-", body={}).info
        case "PUT":
            return operations.put_apex_rest("-", body={}).info
        case "PATCH":
            return operations.patch_apex_rest("-", body={}).info
        case _:
            raise InputError(f"method={method!r}: Apex REST knows GET, HEAD, POST, PUT, PATCH and DELETE")


def _below_the_mount(path: str | Sequence[str]) -> str:
    if not isinstance(path, str):
        return "/".join(path_segment(f"path[{place}]", segment) for place, segment in enumerate(path))
    if "?" in path or "#" in path:
        raise InputError(f"path={path!r} holds a query or a fragment: pass params=, or the path as a list of segments")
    below = path.removeprefix(MOUNT).removeprefix("/")
    if "//" in f"/{below}":
        raise InputError(f"path={path!r} has an empty segment: was a value in it empty?")
    return path_segment("path", below, keep_slashes=True)


def _headers(headers: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    for name in headers:
        if not _NAME.fullmatch(name):
            raise InputError(f"{name!r} isn't the name of a header")
        if name.lower() in _OWN_HEADERS:
            hint = ": pass content_type=" if name.lower() == "content-type" else ""
            raise InputError(f"the header {name} is the client's own{hint}")
        if name.lower() == "accept":
            raise InputError("pass accept= for the header Accept")
    return header_params(*headers.items())


def _body(json: object, content: str | bytes | None, content_type: str | None) -> tuple[bytes | None, str | None]:
    """The body and its media type."""
    if content is not None and json is not _UNSET:
        raise InputError("pass json= or content=, not both")
    if content is None:
        if content_type is not None:
            raise InputError("content_type= goes with content=")
        return (None, None) if json is _UNSET else (encode_json(json), "application/json")
    usual = "text/plain; charset=UTF-8" if isinstance(content, str) else "application/octet-stream"
    encoded = content.encode() if isinstance(content, str) else bytes(content)
    return encoded, header_value("content_type", content_type or usual)
