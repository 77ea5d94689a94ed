"""What goes out over HTTP, as a value; and where a redirect may lead. No I/O, no httpx."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from specforce_api.runtime.operation import Body

MAX_REDIRECTS = 5
_REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request as it goes out. Its URL is whole and encoded."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: Body = field(default=None, repr=False)
    operation_id: str = ""


def onward(request: HttpRequest, status: int, headers: Mapping[str, str], hops: int) -> HttpRequest | None:
    """The request to send instead where the answer is a redirect on the same host, else `None`.

    A redirect elsewhere, or one that would turn a write into a read, is the caller's to refuse.
    """
    location = headers.get("location")
    if status not in _REDIRECTS or not location or hops >= MAX_REDIRECTS:
        return None
    if status in (301, 302, 303) and request.method not in ("GET", "HEAD"):
        return None
    target = urljoin(request.url, location)
    here, there = urlsplit(request.url), urlsplit(target)
    if (here.scheme, here.netloc) != (there.scheme, there.netloc):
        return None
    return replace(request, url=target)
