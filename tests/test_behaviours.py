"""Every behaviour of specs/parity/behaviours.toml is shown by a test, or says why not."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.covers import behaviours, covers


def shown() -> dict[str, list[str]]:
    """The tests of each number, as the decorators of all test files name them."""
    found: dict[str, list[str]] = {}
    for path in sorted(Path(__file__).parent.rglob("test_*.py")):
        text = path.read_text("utf-8")
        if "@covers(" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or not node.name.startswith("test_"):
                continue
            for each in node.decorator_list:
                if isinstance(each, ast.Call) and isinstance(each.func, ast.Name) and each.func.id == "covers":
                    for number in each.args:
                        assert isinstance(number, ast.Constant)
                        found.setdefault(str(number.value), []).append(node.name)
    return found


SHOWN = shown()


@pytest.mark.parametrize("number", behaviours())
def test_a_behaviour_has_a_test_or_a_reason(number: str) -> None:
    entry = behaviours()[number]

    assert entry["is"].endswith(".")
    assert ("without" in entry) != (number in SHOWN), "a test with @covers, or `without` with the reason"


def test_a_number_that_is_none_is_refused() -> None:
    with pytest.raises(LookupError, match="C99"):
        covers("C1", "C99")
