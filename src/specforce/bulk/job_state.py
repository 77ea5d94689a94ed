"""What a job's answer says, read once: state, counters, reason; and the errors that a bad end becomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce._waiting import Ending
from specforce_api.runtime.errors import IntegrityError, JobAborted, JobError, JobFailed, JobTimeout

if TYPE_CHECKING:
    from specforce_api.bulk_v2.models import IngestJobInfo, QueryJobInfo

_HINTS = (
    ("LineEnding is invalid", "the rows end in another line ending than the job was told: leave line_ending out"),
    ("Field name not found", "rename or leave out the column with mapping=, or look at the user's field permissions"),
    ("Unable to find relationship", "a parent is named as Relationship__r.ExternalId__c"),
    ("Found unescaped quote", "quotes inside a cell are doubled, and the whole cell is quoted"),
)


def count(value: object) -> int | None:
    """A counter of a job; `None` where the answer doesn't hold it."""
    return value if isinstance(value, int) else None


def bad_end(ending: Ending, info: IngestJobInfo | QueryJobInfo, *, timeout_s: float | None, aborted: bool) -> JobError:
    """The error for a job that didn't end well.

    Args:
        ending: how waiting ended; not well.
        info: the job as it was read last.
        timeout_s: the deadline, in seconds from the start of waiting.
        aborted: whether the job was aborted because of the deadline.
    """
    job_id, state = info.id, str(info.state.value)
    what = f"job {job_id} ({info.operation} {info.object_})"
    processed = count(info.number_records_processed)
    progress = f" after {processed} records" if processed else ""
    if ending is Ending.TIMEOUT:
        fate = "it was aborted" if aborted else "it goes on: wait for it again, or abort it"
        return JobTimeout(
            f"{what} isn't done after {timeout_s} s, it is {state}{progress}; {fate}", job_id=job_id, state=state
        )
    reason = info.error_message or ""
    if ending is Ending.ABORTED:
        return JobAborted(f"{what} was aborted{progress}", job_id=job_id, state=state)
    hint = next((hint for text, hint in _HINTS if text in reason), "")
    text = f"{what} failed{progress}: {reason or 'Salesforce gave no reason'}"
    return JobFailed(f"{text}\n  hint: {hint}" if hint else text, job_id=job_id, state=state)


def result_counts(info: IngestJobInfo, sent: int | None) -> tuple[int | None, int | None, int | None]:
    """How many rows each result file of an ended ingest job must hold: successful, failed, unprocessed.

    Args:
        info: the job; its counters hold successes and failures together, and failures.
        sent: the rows that it was sent; `None` where the caller doesn't know.

    Returns:
        `None` for what can't be told.

    Raises:
        IntegrityError: the counters can't be true, among themselves or with what was sent.
    """
    processed, failed = count(info.number_records_processed), count(info.number_records_failed)
    if processed is None or failed is None:
        return None, None, None
    if failed > processed or (sent is not None and processed > sent):
        raise IntegrityError(
            f"job {info.id} says it processed {processed} records, {failed} of them in vain, and was sent {sent}",
            expected=sent,
            actual=processed,
        )
    return processed - failed, failed, None if sent is None else sent - processed
