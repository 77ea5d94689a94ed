"""From a request to the operation that it is for: login, version, path, method.

A caller without a live session learns nothing but that: paths and versions are looked at after the login.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from specforce_mockserver import versions
from specforce_mockserver.calls import not_found
from specforce_mockserver.registry import PROVIDERS
from specforce_mockserver.web import errors
from specforce_mockserver.web.login import session_of

if TYPE_CHECKING:
    from specforce_mockserver.oauth.sessions import Session
    from specforce_mockserver.operations import OperationSpec
    from specforce_mockserver.org import Org
    from specforce_mockserver.registry import Provider
    from specforce_mockserver.web.request import Request
    from specforce_mockserver.web.routes import Match, Routes

_DATA = ("services", "data")


@dataclass(slots=True)
class Target:
    """What a request is for."""

    operation: OperationSpec
    path_values: dict[str, str]
    api_version: str
    session: Session | None
    provider: Provider | None


def is_versioned(request: Request) -> bool:
    """Whether a path goes below an API version, where every caller must be logged in and every call counts."""
    return len(request.segments) >= 3 and tuple(each.lower() for each in request.segments[:2]) == _DATA


def target_of(org: Org, routes: Routes, request: Request, session: Session | None) -> Target:
    """Find the operation.

    Args:
        org: whose versions and sessions there are.
        routes: all paths.
        request: what is asked.
        session: the caller's, where the path needed one.

    Raises:
        ApiError: 401, 404, 405, 406 or 410.
    """
    segments = request.segments
    if session is None:
        match = routes.find(segments, versioned=False)
        if match is None:
            raise not_found()
        return _target(org, request, match, org.settings.newest_version, None)
    version = versions.in_path(segments[2])
    if version is None or float(version) > float(org.settings.newest_version):
        raise not_found()
    if float(version) < float(org.settings.oldest_version):
        raise errors.version_gone()
    match = routes.find(segments[3:], versioned=True)
    if match is None:
        if segments[-1].endswith(".xml"):
            raise errors.not_acceptable("application/xml")
        raise not_found()
    return _target(org, request, match, version, session)


def _target(org: Org, request: Request, match: Match, version: str, session: Session | None) -> Target:
    arguments = dict(reversed(request.query))
    chosen = match.choose(request.method, arguments, request.media_type)
    if chosen is None:
        raise errors.method_not_allowed(request.method, match.allowed)
    operation, values = chosen
    if not operation.since <= float(version) <= operation.until:
        raise not_found()
    provider = PROVIDERS.get(operation.id)
    if session is None and operation.secured and not (provider and provider.own_login):
        session = session_of(org, request)
    if request.wants_xml_only and operation.api != "auth":
        raise errors.not_acceptable("application/xml")
    return Target(operation, values, version, session, provider)
