"""What a store holds, and what it may be asked for. No I/O."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from specforce._checks import seconds as checked_seconds
from specforce._checks import whole_number
from specforce_api.runtime.errors import InputError, StoreConflict

_NAME = re.compile(r"[!-~]{1,200}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One value of a store, as it was written.

    Attributes:
        value: any bytes; stores don't look inside.
        generation: how often the key was written, from 1.
        owner: who wrote it.
    """

    value: bytes = field(repr=False)
    generation: int
    owner: str


def check_key(key: str) -> None:
    """Raise InputError unless it is 1 to 200 printable ASCII characters without a space."""
    _check_name("key", key)


def check_put(key: str, value: bytes, generation: int, owner: str) -> None:
    """Raise InputError unless all of them can be stored."""
    _check_name("key", key)
    _check_name("owner", owner)
    whole_number("generation", generation, least=0)
    if not _is_bytes(value):
        raise InputError(f"value is a {type(value).__name__}: stores hold bytes")


def check_lease(key: str, owner: str, seconds: float) -> None:
    """Raise InputError unless a lease can be like that."""
    _check_name("key", key)
    _check_name("owner", owner)
    checked_seconds("seconds", seconds)


def conflict(key: str, generation: int) -> StoreConflict:
    """The error for a `put` that came too late."""
    return StoreConflict(
        f"{key}: not written as generation {generation + 1}: it isn't at generation {generation} any more, "
        "or somebody else holds its lease"
    )


def split_url(url: str) -> tuple[str, str]:
    """The scheme of a store's URL and, for SQLite, the file's path.

    Raises:
        InputError: no backend goes by that scheme, or a `sqlite` URL names no file.
    """
    scheme, separator, _ = url.partition("://")
    if not separator or scheme not in ("sqlite", "redis", "rediss", "unix", "postgresql", "postgres"):
        raise InputError(
            "a store's URL is sqlite:///path/to/file, redis://host:port/0 (also rediss and unix), "
            f"or postgresql://user@host/database: {repr(scheme) if separator else 'what was given'} is none of them"
        )
    if scheme != "sqlite":
        return scheme, ""
    parts = urlsplit(url)
    if parts.netloc or len(parts.path) < 2:
        raise InputError(f"{url!r} names no file: three slashes and a path, such as sqlite:///var/lib/acme/tokens.db")
    return scheme, unquote(parts.path)


def _check_name(what: str, value: object) -> None:
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise InputError(f"{what}={value!r}: 1 to 200 printable ASCII characters without a space are wanted")


def _is_bytes(value: object) -> bool:
    return isinstance(value, bytes)
