"""Error bodies, in the shape and the order of keys of the API that answers.

Source: specs/reference/errors_and_limits.md section 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specforce_mockserver.calls import ApiError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specforce_mockserver.org import Org

_CODE_FIRST = frozenset({"NOT_FOUND", "METHOD_NOT_ALLOWED", "PROCESSING_HALTED"})
_CODE_FIRST_APIS = frozenset({"bulk_v2"})
_FIELDS_FIRST = frozenset({"DELETE_FAILED"})

TOO_LONG_PAGE = "<html><head><title>414 URI Too Long</title></head><body></body></html>"
HEADERS_TOO_LARGE_PAGE = "<html><head><title>431 Request Header Fields Too Large</title></head><body></body></html>"


def error_body(error: ApiError, api: str | None) -> list[dict[str, Any]]:
    """The array that REST and Bulk API 2.0 answer."""
    entry: dict[str, Any] = {"message": error.message, "errorCode": error.code}
    if error.code in _CODE_FIRST or api in _CODE_FIRST_APIS:
        entry = {"errorCode": error.code, "message": error.message}
    if error.fields is not None and api not in _CODE_FIRST_APIS:
        entry = {"fields": error.fields, **entry} if error.code in _FIELDS_FIRST else {**entry, "fields": error.fields}
    if error.duplicate is not None:
        entry = {"duplicateResult": error.duplicate, "errorCode": error.code, "message": error.message}
    return [entry]


def session_expired() -> ApiError:
    """The token is unknown, expired or revoked. [S]"""
    return ApiError(401, "INVALID_SESSION_ID", "Session expired or invalid")


def session_not_for_rest() -> ApiError:
    """The token's scopes don't allow the APIs. [S]"""
    return ApiError(401, "INVALID_SESSION_ID", "This session is not valid for use with the REST API")


def no_authorization() -> ApiError:
    """The Authorization header is missing or malformed. [S]"""
    return ApiError(401, "INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE")


def method_not_allowed(method: str, allowed: Sequence[str]) -> ApiError:
    """The path exists, for other methods. [S]"""
    listed = ",".join(allowed)
    message = f"HTTP Method '{method}' not allowed. Allowed are {listed}"
    return ApiError(405, "METHOD_NOT_ALLOWED", message, headers={"Allow": listed})


def version_gone() -> ApiError:
    """The version is retired; the code is recorded, the text isn't. [S/E]"""
    return ApiError(410, "GONE", "The requested resource is no longer available")


def unsupported_media_type(media_type: str) -> ApiError:
    """The body isn't of a type that the resource takes. [E]"""
    return ApiError(415, "UNSUPPORTED_MEDIA_TYPE", f"Content type {media_type or 'none'} not supported")


def too_large(api: str) -> ApiError:
    """The body is larger than the API takes. [E?]"""
    if api == "bulk_v2":
        return ApiError(413, "BULK_API_ERROR", "ClientInputError : Uploaded data exceeds the maximum size")
    return ApiError(413, "REQUEST_ENTITY_TOO_LARGE", "The request body is larger than 50 MB")


def limit_exceeded() -> ApiError:
    """The day's API requests are used up. [S-t]"""
    return ApiError(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")


def refuse_without_api(org: Org, user_id: str) -> None:
    """Let a caller go on who may use the APIs.

    Raises:
        ApiError: 403, the org or the user has none. [S]
    """
    fault = org.permissions.without_api(user_id)
    if fault is not None:
        raise ApiError(403, *fault)


def no_body() -> ApiError:
    """A body is needed and there is none. [S]"""
    return ApiError(400, "JSON_PARSER_ERROR", "The HTTP entity body is required, but this request has no entity body.")


def not_served(operation_id: str) -> ApiError:
    """The specs have the operation, the fake org has no rules for it yet."""
    return ApiError(501, "NOT_IMPLEMENTED", f"The fake org does not serve {operation_id}")


def unexpected() -> ApiError:
    """A fault of the fake org itself. [E]"""
    message = "An unexpected error occurred. Please include this ErrorId if you contact support: 12345-67890 (-123456)"
    return ApiError(500, "UNKNOWN_EXCEPTION", message)
