"""From a request to the operation that it is for: login, version, path, method.

A caller without a live session learns nothing but that: paths and versions are looked at after the login.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from specforce_mockserver.calls import not_found
from specforce_mockserver.registry import PROVIDERS
from specforce_mockserver.web import errors
from specforce_mockserver.web.mounts import HOST
from specforce_mockserver.web.routes import fits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from specforce_mockserver.oauth.sessions import Session
    from specforce_mockserver.operations import OperationSpec
    from specforce_mockserver.org import Org
    from specforce_mockserver.registry import Provider
    from specforce_mockserver.web.mounts import Mount
    from specforce_mockserver.web.request import Request
    from specforce_mockserver.web.routes import Routes


@dataclass(slots=True)
class Target:
    """What a request is for. `variants` are operations that the form may turn out to be for instead."""

    operation: OperationSpec
    path_values: dict[str, str]
    api_version: str
    session: Session | None
    provider: Provider | None
    variants: tuple[OperationSpec, ...] = ()

    def refined(self, form: Mapping[str, str]) -> Target:
        """What the request is for by the fields of its form."""
        chosen = next((each for each in self.variants if fits(each, form)), None)
        if chosen is None:
            return self
        return replace(self, operation=chosen, provider=PROVIDERS.get(chosen.id), variants=())


def target_of(org: Org, routes: Routes, request: Request, mount: Mount, session: Session | None) -> Target:
    """Find the operation.

    Args:
        org: whose versions and sessions there are.
        routes: all paths.
        request: what is asked.
        mount: what its path is below.
        session: the caller's, where the path needed one.

    Raises:
        ApiError: 401, 404, 405 or 410.
    """
    segments = request.segments
    version = org.settings.newest_version
    if mount.version_segment is not None:
        version = _version(org, mount.version_of(segments))
    match = routes.find(mount.template_segments(segments), suffixed=mount.in_xml_too or mount is HOST)
    if match is None:
        raise not_found()
    choose = None if mount.choose is None else partial(mount.choose, org)
    chosen = match.choose(request, choose)
    if chosen is None:
        raise errors.method_not_allowed(request.method, match.allowed)
    operation, values = chosen
    if not operation.since <= float(version) <= operation.until:
        raise not_found()
    provider = PROVIDERS.get(operation.id)
    if session is None and operation.secured and not (provider and provider.own_login):
        session = mount.session_of(org, request)
    return Target(operation, values, version, session, provider, match.form_variants(operation))


def _version(org: Org, version: str | None) -> str:
    """The version that a path names, where this org has it.

    Raises:
        ApiError: 404 or 410.
    """
    if version is None or float(version) > float(org.settings.newest_version):
        raise not_found()
    if float(version) < float(org.settings.oldest_version):
        raise errors.version_gone()
    return version
