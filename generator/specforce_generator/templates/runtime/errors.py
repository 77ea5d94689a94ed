"""Every error a caller can meet, as one tree.

    SalesforceError
    ├── InputError            bad input, refused before any request (also a ValueError)
    │   └── SpecError         the operation or parameter isn't in this API version
    ├── TransportError        no whole answer arrived
    │   ├── ConnectFailed     nothing was sent: host unknown, refused, TLS failure
    │   ├── TransportTimeout  no answer within the timeout
    │   └── ConnectionCut     the connection ended inside a request or an answer
    ├── DecodeError           an answer arrived, but not in the shape the spec promises
    ├── AuthError             no token could be had: error, description, hint
    ├── ApiError              Salesforce refused: status, error_code, message, fields, request_id
    │   ├── InvalidSession  RequestLimitExceeded  InsufficientAccess
    │   ├── NotFound  EntityIsDeleted  AmbiguousExternalId
    │   ├── MalformedQuery  InvalidField  InvalidType  InvalidQueryLocator
    │   ├── DuplicateValue  RequiredFieldMissing  StringTooLong  MalformedId  ValidationFailed
    │   ├── UnableToLockRow  ServerUnavailable  VersionConflict  VersionRetired
    │   └── ApexError  NotImplementedByServer
    ├── JobError              a bulk job didn't end well: job_id, state
    │   ├── JobFailed  JobAborted
    │   └── JobTimeout
    ├── BudgetReached         nothing was sent: max_api_fraction of the org's requests a day are used
    ├── IntegrityError        counts that don't add up; nothing is dropped silently
    └── StoreError            a store of shared state can't be reached or read
        └── StoreConflict     somebody else wrote first, or holds the lease

An error keeps what the wire said (status, code, fields, request id, the body's start) and never a token: text is
redacted when the error is made.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from .redaction import redact
from .types import is_list, is_object

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .operation import OperationInfo, Reply
    from .soap_fault import SoapFault

_BODY_KEPT = 2000


class SalesforceError(Exception):
    """The root: everything that specforce raises on purpose. Errors can be copied and pickled, as process pools do."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), self.args, self.__dict__)


def _restored(kind: type[SalesforceError], args: tuple[Any, ...], state: dict[str, Any]) -> SalesforceError:
    """The same error again, made without its constructor."""
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class InputError(SalesforceError, ValueError):
    """Bad input, found before any request was sent."""


class SpecError(InputError):
    """The operation, or a parameter of it, isn't part of the API version in use."""


class TransportError(SalesforceError):
    """No whole answer arrived.

    Attributes:
        operation_id: the operation in the specs.
        sent: the server may have acted on the request.
        hint: what to look at, `""` where there is no general advice.
    """

    def __init__(self, message: str, *, operation_id: str = "", sent: bool = True, hint: str = "") -> None:
        super().__init__(redact(f"{message}\n  hint: {hint}" if hint else message))
        self.operation_id = operation_id
        self.sent = sent
        self.hint = hint


class ConnectFailed(TransportError):
    """The request never left: unknown host, refused connection, TLS failure, proxy refusal."""

    def __init__(self, message: str, *, operation_id: str = "", hint: str = "") -> None:
        super().__init__(message, operation_id=operation_id, sent=False, hint=hint)


class TransportTimeout(TransportError):
    """No answer within the timeout; the server may have acted on the request."""


class ConnectionCut(TransportError):
    """The connection ended in the middle of a request or of an answer."""


class DecodeError(SalesforceError):
    """An answer arrived that isn't what the spec promises: an HTML page, cut JSON, a missing field."""

    def __init__(self, message: str, *, operation_id: str = "", status: int = 0, body: str = "") -> None:
        super().__init__(redact(message))
        self.operation_id = operation_id
        self.status = status
        self.body = redact(body[:_BODY_KEPT])


class AuthError(SalesforceError):
    """No token could be had. `error` and `description` are the token endpoint's words, `hint` says what to change."""

    def __init__(
        self, message: str, *, error: str = "", description: str = "", hint: str = "", status: int = 0
    ) -> None:
        super().__init__(redact(f"{message}\n  hint: {hint}" if hint else message))
        self.error = error
        self.description = redact(description)
        self.hint = hint
        self.status = status


@dataclass(frozen=True, slots=True)
class ErrorDetail:
    """One entry of Salesforce's error array."""

    error_code: str
    message: str
    fields: tuple[str, ...] = ()


class ApiError(SalesforceError):
    """Salesforce answered with an error.

    Attributes:
        status: the HTTP status.
        error_code: Salesforce's errorCode of the first entry, `""` where the body had none.
        message: Salesforce's message of the first entry.
        fields: API names of the fields that the first entry blames.
        errors: every entry of the error array.
        request_id: the server's id of this request, `""` if it gave none.
        operation_id: the operation in the specs.
        target: what the request's path named: `{"sobject": "Account", "record_id": "001..."}`.
        headers: the response headers, lower-case.
        body: the start of the raw body, redacted.
        hint: what to do about it, `""` where there is no general advice.
        fault: the SOAP fault, `None` for the other APIs.
    """

    hint = ""

    def __init__(
        self,
        message: str,
        *,
        status: int,
        errors: Sequence[ErrorDetail] = (),
        operation_id: str = "",
        request_id: str = "",
        target: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        body: str = "",
        hint: str = "",
        fault: SoapFault | None = None,
    ) -> None:
        self.fault = fault
        self.errors = tuple(replace(entry, message=redact(entry.message)) for entry in errors)
        first = self.errors[0] if errors else ErrorDetail("", redact(message))
        self.status = status
        self.error_code = first.error_code
        self.message = first.message
        self.fields = first.fields
        self.operation_id = operation_id
        self.request_id = request_id
        self.target = target or {}
        self.headers = headers or {}
        self.body = redact(body[:_BODY_KEPT])
        self.hint = hint or type(self).hint
        super().__init__(redact(self._text(message)))

    def _text(self, message: str) -> str:
        where = f"{self.operation_id}: " if self.operation_id else ""
        code = f" {self.error_code}" if self.error_code else ""
        text = f"{where}HTTP {self.status}{code}: {self.message or message}"
        if self.fields:
            text += f" (fields: {', '.join(self.fields)})"
        if self.status == 404 and self.target:
            text += f" ({', '.join(f'{name} {value}' for name, value in self.target.items())})"
        if len(self.errors) > 1:
            text += f" (and {len(self.errors) - 1} more)"
        if self.request_id:
            text += f" [request {self.request_id}]"
        return f"{text}\n  hint: {self.hint}" if self.hint else text


class InvalidSession(ApiError):
    """The token is expired, revoked or not valid for this API."""

    hint = "log in again; a session that specforce logged in itself is renewed once before this is raised"


class RequestLimitExceeded(ApiError):
    """The org's request quota (daily or concurrent) is used up."""

    hint = "wait for the limit to reset, or look at sf.rest.get_limits()"


class InsufficientAccess(ApiError):
    """The user may not do this."""


class NotFound(ApiError):
    """No such resource, record or job."""


class EntityIsDeleted(NotFound):
    """The record is in the recycle bin."""


class AmbiguousExternalId(ApiError):
    """More than one record has this external id; `records` holds the URLs of all of them."""

    def __init__(self, message: str, *, body: str = "", **details: Any) -> None:
        super().__init__(message, body=body, **details)
        self.records = _urls(body)


def _urls(body: str) -> list[str]:
    try:
        found: object = json.loads(body)
    except (ValueError, RecursionError):
        return []
    return [url for url in found if isinstance(url, str)] if is_list(found) else []


class MalformedQuery(ApiError):
    """The SOQL or SOSL text isn't well-formed."""


class InvalidField(ApiError):
    """No such field, or it isn't visible to this user."""


class InvalidType(ApiError):
    """No such sObject type, or it isn't visible to this user."""


class InvalidQueryLocator(ApiError):
    """The query cursor is unknown or gone."""

    hint = "query again: cursors live two days, ten per user"


class DuplicateValue(ApiError):
    """A unique field or a duplicate rule stood in the way."""


class RequiredFieldMissing(ApiError):
    """Required fields have no value; see `fields`."""


class StringTooLong(ApiError):
    """A value exceeds its field's length."""


class MalformedId(ApiError):
    """An id isn't one, or is one of another object."""


class ValidationFailed(ApiError):
    """A validation rule, trigger or picklist refused the value."""


class UnableToLockRow(ApiError):
    """Another transaction holds the record."""

    hint = "try again: the lock is short-lived"


class ServerUnavailable(ApiError):
    """Salesforce, or something before it, is down or overloaded (5xx, 429)."""


class VersionConflict(ApiError):
    """The request's API version isn't the one that the job was made with (409)."""


class VersionRetired(ApiError):
    """The API version is retired (410)."""

    hint = "use a newer api_version: sf.rest.list_versions() names those that this org serves"


class ApexError(ApiError):
    """An exception in the org's own Apex code; `message` is its text and where it was thrown."""


class NotImplementedByServer(ApiError):
    """The server knows the operation, but doesn't offer it (501: the fake org says so of what it doesn't serve)."""


class JobError(SalesforceError):
    """A bulk job didn't end well."""

    def __init__(self, message: str, *, job_id: str, state: str = "") -> None:
        super().__init__(redact(message))
        self.job_id = job_id
        self.state = state


class JobFailed(JobError):
    """Salesforce set the job to Failed; the message holds its reason."""


class JobAborted(JobError):
    """The job was aborted."""


class JobTimeout(JobError):
    """The job wasn't done before the deadline; it still runs unless the caller asked for an abort."""


class IntegrityError(SalesforceError):
    """What arrived doesn't add up to what the server says it has."""

    def __init__(self, message: str, *, expected: int | None = None, actual: int | None = None) -> None:
        super().__init__(redact(message))
        self.expected = expected
        self.actual = actual


class BudgetReached(SalesforceError):
    """A request wasn't sent: as much of the org's requests a day is used as this client or task may use up.

    Attributes:
        used: requests in the last 24 hours, by anyone, as the last answer stated it.
        allowed: how many there may be.
        fraction: the limit that was set, `max_api_fraction`.
    """

    def __init__(self, message: str, *, used: int, allowed: int, fraction: float) -> None:
        super().__init__(message)
        self.used = used
        self.allowed = allowed
        self.fraction = fraction


class StoreError(SalesforceError):
    """A store of shared state (tokens, replay positions) can't be reached, written or understood."""

    def __init__(self, message: str) -> None:
        super().__init__(redact(message))


class StoreConflict(StoreError):
    """Nothing was written: somebody else wrote first, or holds the key's lease. Read again."""


_BY_CODE: dict[str, type[ApiError]] = {
    "APEX_ERROR": ApexError,
    "API_CURRENTLY_DISABLED": InsufficientAccess,
    "API_DISABLED_FOR_ORG": InsufficientAccess,
    "DUPLICATES_DETECTED": DuplicateValue,
    "DUPLICATE_EXTERNAL_ID": DuplicateValue,
    "DUPLICATE_VALUE": DuplicateValue,
    "ENTITY_IS_DELETED": EntityIsDeleted,
    "FIELD_CUSTOM_VALIDATION_EXCEPTION": ValidationFailed,
    "FIELD_FILTER_VALIDATION_EXCEPTION": ValidationFailed,
    "FIELD_INTEGRITY_EXCEPTION": ValidationFailed,
    "FUNCTIONALITY_NOT_ENABLED": InsufficientAccess,
    "GONE": VersionRetired,
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": InsufficientAccess,
    "INSUFFICIENT_ACCESS_OR_READONLY": InsufficientAccess,
    "INVALID_AUTH_HEADER": InvalidSession,
    "INVALID_FIELD": InvalidField,
    "INVALID_FIELD_FOR_INSERT_UPDATE": InvalidField,
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": ValidationFailed,
    "INVALID_QUERY_LOCATOR": InvalidQueryLocator,
    "INVALID_SESSION_ID": InvalidSession,
    "INVALID_TYPE": InvalidType,
    "InvalidSessionId": InvalidSession,
    "MALFORMED_ID": MalformedId,
    "MALFORMED_QUERY": MalformedQuery,
    "MALFORMED_SEARCH": MalformedQuery,
    "NOT_FOUND": NotFound,
    "REQUEST_LIMIT_EXCEEDED": RequestLimitExceeded,
    "REQUIRED_FIELD_MISSING": RequiredFieldMissing,
    "SERVER_UNAVAILABLE": ServerUnavailable,
    "STRING_TOO_LONG": StringTooLong,
    "UNABLE_TO_LOCK_ROW": UnableToLockRow,
    "UNSUPPORTED_API_VERSION": VersionRetired,
}
_BY_STATUS: dict[int, type[ApiError]] = {
    300: AmbiguousExternalId,
    401: InvalidSession,
    404: NotFound,
    409: VersionConflict,
    410: VersionRetired,
    429: ServerUnavailable,
    500: ServerUnavailable,
    501: NotImplementedByServer,
    502: ServerUnavailable,
    503: ServerUnavailable,
    504: ServerUnavailable,
}


def details(document: object) -> tuple[ErrorDetail, ...]:
    """Read Salesforce's error array, `[{message, errorCode, fields}]`, also where one object stands for the array.

    Bulk API 1.0 calls the two `exceptionCode` and `exceptionMessage`; trees and actions have errors per result.
    """
    entries: list[Any] = document if is_list(document) else [document]
    found: list[ErrorDetail] = []
    for entry in entries:
        if not is_object(entry):
            continue
        code = next((entry[key] for key in _CODES if entry.get(key)), "")
        text = entry.get("message") or entry.get("exceptionMessage") or ""
        if code or text:
            fields: object = entry.get("fields")
            names = tuple(str(name) for name in fields) if is_list(fields) else ()
            found.append(ErrorDetail(str(code), str(text), names))
        else:
            found += details(entry.get("results")) + details(entry.get("errors"))
    return tuple(found)


_CODES = ("errorCode", "statusCode", "exceptionCode")
_XML = re.compile(r"<(exceptionCode|exceptionMessage)>([^<]*)</")


def _from_xml(text: str) -> tuple[ErrorDetail, ...]:
    """Read the error document of Bulk API 1.0, by its two elements."""
    return details({name: unescape(value) for name, value in _XML.findall(text)})


def error_from_reply(info: OperationInfo, reply: Reply) -> ApiError:
    """Build the error for an answer that isn't one of the operation's successes."""
    text = reply.content.decode("utf-8", errors="replace")
    if (fault := _fault(info, reply)) is not None:
        told = ErrorDetail(fault.exception_code, fault.exception_message or fault.text)
        return _error(_BY_CODE.get(told.error_code, ApiError), (told,), info, reply, fault=fault)
    try:
        found = details(json.loads(text)) if text else ()
    except (ValueError, RecursionError):
        found = _from_xml(text)
    by_code = _BY_CODE.get(found[0].error_code) if found else None
    kind = by_code or _BY_STATUS.get(reply.status, ApiError)
    hint = ""
    if not found and "html" in reply.headers.get("content-type", ""):
        hint = "the answer is a web page: check the instance URL and any proxy on the way"
    return _error(kind, found, info, reply, hint=hint)


def _fault(info: OperationInfo, reply: Reply) -> SoapFault | None:
    """The fault of an answer of the SOAP API: it tells more than the status, which is always 500."""
    if info.api != "soap":
        return None
    from .soap_fault import read_fault  # noqa: PLC0415 - it needs this module, and only SOAP needs it

    return read_fault(reply.content)


def _error(
    kind: type[ApiError],
    found: Sequence[ErrorDetail],
    info: OperationInfo,
    reply: Reply,
    *,
    hint: str = "",
    fault: SoapFault | None = None,
) -> ApiError:
    text = reply.content.decode("utf-8", errors="replace")
    return kind(
        text[:200].strip() or "no body",
        status=reply.status,
        errors=found,
        operation_id=info.operation_id,
        request_id=reply.request_id,
        target=_target(info.path, reply.url),
        headers=dict(reply.headers),
        body=text,
        hint=hint,
        fault=fault,
    )


def _target(template: str, url: str) -> dict[str, str]:
    """The values that a request's path has for its parameters, apart from the API version."""
    names = re.findall(r"{(\w+)}", template)
    pattern = re.sub(r"\\{\w+\\}", "([^/?#]+)", re.escape(template))
    found = re.search(rf"{pattern}(?:[?#]|$)", url)
    values = found.groups() if found else ()
    return {name: unquote(value) for name, value in zip(names, values, strict=False) if name != "api_version"}
