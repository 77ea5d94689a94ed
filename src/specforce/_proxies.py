"""Which proxy a request takes, and what an address of one looks like. No I/O; the environment is read here alone."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from specforce_api.runtime.errors import InputError

if TYPE_CHECKING:
    from specforce._http_options import HttpOptions

_SOCKS = ("socks5", "socks5h")


def origin(url: str) -> str:
    """Scheme, host and port: what connections are looked up by."""
    end = url.find("/", url.find("://") + 3)
    return url if end < 0 else url[:end]


def route(url: str, options: HttpOptions) -> tuple[str, str | None]:
    """How a URL is reached: its scheme, and the proxy on the way.

    Raises:
        InputError: the environment names a proxy that is none.
    """
    parts = urlsplit(url)
    if options.proxy is not None or not options.trust_env:
        return parts.scheme, options.proxy
    from urllib.request import getproxies, proxy_bypass  # noqa: PLC0415 - costs time, and only here is it needed

    proxies = getproxies()
    name = parts.scheme if proxies.get(parts.scheme) else "all"
    proxy = proxies.get(name)
    if not proxy or proxy_bypass(parts.netloc.rpartition("@")[2]):
        return parts.scheme, None
    return parts.scheme, checked(proxy if "://" in proxy else f"http://{proxy}", name=f"{name.upper()}_PROXY")


def checked(proxy: object, *, name: str) -> str:
    """A proxy's address, as it was given.

    Raises:
        InputError: it isn't one, or is of a kind that can't be spoken to. A password in it isn't shown.
    """
    if not isinstance(proxy, str):
        raise InputError(f"{name} is a {type(proxy).__name__}: pass an address such as http://proxy.example:3128")
    try:
        parts = urlsplit(proxy)
        scheme, host, _port = parts.scheme, parts.hostname, parts.port
    except ValueError as error:
        raise InputError(f"{name}={shown(proxy)!r} isn't an address: {error}") from None
    if scheme in _SOCKS:
        from importlib.util import find_spec  # noqa: PLC0415 - rare

        if find_spec("socksio") is None:
            raise InputError(f"{name}={shown(proxy)!r}: SOCKS needs one more package: pip install 'httpx[socks]'")
    elif scheme.startswith("socks"):
        raise InputError(f"{name}={shown(proxy)!r}: of SOCKS proxies only socks5 and socks5h can be spoken to")
    elif scheme not in ("http", "https"):
        raise InputError(f"{name}={shown(proxy)!r} isn't a proxy's address: write http://[user:password@]host:port")
    if (
        not host
        or parts.path not in ("", "/")
        or parts.query
        or parts.fragment
        or any(char.isspace() for char in proxy)
    ):
        raise InputError(f"{name}={shown(proxy)!r} isn't a proxy's address: write http://[user:password@]host:port")
    return proxy


def shown(proxy: str) -> str:
    """A proxy's address without user and password."""
    credentials, at, host = proxy.rpartition("@")
    scheme, separator, _ = credentials.partition("://")
    return f"{scheme}{separator}{host}" if at and separator else host
