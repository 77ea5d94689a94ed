"""The error for an answer that isn't one of the operation's successes, with advice where the runtime can't know it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce import _urls
from specforce_api.runtime.errors import ApiError, InvalidField, InvalidSession, NotFound, error_from_reply
from specforce_api.runtime.versions import NEWEST

if TYPE_CHECKING:
    from specforce._describes import Describes
    from specforce_api.runtime.operation import OperationInfo, Reply

_REDIRECTS = (301, 302, 303, 307, 308)
_TOO_LONG = (414, 431)


def refusal(info: OperationInfo, reply: Reply, api_version: str, describes: Describes) -> ApiError:
    """Build the error; redirects to another host, API versions from the future and misspelt fields explained."""
    error = error_from_reply(info, reply)
    if reply.status in _REDIRECTS:
        target = reply.headers.get("location", "")
        hint = "requests and their token stay on one host: set instance_url to the org's own address, with https"
        return _remade(error, f"redirected to {_urls.host(target) or target or 'nowhere'}", reply, info, hint)
    if isinstance(error, NotFound) and "{api_version}" in info.path and float(api_version) > float(NEWEST):
        hint = f"the org may not have API version {api_version} yet: sf.rest.list_versions() names those it has"
        return _remade(error, error.message, reply, info, hint)
    if reply.status in _TOO_LONG:
        hint = (
            "the URL is too long (16,384 bytes): shorten the query or its lists, "
            "or use sf.bulk.export, which takes the same text and values"
        )
        return _remade(error, error.message, reply, info, hint)
    if isinstance(error, InvalidField) and (hint := describes.near_misses(error)):
        return _remade(error, error.message, reply, info, hint)
    return error


def token_refused(error: ApiError) -> bool:
    """Does the answer say that the access token is no good?

    userinfo answers 403 with a bare word instead of 401 (reference/auth.md 3), Bulk API 1.0 answers 400
    (reference/bulk_v1.md 6), and SOAP 500 with a fault (reference/soap.md 2).
    """
    if error.fault is not None:
        return isinstance(error, InvalidSession)
    if error.status == 403:
        return error.body.strip() == "Bad_OAuth_Token"
    return error.status == 401 or error.error_code == "InvalidSessionId"


def _remade(error: ApiError, message: str, reply: Reply, info: OperationInfo, hint: str) -> ApiError:
    return type(error)(
        message,
        status=reply.status,
        errors=error.errors,
        operation_id=info.operation_id,
        request_id=reply.request_id,
        target=error.target,
        headers=error.headers,
        body=error.body,
        hint=hint,
        fault=error.fault,
    )
