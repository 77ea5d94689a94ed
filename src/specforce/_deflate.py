"""Inflating and deflating: by ISA-L where it is installed (specforce[fast]), three times as fast as zlib."""

from __future__ import annotations

import zlib
from functools import cache
from importlib import import_module
from typing import Any, Final

GZIP: Final = 16 + zlib.MAX_WBITS
"""The `wbits` of a gzip stream."""


@cache
def fastest() -> Any:
    """The module to take: `zlib`, or `isal.isal_zlib`, which has its names."""
    try:
        return import_module("isal.isal_zlib")
    except ImportError:
        return zlib


def broken() -> tuple[type[Exception], ...]:
    """What a stream raises that isn't what it should be."""
    return zlib.error, fastest().error
