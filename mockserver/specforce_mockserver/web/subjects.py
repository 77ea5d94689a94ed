"""A call as fault plans see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce_mockserver.bulk.jobs import BulkJobs
from specforce_mockserver.bulk_v1.jobs import BatchJobs
from specforce_mockserver.faults import Subject
from specforce_mockserver.oauth.users import names_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from specforce_mockserver.oauth.sessions import Session
    from specforce_mockserver.org import Org
    from specforce_mockserver.web.request import Request


def subject_of(
    org: Org, request: Request, operation_id: str, path_values: Mapping[str, str], session: Session | None
) -> Subject:
    """What a plan may name of a call."""
    job_id = path_values.get("job_id")
    sobject = path_values.get("sobject")
    if sobject is None and job_id is not None:
        job = org.part(BulkJobs).look(job_id) or org.part(BatchJobs).look(job_id)
        sobject = job.object if job is not None else None
    user_id = session.user_id if session is not None else None
    return Subject(operation_id, request.method, request.path, sobject, job_id, lambda: names_of(org.database, user_id))
