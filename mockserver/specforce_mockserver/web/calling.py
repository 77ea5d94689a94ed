"""From a target and a body to a provider's answer: what a request of its own and one inside another have in common."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from specforce_mockserver.calls import NOTHING, Answer, ApiError, Call, Upload
from specforce_mockserver.violations import ALLOWED
from specforce_mockserver.web import checks, errors
from specforce_mockserver.web.addresses import base_url
from specforce_mockserver.web.bodies import check_media_type, parsed
from specforce_mockserver.web.multipart import parse_multipart
from specforce_mockserver.web.xml_bodies import XML_TYPES, read_xml, takes_xml

if TYPE_CHECKING:
    from specforce_mockserver.calls import Send
    from specforce_mockserver.org import Org
    from specforce_mockserver.registry import Provider
    from specforce_mockserver.web.dispatch import Target
    from specforce_mockserver.web.request import Request

_log = logging.getLogger("specforce.mockserver")


def call_of(
    org: Org, request: Request, target: Target, raw: bytes, body: Any, *, send: Send | None
) -> tuple[Call, Provider]:
    """The call that the provider gets, and the provider.

    Args:
        org: whose state it is about.
        request: what is asked.
        target: what it is for.
        raw: the body, where it is in memory.
        body: the body, where it is in a file.
        send: runs requests in the name of this one; None where there is nobody to.

    Raises:
        ApiError: the session is gone, nobody serves the operation, or the request breaks the spec.
    """
    operation, provider = target.operation, target.provider
    if target.session is not None:
        if org.sessions.look(target.session.token) is None:
            raise errors.session_expired()
        org = org.seen_by(target.session.user_id)
    if provider is None:
        raise errors.not_served(operation.id)
    if operation.body_kind != "none" and not provider.lenient:
        check_media_type(operation, request)
    if isinstance(body, Upload) and operation.body_kind == "multipart":
        body = parse_multipart(request.header("content-type"), body.mapped())
    elif request.media_type in XML_TYPES and takes_xml(operation) and not provider.own_body:
        body = read_xml(raw, operation, org.schema.type(target.path_values.get("sobject", "")))
    elif operation.body_kind not in {"none", "raw"} and not provider.own_body:
        body = parsed(operation, request, raw)
    values, violations = checks.query_arguments(operation, request.query, float(target.api_version))
    call = Call(
        org=org,
        operation=operation,
        method=request.method,
        path=request.path,
        base_url=base_url(org.settings, request),
        api_version=target.api_version,
        params={**target.path_values, **values},
        query=request.query,
        headers=request.headers,
        session=target.session,
        body=None if body is NOTHING else body,
        raw_body=raw,
        send=send,
    )
    if operation.body_kind in {"json", "form"} and not provider.own_body:
        violations.extend(checks.body_violations(operation, body))
    for violation in () if provider.lenient else violations:
        own = provider.on_violation(call, violation) if provider.on_violation is not None else None
        if own != ALLOWED:
            raise own or checks.usual_error(violation, raw)
    return call, provider


def asked(provider: Provider, call: Call) -> Answer:
    """The provider's answer.

    Raises:
        ApiError: it refuses; or it failed, which is the fake org's own fault.
    """
    try:
        return provider.provide(call)
    except ApiError:
        raise
    except Exception as error:
        _log.exception("the provider of %s failed", call.operation.id)
        raise errors.unexpected() from error
