"""The errors for batches that don't end well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce._waiting import Ending
from specforce_api.bulk_v1.models import BatchState
from specforce_api.runtime.errors import JobAborted, JobError, JobFailed, JobTimeout

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specforce_api.bulk_v1.models import BatchInfo


def bad_end(info: BatchInfo, ending: Ending, *, timeout_s: float | None) -> JobError | None:
    """The error for a batch; `None` for one that ended well. Salesforce may give a Completed one a message too."""
    what = f"batch {info.id} of job {info.job_id}"
    state = info.state.value
    if ending is Ending.TIMEOUT:
        text = f"{what} isn't done after {timeout_s} s, it is {state}; it goes on: wait for it again, or abort the job"
        return JobTimeout(text, job_id=info.job_id, state=state)
    if ending is Ending.FAILURE:
        reason = info.state_message or "Salesforce gave no reason"
        return JobFailed(f"{what} failed: {reason}", job_id=info.job_id, state=state)
    if ending is Ending.ABORTED:
        return JobAborted(f"{what} was never processed: the job was aborted", job_id=info.job_id, state=state)
    return None


def bad_batches(infos: Sequence[BatchInfo], *, chunked: bool) -> JobError | None:
    """The error for batches that have all ended; `None` where they ended well.

    Args:
        chunked: a query with PK chunking, whose first batch ends as NotProcessed: the others hold its records.
    """
    failed = [info for info in infos if info.state is BatchState.FAILED]
    if failed:
        more = f" (and {len(failed) - 1} other batches)" if len(failed) > 1 else ""
        reason = failed[0].state_message or "Salesforce gave no reason"
        text = f"batch {failed[0].id} of job {failed[0].job_id} failed: {reason}{more}"
        return JobFailed(text, job_id=failed[0].job_id, state=failed[0].state.value)
    left = [info for info in infos if info.state is BatchState.NOT_PROCESSED]
    if chunked and left and infos[0].state is BatchState.NOT_PROCESSED and len(infos) > 1:
        left = left[1:]
    if left and not (chunked and len(infos) == 1):
        text = f"{len(left)} of {len(infos)} batches of job {left[0].job_id} were never processed: it was aborted"
        return JobAborted(text, job_id=left[0].job_id, state=left[0].state.value)
    return None
