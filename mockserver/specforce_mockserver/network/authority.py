"""`Authority`: the certificate authority of a fake org, kept in a folder, and the TLS contexts of hosts.

A folder that has an authority is used as it is, so that clients need to be told of it once; one that is about to end
is replaced. Its key never leaves the folder and can be read by its owner alone. Certificates of hosts are made when a
client asks for one.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import ssl
import tempfile
import threading
import weakref
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING

from specforce_mockserver.network.certificates import Signer, new_key
from specforce_mockserver.network.hosts import LOCAL_DOMAIN, LOCAL_NAMES, Hosts, below, is_name

if TYPE_CHECKING:
    from collections.abc import Iterable

BUNDLE = "ca.pem"
SECRET = "ca-key.pem"  # noqa: S105 - a file's name
CONTEXTS_KEPT = 256


class Authority:
    """An authority, and what it vouches for: this machine, Salesforce's hosts, and names that were given to it.

    Attributes:
        bundle: the PEM file that clients have to trust.
        names: the names that were given to it.
    """

    def __init__(self, folder: Path | None = None, *, hosts: Hosts | None = None, names: Iterable[str] = ()) -> None:
        """Open a folder's authority, or make one.

        Args:
            folder: where it is kept, made if need be; a private temporary one that goes with `close`, unless given.
            hosts: the domains that it vouches for; Salesforce's unless given.
            names: further names that a client may ask for at the port itself.

        Raises:
            ValueError: the folder has a file of that name which isn't an authority, or a name isn't one.
            OSError: the folder can't be written to.
        """
        self._hosts = hosts or Hosts()
        self.names = frozenset(each.lower() for each in names)
        for each in self.names:
            if not is_name(each):
                raise ValueError(f"{each!r} isn't the name of a host")
        self._temporary = Path(tempfile.mkdtemp(prefix="specforce-tls-"))
        # Also where nobody calls `close`: an authority that is dropped, a process that ends.
        self._remove = weakref.finalize(self, shutil.rmtree, self._temporary, ignore_errors=True)
        try:
            home = folder or self._temporary
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._signer = _open_or_make(home)
        except (OSError, ValueError):
            self.close()
            raise
        self.bundle = (home / BUNDLE).resolve()
        self._host_key = new_key()
        self._contexts: OrderedDict[tuple[str, ...], ssl.SSLContext] = OrderedDict()
        self._lock = threading.Lock()

    def context(self, host: str | None = None) -> ssl.SSLContext:
        """The context of a connection.

        Args:
            host: whom the client means, where it doesn't say so itself in the handshake; this machine unless given.
        """
        hosts = (host,) if host is not None else tuple(sorted(LOCAL_NAMES | self.names))
        with self._lock:
            found = self._contexts.get(hosts)
            if found is None:
                found = self._contexts[hosts] = self._new_context(hosts)
                if len(self._contexts) > CONTEXTS_KEPT:
                    self._contexts.popitem(last=False)
            self._contexts.move_to_end(hosts)
            return found

    def close(self) -> None:
        """Remove what was temporary."""
        self._remove()

    def _vouches_for(self, name: str) -> bool:
        return is_name(name) and (name in self.names or below(name, (LOCAL_DOMAIN,)) or name in self._hosts)

    def _new_context(self, hosts: tuple[str, ...]) -> ssl.SSLContext:
        content = self._signer.vouch(hosts, self._host_key)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(["http/1.1"])

        def asked_for(
            connection: ssl.SSLSocket | ssl.SSLObject, name: str | None, _context: ssl.SSLContext
        ) -> int | None:
            lowered = (name or "").lower()
            if not name or lowered in hosts:
                return None
            if not self._vouches_for(lowered):
                return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
            connection.context = self.context(lowered)
            return None

        context.sni_callback = asked_for
        handle, path = tempfile.mkstemp(dir=self._temporary)  # only its owner can read it
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            context.load_cert_chain(path)
        finally:
            Path(path).unlink()
        return context


def _open_or_make(folder: Path) -> Signer:
    """The authority of a folder. Of two processes that make one, the later takes the earlier's.

    Raises:
        ValueError: what is there isn't one.
    """
    secret = folder / SECRET
    if secret.exists() and _read(secret).ends_soon:
        secret.unlink()
    if not secret.exists():
        with tempfile.NamedTemporaryFile(dir=folder) as file:
            file.write(Signer.new().pem)
            file.flush()
            with contextlib.suppress(FileExistsError):
                os.link(file.name, secret)
    secret.chmod(0o600)
    signer = _read(secret)
    _write_bundle(folder, signer.certificate_pem)
    return signer


def _read(secret: Path) -> Signer:
    try:
        return Signer.read(secret.read_bytes())
    except ValueError as error:
        message = f"{secret} isn't the authority of a fake org ({error}): remove it, or name another folder"
        raise ValueError(message) from error


def _write_bundle(folder: Path, content: bytes) -> None:
    """Write the certificate for clients, whole or not at all."""
    bundle = folder / BUNDLE
    if bundle.exists() and bundle.read_bytes() == content:
        return
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
        file.write(content)
    path = Path(file.name)
    path.chmod(0o644)
    path.replace(bundle)
