"""Bulk API 2.0 ingest jobs: create, upload, close, abort, poll, list, delete, results.

Source: reference/bulk_v2.md sections 1 to 4 and 7.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from specforce_mockserver.bulk import info
from specforce_mockserver.bulk.job import IngestJob
from specforce_mockserver.bulk.jobs import BulkJobs
from specforce_mockserver.bulk.lists import page_of_jobs
from specforce_mockserver.bulk.requests import read_ingest_request, refusal
from specforce_mockserver.bulk.result_answers import result_set
from specforce_mockserver.calls import Answer, ApiError, Part, Upload, empty
from specforce_mockserver.registry import provides

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from specforce_mockserver.bulk.states import State
    from specforce_mockserver.calls import Call

# The guide allows 150 MB as base64 and advises to upload at most 100 MB (reference/bulk_v2.md section 8).
MAX_UPLOAD_BYTES: Final = 100 * 1024 * 1024
MAX_MULTIPART_CHARACTERS: Final = 100_000


@provides("createIngestJob", writes=True, on_violation=refusal)
def create_ingest_job(call: Call) -> Answer:
    """Make a job that waits for its data."""
    return Answer(info.created(_create(call, call.body, "Open")))


@provides("createIngestJobMultipart", blocking=True)
def create_ingest_job_multipart(call: Call) -> Answer:
    """Make a job, give it its data and close it, in one call."""
    parts = {part.name: part for part in cast("Sequence[Part]", call.body)}
    job_part, content = parts.get("job"), parts.get("content")
    if job_part is None or content is None:
        raise ApiError(400, "API_ERROR", "A multipart request must have the parts 'job' and 'content'")
    if len(job_part.content) + len(content.content) > MAX_MULTIPART_CHARACTERS:
        raise ApiError(400, "API_ERROR", f"A multipart request may have at most {MAX_MULTIPART_CHARACTERS} characters")
    job = _create(call, job_part.json_object(), "Open")
    jobs = call.org.part(BulkJobs)
    jobs.store(job, content.content)
    jobs.close_upload(job)
    return Answer(info.created(job) | {"state": "UploadComplete"})


@provides("uploadIngestJobData", blocking=True)
def upload_ingest_job_data(call: Call) -> Answer:
    """Take a job's data, once."""
    jobs = call.org.part(BulkJobs)
    job = jobs.find(IngestJob, call.params["job_id"])
    upload = cast("Upload", call.body)
    if upload.size_bytes > MAX_UPLOAD_BYTES:
        raise ApiError(413, "BULK_API_ERROR", "ClientInputError : Uploaded data exceeds the maximum size")
    jobs.upload(job, upload)
    return empty(201)


@provides("updateIngestJob", blocking=True, on_violation=refusal)
def update_ingest_job(call: Call) -> Answer:
    """Close a job's upload, or abort the job."""
    jobs = call.org.part(BulkJobs)
    job = jobs.find(IngestJob, call.params["job_id"])
    if call.body["state"] == "Aborted":
        jobs.abort(job)
        return Answer(info.updated(job))
    jobs.close_upload(job)
    return Answer(info.updated(job) | {"state": "UploadComplete"})


@provides("getIngestJob", blocking=True)
def get_ingest_job(call: Call) -> Answer:
    """Say how far a job is."""
    jobs = call.org.part(BulkJobs)
    return Answer(jobs.poll(jobs.find(IngestJob, call.params["job_id"]), info.single))


@provides("listIngestJobs")
def list_ingest_jobs(call: Call) -> Answer:
    """List the ingest jobs."""
    return Answer(page_of_jobs(call, call.org.part(BulkJobs).listed(IngestJob), "jobs/ingest"))


@provides("deleteIngestJob", blocking=True)
def delete_ingest_job(call: Call) -> Answer:
    """Delete a job with its data and results."""
    jobs = call.org.part(BulkJobs)
    jobs.delete(jobs.find(IngestJob, call.params["job_id"]))
    return empty()


@provides("getIngestSuccessfulResults", blocking=True)
def get_ingest_successful_results(call: Call) -> Answer:
    """The records that were saved."""
    return result_set(call.org.part(BulkJobs).find(IngestJob, call.params["job_id"]), "successful")


@provides("getIngestFailedResults", blocking=True)
def get_ingest_failed_results(call: Call) -> Answer:
    """The records that were refused, with the reasons."""
    return result_set(call.org.part(BulkJobs).find(IngestJob, call.params["job_id"]), "failed")


@provides("getIngestUnprocessedRecords", blocking=True)
def get_ingest_unprocessed_records(call: Call) -> Answer:
    """The records that were never tried."""
    return result_set(call.org.part(BulkJobs).find(IngestJob, call.params["job_id"]), "unprocessed")


def _create(call: Call, body: Mapping[str, Any], state: State) -> IngestJob:
    """Make a job."""
    jobs = call.org.part(BulkJobs)
    request = read_ingest_request(call.org.schema, body)
    job_id = jobs.new_id()
    now = call.org.clock.now()
    job = IngestJob(
        kind="ingest",
        id=job_id,
        operation=request.operation,
        object=request.sobject.name,
        api_version=call.api_version,
        created_by_id=call.user_id,
        created_s=now,
        modified_s=now,
        state=state,
        dialect=request.dialect,
        directory=jobs.directory(job_id),
        behaviour=jobs.behaviour_of("ingest", request.sobject.name, request.operation, call.user_id),
        external_id_field=request.external_id_field,
        assignment_rule_id=request.assignment_rule_id,
    )
    jobs.add(job)
    return job
