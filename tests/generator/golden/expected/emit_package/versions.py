"""API versions: those that the specs describe, and the first and last one that has each operation."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

OLDEST: Final = "31.0"
NEWEST: Final = "67.0"
DEFAULT: Final = "67.0"

OPERATIONS: Final[Mapping[str, tuple[str | None, str | None]]] = MappingProxyType(
    {
        "createThing": ("31.0", None),
        "findThing": ("58.0", None),
        "getThing": ("31.0", None),
        "uploadThing": ("31.0", "60.0"),
    }
)
