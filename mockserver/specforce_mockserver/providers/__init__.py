"""The rules behind the operations: one function per operationId, none of which knows HTTP.

Every module of this package is imported when the first org is served, so a new module needs no list to be written into.
"""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module


@cache
def load() -> None:
    """Import every module here, which registers its providers."""
    for module in pkgutil.iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
