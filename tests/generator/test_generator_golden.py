"""Each pass makes exactly its golden files; `python -m tests.generator.golden_cases` rebuilds them, review the diff."""

from __future__ import annotations

import pytest

from specforce_generator.compare import compare
from specforce_generator.tree import read
from tests.generator.golden_cases import CASES, GOLDEN, expected_files


@pytest.mark.parametrize("name", CASES)
def test_a_pass_makes_its_golden_files(name: str) -> None:
    actual = expected_files(name)

    assert actual, "the pass made nothing"
    assert [str(difference) for difference in compare(read(GOLDEN / "expected" / name), actual)] == []


def test_every_golden_folder_belongs_to_a_pass() -> None:
    assert {path.name for path in (GOLDEN / "expected").iterdir()} == set(CASES)
