"""`UNSET`, the value of an argument or property that isn't there, as opposed to null (`None`)."""

from __future__ import annotations

from typing import Final, Literal


class Unset:
    """The type of `UNSET`: one instance only, false, and itself again after a copy or a pickle."""

    _one: Unset | None = None

    def __new__(cls) -> Unset:
        if cls._one is None:
            cls._one = super().__new__(cls)
        return cls._one

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"

    def __reduce__(self) -> str:
        return "UNSET"


UNSET: Final = Unset()

__all__ = ["UNSET", "Unset"]
