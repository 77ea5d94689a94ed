"""The operations of the Demo API, as functions that return what is to be sent; each is imported on first use."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._create_thing import create_thing as create_thing
    from ._find_thing import find_thing as find_thing
    from ._get_thing import get_thing as get_thing
    from ._upload_thing import upload_thing as upload_thing

__all__ = [
    "create_thing",
    "find_thing",
    "get_thing",
    "upload_thing",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    function = getattr(import_module(f"._{name}", __name__), name)
    globals()[name] = function
    return function


def __dir__() -> list[str]:
    return sorted(__all__)
