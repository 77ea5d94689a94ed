"""Waiting for a job by the session's clock.

A job goes on while nobody can ask for it, so an outage doesn't end the wait: after the session's own retries, polls
that fail are repeated until they have failed for as long as `Retry.deadline_s`.
"""

from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING, TypeVar

from specforce._waiting import Ending, Pause, Waiting
from specforce_api.runtime.errors import DecodeError, ServerUnavailable, TransportError

if TYPE_CHECKING:
    from collections.abc import Callable

    from specforce._aio import Eventual
    from specforce._async.session import AsyncSession
    from specforce._waiting import JobStates
    from specforce_api.bulk_v2.models import IngestJobInfo, QueryJobInfo

J = TypeVar("J", bound="IngestJobInfo | QueryJobInfo")


async def wait_for_end(
    session: AsyncSession,
    states: JobStates,
    poll: Callable[[], Eventual[J]],
    *,
    timeout_s: float | None,
    seen: Callable[[J], object] | None = None,
) -> tuple[J, Ending]:
    """Poll a job until it ends or the deadline has passed.

    Args:
        states: the specs' waiter for this kind of job.
        poll: asks for the job once.
        timeout_s: seconds until the deadline; `None` waits as long as it takes.
        seen: told of each answer; what it raises ends the wait.

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
            info = await poll()
        except (TransportError, ServerUnavailable, DecodeError):
            failing_since_s = asked_s if failing_since_s is None else failing_since_s
            failed_s = clock.now() - failing_since_s
            left_s = math.inf if timeout_s is None else started_s + timeout_s - clock.now()
            if session.retry.attempts == 1 or failed_s >= session.retry.deadline_s or left_s <= 0:
                raise
            await clock.sleep(min(max(failed_s, states.first_delay_s), states.max_delay_s, left_s))
            continue
        failing_since_s = None
        if seen is not None:
            seen(info)
        chance = random.random()  # noqa: S311 - jitter, not a secret
        answer = waiting.after(str(info.state.value), now_s=clock.now(), chance=chance)
        if not isinstance(answer, Pause):
            return info, answer
        await clock.sleep(answer.delay_s)
