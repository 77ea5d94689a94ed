"""A load's report as plain values, ready for JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from specforce.bulk.outcomes import Counts
    from specforce.bulk.report_rows import FailureReason, LoadedJob


def plain_counts(counts: Counts) -> dict[str, int]:
    """Rows by outcome; without `created` and `updated` where nobody knows which."""
    kinds = {} if counts.either else {"created": counts.created, "updated": counts.updated}
    unknown = {"unknown": counts.unknown} if counts.unknown else {}
    rest = {"failed": counts.failed, "unprocessed": counts.unprocessed}
    return {"succeeded": counts.succeeded, **kinds, **rest, **unknown}


def plain_job(job: LoadedJob) -> dict[str, Any]:
    """A job; its `attempt` where it isn't the first."""
    again = {"attempt": job.attempt} if job.attempt > 1 else {}
    return {"id": job.id, "state": job.state, "rows": job.rows, **again, **plain_counts(job.counts)}


def plain_reason(reason: FailureReason) -> dict[str, Any]:
    """A reason of failure."""
    return {
        "code": reason.code,
        "message": reason.message,
        "fields": list(reason.fields),
        "rows": reason.rows,
        "first_row": reason.first_row,
        "first_line": reason.first_line,
    }
