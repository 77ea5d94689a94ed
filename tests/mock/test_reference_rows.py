"""The tool that says which rows of the reference no test holds the fake org to."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mock.reference import SCOPE, row, rows_of

ROOT = Path(__file__).parents[2]


def test_every_section_in_scope_has_rows() -> None:
    for file, sections in SCOPE.items():
        assert sections <= {each.section for each in rows_of(file)}


def test_a_citation_that_no_row_fits_is_refused() -> None:
    with pytest.raises(LookupError, match=r"auth.md#3 has no row"):
        row("auth.md#3", "nothing of the kind")


def test_a_row_of_a_table_is_found_by_its_pieces_and_the_head_is_none() -> None:
    texts = [each.text for each in rows_of("auth.md") if each.section == "3"]

    assert any(text.startswith("| issued_at |") for text in texts)
    assert not any(text.startswith("| Field |") for text in texts)


def test_every_sure_row_has_a_test_or_a_reason() -> None:
    """In a process of its own: citations count once all tests of this folder are imported."""
    run = subprocess.run(
        [sys.executable, "-m", "tests.mock.reference"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize("path", sorted(Path(__file__).parent.glob("*.py")), ids=lambda path: path.name)
def test_behaviour_tests_use_none_of_our_clients(path: Path) -> None:
    """They hold the fake org to the reference; a client of ours could agree with it in a mistake."""
    tree = ast.parse(path.read_text("utf-8"))
    imported = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        for name in (
            [each.name for each in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }

    assert not imported & {"specforce", "specforce_api"}
