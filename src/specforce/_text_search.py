"""Searches for a text as it is, with the fields of each object named instead of a statement. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

from specforce._records import check_type, declared_fields, encode_json
from specforce.soql import identifier
from specforce_api.rest import operations
from specforce_api.runtime.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specforce_api.rest.models import SearchResult
    from specforce_api.runtime.operation import Operation

MOST = 2000
Scope = Literal["all", "name", "email", "phone", "sidebar"]


def text_search(
    text: str,
    objects: Mapping[str, Sequence[str] | type[Any]] | None,
    *,
    scope: Scope,
    limit: int | None,
    limit_per_object: int | None,
    offset: int,
) -> tuple[Operation[SearchResult], dict[str, type[Any]]]:
    """The operation of a search, and the types of its records by object; arguments as for `AsyncSalesforce.find`."""
    if not text.strip():
        raise InputError("text is empty: what shall be searched for?")
    if scope not in get_args(Scope):
        raise InputError(f"scope={scope!r}: it is one of {', '.join(get_args(Scope))}")
    body: dict[str, Any] = {"q": text, "in": scope.upper()}
    if objects is not None:
        body["sobjects"] = _sobjects(objects)
    for name, key, number in (("limit", "overallLimit", limit), ("limit_per_object", "defaultLimit", limit_per_object)):
        if number is not None:
            body[key] = _within(name, number, 1)
    if _within("offset", offset, 0):
        if objects is None or len(objects) != 1:
            raise InputError(f"offset={offset} needs exactly one object in objects=")
        body["offset"] = offset
    operation = replace(operations.parameterized_search_post(body={"q": text}), body=encode_json(body))
    return operation, {name: kind for name, kind in (objects or {}).items() if isinstance(kind, type)}


def _sobjects(objects: object) -> list[dict[str, Any]]:
    if not isinstance(objects, Mapping) or not objects:
        raise InputError(f'objects={objects!r}: pass names with fields, {{"Account": ["Id", "Name"]}}')
    wanted = cast("Mapping[str, Any]", objects)
    return [{"name": identifier(name, what="objects"), "fields": _fields(name, each)} for name, each in wanted.items()]


def _fields(name: str, wanted: Sequence[str] | type[Any]) -> list[str]:
    if isinstance(wanted, type):
        check_type(wanted)
        fields: Sequence[str] = declared_fields(wanted)
    else:
        fields = wanted
    if isinstance(fields, str) or not fields:
        raise InputError(f"objects[{name!r}]={wanted!r}: pass a list of fields, or a record class that declares some")
    return [identifier(each, what=f"objects[{name!r}]") for each in fields]


def _within(name: str, number: int, least: int) -> int:
    if isinstance(number, bool) or not least <= number <= MOST:
        raise InputError(f"{name}={number!r}: it is {least} to {MOST:,}")
    return number
