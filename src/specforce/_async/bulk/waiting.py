"""Waiting for a job by the session's clock.

A job goes on while nobody can ask for it, so an outage doesn't end the wait: polls that fail are repeated until they
have failed for as long as `Retry.deadline_s`. That is all the patience there is: each poll goes out once.
"""

from __future__ import annotations

import math
import random
import time
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from specforce._retry import ONCE, may_pass, retry_after_s
from specforce._waiting import Pause, Waiting
from specforce_api.runtime.errors import ApiError, DecodeError, SalesforceError

if TYPE_CHECKING:
    from collections.abc import Callable

    from specforce._aio import Clock
    from specforce._async.session import AsyncSession
    from specforce._reports import RunPoll
    from specforce._waiting import Ending, JobStates
    from specforce.bulk_v1.infos import Batches
    from specforce_api.bulk_v1.models import BatchInfo
    from specforce_api.bulk_v2.models import IngestJobInfo, QueryJobInfo
    from specforce_api.runtime.operation import Operation

_NAP_S: Final = 1.0
J = TypeVar("J", bound="IngestJobInfo | QueryJobInfo | BatchInfo | Batches | RunPoll")


async def wait_for_end(
    session: AsyncSession,
    states: JobStates,
    look: Operation[J],
    *,
    timeout_s: float | None,
    seen: Callable[[J], object] | None = None,
    checked: Callable[[], object] | None = None,
) -> tuple[J, Ending]:
    """Poll a job until it ends or the deadline has passed.

    Args:
        states: the specs' waiter for this kind of job.
        look: asks for the job.
        timeout_s: seconds until the deadline; `None` waits as long as it takes.
        seen: told of each answer; what it raises ends the wait.
        checked: called at least every second of the wait; likewise.

    Returns:
        The last answer, and how waiting ended.

    Raises:
        DecodeError: a state that the specs don't know. ApiError, TransportError: the job couldn't be read, of passing
            errors for as long as the session's `Retry.deadline_s`; at once where the session doesn't retry.
    """
    polling = AsyncPolling(session, states, look, timeout_s=timeout_s, seen=seen)
    while (ended := await polling.poll()) is None:
        await nap(session.clock, polling.due_s - session.clock.now(), checked)
    return ended


class AsyncPolling(Generic[J]):
    """The polls of one job; arguments and errors as for `wait_for_end`.

    Attributes:
        due_s: when the next poll is due, by the session's clock.
    """

    def __init__(
        self,
        session: AsyncSession,
        states: JobStates,
        look: Operation[J],
        *,
        timeout_s: float | None,
        seen: Callable[[J], object] | None = None,
    ) -> None:
        started_s = session.clock.now()
        self.due_s = started_s
        self._session = session
        self._states = states
        self._look = look
        self._seen = seen
        self._waiting = Waiting(states, timeout_s=timeout_s, started_s=started_s)
        self._deadline_s = math.inf if timeout_s is None else started_s + timeout_s
        self._failing_since_s: float | None = None

    async def poll(self) -> tuple[J, Ending] | None:
        """Ask once: the answer and how waiting ended, or `None` where it goes on until `due_s`."""
        clock = self._session.clock
        asked_s = clock.now()
        try:
            info = await self._session.send(self._look, retry=ONCE)
        except SalesforceError as error:
            delay_s = self._patience_s(error, asked_s)
            self.due_s = min(clock.now() + delay_s, self._deadline_s)
            return None
        self._failing_since_s = None
        if self._seen is not None:
            self._seen(info)
        chance = random.random()  # noqa: S311 - jitter, not a secret
        answer = self._waiting.after(str(info.state.value), now_s=clock.now(), chance=chance)
        if isinstance(answer, Pause):
            self.due_s = clock.now() + answer.delay_s
            return None
        return info, answer

    def _patience_s(self, error: SalesforceError, asked_s: float) -> float:
        """Seconds until the next poll after one that failed; raises the error where there is no patience left."""
        if not (may_pass(error) or isinstance(error, DecodeError)):
            raise error
        self._failing_since_s = asked_s if self._failing_since_s is None else self._failing_since_s
        now_s, retry = self._session.clock.now(), self._session.retry
        failed_s = now_s - self._failing_since_s
        if retry.attempts == 1 or failed_s >= retry.deadline_s or self._deadline_s <= now_s:
            raise error
        return max(min(max(failed_s, self._states.first_delay_s), self._states.max_delay_s), _asked_s(error))


async def nap(clock: Clock, seconds: float, checked: Callable[[], object] | None) -> None:
    """Sleep; a second at a time where somebody may call it off, which a thread learns in no other way."""
    while checked is not None:
        checked()
        if seconds <= _NAP_S:
            break
        await clock.sleep(_NAP_S)
        seconds -= _NAP_S
    await clock.sleep(seconds)


def _asked_s(error: SalesforceError) -> float:
    """The Retry-After of a refusal, in seconds; 0 without one."""
    return (isinstance(error, ApiError) and retry_after_s(error.headers, time.time())) or 0.0
