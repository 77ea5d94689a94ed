"""TLS over real sockets: an authority of one's own, client certificates, and failures that say what to do."""

from __future__ import annotations

import json
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from specforce.auth import StaticToken
from specforce.errors import ConnectFailed, TransportError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.halves import Half

TLS = Path(__file__).with_name("tls")
CA, SERVER, CLIENT = TLS / "ca.pem", TLS / "server.pem", TLS / "client.pem"
SOQL = "SELECT Id FROM Account"


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        content = json.dumps({"totalSize": 0, "done": True, "records": []}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        pass


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up on the certificate is what these tests are about."""


@pytest.fixture
def serve() -> Iterator[Callable[[bool], str]]:
    """Starts servers; those that ask for a client's certificate, and those that don't."""
    servers: list[_Server] = []

    def start(asks_for_certificate: bool) -> str:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(SERVER)
        if asks_for_certificate:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(CA)
        server = _Server(("127.0.0.1", 0), _Answers)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return f"https://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_certificate_that_nobody_vouches_for_is_refused_at_once_with_advice(
    half: Half, serve: Callable[[bool], str]
) -> None:
    sf = half.login(StaticToken("t", serve(False)))

    with pytest.raises(ConnectFailed, match="verify="):
        half.run(sf.query(SOQL).all())

    assert half.clock.slept == []


def test_an_own_authority_is_trusted_by_file_and_by_context(half: Half, serve: Callable[[bool], str]) -> None:
    url = serve(False)
    own = ssl.create_default_context(cafile=str(CA))

    for verify in (CA, str(CA), own, False):
        assert half.run(half.login(StaticToken("t", url), verify=verify).query(SOQL).all()) == []


def test_the_environment_may_name_the_authority(
    half: Half, serve: Callable[[bool], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CA))

    assert half.run(half.login(StaticToken("t", serve(False))).query(SOQL).all()) == []


def test_a_client_certificate_is_shown_to_a_server_that_asks(half: Half, serve: Callable[[bool], str]) -> None:
    url = serve(True)

    sf = half.login(StaticToken("t", url), verify=CA, client_certificate=CLIENT)
    assert half.run(sf.query(SOQL).all()) == []

    with pytest.raises(TransportError):
        half.run(half.login(StaticToken("t", url), verify=CA).query(SOQL).all())
