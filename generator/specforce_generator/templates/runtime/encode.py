"""From Python arguments to what goes over the wire: parameters, headers, JSON, form and multipart bodies."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from email.utils import format_datetime
from enum import Enum
from typing import Any, Protocol, TypeGuard, runtime_checkable
from urllib.parse import urlencode

from .errors import InputError
from .operation import Requirement, StreamBody, header_value
from .types import UNSET, Unset, is_list


@runtime_checkable
class JsonModel(Protocol):
    """A generated model."""

    def to_dict(self) -> dict[str, Any]:
        """Its JSON object, by wire names."""
        ...


def wire_text(name: str, value: object) -> str:
    """One value as text: `true`/`false`, ISO 8601 with a zone, an enum's value.

    Raises:
        InputError: a datetime without a zone, a number that isn't one, bytes, or half a character.
    """
    if isinstance(value, bytes):
        raise InputError(f"{name}={value!r} is bytes, and text is wanted: decode it")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, datetime):
        return _aware(name, value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        raise InputError(f"{name}={value} isn't a number that can be sent")
    text = str(value)
    if not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text):
        raise InputError(f"{name}={text!r} holds half a character (a lone surrogate)")
    return text


def joined(name: str, values: Iterable[object] | Unset) -> str | Unset:
    """A list that goes out as one value, joined by commas.

    Raises:
        InputError: text where a list belongs, an empty list, or an entry that holds a comma.
    """
    if isinstance(values, Unset):
        return UNSET
    texts = _texts(name, values)
    if not texts:
        raise InputError(f"{name} is an empty list: leave it out instead")
    if split := next((text for text in texts if "," in text), None):
        raise InputError(f"{name}: {split!r} holds a comma, which separates the entries")
    return ",".join(texts)


def repeated(name: str, values: Iterable[object] | Unset) -> list[str] | Unset:
    """A list that goes out as several pairs of one name.

    Raises:
        InputError: text where a list belongs.
    """
    return UNSET if isinstance(values, Unset) else _texts(name, values)


def query_params(*pairs: tuple[str, object]) -> tuple[tuple[str, str], ...]:
    """The query string's pairs; what is unset or None isn't sent, a list goes out as several pairs of one name."""
    found: list[tuple[str, str]] = []
    for name, value in pairs:
        if is_list(value):
            found += ((name, text) for text in _texts(name, value))
        elif not isinstance(value, Unset) and value is not None:
            found.append((name, wire_text(name, value)))
    return tuple(found)


def header_params(*pairs: tuple[str, object]) -> tuple[tuple[str, str], ...]:
    """The headers; what is unset or None isn't sent, a datetime goes out as RFC 9110 wants it."""
    found: list[tuple[str, str]] = []
    for name, value in pairs:
        if isinstance(value, datetime):
            found.append((name, format_datetime(_aware(name, value).astimezone(UTC), usegmt=True)))
        elif not isinstance(value, Unset) and value is not None:
            found.append((name, header_value(name, wire_text(name, value))))
    return tuple(found)


def requirements(*triples: tuple[str, object, str | None, str | None]) -> tuple[Requirement, ...]:
    """The version ranges of those arguments that are used; each triple is (argument, value, since, until)."""
    return tuple(
        Requirement(name, since, until)
        for name, value, since, until in triples
        if not isinstance(value, Unset) and value is not None
    )


def json_body(body: JsonModel | Mapping[str, Any] | Sequence[JsonModel | Mapping[str, Any]] | Unset) -> bytes | None:
    """A JSON body of a model, a mapping, or a list of these; datetimes inside need a zone.

    Raises:
        InputError: a value that JSON can't hold, NaN and infinity among them.
    """
    if isinstance(body, Unset):
        return None
    try:
        text = json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_json_value)
        return text.encode()
    except InputError:
        raise
    except (TypeError, ValueError) as error:
        raise InputError(f"the body can't be written as JSON: {error}") from None


def form_body(body: JsonModel | Mapping[str, Any] | Unset) -> bytes | None:
    """A form body; what is unset or None isn't sent."""
    if isinstance(body, Unset):
        return None
    fields: Mapping[str, Any] = body if isinstance(body, Mapping) else body.to_dict()
    return urlencode(query_params(*fields.items())).encode()


def multipart_body(*parts: tuple[str, str, bytes | StreamBody | None]) -> tuple[bytes, str]:
    """A multipart/form-data body, whole in memory: the operations that take one limit it to about 100 kB.

    Args:
        parts: (name, content type, content); a part of None isn't sent.

    Returns:
        The body, and its content type with the boundary. The same parts make the same body.
    """
    read = [(name, kind, _bytes(content)) for name, kind, content in parts if content is not None]
    digest = hashlib.sha256(b"\0".join(content for _, _, content in read)).hexdigest()
    boundary = f"specforce-{digest[:32]}"
    pieces: list[bytes] = []
    for name, kind, content in read:
        file = "" if kind == "application/json" else '; filename="content"'
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{file}\r\nContent-Type: {kind}\r\n\r\n'
        pieces += (head.encode(), content, b"\r\n")
    pieces.append(f"--{boundary}--\r\n".encode())
    return b"".join(pieces), f"multipart/form-data; boundary={boundary}"


def _texts(name: str, values: Iterable[object]) -> list[str]:
    if isinstance(values, str | bytes):
        raise InputError(f"{name}={values!r} is text, and a list is wanted: [{values!r}]")
    return [wire_text(name, value) for value in values]


def _aware(name: str, value: datetime) -> datetime:
    if value.tzinfo is None:
        raise InputError(f"{name}={value.isoformat()} has no time zone: say value.replace(tzinfo=UTC), or your zone")
    return value


def _is_mapping(value: object) -> TypeGuard[Mapping[Any, Any]]:
    return isinstance(value, Mapping)


def _json_value(value: object) -> object:
    """What stands for a value that JSON has no form for; json asks for it."""
    if isinstance(value, JsonModel):
        return value.to_dict()
    if _is_mapping(value):
        return dict(value)
    if isinstance(value, date):
        return wire_text("a value of the body", value)
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, Enum) and not isinstance(value, Unset):
        return value.value
    raise InputError(f"the body holds a {type(value).__name__}, which JSON has no form for")


def _number(value: Decimal) -> int | float:
    if value == value.to_integral_value():
        return int(value)
    as_float = float(value)
    if Decimal(repr(as_float)) != value:
        raise InputError(f"{value} has more digits than a JSON number carries safely: send it as text")
    return as_float


def _bytes(content: bytes | StreamBody) -> bytes:
    return content if isinstance(content, bytes) else b"".join(content.open())
