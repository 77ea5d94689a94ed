"""Tells what happens to one part of a load, each step as a count over all parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce.bulk.job_state import count
from specforce.bulk.progress import JobPolled, PartSending, PartSent, ResultsJoined

if TYPE_CHECKING:
    from collections.abc import Callable

    from specforce.bulk.parts import Part
    from specforce.bulk.progress import Telling
    from specforce.bulk.tally import Tally
    from specforce_api.bulk_v2.models import IngestJobInfo


class PartProgress:
    """The progress of one part.

    Args:
        tally: of all parts.
        tell: who is told.
        go_on: called with each piece that goes out; what it raises ends the upload.
    """

    def __init__(self, part: Part, tally: Tally, tell: Telling, *, go_on: Callable[[], object]) -> None:
        self._part = part
        self._tally = tally
        self._tell = tell
        self._go_on = go_on

    def sending(self, job_id: str) -> Callable[[int], None]:
        """A new upload begins: who is to be told of its bytes as they go out."""
        self._tally.begin(self._part)

        def sent(size: int) -> None:
            self._go_on()
            done = self._tally.add_bytes(self._part, size)
            if done is not None:
                total = self._tally.size
                self._tell(PartSending(done=done, total=total, part=self._part.number, job_id=job_id))

        return sent

    def sent(self, job_id: str) -> None:
        """The part is with Salesforce."""
        done, total = self._tally.add_rows(self._part), self._tally.rows
        self._tell(PartSent(done=done, total=total, part=self._part.number, job_id=job_id))

    def polled(self, info: IngestJobInfo) -> None:
        """Its job was asked for its state."""
        done = self._tally.processed(self._part, count(info.number_records_processed) or 0)
        state = str(info.state.value)
        self._tell(JobPolled(done=done, total=self._tally.rows, part=self._part.number, job_id=info.id, state=state))

    def joined(self, job_id: str, failed: int) -> None:
        """The outcome of each of its rows is known."""
        done, total = self._tally.joined(self._part.rows), self._tally.rows
        self._tell(ResultsJoined(done=done, total=total, part=self._part.number, job_id=job_id, failed=failed))
