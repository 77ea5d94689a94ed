"""Waiting for a job by the session's clock."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, TypeVar

from specforce._waiting import Ending, Pause, Waiting

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
        DecodeError: a state that the specs don't know. ApiError, TransportError: the job couldn't be read.
    """
    clock = session.clock
    waiting = Waiting(states, timeout_s=timeout_s, started_s=clock.now())
    while True:
        info = await poll()
        if seen is not None:
            seen(info)
        chance = random.random()  # noqa: S311 - jitter, not a secret
        answer = waiting.after(str(info.state.value), now_s=clock.now(), chance=chance)
        if not isinstance(answer, Pause):
            return info, answer
        await clock.sleep(answer.delay_s)
