"""Where callers find an org: what `instance_url` and every other URL in an answer begins with."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from specforce_mockserver.settings import OrgSettings
    from specforce_mockserver.web.request import Request


def base_url(settings: OrgSettings, request: Request) -> str:
    """The org's address for the sender of a request: the one that it asked, unless all orgs share that."""
    if settings.public_url is not None:
        return settings.public_url
    if request.host.lower() in settings.login_hosts:
        return settings.my_domain_url
    return request.base_url
