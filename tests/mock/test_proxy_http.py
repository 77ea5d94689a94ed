"""One port: plain HTTP, TLS, and a proxy that answers for Salesforce's hosts itself and forwards nothing."""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING

import httpx
import pytest

from specforce_mockserver.network.authority import Authority
from specforce_mockserver.network.hosts import Hosts
from specforce_mockserver.server import MockServer
from tests.mock.raw_org import CLIENT_CREDENTIALS, DATA, PASSWORD
from tests.mock.reference import row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TOKEN = "/services/oauth2/token"
LOGIN = "https://login.salesforce.com"
MY_DOMAIN = "https://acme.my.salesforce.com"


@pytest.fixture(scope="module")
def authority() -> Iterator[Authority]:
    authority = Authority(hosts=Hosts(("example.org",)))
    yield authority
    authority.close()


@pytest.fixture(scope="module")
def server(authority: Authority) -> Iterator[MockServer]:
    with MockServer(authority=authority, proxied=Hosts(("example.org",)), check_answers=True) as server:
        yield server


@pytest.fixture
def trusting(authority: Authority) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(authority.bundle))


@pytest.fixture
def proxied(server: MockServer, trusting: ssl.SSLContext) -> Iterator[httpx.Client]:
    """A client of the proxy."""
    with httpx.Client(proxy=server.proxy_url, verify=trusting, trust_env=False, timeout=30) as client:
        yield client


@pytest.fixture
def say(server: MockServer) -> Iterator[Callable[[bytes], bytes]]:
    """Says something on a connection of its own, and reads what comes back up to the end."""
    sockets: list[socket.socket] = []

    def speak(said: bytes) -> bytes:
        connection = socket.create_connection(("127.0.0.1", server.port), timeout=30)
        sockets.append(connection)
        connection.sendall(said)
        return b"".join(iter(lambda: _received(connection), b""))

    yield speak
    for each in sockets:
        each.close()


def _received(connection: socket.socket) -> bytes:
    try:
        return connection.recv(65_536)
    except ConnectionResetError:
        return b""


@row("auth.md#1", "production / Developer Edition login")
@row("auth.md#1", "sandbox login")
@pytest.mark.parametrize("host", [LOGIN, "https://test.salesforce.com"])
def test_a_login_at_the_shared_host_leads_to_the_orgs_own(proxied: httpx.Client, host: str) -> None:
    token = proxied.post(f"{host}{TOKEN}", data=PASSWORD).json()

    assert token["instance_url"] == MY_DOMAIN
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    limits = proxied.get(f"{token['instance_url']}/services/data/v67.0/limits", headers=headers)
    assert limits.status_code == 200
    assert proxied.get(token["id"], headers=headers).json()["organization_id"] == token["id"].split("/")[-2]


@row("auth.md#1", "org login + all APIs")
@pytest.mark.parametrize(
    "host",
    ["acme.my.salesforce.com", "acme--dev.sandbox.my.salesforce.com", "acme.lightning.force.com", "a.example.org"],
)
def test_a_login_at_an_orgs_own_host_stays_there(proxied: httpx.Client, host: str) -> None:
    token = proxied.post(f"https://{host}{TOKEN}", data=CLIENT_CREDENTIALS).json()

    assert token["instance_url"] == f"https://{host}"


def test_plain_requests_for_its_hosts_are_answered_as_if_by_https(proxied: httpx.Client) -> None:
    token = proxied.post(f"http://acme.my.salesforce.com{TOKEN}", data=CLIENT_CREDENTIALS).json()

    assert token["instance_url"] == MY_DOMAIN


def test_the_servers_own_address_can_be_reached_through_the_proxy(server: MockServer, proxied: httpx.Client) -> None:
    for address in (f"http://127.0.0.1:{server.port}", f"https://localhost:{server.port}"):
        assert proxied.get(f"{address}/__mock/health").json()["status"] == "ok"


def test_large_bodies_pass_both_ways_and_a_slow_reader_holds_up_nobody(proxied: httpx.Client) -> None:
    token = proxied.post(f"{MY_DOMAIN}{TOKEN}", data=CLIENT_CREDENTIALS).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    jobs = f"{MY_DOMAIN}{DATA}/jobs/ingest"
    made = proxied.post(jobs, json={"object": "Account", "operation": "insert"}, headers=headers).json()
    job = f"{jobs}/{made['id']}"
    name = b"x" * 200 + b"\n"
    pieces = (b"Name\n", *(name * 1000 for _ in range(40)))
    proxied.put(f"{job}/batches", content=iter(pieces), headers=headers | {"Content-Type": "text/csv"})
    proxied.patch(job, json={"state": "UploadComplete"}, headers=headers)
    while proxied.get(job, headers=headers).json()["state"] != "JobComplete":
        pass

    plainly = headers | {"Accept-Encoding": "identity"}
    with proxied.stream("GET", f"{job}/successfulResults", headers=plainly) as slow:
        for _ in range(20):
            assert proxied.get(f"{MY_DOMAIN}{DATA}/limits", headers=headers).status_code == 200
        received = sum(len(piece) for piece in slow.iter_bytes())
    assert received > 40_000 * len(name)
    assert received == int(slow.headers["content-length"])


@pytest.mark.parametrize("host", ["example.com", "salesforce.com.example.com", "169.254.169.254", "localhost"])
def test_every_other_host_is_refused_and_never_asked(proxied: httpx.Client, host: str) -> None:
    with pytest.raises(httpx.ProxyError, match="403"):
        proxied.get(f"https://{host}:444/")
    refused = proxied.post(f"http://{host}:81/", content=b"x" * 100_000)

    assert refused.status_code == 403
    assert "forwards nothing" in refused.text
    assert host in refused.text


def test_the_port_speaks_tls_and_plain_http_and_knows_which(server: MockServer, trusting: ssl.SSLContext) -> None:
    with httpx.Client(verify=trusting, trust_env=False) as client:
        for scheme in ("https", "http"):
            url = f"{scheme}://localhost:{server.port}"
            assert client.post(f"{url}{TOKEN}", data=CLIENT_CREDENTIALS).json()["instance_url"] == url


def test_a_handshake_that_comes_with_the_connect_is_heard(server: MockServer, trusting: ssl.SSLContext) -> None:
    """A client that doesn't wait for the proxy's word, byte by byte."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = trusting.wrap_bio(to_client, to_server, server_hostname="acme.my.salesforce.com")
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        said = (
            b"CONNECT acme.my.salesforce.com:443 HTTP/1.1\r\nHost: acme.my.salesforce.com:443\r\n\r\n"
            + to_server.read()
        )
        for start in range(0, len(said), 7):
            connection.send(said[start : start + 7])
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += connection.recv(1)
        assert answer.startswith(b"HTTP/1.1 200 ")
        while client.version() is None or to_server.pending:
            try:
                client.do_handshake()
            except ssl.SSLWantReadError:
                connection.sendall(to_server.read())
                to_client.write(connection.recv(65_536))
                continue
            connection.sendall(to_server.read())


@pytest.mark.parametrize(
    "said",
    [
        b"CONNECT login.salesforce.com HTTP/1.1\r\n\r\n",
        b"CONNECT \r\n\r\n",
        b"CONNECT :443 HTTP/1.1\r\n\r\n",
        b"CONNECT login.salesforce.com:99999 HTTP/1.1\r\n\r\n",
        b"CONNECT login.salesforce.com:443 SMTP\r\n\r\n",
        b"CONNECT \xff\xfe:443 HTTP/1.1\r\n\r\n",
        b"CONNECT https://login.salesforce.com/:443 HTTP/1.1\r\n\r\n",
        b"GET http://[::1/ HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET http://a b/ HTTP/1.1\r\nHost: a\r\n\r\n",
        b"CON\x00ECT a:443 HTTP/1.1\r\n\r\n",
    ],
)
def test_a_target_that_is_none_is_refused(say: Callable[[bytes], bytes], said: bytes) -> None:
    assert say(said).startswith(b"HTTP/1.1 400 ")


def test_a_connect_without_end_is_refused(say: Callable[[bytes], bytes]) -> None:
    assert b" 431 " in say(b"CONNECT login.salesforce.com:443 HTTP/1.1\r\n" + b"X: y\r\n" * 3000)


@pytest.mark.parametrize("said", [b"\x16\x03\x01\xff\xff" + b"\x00" * 70_000, b"\x16" * 100])
def test_what_only_begins_as_tls_ends_the_connection(say: Callable[[bytes], bytes], said: bytes) -> None:
    assert b"HTTP" not in say(said)


def test_junk_in_a_tunnel_ends_it(say: Callable[[bytes], bytes]) -> None:
    answer = say(b"CONNECT login.salesforce.com:443 HTTP/1.1\r\n\r\n\x00\x01\x02junk\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"HTTP/1.1 400 " in answer


def test_a_tunnel_to_a_plain_port_speaks_http(say: Callable[[bytes], bytes]) -> None:
    request = b"GET /services/data HTTP/1.1\r\nHost: acme.my.salesforce.com\r\nConnection: close\r\n\r\n"

    assert b'"version":"67.0"' in say(b"CONNECT acme.my.salesforce.com:80 HTTP/1.1\r\n\r\n" + request)


def test_a_server_that_is_no_proxy_opens_no_tunnel() -> None:
    with MockServer() as server, socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(b"CONNECT login.salesforce.com:443 HTTP/1.1\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 400 ")


def test_a_server_without_authority_closes_on_tls() -> None:
    with MockServer() as server, httpx.Client(trust_env=False) as client:
        with pytest.raises(httpx.ConnectError):
            client.get(f"https://127.0.0.1:{server.port}/")
        assert client.get(server.url).status_code == 404


def test_tls_and_the_proxy_need_an_authority() -> None:
    with pytest.raises(ValueError, match="authority"):
        MockServer(tls=True)
    with pytest.raises(ValueError, match="authority"):
        MockServer(proxied=Hosts())
