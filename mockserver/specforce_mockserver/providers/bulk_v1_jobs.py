"""Bulk API 1.0 jobs: create, look at, close, abort, map columns.

Source: reference/bulk_v1.md sections 1, 2, 3 and 6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from specforce_mockserver.bulk_v1 import info
from specforce_mockserver.bulk_v1.job import BatchJob
from specforce_mockserver.bulk_v1.jobs import BatchJobs
from specforce_mockserver.bulk_v1.requests import read_job_request, read_wanted_state, read_xml, refusal
from specforce_mockserver.bulk_v1.transformation import read_transformation
from specforce_mockserver.calls import Answer, ApiError, Upload, empty
from specforce_mockserver.registry import provides

if TYPE_CHECKING:
    from collections.abc import Mapping

    from specforce_mockserver.calls import Call

XML: Final = "application/xml"
MAX_DOCUMENT_BYTES: Final = 1_000_000


@provides("createJob", blocking=True, on_violation=refusal)
def create_job(call: Call) -> Answer:
    """Make a job, told in JSON."""
    return Answer(info.job_json(_create(call, call.body)), 201)


@provides("createJobXml", blocking=True)
def create_job_xml(call: Call) -> Answer:
    """Make a job, told in XML."""
    return Answer(status=201, content=info.job_xml(_create(call, read_xml(document(call)))), media_type=XML)


@provides("getJob", blocking=True)
def get_job(call: Call) -> Answer:
    """Say how far a job is, in JSON."""
    jobs = call.org.part(BatchJobs)
    job = jobs.find(call.params["job_id"])
    return Answer(jobs.poll(job, lambda: info.job_json(job)))


@provides("getJobXml", blocking=True)
def get_job_xml(call: Call) -> Answer:
    """Say how far a job is, in XML."""
    jobs = call.org.part(BatchJobs)
    job = jobs.find(call.params["job_id"])
    return Answer(content=jobs.poll(job, lambda: info.job_xml(job)), media_type=XML)


@provides("updateJob", blocking=True, on_violation=refusal)
def update_job(call: Call) -> Answer:
    """Close or abort a job, told in JSON."""
    return Answer(info.job_json(_update(call, call.body)))


@provides("updateJobXml", blocking=True)
def update_job_xml(call: Call) -> Answer:
    """Close or abort a job, told in XML."""
    return Answer(content=info.job_xml(_update(call, read_xml(document(call)))), media_type=XML)


@provides("createTransformationSpec", blocking=True)
def create_transformation_spec(call: Call) -> Answer:
    """Say which columns of a job's batches mean which fields."""
    job = call.org.part(BatchJobs).find(call.params["job_id"])
    if job.content_type != "CSV" or job.queries:
        raise ApiError(400, "InvalidJob", "Only jobs that load CSV take a transformation spec")
    if job.state != "Open" or job.batches:
        raise ApiError(400, "InvalidJobState", "A transformation spec must come before the first batch")
    job.transformation = read_transformation(document(call))
    return empty(201)


def document(call: Call) -> bytes:
    """The body of a call that brings one small document.

    Raises:
        ApiError: 400 ClientInputError, it isn't small.
    """
    upload = cast("Upload", call.body)
    if upload.size_bytes > MAX_DOCUMENT_BYTES:
        message = f"Failed to read request. Exceeded max size limit of {MAX_DOCUMENT_BYTES}"
        raise ApiError(400, "ClientInputError", message)
    with upload.open() as file:
        return file.read()


def _create(call: Call, given: Mapping[str, Any]) -> BatchJob:
    request = read_job_request(call, given)
    jobs = call.org.part(BatchJobs)
    job_id = jobs.new_id()
    now = call.org.clock.now()
    job = BatchJob(
        id=job_id,
        operation=request.operation,
        object=request.sobject.name,
        api_version=call.api_version,
        created_by_id=call.user_id,
        created_s=now,
        modified_s=now,
        content_type=request.content_type,
        zipped=request.zipped,
        concurrency_mode=request.concurrency_mode,
        dialect=request.dialect,
        directory=jobs.directory(job_id),
        external_id_field=request.external_id_field,
        assignment_rule_id=request.assignment_rule_id,
        chunking=request.chunking,
    )
    jobs.add(job)
    return job


def _update(call: Call, given: Mapping[str, Any]) -> BatchJob:
    wanted = read_wanted_state(given)
    jobs = call.org.part(BatchJobs)
    job = jobs.find(call.params["job_id"])
    if wanted == "Closed":
        jobs.close_job(job)
    else:
        jobs.abort(job)
    return job
