"""Bulk API 1.0's own ways on the wire: the session header, and errors in the job's format.

It knows no statuses but 400 and 500 (405 is the fake org's own), and no error array: an `exceptionCode` and an
`exceptionMessage`, as JSON or as XML. Source: specs/reference/bulk_v1.md sections 1 and 6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce_mockserver.bulk_v1.info import NAMESPACE
from specforce_mockserver.bulk_v1.jobs import BatchJobs
from specforce_mockserver.calls import Answer, ApiError
from specforce_mockserver.xml_documents import Element, to_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from specforce_mockserver.bulk_v1.job import BatchJob
    from specforce_mockserver.oauth.sessions import Session
    from specforce_mockserver.operations import OperationSpec
    from specforce_mockserver.org import Org
    from specforce_mockserver.web.request import Request

SESSION_HEADER = "x-sfdc-session"
JSON = "application/json"
XML = "application/xml"
# Which segment of `/services/async/67.0/job/{job_id}` is the job's id.
JOB_ID = 4
# What the fake org refuses for all APIs alike, in the codes of this one. Texts without a row in the reference are ours.
_CODES = {
    "API_ERROR": "ClientInputError",
    "GONE": "InvalidVersion",
    "METHOD_NOT_ALLOWED": "InvalidUrl",
    "NOT_FOUND": "InvalidUrl",
    "REQUEST_ENTITY_TOO_LARGE": "ClientInputError",
    "REQUEST_LIMIT_EXCEEDED": "ExceededQuota",
    "UNSUPPORTED_MEDIA_TYPE": "UnsupportedContentType",
}


def session_of(org: Org, request: Request) -> Session:
    """The caller's session: the bare token in X-SFDC-Session.

    Raises:
        ApiError: InvalidSessionId, with status 400.
    """
    session = org.sessions.use(request.header(SESSION_HEADER).strip())
    if session is None or not session.may_use_apis:
        raise invalid_session()
    return session


def invalid_session() -> ApiError:
    """The token is missing, unknown, expired or revoked. [S]"""
    return ApiError(400, "InvalidSessionId", "Invalid session id")


def refused(org: Org, request: Request, error: ApiError, _api: str | None) -> Answer:
    """A refusal as this API says it."""
    code, status, message = error.code, error.status, error.message
    if code in _CODES:
        code, status = _CODES[code], 405 if status == 405 else 400
    elif code == "INVALID_SESSION_ID":
        known = invalid_session()
        code, status, message = known.code, known.status, known.message
    elif code == "JSON_PARSER_ERROR":
        code, status, message = "InvalidJob", 400, "Unable to parse Job"
    elif code == "UNKNOWN_EXCEPTION":
        code = "InternalServerError"
    if _wants_json(org, request):
        return Answer({"exceptionCode": code, "exceptionMessage": message}, status, error.headers)
    document = Element(
        NAMESPACE,
        "error",
        children=[Element(NAMESPACE, "exceptionCode", code), Element(NAMESPACE, "exceptionMessage", message)],
    )
    return Answer(status=status, headers=error.headers, content=to_bytes(document), media_type=XML)


def choose(org: Org, among: Sequence[OperationSpec], path: Mapping[str, str]) -> OperationSpec | None:
    """The variant of an operation that reads in the job's format; None when the path leads to no job."""
    job = org.part(BatchJobs).look(path.get("job_id", ""))
    if job is None or among[0].method != "GET":
        return None
    if not job.queries and (found := next((each for each in among if each.id == "getBatchResult"), None)):
        return found
    return next((each for each in among if each.answer_types == frozenset((_told_in(job),))), None)


def _told_in(job: BatchJob) -> str:
    """The media type in which jobs and batches are told: JSON for JSON jobs, XML for all others. [S]"""
    return JSON if job.shown_type == "JSON" else XML


def _wants_json(org: Org, request: Request) -> bool:
    """Whether an error is told in JSON: by the request's body, else by the job, else by what the caller takes."""
    if request.media_type is not None:
        return request.media_type == JSON
    job = org.part(BatchJobs).look(request.segments[JOB_ID]) if len(request.segments) > JOB_ID else None
    return _told_in(job) == JSON if job is not None else JSON in request.accepted
