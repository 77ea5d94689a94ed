"""Lists of jobs, a thousand to a page. Source: reference/bulk_v2.md section 5."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from specforce_mockserver.bulk import info
from specforce_mockserver.calls import ApiError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specforce_mockserver.bulk.job import Job
    from specforce_mockserver.calls import Call

PAGE_JOBS: Final = 1_000
CURSOR_PREFIX: Final = "01g"
_LOCATOR: Final = re.compile(r"01g[0-9A-Za-z]{12,15}-([0-9]{1,9})")


def page_of_jobs(call: Call, jobs: Sequence[Job], path: str) -> dict[str, Any]:
    """One page of a list.

    Args:
        call: the request, with its filters and its `queryLocator`.
        jobs: all jobs of the kind.
        path: where the list is, such as `jobs/query`. The guide prints `jobs/ingest` for both, which would lead a
            client that follows it from one list into the other.

    Raises:
        ApiError: 400 API_ERROR, an unreadable locator [E?].
    """
    wanted = _filtered(call, jobs)
    given = call.params.get("queryLocator")
    start = 0
    cursor = call.org.counters.new_id(CURSOR_PREFIX) if given is None and len(wanted) > PAGE_JOBS else str(given)[:18]
    if given is not None:
        found = _LOCATOR.fullmatch(given)
        if found is None:
            raise ApiError(400, "API_ERROR", "invalid query locator")
        start = int(found.group(1))
        cursor = given.rpartition("-")[0]
    end = start + PAGE_JOBS
    done = end >= len(wanted)
    return {
        "done": done,
        "nextRecordsUrl": None if done else f"{call.data_path}/{path}?queryLocator={cursor}-{end}",
        "records": [info.listed(job) for job in wanted[start:end]],
    }


def _filtered(call: Call, jobs: Sequence[Job]) -> Sequence[Job]:
    """The jobs that the filters leave: this org has Bulk API 2.0 jobs only, all Parallel, none with PK chunking."""
    own_type = {"ingest": "V2Ingest", "query": "V2Query"}
    return [
        job
        for job in jobs
        if call.params.get("jobType") in {None, own_type[job.kind]}
        and call.params.get("concurrencyMode") in {None, "Parallel"}
        and not call.params.get("isPkChunkingEnabled")
    ]
