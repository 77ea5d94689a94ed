"""Trying again what only the caller knows to be safe: the session's policy, applied to work of several requests."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

from specforce import _hooks
from specforce._retry import delay_before_retry

if TYPE_CHECKING:
    from specforce._async.session import AsyncSession
    from specforce_api.runtime.errors import SalesforceError


class AsyncAttempts:
    """Counts the tries of one piece of work.

    Args:
        session: whose policy, clock and hooks count.
        what: the work, for the hook.
    """

    def __init__(self, session: AsyncSession, what: str) -> None:
        self._session = session
        self._what = what
        self._attempt = 1
        self._started_s = session.clock.now()

    async def wait_after(self, error: SalesforceError) -> None:
        """Wait before the next try; raises `error` where the policy has had enough.

        The caller has decided that trying again is safe, so the kind of error doesn't matter; only a Retry-After does,
        and what doesn't get better by waiting (an untrusted certificate, an unknown host).
        """
        delay = delay_before_retry(
            self._session.retry,
            None,
            error,
            attempt=self._attempt,
            elapsed_s=self._session.clock.now() - self._started_s,
            chance=random.random(),  # noqa: S311 - jitter, not a secret
            now_epoch_s=time.time(),
        )
        if delay is None:
            raise error
        event = _hooks.RetryEvent(self._what, self._attempt, delay, type(error).__name__)
        _hooks.tell(self._session.hooks.retry, event)
        self._attempt += 1
        await self._session.clock.sleep(delay)
