"""Records between bytes and Python, by msgspec: query pages and rows in, dicts and typed objects out, and back.

Records don't go through the generated models: a page of 2,000 costs msgspec a tenth of what it costs those, and typed
records less than dicts. Any type that msgspec knows will do as a record's: a Struct, a dataclass, an attrs class, a
TypedDict; fields that it doesn't declare are left out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

import msgspec
import msgspec.inspect

from specforce_api.runtime.errors import DecodeError, InputError
from specforce_api.runtime.operation import not_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specforce_api.runtime.operation import OperationInfo, Reply

R = TypeVar("R")
_ENCODER = msgspec.json.Encoder(decimal_format="number")
_NEXT = b'"nextRecordsUrl"'
_KEPT = (datetime, date, time, Decimal)


class Page(msgspec.Struct, Generic[R], rename={"total_size": "totalSize", "next_records_url": "nextRecordsUrl"}):
    """One page of a query's answer, or of a child relationship inside a record."""

    total_size: int
    done: bool
    records: list[R]
    next_records_url: str | None = None


class SearchResult(msgspec.Struct, Generic[R], rename={"search_records": "searchRecords"}):
    """A search's answer since API version 37.0."""

    search_records: list[R]


class Saved(msgspec.Struct, frozen=True):
    """What became of a record that was created or upserted.

    Attributes:
        id: the record's id, 18 characters; `""` where an upsert before API 46.0 updated a record: it doesn't say which.
        created: it is new.
    """

    id: str
    created: bool


def decode(info: OperationInfo, reply: Reply, kind: type[R]) -> R:
    """Read a whole answer as `kind`.

    Raises:
        DecodeError: the answer isn't JSON, or doesn't fit the type.
    """
    return _decoded(info, reply, kind, f"the answer doesn't fit {_name(kind)}")


def _decoded(info: OperationInfo, reply: Reply, kind: type[R], misfit: str) -> R:
    """An answer as `kind`; `misfit` says what it is that doesn't fit, where it doesn't."""
    try:
        return cast("R", _decoder(cast("Any", kind)).decode(reply.content))
    except msgspec.ValidationError as error:
        hint = "declare fields that can be empty as `... | None`" if "null" in str(error) else ""
        text = f"{info.operation_id}: {misfit}: {error}"
        raise _undecodable(info, reply, f"{text}\n  hint: {hint}" if hint else text) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise not_json(info, reply, error) from None


def decode_page(info: OperationInfo, reply: Reply, kind: type[R], soql: str) -> Page[R]:
    """Read a page of a query whose records are `kind`; errors as for `decode`, with the query's text."""
    misfit = f"a record of {soql!r} doesn't fit {_name(kind)}"
    return cast("Page[R]", _decoded(info, reply, cast("Any", Page)[kind], misfit))


def decode_search(info: OperationInfo, reply: Reply, kind: type[R]) -> list[R]:
    """Read a search's answer: an object since API version 37.0, a bare list before. Errors as for `decode`."""
    if reply.content.lstrip()[:1] == b"[":
        return cast("list[R]", decode(info, reply, cast("Any", list)[kind]))
    return cast("SearchResult[R]", decode(info, reply, cast("Any", SearchResult)[kind])).search_records


def convert(info: OperationInfo, records: list[Any], kind: type[R], what: str = "the answer") -> list[R]:
    """Turn records decoded as JSON into `kind`.

    Args:
        what: what they are, for the error.

    Raises:
        DecodeError: they don't fit the type.
    """
    try:
        return cast("list[R]", msgspec.convert(records, cast("Any", list)[kind]))
    except msgspec.ValidationError as error:
        raise DecodeError(
            f"{info.operation_id}: {what} doesn't fit {_name(kind)}: {error}", operation_id=info.operation_id
        ) from None


def convert_each(info: OperationInfo, records: list[dict[str, Any]], kinds: Mapping[str, type[Any]]) -> list[Any]:
    """Turn each record into the type that its object has in `kinds`; errors as for `convert`."""
    by_name = {name.lower(): kind for name, kind in kinds.items()}
    found: list[Any] = []
    for record in records:
        kind = by_name.get(str(record.get("attributes", {}).get("type", "")).lower())
        found.append(record if kind is None else convert(info, [record], kind)[0])
    return found


def has_nested_pages(reply: Reply, page: Page[Any]) -> bool:
    """Does a child relationship inside the page go on elsewhere? Answered from the bytes, not record by record."""
    return reply.content.count(_NEXT) > (page.next_records_url is not None)


def encode(record: object) -> bytes:
    """A record as JSON: a mapping, or an object of a type that msgspec knows, or of a generated class.

    Datetimes go out in UTC, decimals as numbers to the last digit, `None` clears a field.

    Raises:
        InputError: a naive datetime, NaN, or a value that JSON has nothing for.
    """
    return _ENCODER.encode(plain_record(record))


def plain_record(record: object) -> dict[str, Any]:
    """A record as a dict of what JSON holds; values and errors as for `encode`."""
    plain = _wire(record, "")
    if not isinstance(plain, dict):
        raise InputError(f"a record is a mapping of field names to values, not a {type(record).__name__}")
    return cast("dict[str, Any]", plain)


def encode_json(value: object) -> bytes:
    """Any value as JSON; values and errors as for `encode`."""
    return _ENCODER.encode(_wire(value, ""))


def encode_raw(document: object) -> bytes:
    """A document as JSON whose parts are encoded already (`msgspec.Raw`)."""
    return _ENCODER.encode(document)


def check_type(kind: Any) -> None:
    """Refuse a type that nothing can be read as.

    Raises:
        InputError: msgspec knows nothing of it.
    """
    _decoder(kind)
    found: Any = msgspec.inspect.type_info(kind)
    if isinstance(getattr(found, "item_type", found), msgspec.inspect.CustomType):
        raise InputError(f"no answer can be read as {_name(kind)}: make it a dataclass, or a msgspec Struct")


def declared_fields(kind: type[object]) -> tuple[str, ...]:
    """The API names that a record type declares, parents' fields by path; none for a type that takes any field."""
    return _declared(cast("Any", kind))


@lru_cache(maxsize=256)
def _declared(kind: Any) -> tuple[str, ...]:
    return tuple(_paths(msgspec.inspect.type_info(kind), ""))


def _paths(kind: Any, prefix: str) -> Iterator[str]:
    for entry in getattr(kind, "fields", ()):
        name: str = entry.encode_name
        parts: tuple[Any, ...] = getattr(entry.type, "types", (entry.type,))
        parents = [part for part in parts if hasattr(part, "fields")]
        if name == "attributes" or any(_holds_children(part) for part in parts):
            continue
        if parents:
            yield from _paths(parents[0], f"{prefix}{name}.")
        else:
            yield prefix + name


def _holds_children(kind: Any) -> bool:
    """A child relationship is a list, or an object with the list as its `records`; no field of the record itself."""
    if isinstance(kind, msgspec.inspect.ListType):
        return True
    return any(entry.encode_name == "records" for entry in getattr(kind, "fields", ()))


def _wire(value: Any, path: str) -> Any:
    """A value in what the encoder writes as Salesforce wants it."""
    if isinstance(value, str):
        return str.__str__(value)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Mapping):
        entries = cast("Mapping[object, object]", value).items()
        return {str(key): _wire(item, f"{path}.{key}" if path else str(key)) for key, item in entries}
    if isinstance(value, list | tuple):
        return [_wire(item, f"{path}[{place}]") for place, item in enumerate(cast("list[object]", value))]
    if isinstance(value, datetime):
        if value.utcoffset() is None:
            raise InputError(f"{path}={value!r} has no time zone: say which, such as value.replace(tzinfo=UTC)")
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
    if isinstance(value, time):
        return value.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
    if isinstance(value, float | Decimal):
        if not math.isfinite(value):
            raise InputError(f"{path}={value!r} isn't a number that can be sent: None clears a field")
        return value
    return value if isinstance(value, date) else _wire(_plain(value, path), path)


def _plain(value: object, path: str) -> object:
    """An object of a class in JSON's types, dates, times and decimals left as they are."""
    to_dict = getattr(value, "to_dict", None)
    if callable(to_dict):
        return to_dict()
    try:
        return msgspec.to_builtins(value, builtin_types=_KEPT)
    except (TypeError, ValueError) as error:
        raise InputError(f"{path or 'the record'} can't be sent: {error}") from None


@lru_cache(maxsize=256)
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    try:
        return msgspec.json.Decoder(kind)
    except TypeError as error:
        raise InputError(f"{_name(kind)} can't be the type of records: {error}") from None


def _name(kind: Any) -> str:
    return getattr(kind, "__name__", None) or str(kind)


def _undecodable(info: OperationInfo, reply: Reply, message: str) -> DecodeError:
    body = reply.content[:4000].decode("utf-8", errors="replace")
    return DecodeError(message, operation_id=info.operation_id, status=reply.status, body=body)
