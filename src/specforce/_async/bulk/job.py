"""What ingest and query jobs have in common: being read, waited for, aborted, deleted."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from specforce._retry import ONCE
from specforce._waiting import Ending
from specforce.bulk.dialect import Dialect, column_delimiter, line_ending
from specforce.bulk.job_state import bad_end
from specforce_api.runtime.errors import ApiError, TransportError

from .changing import change_state
from .waiting import AsyncPolling, nap, wait_for_end

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from specforce._async.session import AsyncSession
    from specforce._waiting import JobStates
    from specforce_api.bulk_v2.models import IngestJobInfo, QueryJobInfo
    from specforce_api.runtime.operation import Operation

J = TypeVar("J", bound="IngestJobInfo | QueryJobInfo")
DEFAULT_WAIT_S: Final = 86_400.0


@dataclass(frozen=True, slots=True)
class JobKind(Generic[J]):
    """One kind of jobs: its states, and the operations on a job by its id.

    Attributes:
        change: takes the id and the new state.
    """

    states: JobStates
    look: Callable[[str], Operation[J]]
    change: Callable[[str, str], Operation[J]]
    delete: Callable[[str], Operation[None]]


class AsyncJob(Generic[J]):
    """A job of either kind.

    Attributes:
        id: the job's id, 18 characters.
        created: the answer that it was made (or found) with.
    """

    def __init__(
        self, session: AsyncSession, created: J, kind: JobKind[J], checked: Callable[[], object] | None = None
    ) -> None:
        self.id = created.id
        self.created = created
        self._session = session
        self._kind = kind
        self._checked = checked

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id} {self.created.operation} {self.created.object_}>"

    @property
    def dialect(self) -> Dialect:
        """How the job writes CSV, in and out."""
        info = self.created
        return Dialect(column_delimiter(info.column_delimiter or "COMMA"), line_ending(info.line_ending or "LF"))

    async def info(self) -> J:
        """The job as it stands."""
        return await self._session.send(self._kind.look(self.id))

    async def abort(self) -> J:
        """Stop the job. Rows that were processed stay processed.

        Raises:
            ApiError: it has ended already.
        """
        return await self._changed("Aborted", leaving=self._kind.states.pending)

    async def look_once(self) -> J:
        """The job as it stands, asked for once."""
        return await self._session.send(self._kind.look(self.id), retry=ONCE)

    async def abort_once(self) -> J:
        """Stop the job, asked once: for a job that nobody needs any more, and for somebody in a hurry.

        Raises:
            ApiError: it has ended already. TransportError: no answer; it may be aborted or not.
        """
        return await self._session.send(self._kind.change(self.id, "Aborted"), retry=ONCE)

    async def delete(self) -> None:
        """Delete the job with its data and results.

        Raises:
            ApiError: it hasn't ended.
        """
        await self._session.send(self._kind.delete(self.id))

    async def wait(
        self,
        *,
        timeout_s: float | None = DEFAULT_WAIT_S,
        abort_on_timeout: bool = False,
        seen: Callable[[J], object] | None = None,
    ) -> J:
        """Wait until the job has ended well, failed records included.

        Args:
            timeout_s: seconds until the deadline; `None` waits as long as it takes.
            abort_on_timeout: abort the job at the deadline; otherwise it goes on.
            seen: told of each answer; what it raises ends the wait.

        Raises:
            JobFailed: with Salesforce's reason. JobAborted: somebody stopped it. JobTimeout: the deadline has passed.
            DecodeError: a state that the specs don't know.
        """
        polling = self.polling(timeout_s=timeout_s, seen=seen)
        while (ended := await polling.poll()) is None:
            await nap(self._session.clock, polling.due_s - self._session.clock.now(), self._checked)
        return await self.settled(*ended, timeout_s=timeout_s, abort_on_timeout=abort_on_timeout)

    def polling(self, *, timeout_s: float | None, seen: Callable[[J], object] | None = None) -> AsyncPolling[J]:
        """The polls of a wait that begins now, for whoever drives it; arguments and errors as for `wait`."""

        def looked(info: J) -> None:
            self._refuse(info)
            if seen is not None:
                seen(info)

        return AsyncPolling(
            self._session, self._kind.states, self._kind.look(self.id), timeout_s=timeout_s, seen=looked
        )

    async def settled(self, info: J, ending: Ending, *, timeout_s: float | None, abort_on_timeout: bool) -> J:
        """What a wait that ended so returns or raises; see `wait`."""
        states = self._kind.states
        if ending is Ending.TIMEOUT and abort_on_timeout:
            # It may end by itself at the same moment: then the abort is refused, and its end counts.
            with suppress(ApiError, TransportError):
                await self.abort()
            with suppress(ApiError, TransportError):
                info, ended = await wait_for_end(self._session, states, self._kind.look(self.id), timeout_s=0)
                ending = Ending.TIMEOUT if ended is Ending.ABORTED else ended
        if ending is Ending.SUCCESS:
            return info
        aborted = str(info.state.value) in states.aborted
        raise bad_end(ending, info, timeout_s=timeout_s, aborted=aborted)

    def _refuse(self, info: J) -> None:
        """Raise where waiting for a job in this state makes no sense."""

    async def _changed(self, state: str, *, leaving: Collection[str]) -> J:
        """Change the job's state, once; `leaving` are the states in which the change hasn't happened yet."""
        change, look = self._kind.change(self.id, state), self._kind.look(self.id)
        return await change_state(self._session, change, look, leaving=leaving, checked=self._checked)
