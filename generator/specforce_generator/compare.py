"""The comparison of what should be generated with what is there: files that are missing, extra or different."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """One file that isn't as it should be; `line` is the first that differs, counted from 1."""

    path: str
    kind: Literal["missing", "extra", "different"]
    line: int = 0

    def __str__(self) -> str:
        return f"{self.kind:<9} {self.path}" + (f":{self.line}" if self.line else "")


def compare(expected: Mapping[str, str], actual: Mapping[str, str]) -> list[Difference]:
    """Walk both trees.

    Args:
        expected: path to text, as generated now.
        actual: path to text, as found.

    Returns:
        What differs, by path; empty if the trees are equal to the byte.
    """
    found = [Difference(path, "missing") for path in expected.keys() - actual.keys()]
    found += [Difference(path, "extra") for path in actual.keys() - expected.keys()]
    found += [
        Difference(path, "different", _first_line(text, actual[path]))
        for path, text in expected.items()
        if path in actual and actual[path] != text
    ]
    return sorted(found)


def _first_line(expected: str, actual: str) -> int:
    pairs = zip_longest(expected.split("\n"), actual.split("\n"))
    return next(number for number, (one, other) in enumerate(pairs, start=1) if one != other)
