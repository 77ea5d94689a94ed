"""Waits of bulk work that somebody may call off: a thread learns of it within a second."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.halves import Half


class CalledOff(Exception):
    """What the check raises."""


def nap(half: Half, seconds: float, checked: Callable[[], object] | None) -> Any:
    return half.run(import_module(f"specforce._{half.name}.bulk.waiting").nap(half.clock, seconds, checked))


def test_a_wait_that_is_called_off_ends_within_a_second(half: Half) -> None:
    def checked() -> None:
        if half.clock.time >= 2:
            raise CalledOff

    with pytest.raises(CalledOff):
        nap(half, 60, checked)

    assert half.clock.slept == [1, 1]


@pytest.mark.parametrize("checked", [None, int])
def test_a_wait_that_isnt_lasts_as_long_as_it_should(half: Half, checked: Callable[[], object] | None) -> None:
    nap(half, 2.5, checked)

    assert half.clock.time == 2.5
