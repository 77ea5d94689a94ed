"""An answer as the type that the caller asked for: JSON into objects, text, bytes, or what its media type says.

For endpoints whose answers no spec describes. What doesn't fit raises, and the error names the field.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast, get_args, get_origin

import msgspec

from specforce._records import check_type, decode
from specforce_api.runtime.errors import DecodeError
from specforce_api.runtime.operation import Reply, read_model
from specforce_api.runtime.types import is_list

if TYPE_CHECKING:
    from collections.abc import Callable

    from specforce_api.runtime.operation import OperationInfo

_RAW = (None, Reply, bytes, str)


def check_returns(kind: Any) -> None:
    """Refuse a type that no answer can be read as, before anything is sent.

    Raises:
        InputError: msgspec knows nothing of it, and it has no `from_dict`.
    """
    if kind not in _RAW and _builder(kind) is None:
        check_type(kind)


def read_as(info: OperationInfo, reply: Reply, kind: Any) -> Any:
    """Read an answer as `kind`.

    Args:
        kind: a type that msgspec knows, a generated class, a list of these; `str` for text, `bytes` for the body as it
            is, `Reply` for status, headers and body; `None` for what the media type says: JSON, text or bytes, and
            `None` for an answer without a body.

    Raises:
        DecodeError: the answer doesn't fit.
    """
    if kind is Reply:
        return reply
    if kind is bytes:
        return reply.content
    if not reply.content:
        return _nothing(info, reply, kind)
    if kind is None:
        return _by_media_type(info, reply)
    if kind is str and not _is_json(reply):
        return _text(info, reply)
    build = _builder(kind)
    return decode(info, reply, kind) if build is None else read_model(info, reply, build)


def _by_media_type(info: OperationInfo, reply: Reply) -> Any:
    if _is_json(reply):
        return decode(info, reply, cast("Any", object))
    kind = _media_type(reply)
    return _text(info, reply) if kind.startswith("text/") or kind.endswith(("/xml", "+xml")) else reply.content


def _nothing(info: OperationInfo, reply: Reply, kind: Any) -> Any:
    """What stands for no body, if the type has room for it."""
    if kind is None or kind is str:
        return None if kind is None else ""
    try:
        return msgspec.convert(None, kind)
    except (msgspec.ValidationError, TypeError):
        name = getattr(kind, "__name__", None) or str(kind)
        raise DecodeError(
            f"{info.operation_id}: HTTP {reply.status} without a body, which doesn't fit {name}\n"
            f"  hint: returns={name} | None, if that is an answer",
            operation_id=info.operation_id,
            status=reply.status,
        ) from None


def _text(info: OperationInfo, reply: Reply) -> str:
    charset = "utf-8"
    for parameter in reply.headers.get("content-type", "").split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            charset = value.strip().strip('"') or charset
    try:
        return reply.content.decode(charset)
    except (LookupError, UnicodeDecodeError) as error:
        raise DecodeError(
            f"{info.operation_id}: the answer isn't text in {charset}: {error}",
            operation_id=info.operation_id,
            status=reply.status,
        ) from None


def _builder(kind: Any) -> Callable[[Any], Any] | None:
    """What makes a generated class, or a list of one, from JSON; `None` for all other types."""
    build: Callable[[Any], Any] | None = getattr(kind, "from_dict", None)
    if callable(build):
        return build
    if get_origin(kind) is not list:
        return None
    entry = getattr(get_args(kind)[0], "from_dict", None)

    def build_each(document: object) -> list[Any]:
        if not is_list(document):
            raise TypeError(f"a list was expected, not {type(document).__name__}")
        return [cast("Any", entry)(each) for each in document]

    return build_each if callable(entry) else None


def _media_type(reply: Reply) -> str:
    return reply.headers.get("content-type", "").partition(";")[0].strip().lower()


def _is_json(reply: Reply) -> bool:
    kind = _media_type(reply)
    return kind == "application/json" or kind.endswith("+json")
