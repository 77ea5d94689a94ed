"""What settings may be, checked before anything is sent."""

from __future__ import annotations

import math

from specforce_api.runtime.errors import InputError


def seconds(name: str, value: object) -> float:
    """A span of time, in seconds.

    Raises:
        InputError: it isn't a finite number above 0.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value <= 0:
        raise InputError(f"{name}={value!r}: a number of seconds above 0 is wanted")
    return value


def whole_number(name: str, value: object, *, least: int = 1) -> int:
    """A whole number.

    Raises:
        InputError: it isn't one, or is below `least`.
    """
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise InputError(f"{name}={value!r}: a whole number of at least {least} is wanted")
    return value


def instance(name: str, value: object, kind: type) -> None:
    """See to it that an optional setting is of its type.

    Raises:
        InputError: it is of another one.
    """
    if value is not None and not isinstance(value, kind):
        raise InputError(f"{name} is a {type(value).__name__}: a {kind.__name__} is wanted")
