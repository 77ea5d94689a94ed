"""The models of the Demo API; each is imported on first use."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .part import Part as Part
    from .state import State as State
    from .thing import Thing as Thing

_MODULES = {
    "Part": ".part",
    "State": ".state",
    "Thing": ".thing",
}

__all__ = [
    "Part",
    "State",
    "Thing",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    model = getattr(import_module(_MODULES[name], __name__), name)
    globals()[name] = model
    return model


def __dir__() -> list[str]:
    return sorted(__all__)
