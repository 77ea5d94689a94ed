"""Changing a job's state: where the answer gets lost, the job itself says whether it happened."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from specforce._retry import ONCE, may_pass
from specforce_api.runtime.errors import SalesforceError

from .attempts import AsyncAttempts

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from specforce._async.session import AsyncSession
    from specforce_api.bulk_v1.models import JobInfo
    from specforce_api.bulk_v2.models import IngestJobInfo, QueryJobInfo
    from specforce_api.runtime.operation import Operation

J = TypeVar("J", bound="IngestJobInfo | QueryJobInfo | JobInfo")


async def change_state(
    session: AsyncSession,
    change: Operation[J],
    look: Operation[J],
    *,
    leaving: Collection[str],
    checked: Callable[[], object] | None = None,
) -> J:
    """Ask for a change of state until the job says that it has left its old one.

    A change whose answer got lost may still take effect: before it is asked for again, and before an error is believed,
    the job is read.

    Args:
        change: asks for the change.
        look: asks for the job.
        leaving: the states in which the change hasn't happened yet.
        checked: called during waits; what it raises ends them.

    Raises:
        ApiError: the job refuses. TransportError: no answer, and the job is as it was.
    """
    attempts = AsyncAttempts(session, change.info.operation_id, look.info.operation_id, checked=checked)
    lost: SalesforceError | None = None
    while True:
        try:
            return await session.send(change, retry=ONCE)
        except SalesforceError as error:
            if not may_pass(error):
                if lost is not None and (info := await _left(session, look, leaving)) is not None:
                    return info
                raise
            lost = error
        try:
            await attempts.wait_after(lost)
        except SalesforceError:
            if (info := await _left(session, look, leaving)) is not None:
                return info
            raise
        info = await attempts.send(look)
        if str(info.state.value) not in leaving:
            return info


async def _left(session: AsyncSession, look: Operation[J], leaving: Collection[str]) -> J | None:
    """The job, if it is known to have left these states; asked once."""
    with suppress(SalesforceError):
        info = await session.send(look, retry=ONCE)
        if str(info.state.value) not in leaving:
            return info
    return None
