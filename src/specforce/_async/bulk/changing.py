"""Changing a job's state: where the answer gets lost, the job itself says whether it happened."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from specforce_api.runtime.errors import ApiError, SalesforceError, ServerUnavailable, TransportError

from .attempts import AsyncAttempts

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from specforce._aio import Eventual
    from specforce._async.session import AsyncSession
    from specforce_api.bulk_v2.models import IngestJobInfo, QueryJobInfo
    from specforce_api.runtime.operation import Operation

J = TypeVar("J", bound="IngestJobInfo | QueryJobInfo")


async def change_state(
    session: AsyncSession, change: Operation[J], read: Callable[[], Eventual[J]], *, leaving: Collection[str]
) -> J:
    """Ask for a change of state until the job says that it has left its old one.

    A change whose answer got lost may still take effect: before it is asked for again, and before an error is believed,
    the job is read.

    Args:
        change: asks for the change.
        read: asks for the job.
        leaving: the states in which the change hasn't happened yet.

    Raises:
        ApiError: the job refuses. TransportError: no answer, and the job is as it was.
    """
    attempts = AsyncAttempts(session, change.info.operation_id)
    lost = False
    while True:
        try:
            return await session.send(change)
        except (TransportError, ServerUnavailable) as error:
            failure = error
        except ApiError:
            if lost and (info := await _left(read, leaving)) is not None:
                return info
            raise
        try:
            await attempts.wait_after(failure)
        except SalesforceError:
            with suppress(SalesforceError):
                if (info := await _left(read, leaving)) is not None:
                    return info
            raise
        if (info := await _left(read, leaving)) is not None:
            return info
        lost = True


async def _left(read: Callable[[], Eventual[J]], leaving: Collection[str]) -> J | None:
    """The job, if it has left these states."""
    info = await read()
    return None if str(info.state.value) in leaving else info
