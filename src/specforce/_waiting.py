"""Waiting for a job: one algorithm over the waiters of the specs, told states and times, never asking for them.

A `Waiting` is shown each state that a poll brought and answers what to do next: wait so long, or stop because the job
ended well, ended badly, or the deadline has passed. A state that the specs don't know raises: waiting on would be
guessing. It sleeps for nobody and reads no clock; whoever drives it does, by the session's clock, so that tests don't
wait.
"""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from specforce_api.runtime.errors import DecodeError, InputError

if TYPE_CHECKING:
    from collections.abc import Collection

_JITTER: Final = 0.25


class JobStates(Protocol):
    """What the specs say about one kind of job (specs/waiters.toml)."""

    @property
    def success(self) -> Collection[str]:
        """States of a job that ended well."""
        ...

    @property
    def failure(self) -> Collection[str]:
        """States of a job that failed."""
        ...

    @property
    def aborted(self) -> Collection[str]:
        """States of a job that somebody stopped."""
        ...

    @property
    def pending(self) -> Collection[str]:
        """States of a job that hasn't ended."""
        ...

    @property
    def first_delay_s(self) -> float:
        """Seconds before the second poll."""
        ...

    @property
    def max_delay_s(self) -> float:
        """The longest wait between two polls, in seconds."""
        ...

    @property
    def factor(self) -> float:
        """How much longer each wait is than the last."""
        ...


class Ending(enum.Enum):
    """How waiting ended."""

    SUCCESS = "success"
    FAILURE = "failure"
    ABORTED = "aborted"
    TIMEOUT = "timeout"


@dataclass(frozen=True, slots=True)
class Pause:
    """Poll again after so many seconds."""

    delay_s: float


class Waiting:
    """The course of waiting for one job.

    Delays grow from the waiter's first to its longest, each up to a quarter longer or shorter by chance, so that many
    clients don't poll in step. The last one before the deadline ends with it: the state is read once more then.

    Args:
        states: the specs' waiter for this kind of job.
        timeout_s: seconds until the deadline; `None` waits as long as it takes.
        started_s: the clock now.
    """

    def __init__(self, states: JobStates, *, timeout_s: float | None, started_s: float) -> None:
        if timeout_s is not None and timeout_s < 0:
            raise InputError(f"timeout_s={timeout_s}: it can't be negative, None waits without a deadline")
        self._states = states
        self._deadline_s = math.inf if timeout_s is None else started_s + timeout_s
        self._delay_s = states.first_delay_s

    def after(self, state: str, *, now_s: float, chance: float) -> Pause | Ending:
        """What to do after a poll.

        Args:
            state: what the job said.
            now_s: the clock.
            chance: a random number from 0 to 1.

        Raises:
            DecodeError: the specs don't know this state.
        """
        states = self._states
        if state in states.success:
            return Ending.SUCCESS
        if state in states.failure:
            return Ending.FAILURE
        if state in states.aborted:
            return Ending.ABORTED
        if state not in states.pending:
            raise DecodeError(f"the job is in the state {state!r}, which the specs don't know")
        left_s = self._deadline_s - now_s
        if left_s <= 0:
            return Ending.TIMEOUT
        delay_s = self._delay_s * (1 - _JITTER + 2 * _JITTER * chance)
        self._delay_s = min(self._delay_s * states.factor, states.max_delay_s)
        return Pause(min(delay_s, states.max_delay_s, left_s))
