"""The tool that says which rows of the reference no test holds the fake org to."""

from __future__ import annotations

import pytest

from tests.mock.reference import SCOPE, row, rows_of


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
