"""Settings that every test shares."""

from __future__ import annotations

import pytest


@pytest.fixture
def anyio_backend() -> str:
    """Async tests run on asyncio: what the facade's async half is built on."""
    return "asyncio"
