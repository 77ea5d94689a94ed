"""Waiting for a job by the session's clock.

A job goes on while nobody can ask for it, so an outage doesn't end the wait: polls that fail are repeated until they
have failed for as long as `Retry.deadline_s`. That is all the patience there is: each poll goes out once.
"""

from __future__ import annotations

import math
import random
import time
from typing import TYPE_CHECKING, Final, TypeVar

from specforce._retry import ONCE, may_pass, retry_after_s
from specforce._waiting import Ending, Pause, Waiting
from specforce_api.runtime.errors import ApiError, DecodeError, SalesforceError

if TYPE_CHECKING:
    from collections.abc import Callable

    from specforce._aio import Clock
    from specforce._async.session import AsyncSession
    from specforce._reports import RunPoll
    from specforce._waiting import JobStates
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
    clock = session.clock
    started_s = clock.now()
    waiting = Waiting(states, timeout_s=timeout_s, started_s=started_s)
    failing_since_s: float | None = None
    while True:
        asked_s = clock.now()
        try:
            info = await session.send(look, retry=ONCE)
        except SalesforceError as error:
            if not (may_pass(error) or isinstance(error, DecodeError)):
                raise
            failing_since_s = asked_s if failing_since_s is None else failing_since_s
            failed_s = clock.now() - failing_since_s
            left_s = math.inf if timeout_s is None else started_s + timeout_s - clock.now()
            if session.retry.attempts == 1 or failed_s >= session.retry.deadline_s or left_s <= 0:
                raise
            delay_s = min(max(failed_s, states.first_delay_s), states.max_delay_s)
            await nap(clock, min(max(delay_s, _asked_s(error)), left_s), checked)
            continue
        failing_since_s = None
        if seen is not None:
            seen(info)
        chance = random.random()  # noqa: S311 - jitter, not a secret
        answer = waiting.after(str(info.state.value), now_s=clock.now(), chance=chance)
        if not isinstance(answer, Pause):
            return info, answer
        await nap(clock, answer.delay_s, checked)


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
