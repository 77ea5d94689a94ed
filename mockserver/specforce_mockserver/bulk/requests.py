"""What a client asks when it makes a job, checked in Salesforce's words.

JSON bodies have passed the spec before, with `refusal` turning its verdicts into the API's own; the job part of a
multipart body hasn't, so everything is checked here again. Source: reference/bulk_v2.md sections 2, 5 and 7.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from specforce_mockserver.bulk.dialect import DELIMITERS, LINE_ENDINGS, Dialect
from specforce_mockserver.calls import ApiError
from specforce_mockserver.jackson import locate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from specforce_mockserver.calls import Call
    from specforce_mockserver.schema import Field, Schema, SObjectType
    from specforce_mockserver.violations import Violation

INGEST_OPERATIONS: Final = ("insert", "update", "upsert", "delete", "hardDelete")
QUERY_OPERATIONS: Final = ("query", "queryAll")
_VALUES: Final[dict[str, tuple[str, ...]]] = {
    "contentType": ("CSV",),
    "columnDelimiter": tuple(DELIMITERS),
    "lineEnding": tuple(LINE_ENDINGS),
}


@dataclass(frozen=True, slots=True)
class IngestRequest:
    """A legal request for an ingest job."""

    operation: str
    sobject: SObjectType
    dialect: Dialect
    external_id_field: str | None
    assignment_rule_id: str | None


def refusal(call: Call, violation: Violation) -> ApiError | None:
    """A breach of the spec in the words of Bulk API 2.0; None for those whose words are the usual ones."""
    if violation.where == "query":
        return None
    match violation.keyword:
        case "enum":
            return _invalid_value(violation.name, violation.value)
        case "type":
            return _wrong_type(locate(call.raw_body, violation.path))
        case "required" | "minLength" if violation.name == "object":
            return _no_object("")
        case "required" | "minLength" if violation.name == "query":
            return ApiError(400, "API_ERROR", "SOQL statements cannot be empty or null")
        case "required":
            return _invalid_value(violation.name, "null")
        case _:
            return None


def read_ingest_request(schema: Schema, body: Mapping[str, Any]) -> IngestRequest:
    """Check a request for an ingest job.

    Args:
        schema: the org's.
        body: the JSON.

    Raises:
        ApiError: 400 INVALIDJOB, INVALIDENTITY or API_ERROR.
    """
    operation = _one_of("operation", body.get("operation"), INGEST_OPERATIONS)
    dialect = read_dialect(body)
    sobject = schema.type(_text(body, "object") or "")
    if sobject is None:
        raise _no_object(_text(body, "object") or "")
    refuse_unsupported(sobject, operation)
    key = matching_field(sobject, _text(body, "externalIdFieldName")) if operation == "upsert" else None
    return IngestRequest(operation, sobject, dialect, key.name if key else None, _text(body, "assignmentRuleId"))


def read_dialect(body: Mapping[str, Any]) -> Dialect:
    """The CSV dialect that a request asks for.

    Raises:
        ApiError: 400 API_ERROR, an unknown value [S].
    """
    chosen = {name: _one_of(name, body.get(name) or values[0], values) for name, values in _VALUES.items()}
    return Dialect(chosen["columnDelimiter"], chosen["lineEnding"])


def _one_of(name: str, value: Any, values: tuple[str, ...]) -> str:
    if value not in values:
        raise _invalid_value(name, "null" if value is None else value)
    return cast("str", value)


def _text(body: Mapping[str, Any], name: str) -> str | None:
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise _wrong_type("[line:1, column:1]")
    return value


def refuse_unsupported(sobject: SObjectType, operation: str) -> None:
    """Refuse operations that the object as a whole doesn't allow [S for queries, E? for ingest]."""
    allowed = {
        "insert": sobject.createable,
        "update": sobject.updateable,
        "upsert": sobject.createable and sobject.updateable,
    }.get(operation, sobject.deletable)
    if not allowed:
        raise ApiError(400, "INVALIDENTITY", f"Entity '{sobject.name}' is not supported by the Bulk API.")


def matching_field(sobject: SObjectType, name: str | None) -> Field:
    """The field that an upsert matches by.

    Raises:
        ApiError: 400 INVALIDJOB, none is named [S, recorded for Bulk API 1.0], or none that records are found by [S].
    """
    if not name:
        raise ApiError(
            400,
            "INVALIDJOB",
            f"InvalidJob : External ID was blank for {sobject.name}. An External ID must be specified for upsert.",
        )
    field = sobject.field(name)
    if field is None or not field.matchable:
        raise ApiError(
            400,
            "INVALIDJOB",
            f"InvalidJob : Field name provided, {name} does not match an External ID for {sobject.name}",
        )
    return field


def _wrong_type(where: str) -> ApiError:
    """A value of the wrong JSON type [S, reports of simple-salesforce users]."""
    return ApiError(400, "API_ERROR", f"Value does not match expected type at {where}")


def _invalid_value(name: str, value: object) -> ApiError:
    return ApiError(400, "API_ERROR", f"Invalid value: '{value}' supplied for property: '{name}'")


def _no_object(name: str) -> ApiError:
    return ApiError(400, "INVALIDJOB", f"InvalidJob : Unable to find object: {name}")
