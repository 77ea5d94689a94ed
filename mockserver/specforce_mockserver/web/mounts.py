"""Where APIs are mounted, and what goes for all that is below one place: who calls, which version, how it refuses.

Below a mount every caller must be logged in, whatever the path, and every call counts against the day's limit.
What is below none (logins, the list of versions) says for itself whether it wants a login.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from specforce_mockserver import versions
from specforce_mockserver.calls import Answer
from specforce_mockserver.operations import VERSION_VARIABLE
from specforce_mockserver.soap import faults
from specforce_mockserver.web import async_api, errors
from specforce_mockserver.web.login import session_of
from specforce_mockserver.web.replies import JSON

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from specforce_mockserver.calls import ApiError
    from specforce_mockserver.oauth.sessions import Session
    from specforce_mockserver.operations import OperationSpec
    from specforce_mockserver.org import Org
    from specforce_mockserver.web.request import Request

    Refusing = Callable[[Org, Request, ApiError, str | None], Answer]
    Choosing = Callable[[Org, Sequence[OperationSpec], Mapping[str, str]], OperationSpec | None]


def _json_array(_org: Org, _request: Request, error: ApiError, api: str | None) -> Answer:
    """A refusal as REST and Bulk API 2.0 say it."""
    return Answer(errors.error_body(error, api), error.status, error.headers)


@dataclass(frozen=True, slots=True)
class Mount:
    """One place.

    Attributes:
        prefix: its path's segments, in lower case.
        version_segment: the segment that names the API version, as the specs' paths have it; None where none does.
        with_root: whether the place itself is one of its paths; else that says for itself whether it wants a login.
        json_type: the Content-Type of JSON in answers.
        in_xml_too: whether JSON may be had, and sent, as XML.
        session_of: finds who calls.
        refused: says no.
        choose: picks among operations that share a path and a method by what the org knows; None from it, or where
            there is none, leaves it to the request's own headers.
    """

    prefix: tuple[str, ...]
    version_segment: str | None = None
    with_root: bool = False
    json_type: str = JSON
    in_xml_too: bool = False
    session_of: Callable[[Org, Request], Session] = session_of
    refused: Refusing = _json_array
    choose: Choosing | None = None

    def holds(self, segments: Sequence[str]) -> bool:
        """Whether a path is below it."""
        size = len(self.prefix)
        below = len(segments) > size or (self.with_root and len(segments) == size)
        return below and tuple(each.lower() for each in segments[:size]) == self.prefix

    def version_of(self, segments: Sequence[str]) -> str | None:
        """The API version that a path below it names; None when it names none."""
        if self.version_segment is None:
            return None
        found, before = segments[len(self.prefix)], self.version_segment.removesuffix(VERSION_VARIABLE)
        return versions.in_path(f"v{found.removeprefix(before)}") if found.startswith(before) else None

    def template_segments(self, segments: Sequence[str]) -> list[str]:
        """The path with its version replaced by the variable that the specs' paths have there."""
        if self.version_segment is None:
            return list(segments)
        place = len(self.prefix)
        return [*self.prefix, self.version_segment, *segments[place + 1 :]]


HOST = Mount(())
SOAP = ("services", "soap")
MOUNTS = (
    Mount(("services", "data"), f"v{VERSION_VARIABLE}", in_xml_too=True),
    Mount(
        ("services", "async"), VERSION_VARIABLE, json_type=async_api.JSON, session_of=async_api.session_of,
        refused=async_api.refused, choose=async_api.choose,
    ),
    Mount(("services", "apexrest"), with_root=True),
    Mount(SOAP, with_root=True, refused=faults.refused),
)  # fmt: skip


def mount_of(request: Request) -> Mount:
    """What a request's path is below; `HOST` when it is below none."""
    return next((each for each in MOUNTS if each.holds(request.segments)), HOST)
