"""One TLS context per process and setting: building one costs more than a request."""

from __future__ import annotations

import os
import ssl
from functools import lru_cache
from pathlib import Path

from specforce_api.runtime.errors import InputError

Certificate = str | os.PathLike[str] | tuple[str | os.PathLike[str], ...]


def context(
    verify: bool | str | os.PathLike[str] | ssl.SSLContext, certificate: Certificate | None, *, http2: bool
) -> ssl.SSLContext:
    """The context for `verify` and a client certificate.

    Args:
        verify: `True` checks servers against the bundled authorities (or SSL_CERT_FILE, SSL_CERT_DIR), a path names a
            CA bundle or folder, `False` checks nothing, a context is used as it is.
        certificate: a PEM file with certificate and key, or `(certificate, key)`, or `(certificate, key, password)`.
        http2: contexts aren't shared between the two, the protocol list is part of them.

    Raises:
        InputError: a file isn't there or isn't what it should be.
    """
    if isinstance(verify, ssl.SSLContext):
        return verify
    chosen = verify if isinstance(verify, bool) else os.fspath(verify)
    parts = certificate if isinstance(certificate, tuple) else (certificate,) if certificate is not None else ()
    environment = (os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))
    return _build(chosen, tuple(os.fspath(part) for part in parts), environment, http2)


@lru_cache
def _build(
    verify: bool | str, certificate: tuple[str, ...], environment: tuple[str | None, str | None], _http2: bool
) -> ssl.SSLContext:
    if verify is False:
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    else:
        made = _trusting(verify, environment)
    if certificate:
        try:
            made.load_cert_chain(*certificate)
        except (OSError, ValueError) as error:
            raise InputError(f"client_certificate {certificate[0]!r} can't be used: {error}") from error
    return made


def _trusting(verify: bool | str, environment: tuple[str | None, str | None]) -> ssl.SSLContext:
    file, folder = environment
    if isinstance(verify, str):
        if not Path(verify).exists():
            raise InputError(f"verify={verify!r}: no such file or folder; it should hold the CA certificates to trust")
        file, folder = (None, verify) if Path(verify).is_dir() else (verify, None)
    elif not file and not folder:
        import certifi  # noqa: PLC0415 - comes with httpx, and costs time that plain http need not pay

        file = certifi.where()
    try:
        return ssl.create_default_context(cafile=file or None, capath=folder or None)
    except (OSError, ssl.SSLError) as error:
        raise InputError(f"the CA certificates of {file or folder!r} can't be read: {error}") from error


@lru_cache
def unused() -> ssl.SSLContext:
    """A context for connections that never use it: plain http."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
