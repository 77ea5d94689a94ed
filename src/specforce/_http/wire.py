"""From our values to httpx's and back: requests, connection settings, failures."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from specforce._proxies import shown
from specforce_api.runtime.errors import ConnectFailed, ConnectionCut, InputError, TransportError, TransportTimeout
from specforce_api.runtime.operation import StreamBody, header_value

if TYPE_CHECKING:
    import httpx

    from specforce._http_options import HttpOptions
    from specforce._http_request import HttpRequest

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def transport_arguments(key: tuple[str, str | None], options: HttpOptions) -> dict[str, Any]:
    """What httpx's transport for a scheme and a proxy is made with."""
    import httpx  # noqa: PLC0415 - not before the first request

    from specforce import _tls  # noqa: PLC0415

    scheme, proxy = key
    plain = scheme == "http" and not (proxy or "").startswith("https:")
    tls = _tls.unused() if plain else _tls.context(options.verify, options.client_certificate, http2=options.http2)
    return {
        "verify": tls,
        "trust_env": False,
        "http2": options.http2,
        "proxy": httpx.Proxy(proxy, ssl_context=tls if proxy.startswith("https:") else None) if proxy else None,
        "limits": httpx.Limits(
            max_connections=options.max_connections,
            max_keepalive_connections=options.max_idle_connections,
            keepalive_expiry=options.idle_timeout_s,
        ),
    }


def outgoing(request: HttpRequest, content: Any, options: HttpOptions) -> httpx.Request:
    """The httpx request, its headers checked.

    Raises:
        InputError: a header holds a line break or what no header can hold, or the URL isn't one.
    """
    import httpx  # noqa: PLC0415 - not before the first request

    headers: list[tuple[bytes, bytes]] = []
    for name, value in request.headers:
        if not _HEADER_NAME.fullmatch(name):
            raise InputError(f"{name!r} can't be a header's name")
        headers.append((name.encode("ascii"), header_value(name, value).encode("latin-1")))
    if isinstance(request.body, StreamBody) and request.body.length is not None:
        headers.append((b"Content-Length", str(request.body.length).encode()))
    timeout = {
        "connect": options.connect_timeout_s,
        "pool": options.connect_timeout_s,
        "read": options.timeout_s,
        "write": options.timeout_s,
    }
    try:
        return httpx.Request(
            request.method, request.url, headers=headers, content=content, extensions={"timeout": timeout}
        )
    except httpx.InvalidURL as error:
        raise InputError(f"{request.url!r} isn't a URL: {error}") from None


def failures() -> tuple[type[Exception], ...]:
    """What a request or answer that doesn't come through raises; httpx lets some of TLS's errors pass as they are."""
    import ssl  # noqa: PLC0415 - loaded with httpx

    import httpx  # noqa: PLC0415 - not before the first request

    return httpx.TransportError, ssl.SSLError, ConnectionError


def translated(error: Exception, request: HttpRequest, proxy: str | None = None) -> TransportError | InputError:
    """The error of our tree for one of httpx's.

    Args:
        proxy: what stood between, named without its password.
    """
    import httpx  # noqa: PLC0415 - not before the first request

    operation_id = request.operation_id
    host = urlsplit(request.url).netloc.rpartition("@")[2]
    way = f"{host} through the proxy {shown(proxy)}" if proxy else host
    reason = str(error) or type(error).__name__
    if isinstance(error, httpx.PoolTimeout):
        text = f"{operation_id}: no connection to {way} became free in time"
        hint = "more requests run at once than max_connections allows, or a stream was left open"
        return TransportTimeout(text, operation_id=operation_id, sent=False, hint=hint)
    if isinstance(error, httpx.ConnectTimeout):
        text = f"{operation_id}: no connection to {way} in time ({reason})"
        hint = "is the address right, and does a firewall let it through? connect_timeout_s says how long to try"
        return TransportTimeout(text, operation_id=operation_id, sent=False, hint=hint)
    if isinstance(error, httpx.TimeoutException):
        text = f"{operation_id}: {way} didn't answer in time ({reason})"
        hint = "timeout_s says how long to wait for a byte"
        return TransportTimeout(text, operation_id=operation_id, hint=hint)
    if isinstance(error, httpx.ConnectError | httpx.ProxyError):
        text = f"{operation_id}: can't connect to {way}: {reason}"
        return ConnectFailed(text, operation_id=operation_id, hint=_advice(reason, proxied=proxy is not None))
    if isinstance(error, httpx.UnsupportedProtocol | httpx.LocalProtocolError):
        return InputError(f"{operation_id}: the request can't be sent: {reason}")
    return ConnectionCut(f"{operation_id}: the connection to {way} was cut: {reason}", operation_id=operation_id)


def _advice(reason: str, *, proxied: bool) -> str:
    """What to look at when no connection could be made."""
    if "CERTIFICATE_VERIFY_FAILED" in reason:
        return "pass verify='/path/to/ca.pem' if a proxy or the server has its own certificate authority"
    if proxied:
        return "does the proxy run, and let you in? It comes from proxy=, or from HTTPS_PROXY and its like"
    return ""
