"""What goes out over HTTP and how, as values; and where a redirect may lead. No I/O, no httpx."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

if TYPE_CHECKING:
    import os
    import ssl
    from collections.abc import Mapping

    from specforce._tls import Certificate
    from specforce_api.runtime.operation import Body

MAX_REDIRECTS = 5
MAX_RESPONSE_BYTES = 256 * 2**20
_REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpOptions:
    """How connections are made.

    Attributes:
        timeout_s: seconds without a byte, in or out, before a request is given up.
        connect_timeout_s: seconds to connect, and to wait for a free connection.
        proxy: `http://[user:password@]host:port`, also https and (with httpx[socks]) socks5; `None` asks the
            environment.
        verify: `True`, a CA bundle or folder, an `ssl.SSLContext`, or `False` to check nothing.
        client_certificate: a PEM file, `(certificate, key)` or `(certificate, key, password)`.
        http2: speak HTTP/2 where the server does (needs specforce[http2]); slower for bulk.
        max_connections: open connections per host and scheme.
        max_idle_connections: how many of them stay open unused.
        idle_timeout_s: how long they do.
        max_response_bytes: the largest answer that is read whole, `None` for any; streams have no limit.
        trust_env: read HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY where `proxy` is `None`.
    """

    timeout_s: float = 60
    connect_timeout_s: float = 10
    proxy: str | None = field(default=None, repr=False)
    verify: bool | str | os.PathLike[str] | ssl.SSLContext = True
    client_certificate: Certificate | None = field(default=None, repr=False)
    http2: bool = False
    max_connections: int = 100
    max_idle_connections: int = 20
    idle_timeout_s: float = 30
    max_response_bytes: int | None = MAX_RESPONSE_BYTES
    trust_env: bool = True


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
