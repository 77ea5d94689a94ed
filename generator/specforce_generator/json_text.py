"""JSON as people can review it: one line per value that fits into a line, deterministic to the byte."""

from __future__ import annotations

import json
from typing import Any, cast

from .sources import Json

_WIDTH = 140


def dumps(value: Any, indent: int = 0) -> str:
    """Write a value as JSON; what fits into a line stays in one, keys keep their order."""
    flat = json.dumps(value, ensure_ascii=False)
    if len(flat) + indent <= _WIDTH or not isinstance(value, dict | list) or not value:
        return flat
    inner = " " * (indent + 1)
    if isinstance(value, dict):
        rows = [
            f"{json.dumps(key, ensure_ascii=False)}: {dumps(below, indent + 1)}"
            for key, below in cast("Json", value).items()
        ]
        return "{\n" + ",\n".join(inner + row for row in rows) + "\n" + " " * indent + "}"
    rows = [dumps(below, indent + 1) for below in cast("list[Any]", value)]
    return "[\n" + ",\n".join(inner + row for row in rows) + "\n" + " " * indent + "]"
