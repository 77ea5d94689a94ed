"""Trying again what only the caller knows to be safe: the session's policy, applied to work of several requests.

Each request of such work goes out once (`retry=ONCE`), so that the policy's tries are counted here and nowhere else.
"""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Any, TypeVar

from specforce import _hooks
from specforce._retry import ONCE, delay_before_retry
from specforce_api.runtime.errors import SalesforceError

from .waiting import nap

if TYPE_CHECKING:
    from collections.abc import Callable

    from specforce._async.session import AsyncSession
    from specforce_api.runtime.operation import Operation

T = TypeVar("T")


class AsyncAttempts:
    """Counts the tries of one piece of work.

    Args:
        session: whose policy, clock and hooks count.
        work: the operations that it consists of; the first names it for the hook. What fails before them, such as a
            login, has tried for itself.
        checked: called during waits; what it raises ends them.

    Attributes:
        checked: as given.
    """

    def __init__(self, session: AsyncSession, *work: str, checked: Callable[[], object] | None = None) -> None:
        self._session = session
        self._work = work
        self.checked = checked
        self._attempt = 1
        self._started_s = session.clock.now()

    async def send(self, operation: Operation[T]) -> T:
        """Send an operation that can be sent again whatever became of it.

        Raises:
            SalesforceError: of the last try.
        """
        while True:
            try:
                return await self._session.send(operation, retry=ONCE)
            except SalesforceError as error:
                failure = error
            await self.wait_after(failure)

    async def wait_after(self, error: SalesforceError) -> None:
        """Wait before the next try; raises `error` where the policy has had enough, or where waiting can't help.

        The caller has decided that trying again is safe; a Retry-After is obeyed.
        """
        of: Any = getattr(error, "operation_id", "")
        delay = delay_before_retry(
            self._session.retry,
            None,
            error,
            attempt=self._attempt,
            elapsed_s=self._session.clock.now() - self._started_s,
            chance=random.random(),  # noqa: S311 - jitter, not a secret
            now_epoch_s=time.time(),
        )
        if delay is None or (of and of not in self._work):
            raise error
        event = _hooks.RetryEvent(self._work[0], self._attempt, delay, type(error).__name__)
        _hooks.tell(self._session.hooks.retry, event)
        self._attempt += 1
        await nap(self._session.clock, delay, self.checked)
