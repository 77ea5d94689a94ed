"""Waiting as a pure function of states and times."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specforce._waiting import Ending, Pause, Waiting
from specforce_api.runtime.errors import DecodeError, InputError
from specforce_api.runtime.waiters import WAITERS

INGEST = WAITERS["ingest_job"]


@pytest.mark.parametrize(
    ("state", "ending"),
    [("JobComplete", Ending.SUCCESS), ("Failed", Ending.FAILURE), ("Aborted", Ending.ABORTED)],
)
def test_states_of_the_specs_end_the_wait(state: str, ending: Ending) -> None:
    assert Waiting(INGEST, timeout_s=10, started_s=0).after(state, now_s=99, chance=0.5) is ending


def test_a_state_that_the_specs_dont_know_raises() -> None:
    with pytest.raises(DecodeError, match="'Paused', which the specs don't know"):
        Waiting(INGEST, timeout_s=10, started_s=0).after("Paused", now_s=1, chance=0.5)


def test_delays_grow_from_a_fifth_of_a_second_to_the_cap() -> None:
    waiting = Waiting(INGEST, timeout_s=None, started_s=0)

    delays = [waiting.after("InProgress", now_s=0, chance=0.5) for _ in range(15)]

    assert delays[0] == Pause(0.2)
    assert [pause.delay_s for pause in delays if isinstance(pause, Pause)] == pytest.approx(
        [min(30.0, 0.2 * 1.6**step) for step in range(15)]
    )


@given(
    st.floats(0, 1000),
    st.lists(st.floats(0, 1, exclude_max=True), min_size=1, max_size=40),
    st.floats(-1000, 1000),
)
def test_polls_end_exactly_at_the_deadline(timeout_s: float, chances: list[float], started_s: float) -> None:
    waiting = Waiting(INGEST, timeout_s=timeout_s, started_s=started_s)
    now_s = started_s
    answer: Pause | Ending | None = None
    for step in range(2000):
        answer = waiting.after("InProgress", now_s=now_s, chance=chances[step % len(chances)])
        if not isinstance(answer, Pause):
            break
        assert 0 < answer.delay_s <= 30
        now_s += answer.delay_s

    assert answer is Ending.TIMEOUT
    assert math.isclose(now_s, started_s + timeout_s, abs_tol=1e-6)


def test_a_job_that_ends_at_the_deadline_has_ended() -> None:
    waiting = Waiting(INGEST, timeout_s=1, started_s=0)

    assert waiting.after("JobComplete", now_s=5, chance=0) is Ending.SUCCESS
    assert waiting.after("InProgress", now_s=5, chance=0) is Ending.TIMEOUT


def test_a_negative_deadline_is_refused() -> None:
    with pytest.raises(InputError, match="can't be negative"):
        Waiting(INGEST, timeout_s=-1, started_s=0)
