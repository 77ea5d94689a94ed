"""The JobInfo documents: which keys each call answers, and in which order.

Source: reference/bulk_v2.md section 2, "Presence per call" [S, recorded v47-v59], and section 5 for query jobs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specforce_mockserver.bulk.job import IngestJob, QueryJob
from specforce_mockserver.clock import on_the_wire, stored

if TYPE_CHECKING:
    from specforce_mockserver.bulk.job import Job

Document = dict[str, Any]


def updated(job: Job) -> Document:
    """What PATCH answers: who and what, without the data's form."""
    document: Document = {
        "id": job.id,
        "operation": job.operation,
        "object": job.object,
        "createdById": job.created_by_id,
        "createdDate": on_the_wire(stored(job.created_s)),
        "systemModstamp": on_the_wire(stored(job.modified_s)),
        "state": job.state,
    }
    if isinstance(job, IngestJob) and job.external_id_field is not None:
        document["externalIdFieldName"] = job.external_id_field
    document |= {"concurrencyMode": "Parallel", "contentType": "CSV", "apiVersion": float(job.api_version)}
    if isinstance(job, IngestJob) and job.assignment_rule_id is not None:
        document["assignmentRuleId"] = job.assignment_rule_id
    return document


def created(job: Job) -> Document:
    """What POST answers: where to upload while the job is Open, and the data's form."""
    return updated(job) | _content_url(job) | _form(job)


def listed(job: Job) -> Document:
    """One row of a list."""
    return updated(job) | _content_url(job) | _job_type(job) | _form(job)


def single(job: Job) -> Document:
    """What GET of one job answers: everything, with the counters once processing began."""
    document = listed(job)
    if job.state not in {"Open", "UploadComplete"}:
        document["numberRecordsProcessed"] = max(0, job.records_processed + job.behaviour.miscount_processed)
        if isinstance(job, IngestJob):
            document["numberRecordsFailed"] = max(0, job.records_failed + job.behaviour.miscount_failed)
    document |= {"retries": job.behaviour.retries, "totalProcessingTime": round(job.total_ms)}
    if isinstance(job, IngestJob):
        document |= {"apiActiveProcessingTime": round(job.active_ms), "apexProcessingTime": 0}
    if isinstance(job, QueryJob):
        document["isPkChunkingSupported"] = job.chunkable
    if job.error_message is not None:
        document["errorMessage"] = job.error_message
    return document


def _content_url(job: Job) -> Document:
    if job.kind == "ingest" and job.state == "Open":
        return {"contentUrl": f"services/data/v{job.api_version}/jobs/ingest/{job.id}/batches"}
    return {}


def _job_type(job: Job) -> Document:
    return {"jobType": "V2Ingest" if job.kind == "ingest" else "V2Query"}


def _form(job: Job) -> Document:
    return {"lineEnding": job.dialect.line_ending, "columnDelimiter": job.dialect.column_delimiter}
