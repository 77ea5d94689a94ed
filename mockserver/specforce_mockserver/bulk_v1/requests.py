"""What a client asks when it makes or changes a job, as JSON or XML, in this API's words where it is refused.

Source: reference/bulk_v1.md sections 2 and 6.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, cast

from specforce_mockserver.bulk.dialect import LINE_ENDINGS, Dialect
from specforce_mockserver.bulk.requests import INGEST_OPERATIONS, matching_field, refuse_unsupported
from specforce_mockserver.bulk_v1.chunks import read_chunking
from specforce_mockserver.bulk_v1.info import NAMESPACE
from specforce_mockserver.bulk_v1.job import MEDIA_TYPES, QUERY_OPERATIONS, ZIP
from specforce_mockserver.calls import ApiError
from specforce_mockserver.violations import ALLOWED
from specforce_mockserver.xml_documents import XmlError, read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from specforce_mockserver.bulk_v1.chunks import Chunking
    from specforce_mockserver.bulk_v1.job import ContentType
    from specforce_mockserver.calls import Call
    from specforce_mockserver.schema import Schema, SObjectType
    from specforce_mockserver.violations import Allowed, Violation

# In the order that XML has to keep; the last one's place isn't recorded, so it may stand anywhere.
ELEMENTS: Final = ("operation", "object", "externalIdFieldName", "concurrencyMode", "contentType")
ANYWHERE: Final = "assignmentRuleId"
MODES: Final = ("Parallel", "Serial")
READ_ONLY: Final = frozenset({
    "id", "createdById", "createdDate", "systemModstamp", "numberBatchesQueued", "numberBatchesInProgress",
    "numberBatchesCompleted", "numberBatchesFailed", "numberBatchesTotal", "numberRecordsProcessed", "numberRetries",
    "apiVersion", "numberRecordsFailed", "totalProcessingTime", "apiActiveProcessingTime", "apexProcessingTime",
})  # fmt: skip
_CODES: Final = {"INVALIDJOB": "InvalidJob", "INVALIDENTITY": "InvalidEntity"}
Wanted = Literal["Closed", "Aborted"]


@dataclass(frozen=True, slots=True)
class JobRequest:
    """A legal request for a job."""

    operation: str
    sobject: SObjectType
    content_type: ContentType
    zipped: bool
    concurrency_mode: Literal["Parallel", "Serial"]
    dialect: Dialect
    external_id_field: str | None
    assignment_rule_id: str | None
    chunking: Chunking | None


def refusal(_call: Call, violation: Violation) -> ApiError | Allowed:
    """A breach of the spec in this API's words; a mode may be given by its number, as simple-salesforce does."""
    if violation.name == "concurrencyMode" and _is_mode(violation.value):
        return ALLOWED
    if violation.keyword == "additionalProperties":
        return _unknown(violation.name)
    return unreadable()


def unreadable() -> ApiError:
    """The document has a value or an element where none like it may stand [S]."""
    return ApiError(400, "InvalidJob", "Unable to parse Job")


def read_xml(content: bytes) -> dict[str, str]:
    """The elements of a `jobInfo` document.

    Raises:
        ApiError: 400 InvalidXml, it can't be read; 400 InvalidJob, it is something else, or its order is wrong [S].
    """
    try:
        root = read(content)
    except XmlError as error:
        raise ApiError(400, "InvalidXml", f"Unable to parse the document: {error}") from error
    if (root.namespace, root.name) != (NAMESPACE, "jobInfo"):
        raise unreadable()
    found = {child.name: child.text.strip() for child in root.children}
    names = [child.name for child in root.children if child.name in ELEMENTS]
    if len(found) != len(root.children) or names != [name for name in ELEMENTS if name in names]:
        raise unreadable()
    return found


def read_job_request(call: Call, given: Mapping[str, Any]) -> JobRequest:
    """Check a request for a job.

    Args:
        call: the request, for its headers.
        given: the members of its document.

    Raises:
        ApiError: 400 InvalidJob or InvalidEntity.
    """
    for name in given:
        if name not in ELEMENTS and name != ANYWHERE:
            raise _unknown(name)
    operation = _one_of(given.get("operation"), {*INGEST_OPERATIONS, *QUERY_OPERATIONS})
    content_type = _one_of(given.get("contentType") or "XML", {*MEDIA_TYPES, *(f"{ZIP}{name}" for name in MEDIA_TYPES)})
    zipped = content_type.startswith(ZIP)
    if zipped and operation in QUERY_OPERATIONS:
        raise ApiError(400, "InvalidJob", f"Content type {content_type} is not supported for {operation}")  # [E]
    mode = given.get("concurrencyMode") or MODES[0]
    mode = MODES[int(mode)] if _is_mode(mode) else _one_of(mode, {*MODES})
    line_ending = call.headers.get("sforce-line-ending", "LF").upper()
    sobject, external_id_field = _target(call.org.schema, operation, given)
    return JobRequest(
        operation=operation,
        sobject=sobject,
        content_type=cast("ContentType", content_type.removeprefix(ZIP)),
        zipped=zipped,
        concurrency_mode=cast("Literal['Parallel', 'Serial']", mode),
        dialect=Dialect(line_ending=line_ending if line_ending in LINE_ENDINGS else "LF"),
        external_id_field=external_id_field,
        assignment_rule_id=given.get(ANYWHERE),
        chunking=read_chunking(call.org.schema, call.headers.get("sforce-enable-pkchunking", "")),
    )


def read_wanted_state(given: Mapping[str, Any]) -> Wanted:
    """The state that a client wants a job to be in.

    Raises:
        ApiError: 400 InvalidJob, something else is sent too, or it is no such state.
    """
    for name in given:
        if name != "state":
            raise _unknown(name)
    return cast("Wanted", _one_of(given.get("state"), {"Closed", "Aborted"}))


def _target(schema: Schema, operation: str, given: Mapping[str, Any]) -> tuple[SObjectType, str | None]:
    """The object, and the field that an upsert matches by."""
    name = given.get("object")
    sobject = schema.type(name) if isinstance(name, str) else None
    if sobject is None:
        raise ApiError(400, "InvalidJob", f"Unable to find object: {name or ''}")
    if operation in QUERY_OPERATIONS:
        if not sobject.queryable:
            raise ApiError(400, "InvalidEntity", f"Entity '{sobject.name}' is not supported by the Bulk API.")
        return sobject, None
    try:
        refuse_unsupported(sobject, operation)
        key = matching_field(sobject, given.get("externalIdFieldName")) if operation == "upsert" else None
    except ApiError as error:
        raise ApiError(400, _CODES[error.code], error.message.removeprefix("InvalidJob : ")) from error
    return sobject, key.name if key else None


def _is_mode(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(MODES)


def _one_of(value: Any, allowed: set[str]) -> str:
    if not isinstance(value, str) or value not in allowed:
        raise unreadable()
    return value


def _unknown(name: str) -> ApiError:
    """A member that may not be sent; those that are read-only are named [S]."""
    if name in READ_ONLY or name in ELEMENTS:
        return ApiError(400, "InvalidJob", f"{name[0].upper()}{name[1:]} cannot be specified")
    return unreadable()
