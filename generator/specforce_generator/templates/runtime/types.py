"""`UNSET`, the value of an argument or property that isn't there (null is `None`), and checks of JSON values."""

from __future__ import annotations

from enum import Enum
from typing import Any, Final, Literal, TypeGuard


class Unset(Enum):
    """The type of `UNSET`: one value, false, and itself again after a copy or a pickle."""

    UNSET = "UNSET"

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Final = Unset.UNSET


def is_list(value: object) -> TypeGuard[list[Any]]:
    """Whether a JSON value is an array."""
    return isinstance(value, list)


def is_object(value: object) -> TypeGuard[dict[str, Any]]:
    """Whether a JSON value is an object."""
    return isinstance(value, dict)


__all__ = ["UNSET", "Unset", "is_list", "is_object"]
