"""How connections are made, checked when it is said. No I/O, no httpx."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING

from specforce._checks import seconds, whole_number
from specforce._extras import missing
from specforce._proxies import checked
from specforce_api.runtime.errors import InputError

if TYPE_CHECKING:
    import ssl

    from specforce._tls import Certificate

MAX_RESPONSE_BYTES = 256 * 2**20


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

    Raises:
        InputError: a setting makes no sense, or needs a package that isn't there.
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

    def __post_init__(self) -> None:
        seconds("timeout_s", self.timeout_s)
        seconds("connect_timeout_s", self.connect_timeout_s)
        seconds("idle_timeout_s", self.idle_timeout_s)
        whole_number("max_connections", self.max_connections)
        whole_number("max_idle_connections", self.max_idle_connections, least=0)
        if self.max_response_bytes is not None:
            whole_number("max_response_bytes", self.max_response_bytes)
        if self.proxy is not None:
            checked(self.proxy, name="proxy")
        if not isinstance(self.verify, bool | str | os.PathLike):
            _check_context(self.verify)
        if self.http2 and find_spec("h2") is None:
            raise missing("http2=True", "h2", "http2")


def _check_context(verify: object) -> None:
    import ssl  # noqa: PLC0415 - slow to import, and loaded already by whoever has a context

    if not isinstance(verify, ssl.SSLContext):
        raise InputError(
            f"verify is a {type(verify).__name__}: pass True, False, a CA bundle or folder, or an ssl.SSLContext"
        )
