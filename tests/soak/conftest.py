"""Soak tests: processes are killed at random points and begun again, and what comes out must be as if nothing happened.

`make test` runs each once with a fresh seed, `make soak` ten times and prints what was survived. A failure shows its
seed; `SOAK_SEED=<number>` repeats it.
"""

from __future__ import annotations

import os
import secrets
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

RUNS = int(os.environ.get("SOAK_RUNS", "1"))
FIGURES = "soak figures"


@pytest.fixture(params=range(RUNS), ids=lambda number: f"run-{number + 1}")
def seed(request: pytest.FixtureRequest) -> int:
    """What the test's chances are drawn from; printed, so that a failure can be repeated."""
    given = os.environ.get("SOAK_SEED")
    found = int(given) + request.param if given is not None else secrets.randbelow(1 << 32)
    print(f"seed {found}: SOAK_SEED={found} repeats it")  # noqa: T201 - pytest shows it where the test fails
    return found


@pytest.fixture
def figures(request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> Callable[..., None]:
    """Add to the summary that is printed at the end: `figures(kills=3, rows=2000)`."""

    def add(**numbers: int) -> None:
        name = str(getattr(request.node, "originalname", request.node.name))
        record_property(FIGURES, {"test": name.removeprefix("test_"), "numbers": numbers})

    return add


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the sums of all runs, where there are several."""
    sums: dict[str, Counter[str]] = {}
    for report in terminalreporter.stats.get("passed", []):
        for name, value in report.user_properties:
            if name == FIGURES:
                sums.setdefault(value["test"], Counter()).update({"runs": 1, **value["numbers"]})
    if RUNS > 1 and sums:
        terminalreporter.section("soak")
        for test, numbers in sums.items():
            said = ", ".join(f"{number:,} {what}" for what, number in numbers.items())
            terminalreporter.write_line(f"{test.replace('_', ' ')}: {said}")
