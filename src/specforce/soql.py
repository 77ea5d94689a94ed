"""Values in SOQL, safely: binds, quoting, LIKE patterns and checked names. No I/O.

    bind("SELECT Id FROM Account WHERE Name = :name AND Industry IN :industries", name="O'Hara", industries=["Energy"])
    # SELECT Id FROM Account WHERE Name = 'O\\'Hara' AND Industry IN ('Energy')

A bind is `:name` outside of string literals. Its value becomes a literal of its type, so that nothing in it can become
part of the query. `LAST_N_DAYS:days` takes a number the same way.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from difflib import get_close_matches
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from specforce_api.runtime.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

Scalar: TypeAlias = "str | bool | int | float | Decimal | date | datetime | time | Like | None"
Value: TypeAlias = "Scalar | list[Scalar] | tuple[Scalar, ...] | set[Scalar] | frozenset[Scalar]"

# A string literal, a bind (in a date literal or not), or a quote that nothing closes; in a search, words in braces too.
_LITERAL = r"'(?:[^'\\]|\\.)*'"
_RANGE = r"\b(?:(?:LAST|NEXT)_N_[A-Z_]+|N_[A-Z_]+_AGO)"
_NAMED = r":(?P<name>[A-Z_]\w*)"
_FLAGS = re.DOTALL | re.IGNORECASE | re.ASCII
_TOKENS = re.compile(rf"{_LITERAL}|(?P<before>{_RANGE})?{_NAMED}|'", _FLAGS)
_SEARCH_TOKENS = re.compile(rf"\{{(?:[^}}\\]|\\.)*\}}|{_LITERAL}|(?P<before>{_RANGE}|\bFIND\s+)?{_NAMED}|'", _FLAGS)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_ESCAPES = {
    "\\": "\\\\",
    "'": "\\'",
    '"': '\\"',
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\b": "\\b",
    "\f": "\\f",
}


@dataclass(frozen=True, slots=True)
class Like:
    """A pattern for LIKE, made by `starts_with`, `ends_with` or `contains`; `before` and `after` are `%` or nothing."""

    text: str
    before: str
    after: str


def starts_with(text: str) -> Like:
    """A LIKE pattern for values that start with `text`; `%` and `_` in it stand for themselves."""
    return Like(text, "", "%")


def ends_with(text: str) -> Like:
    """A LIKE pattern for values that end with `text`; `%` and `_` in it stand for themselves."""
    return Like(text, "%", "")


def contains(text: str) -> Like:
    """A LIKE pattern for values that hold `text`; `%` and `_` in it stand for themselves."""
    return Like(text, "%", "%")


def bind(text: str, values: Mapping[str, Value] | None = None, /, **more: Value) -> str:
    """Put values in the place of the binds of a query.

    Args:
        text: the query; what stands in string literals is left alone.
        values: by name, without the colon; the same as keyword arguments.

    Raises:
        InputError: a bind has no value, a value has no bind, or a value can't be written in SOQL.
    """
    return _bound(_TOKENS, text, {**(values or {}), **more})


def bind_search(text: str, values: Mapping[str, Value] | None = None, /, **more: Value) -> str:
    """Put values in the place of the binds of a SOSL search; `FIND :words` searches for the words as they are.

    Raises:
        InputError: as for `bind`; or the words after FIND aren't text, or are blank.
    """
    return _bound(_SEARCH_TOKENS, text, {**(values or {}), **more})


def _bound(tokens: re.Pattern[str], text: str, given: Mapping[str, Value]) -> str:
    used: set[str] = set()

    def replace(token: re.Match[str]) -> str:
        name = token["name"]
        if name is None:
            if token[0] == "'":
                raise InputError(f"a string literal in the query has no end: {text[token.start() :][:40]!r}")
            return token[0]
        if name not in given:
            raise InputError(f"the query binds :{name}, but no value was given for it{_near(name, given)}")
        used.add(name)
        value, before = given[name], token["before"]
        if not before:
            return literal(value, name=name)
        if before[:4].upper() == "FIND":
            return before + _words(value, name)
        if isinstance(value, bool) or not isinstance(value, int):
            raise InputError(f"{name}={value!r}: the number of {before} is a whole number")
        return f"{before}:{value}"

    bound = tokens.sub(replace, text)
    for name in given:
        if name not in used:
            raise InputError(f"a value was given for {name}, but the query has no :{name}{_near(name, used)}")
    return bound


def _words(value: Value, name: str) -> str:
    """Search words in braces, their special characters escaped."""
    if not isinstance(value, str) or not value.strip():
        raise InputError(f"{name}={value!r}: the words to search for are text")
    return "{" + re.sub(r"""[?&|!{}\[\]()^~*:\\"'+-]""", r"\\\g<0>", value) + "}"


def literal(value: Value, *, name: str = "value") -> str:
    """Write one value as SOQL does; lists become `('a', 'b')`.

    Raises:
        InputError: no SOQL literal stands for it: an empty list, a naive datetime, NaN, another type.
    """
    if isinstance(value, list | tuple | set | frozenset):
        if not value:
            raise InputError(f"{name} is empty: SOQL has no empty list, leave the condition out")
        items = [_scalar(item, name) for item in value]
        return f"({', '.join(items if isinstance(value, list | tuple) else sorted(items))})"
    return _scalar(value, name)


def quote(text: str) -> str:
    """A string literal.

    Raises:
        InputError: the text holds half a surrogate pair, which no request can carry.
    """
    return f"'{_escaped(text)}'"


def identifier(name: str, *, what: str = "name") -> str:
    """Return `name` if it can be the API name of an object or a field, or a path of them.

    Raises:
        InputError: it can't.
    """
    if all(_NAME.fullmatch(part) for part in name.split(".")):
        return name
    raise InputError(f"{what}={name!r} isn't an API name: they look like Account, Amount__c or Owner.Name")


def _scalar(value: object, name: str) -> str:
    if isinstance(value, Enum):
        value = value.value
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, Like):
        pattern = _escaped(value.text).replace("%", r"\%").replace("_", r"\_")
        return f"'{value.before}{pattern}{value.after}'"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float | Decimal):
        if not math.isfinite(value):
            raise InputError(f"{name}={value!r}: SOQL has no literal for it")
        return format(Decimal(repr(value)) if isinstance(value, float) else value, "f")
    if isinstance(value, datetime):
        return _moment(value, name)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        if value.utcoffset():
            raise InputError(f"{name}={value!r}: times of day are in UTC")
        return value.replace(tzinfo=None).isoformat("milliseconds") + "Z"
    raise InputError(f"{name}: a {type(value).__name__} can't be a value in SOQL")


def _moment(value: datetime, name: str) -> str:
    if value.utcoffset() is None:
        raise InputError(
            f"{name}={value!r} has no time zone: say which, such as value.replace(tzinfo=UTC), or pass a date"
        )
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def _escaped(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InputError("a text value holds half a surrogate pair: it isn't Unicode text") from None
    return "".join(
        _ESCAPES.get(char) or (f"\\u{ord(char):04X}" if ord(char) < 32 or ord(char) == 127 else char) for char in text
    )


def _near(name: str, names: Mapping[str, object] | set[str]) -> str:
    close = get_close_matches(name, list(names), 1)
    return f" (did you mean {close[0]}?)" if close else ""
