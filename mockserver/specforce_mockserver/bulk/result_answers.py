"""Results as answers: result sets of ingest jobs, pages and links of query jobs.

Promises: files are named, not read; whoever sends them streams them. Source: reference/bulk_v2.md sections 4 and 5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from specforce_mockserver.bulk.blocks import header_line
from specforce_mockserver.bulk.header import header_text
from specforce_mockserver.bulk.locators import locator, row_of
from specforce_mockserver.bulk.results import SYSTEM_COLUMNS, result_path
from specforce_mockserver.bulk.work import LONGEST_WAIT_S
from specforce_mockserver.calls import Answer, ApiError, FileSlice

if TYPE_CHECKING:
    from specforce_mockserver.bulk.job import IngestJob, QueryJob
    from specforce_mockserver.bulk.pages import PageIndex
    from specforce_mockserver.bulk.results import ResultSet

CSV: Final = "text/csv"
LINKS_PER_CALL: Final = 5


def not_ready() -> ApiError:
    """The job hasn't come to its results [E?: the guide only says "for a completed job"]."""
    return ApiError(400, "INVALIDJOBSTATE", "The job must be JobComplete before its results can be read")


def result_set(job: IngestJob, which: ResultSet) -> Answer:
    """One result set of an ingest job.

    Raises:
        ApiError: 400 INVALIDJOBSTATE, the job hasn't ended.
    """
    if not job.ended or not job.wait_settled(LONGEST_WAIT_S):
        if not job.behaviour.results_early:
            raise not_ready()
        header = ""
        if job.upload is not None:
            with job.upload.open("rb") as upload:
                header = header_text(header_line(upload))
        line = job.dialect.system_header(SYSTEM_COLUMNS[which], header) + job.dialect.newline
        return Answer(content=line.encode(), media_type=CSV)
    path = result_path(job.directory, which)
    length = max(0, path.stat().st_size - job.behaviour.truncate_bytes)
    return Answer(content=FileSlice(path, 0, length), media_type=CSV)


def result_page(job: QueryJob, api_version: str, given: str | None, max_records: int | None) -> Answer:
    """One page of a query job's results.

    Args:
        job: the job.
        api_version: the request's.
        given: the locator, None for the first page.
        max_records: how many rows the client wants at most.

    Raises:
        ApiError: 409 wrong version, 400 not JobComplete or unknown locator.
    """
    results = _results(job, api_version)
    first = row_of(given, job.id, job.api_version, results.rows) if given is not None else 0
    behaviour = job.behaviour
    count = max_records or behaviour.default_page_records
    if behaviour.page_records is not None:
        count = min(count, behaviour.page_records)
    page = results.page(first, count)
    following = first + page.rows
    headers = {
        "Sforce-Locator": locator(job.id, job.api_version, following) if following < results.rows else "null",
        "Sforce-NumberOfRecords": str(page.rows),
    }
    if behaviour.truncate_results:
        page = results.page(first, max(0, page.rows - behaviour.truncate_results))
    length = max(0, page.length - behaviour.truncate_bytes)
    return Answer(content=FileSlice(results.path, page.start, length, results.header), headers=headers, media_type=CSV)


def result_links(job: QueryJob, api_version: str, given: str | None, data_path: str) -> dict[str, Any]:
    """Up to five links to pages, which may be read side by side.

    Raises:
        ApiError: as for `result_page`.
    """
    results = _results(job, api_version)
    first = row_of(given, job.id, job.api_version, results.rows) if given is not None else 0
    rows = min(job.behaviour.default_page_records, job.behaviour.page_records or job.behaviour.default_page_records)
    starts = range(first, max(results.rows, 1), rows)
    path = f"{data_path}/jobs/query/{job.id}"
    following = starts[LINKS_PER_CALL] if len(starts) > LINKS_PER_CALL else None
    return {
        "resultPages": [
            {"resultUrl": f"{path}/results?locator={locator(job.id, job.api_version, start)}"}
            for start in starts[:LINKS_PER_CALL]
        ],
        "nextRecordsUrl": None
        if following is None
        else f"{path}/resultPages?locator={locator(job.id, job.api_version, following)}",
        "done": following is None,
    }


def _results(job: QueryJob, api_version: str) -> PageIndex:
    if float(api_version) != float(job.api_version):
        raise ApiError(409, "API_ERROR", "The API version of the request must be that of the job")
    if job.state != "JobComplete" or job.results is None:
        raise not_ready()
    return job.results
