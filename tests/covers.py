"""Which behaviour of specs/parity/behaviours.toml a test shows."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

BEHAVIOURS = Path(__file__).parents[1] / "specs" / "parity" / "behaviours.toml"
F = TypeVar("F", bound=Callable[..., object])


@cache
def behaviours() -> dict[str, dict[str, Any]]:
    """Every behaviour by its number."""
    return tomllib.loads(BEHAVIOURS.read_text("utf-8"))


def covers(*numbers: str) -> Callable[[F], F]:
    """Say which behaviours a test shows, as `@covers("C5", "W3")`.

    Raises:
        LookupError: there is no such number.
    """
    unknown = [number for number in numbers if number not in behaviours()]
    if unknown:
        message = f"no such behaviour: {', '.join(unknown)}"
        raise LookupError(message)

    def hold(test: F) -> F:
        return test

    return hold
