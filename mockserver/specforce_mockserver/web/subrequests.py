"""Requests inside a request, as the composite family has them: through the same routes, checks and providers.

What they don't go through is what belongs to a connection: logins, faults, the request log, the day's limit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from specforce_mockserver.calls import NOTHING, ApiError, Subanswer, not_found
from specforce_mockserver.web import errors
from specforce_mockserver.web.calling import asked, call_of
from specforce_mockserver.web.dispatch import target_of
from specforce_mockserver.web.mounts import HOST, mount_of
from specforce_mockserver.web.request import Request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from specforce_mockserver.calls import Answer, Permit, Subrequest
    from specforce_mockserver.oauth.sessions import Session
    from specforce_mockserver.org import Org
    from specforce_mockserver.web.routes import Routes

# What a URL inside JSON may hold unencoded: everything printable of ASCII but spaces and the fragment's sign.
_AS_IT_IS = "!\"$%&'()*+,/:;<=>?@[\\]^`{|}~"


class Subrequests:
    """Runs requests in the name of another one."""

    def __init__(self, org: Org, routes: Routes, request: Request, session: Session | None) -> None:
        """Remember who asks.

        Args:
            org: whose state they are about.
            routes: all paths.
            request: the one that holds them.
            session: its caller's.
        """
        self._org = org
        self._routes = routes
        self._request = request
        self._session = session

    def send(self, subrequest: Subrequest, permit: Permit) -> Subanswer:
        """Run one request; a refusal is its answer.

        Args:
            subrequest: the request.
            permit: refuses operations that have no place here, by an ApiError.
        """
        request = self._made(subrequest)
        api: str | None = None
        operation_id: str | None = None
        try:
            mount = mount_of(request)
            if mount is HOST or not mount.in_xml_too:
                raise not_found()
            target = target_of(self._org, self._routes, request, mount, self._session)
            api, operation_id = target.operation.api, target.operation.id
            permit(target.operation)
            raw = b"" if subrequest.body is NOTHING else msgspec.json.encode(subrequest.body)
            call, provider = call_of(self._org, request, target, raw, NOTHING, send=None)
            return _subanswer(operation_id, asked(provider, call))
        except ApiError as error:
            return Subanswer(operation_id, error.status, error.headers, errors.error_body(error, api))

    def _made(self, subrequest: Subrequest) -> Request:
        path, _mark, query = quote(subrequest.url, safe=_AS_IT_IS).partition("?")
        inherited = {name: self._request.header(name) for name in ("host", "authorization")}
        given = {**inherited, **subrequest.headers, "content-type": "application/json"}
        return Request(
            {
                "path": path,
                "raw_path": path.encode(),
                "query_string": query.encode(),
                "headers": _encoded(given),
                "method": subrequest.method,
                "scheme": self._request.scheme,
            }
        )


def _encoded(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [
        (name.lower().encode("latin-1", "replace"), value.encode("latin-1", "replace"))
        for name, value in headers.items()
    ]


def _subanswer(operation_id: str, answer: Answer) -> Subanswer:
    return Subanswer(operation_id, answer.status, answer.headers, None if answer.body is NOTHING else answer.body)
