"""Bulk API 2.0 query jobs: create, poll, abort, list, delete, pages of results.

Source: reference/bulk_v2.md sections 1, 3, 5 and 7.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from specforce_mockserver import soql
from specforce_mockserver.asking import compiled_for
from specforce_mockserver.bulk import info
from specforce_mockserver.bulk.job import QueryJob
from specforce_mockserver.bulk.jobs import BulkJobs
from specforce_mockserver.bulk.lists import page_of_jobs
from specforce_mockserver.bulk.requests import QUERY_OPERATIONS, read_dialect, refusal
from specforce_mockserver.bulk.result_answers import result_links, result_page
from specforce_mockserver.calls import Answer, ApiError, empty
from specforce_mockserver.registry import provides

if TYPE_CHECKING:
    from specforce_mockserver.calls import Call

JOB_LIMIT: Final = "DailyBulkV2QueryJobs"
STORAGE_LIMIT: Final = "DailyBulkV2QueryFileStorageMB"


@provides("createQueryJob", writes=True, on_violation=refusal)
def create_query_job(call: Call) -> Answer:
    """Make a job, which may start at once."""
    body: dict[str, Any] = call.body
    dialect = read_dialect(body)
    query = _compiled(call, body["query"], include_deleted=body["operation"] == QUERY_OPERATIONS[1])
    _count(call)
    jobs = call.org.part(BulkJobs)
    job_id = jobs.new_id()
    now = call.org.clock.now()
    job = QueryJob(
        kind="query",
        id=job_id,
        operation=body["operation"],
        object=query.plan.sobject.name,
        api_version=call.api_version,
        created_by_id=call.user_id,
        created_s=now,
        modified_s=now,
        state="UploadComplete",
        dialect=dialect,
        directory=jobs.directory(job_id),
        behaviour=jobs.behaviour_of("query", query.plan.sobject.name, body["operation"], call.user_id),
        query=query,
        chunkable=not query.tree.order_by and query.tree.limit is None,
    )
    answer = Answer(info.created(job))
    jobs.add(job)
    return answer


@provides("getQueryJob", blocking=True)
def get_query_job(call: Call) -> Answer:
    """Say how far a job is."""
    jobs = call.org.part(BulkJobs)
    return Answer(jobs.poll(jobs.find(QueryJob, call.params["job_id"]), info.single))


@provides("getQueryJobResults", blocking=True)
def get_query_job_results(call: Call) -> Answer:
    """One page of a job's results."""
    job = call.org.part(BulkJobs).find(QueryJob, call.params["job_id"])
    return result_page(job, call.api_version, call.params.get("locator"), call.params.get("maxRecords"))


@provides("listQueryJobResultPages", blocking=True)
def list_query_job_result_pages(call: Call) -> Answer:
    """Links to pages of a job's results."""
    job = call.org.part(BulkJobs).find(QueryJob, call.params["job_id"])
    return Answer(result_links(job, call.api_version, call.params.get("locator"), call.data_path))


@provides("updateQueryJob", blocking=True, on_violation=refusal)
def update_query_job(call: Call) -> Answer:
    """Abort a job."""
    jobs = call.org.part(BulkJobs)
    job = jobs.find(QueryJob, call.params["job_id"])
    jobs.abort(job)
    return Answer(info.updated(job))


@provides("deleteQueryJob", blocking=True)
def delete_query_job(call: Call) -> Answer:
    """Delete a job with its results."""
    jobs = call.org.part(BulkJobs)
    jobs.delete(jobs.find(QueryJob, call.params["job_id"]))
    return empty()


@provides("listQueryJobs")
def list_query_jobs(call: Call) -> Answer:
    """List the query jobs."""
    return Answer(page_of_jobs(call, call.org.part(BulkJobs).listed(QueryJob), "jobs/query"))


def _compiled(call: Call, text: str, *, include_deleted: bool) -> soql.CompiledQuery:
    """The query, if Bulk API 2.0 can run it.

    Raises:
        ApiError: 400 API_ERROR with the text of the SOQL error, or the refusal of what bulk queries can't do [S].
    """
    try:
        query = compiled_for(
            call.org, text, version=call.api_version, user_id=call.user_id, include_deleted=include_deleted
        )
    except soql.SoqlError as error:
        raise ApiError(400, "API_ERROR", error.message) from error
    refused = soql.bulk_refusal(query)
    if refused is not None:
        raise ApiError(400, refused.code, refused.message)
    return query


def _count(call: Call) -> None:
    """Count a job against the day's.

    Raises:
        ApiError: 400 LIMIT_EXCEEDED, too many jobs or too much volume [S].
    """
    limits = call.org.limits
    used = limits.use(JOB_LIMIT)
    maximum = limits.maximum(JOB_LIMIT)
    if used > maximum:
        message = f"Max bulk v2 query jobs ({maximum}) per 24 hrs has been reached ({used})"
        raise ApiError(400, "LIMIT_EXCEEDED", message)
    stored_mb = limits.maximum(STORAGE_LIMIT)
    if limits.used(STORAGE_LIMIT) > stored_mb:
        message = f"Max bulk v2 query result size stored ({stored_mb * 1024}) kb per 24 hrs has been exceeded"
        raise ApiError(400, "LIMIT_EXCEEDED", message)
