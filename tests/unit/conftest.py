"""The `half` fixture: a test that takes it runs for the sync and for the async half."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.halves import Half, both_halves

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(params=["sync", "async"])
def half(request: pytest.FixtureRequest) -> Iterator[Half]:
    """One half of the facade."""
    with both_halves(request.param) as half:
        yield half
