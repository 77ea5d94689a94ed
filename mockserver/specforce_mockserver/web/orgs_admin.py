"""`/__mock/orgs`: the orgs of the process, over HTTP, in any language. No login.

GET     /__mock/orgs          every org: its name, Id, user, and where it is
POST    /__mock/orgs          {"name": "acme"} makes one; if wanted, with a "clock" ("auto") of another kind than the
                              first org's, and "settings": {"username": "a@b.example"}
DELETE  /__mock/orgs/{name}   ends one, with all that it knows

What is below `/__mock/` otherwise is about one org: below `/orgs/{name}/__mock/`, or at the org's own host.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from specforce_mockserver.admin.door import refuse_other_sites
from specforce_mockserver.admin.orders import refusal
from specforce_mockserver.calls import Answer, empty
from specforce_mockserver.clock import ClockKind  # noqa: TC001 - msgspec reads it
from specforce_mockserver.orgs import settings_for
from specforce_mockserver.settings import OrgSettings  # noqa: TC001 - msgspec reads it

if TYPE_CHECKING:
    from specforce_mockserver.org import Org
    from specforce_mockserver.orgs import Orgs
    from specforce_mockserver.web.request import Request

ORGS = "orgs"


class _Wanted(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    clock: ClockKind | None = None
    settings: OrgSettings | None = None


class OrgsAdmin:
    """The administration of the orgs of one process."""

    def __init__(self, orgs: Orgs) -> None:
        self._orgs = orgs

    def answer(self, request: Request, raw: bytes) -> Answer:
        """Do what a request asks for.

        Raises:
            ApiError: it can't be understood, or there is no such org.
        """
        refuse_other_sites(request)
        rest = request.segments[2:]
        try:
            match request.method, len(rest):
                case "GET" | "HEAD", 0:
                    return Answer([self._shown(each, request) for each in self._orgs])
                case "POST", 0:
                    return Answer(self._shown(self._make(raw), request), 201)
                case "DELETE", 1:
                    return self._remove(rest[0])
                case _, 0 | 1:
                    allowed = "DELETE" if rest else "HEAD, GET, POST"
                    raise refusal(405, f"{request.path} takes {allowed}, not {request.method}", allow=allowed)
                case _:
                    raise refusal(404, f"nothing answers {request.path}")
        except ValueError as error:  # those of msgspec are among them
            raise refusal(400, str(error)) from error

    def _make(self, raw: bytes) -> Org:
        wanted = msgspec.json.decode(raw, type=_Wanted)
        return self._orgs.make(settings_for(wanted.name, wanted.settings), clock=wanted.clock)

    def _remove(self, name: str) -> Answer:
        try:
            self._orgs.remove(name)
        except KeyError:
            raise refusal(404, f"there is no org {name}") from None
        return empty()

    def _shown(self, org: Org, request: Request) -> dict[str, Any]:
        settings = org.settings
        return {
            "name": settings.my_domain,
            "orgId": org.identity.org_id,
            "username": settings.username,
            "url": f"{request.base_url}/orgs/{settings.my_domain}",
            "myDomainUrl": settings.my_domain_url,
            "clock": org.clock.kind,
        }
