"""Apex REST: calls go to the org's endpoints, whatever their media type.

Source: specs/reference/apex_rest.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from specforce_mockserver.apex.calling import call as call_endpoint
from specforce_mockserver.apex.messages import ApexRequest
from specforce_mockserver.calls import Answer, ApiError, Upload
from specforce_mockserver.registry import provides

if TYPE_CHECKING:
    from specforce_mockserver.calls import Call

_OPERATIONS = (
    *(f"{method}ApexRest" for method in ("get", "head", "delete")),
    *(f"{method}ApexRest{form}" for method in ("post", "put", "patch") for form in ("", "Xml", "Text", "Binary")),
)


def answer(call: Call) -> Answer:
    """Find the endpoint and call it.

    Raises:
        ApiError: 403, 404, 405, 406, or what the call raises.
    """
    if not call.org.settings.apex_rest:
        raise ApiError(403, "APEX_REST_SERVICES_DISABLED", "Apex REST services are disabled for this organization.")
    method = "GET" if call.method == "HEAD" else call.method
    segments = [unquote(each, errors="replace") for each in call.path.split("/") if each][2:]
    found = call.org.apex.find(method, segments)
    if isinstance(found, list):
        raise _no_endpoint(call.method, found)
    endpoint, values = found
    if endpoint.users is not None and call.user_id not in endpoint.users:
        message = f"You do not have access to the Apex class named: {endpoint.function.__name__}"
        raise ApiError(403, "FORBIDDEN", message)
    request = ApexRequest(
        method=method,
        path="/" + "/".join(segments),
        values=values,
        params=dict(reversed(call.query)),
        headers=call.headers,
        body=call.body.path.read_bytes() if isinstance(call.body, Upload) else call.raw_body,
        media_type=call.headers.get("content-type", "").partition(";")[0].strip().lower(),
        user_id=call.user_id,
    )
    answered = call_endpoint(endpoint, request)
    _check_acceptable(call.headers.get("accept", ""), answered)
    return answered


def _no_endpoint(method: str, allowed: list[str]) -> ApiError:
    if not allowed:
        return ApiError(404, "NOT_FOUND", "Could not find a match for URL")
    listed = ",".join(allowed)
    message = f"HTTP Method '{method}' not allowed. Allowed are {listed}"
    return ApiError(405, "METHOD_NOT_ALLOWED", message, headers={"Allow": listed})


def _check_acceptable(accept: str, answered: Answer) -> None:
    """Refuse callers who take XML alone where the answer is JSON: nothing but the endpoint itself writes XML here."""
    takes = {each.partition(";")[0].strip().lower() for each in accept.split(",") if each.strip()}
    if takes and takes <= {"application/xml", "text/xml"} and "json" in (answered.media_type or ""):
        raise ApiError(406, "NOT_ACCEPTABLE", "The requested media type is not supported")


for _operation in _OPERATIONS:
    provides(_operation, blocking=True, lenient=True, own_body=True)(answer)
