"""Record ids, checked before they travel: 15 characters, or 18 with a checksum over the first 15's upper case.

A wrong id costs a request and comes back as a puzzling NOT_FOUND; a mistyped one may even be another record's.
Source: reference/errors_and_limits.md 4.
"""

from __future__ import annotations

from typing import cast

from .errors import InputError

_SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def check_id(value: str, *, name: str = "record_id") -> str:
    """Return `value` if it is an id.

    Raises:
        InputError: it isn't one, or its checksum doesn't fit.
    """
    text = value if isinstance(cast("object", value), str) else ""
    if len(text) not in (15, 18) or not (text.isascii() and text.isalnum()):
        raise InputError(f"{name}={value!r} isn't an id: ids have 15 or 18 letters and digits")
    if len(value) == 18 and value != long_id(value[:15]):
        hint = (
            " (18 characters in one case: some tool lost the case)" if value in (value.upper(), value.lower()) else ""
        )
        raise InputError(f"{name}={value!r} isn't an id: its last three characters don't fit the others{hint}")
    return value


def long_id(short: str) -> str:
    """The 18-character form of a 15-character id."""
    suffix = ""
    for start in (0, 5, 10):
        upper = sum(1 << place for place, char in enumerate(short[start : start + 5]) if "A" <= char <= "Z")
        suffix += _SUFFIX[upper]
    return short + suffix


__all__ = ["check_id", "long_id"]
