"""Demo API: `DemoApi` and `AsyncDemoApi`; its models and operations are imported on first use."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._async_api import AsyncDemoApi as AsyncDemoApi
    from ._sync_api import DemoApi as DemoApi

__all__ = ["AsyncDemoApi", "DemoApi"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = "._async_api" if name.startswith("Async") else "._sync_api"
    found = getattr(import_module(module, __name__), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
