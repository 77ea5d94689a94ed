"""JSON as people can review it: one line per value that fits into a line, deterministic to the byte."""

from __future__ import annotations

import json
from typing import Any

from .sources import is_list, is_object

_WIDTH = 140


def dumps(value: Any, indent: int = 0) -> str:
    """Write a value as JSON; what fits into a line stays in one, keys keep their order."""
    flat = json.dumps(value, ensure_ascii=False)
    if len(flat) + indent <= _WIDTH:
        return flat
    inner = " " * (indent + 1)
    if is_object(value):
        rows = [f"{json.dumps(key, ensure_ascii=False)}: {dumps(below, indent + 1)}" for key, below in value.items()]
        return "{\n" + ",\n".join(inner + row for row in rows) + "\n" + " " * indent + "}"
    if is_list(value):
        rows = [dumps(below, indent + 1) for below in value]
        return "[\n" + ",\n".join(inner + row for row in rows) + "\n" + " " * indent + "]"
    return flat
