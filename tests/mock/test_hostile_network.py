"""Clients that mean harm or are broken: the server lets go of each of them, and goes on answering everybody else."""

from __future__ import annotations

import socket
import ssl
import struct
from collections.abc import Callable, Iterator

import httpx
import pytest

from specforce_mockserver.network.authority import Authority
from specforce_mockserver.network.hosts import Hosts
from specforce_mockserver.network.limits import Patience
from specforce_mockserver.server import MockServer
from tests.mock.raw_org import DATA, RawOrg

Open = Callable[[], socket.socket]
HURRIED = Patience(head_s=0.3, body_s=0.3, keep_alive_s=0.3)
REQUEST = b"GET /services/data HTTP/1.1\r\nHost: x\r\n\r\n"
TUNNEL = b"CONNECT login.salesforce.com:443 HTTP/1.1\r\n\r\n"


@pytest.fixture(scope="module")
def authority() -> Iterator[Authority]:
    authority = Authority()
    yield authority
    authority.close()


@pytest.fixture(scope="module")
def hurried(authority: Authority) -> Iterator[MockServer]:
    """A server that waits for nobody for long."""
    with MockServer(authority=authority, proxied=Hosts(), patience=HURRIED) as server:
        yield server


@pytest.fixture(scope="module")
def patient(authority: Authority) -> Iterator[MockServer]:
    """A server as it is."""
    with MockServer(authority=authority, proxied=Hosts()) as server:
        yield server


@pytest.fixture
def sockets() -> Iterator[list[socket.socket]]:
    """The connections of a test, closed after it."""
    opened: list[socket.socket] = []
    yield opened
    for each in opened:
        each.close()


@pytest.fixture
def slow(hurried: MockServer, sockets: list[socket.socket]) -> Open:
    return lambda: opened(hurried, sockets)


@pytest.fixture
def quick(patient: MockServer, sockets: list[socket.socket]) -> Open:
    return lambda: opened(patient, sockets)


@pytest.fixture(autouse=True)
def everybody_else(hurried: MockServer, patient: MockServer) -> Iterator[None]:
    """Whatever happens to one client, the next one is answered."""
    yield
    for server in (hurried, patient):
        assert httpx.get(f"{server.plain_url}/services/data", trust_env=False, timeout=30).status_code == 200


def opened(server: MockServer, sockets: list[socket.socket]) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=30)
    sockets.append(connection)
    return connection


def rest(connection: socket.socket) -> bytes:
    """What comes up to the end; a reset is an end too."""
    received = b""
    try:
        while piece := connection.recv(65_536):
            received += piece
    except ConnectionResetError:
        pass
    return received


def sent(connection: socket.socket, piece: bytes, times: int) -> int:
    """How often a piece could be sent before the server had enough of it."""
    for done in range(times):
        try:
            connection.sendall(piece)
        except (BrokenPipeError, ConnectionResetError):
            return done
    return times


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"G",
        b"C",
        b"CONNECT login.sales",
        b"GET /services/data HTTP/1.1\r\nHost: x\r\nX-Slow",
        b"\x16",
        b"\x16\x03\x01\x02\x00\x01\x00",
        TUNNEL,
        TUNNEL + b"\x16\x03\x01",
    ],
    ids=[
        "nothing",
        "a letter",
        "CONN",
        "a tunnel's half",
        "a head's half",
        "TLS",
        "a hello's half",
        "a tunnel",
        "in it",
    ],
)
def test_who_does_not_get_to_the_point_is_let_go(slow: Open, said: bytes) -> None:
    connection = slow()
    connection.sendall(said)

    answer = rest(connection).removeprefix(b"HTTP/1.1 200 Connection established\r\n\r\n")
    assert answer == b"" or answer.startswith(b"HTTP/1.1 408 ")


def test_a_head_that_drips_does_not_win_time_by_dripping(slow: Open) -> None:
    connection = slow()
    connection.sendall(b"GET /services/data HTTP/1.1\r\n")
    connection.settimeout(0.05)
    answer = b""
    while not answer:
        try:
            connection.sendall(b"X-Drip: 1\r\n")
            answer = connection.recv(1000)
        except TimeoutError:
            continue
        except (BrokenPipeError, ConnectionResetError):
            break

    assert answer == b"" or answer.startswith(b"HTTP/1.1 408 ")


def test_a_body_that_stops_ends_the_connection(slow: Open) -> None:
    connection = slow()
    connection.sendall(b"POST /services/oauth2/token HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\ngrant_type=")

    assert rest(connection) == b""


def test_a_connection_that_is_done_and_says_nothing_more_is_closed(slow: Open) -> None:
    connection = slow()
    connection.sendall(REQUEST)

    assert rest(connection).startswith(b"HTTP/1.1 200 ")


def test_a_flood_of_headers_is_stopped_before_it_fills_anything(quick: Open) -> None:
    connection = quick()
    connection.sendall(b"GET /services/data HTTP/1.1\r\nHost: x\r\n")
    line = b"X-Flood: " + b"y" * 8000 + b"\r\n"

    assert sent(connection, line, 20_000) < 20_000


def test_a_head_that_is_too_large_is_told_so(quick: Open) -> None:
    connection = quick()
    connection.sendall(
        b"GET /services/data HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + b"X: y\r\n" * 4000 + b"\r\n"
    )

    assert rest(connection).startswith(b"HTTP/1.1 431 ")


def test_trailers_after_a_body_are_not_kept(quick: Open) -> None:
    connection = quick()
    head = b"POST /services/oauth2/token HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    connection.sendall(head + b"0\r\n" + b"X-Trailer: y\r\n" * 2000 + b"\r\n")

    assert rest(connection).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    "said",
    [
        b"\x00" * 1000,
        b"\r\n" * 100 + b"\x00\r\n",
        b"SSH-2.0-OpenSSH_9.9\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost x\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ],
)
def test_what_is_no_request_is_refused(quick: Open, said: bytes) -> None:
    connection = quick()
    connection.sendall(said)

    assert rest(connection).startswith(b"HTTP/1.1 400 ")


def test_pipelined_requests_are_answered_in_their_order(quick: Open) -> None:
    connection = quick()
    paths = [b"/services/data", b"/nowhere", b"/services/data"] * 50
    head = b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n"
    last = b"GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    connection.sendall(b"".join(head % path for path in paths) + last)

    statuses = [each[:3] for each in rest(connection).split(b"HTTP/1.1 ")[1:]]
    assert statuses == [b"200", b"404", b"200"] * 50 + [b"404"]


def test_a_client_that_sends_requests_without_end_is_cut_off(quick: Open) -> None:
    assert sent(quick(), REQUEST * 100, 100_000) < 100_000


def test_half_closed_connections_end(quick: Open) -> None:
    for said in (b"", b"GET /serv", b"\x16\x03\x01", TUNNEL):
        connection = quick()
        connection.sendall(said)
        connection.shutdown(socket.SHUT_WR)
        rest(connection)


def test_resets_at_any_moment_harm_nobody(quick: Open) -> None:
    hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"
    for said in (b"", b"GET", REQUEST, REQUEST * 20, hello, TUNNEL, TUNNEL + hello):
        connection = quick()
        connection.sendall(said)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()


def test_a_tls_client_that_leaves_in_the_middle_harms_nobody(patient: MockServer, authority: Authority) -> None:
    trusting = ssl.create_default_context(cafile=str(authority.bundle))
    with socket.create_connection(("127.0.0.1", patient.port), timeout=30) as plain:
        secured = trusting.wrap_socket(plain, server_hostname="localhost")
        secured.sendall(b"POST /services/oauth2/token HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nhalf")
        secured.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        secured.close()


def test_junk_within_tls_is_refused_as_outside(patient: MockServer, authority: Authority) -> None:
    trusting = ssl.create_default_context(cafile=str(authority.bundle))
    for said in (b"\x16\x03\x01\x00\x05hello", b"\x00\x01\x02\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", patient.port), timeout=30) as plain:
            secured = trusting.wrap_socket(plain, server_hostname="localhost")
            secured.sendall(said)
            assert rest(secured).startswith(b"HTTP/1.1 400 ")
            secured.close()


def test_idle_connections_make_room_for_those_who_ask() -> None:
    with MockServer(max_connections=20) as server:
        idle: list[socket.socket] = []
        for _ in range(60):
            connection = opened(server, idle)
            connection.sendall(REQUEST)
            assert connection.recv(12) == b"HTTP/1.1 200"
        raw = RawOrg(server.url)
        raw.login()
        assert raw.send("GET", "/limits").status_code == 200
        raw.http.close()
        assert rest(idle[0]).endswith(b"]")
        for each in idle:
            each.close()


def test_more_who_say_nothing_than_there_is_room_for_are_turned_away() -> None:
    with MockServer(max_connections=10) as server:
        silent: list[socket.socket] = []
        for _ in range(30):
            opened(server, silent)
        assert [rest(each) for each in silent[10:]] == [b""] * 20
        for each in silent:
            each.close()


def test_hundreds_of_idle_connections_slow_nobody_down(patient: MockServer, sockets: list[socket.socket]) -> None:
    for _ in range(300):
        opened(patient, sockets)
    raw = RawOrg(patient.plain_url)
    raw.login()

    assert all(raw.send("GET", "/limits").status_code == 200 for _ in range(20))
    raw.http.close()


def test_a_slow_upload_holds_up_nobody_else(patient: MockServer, sockets: list[socket.socket]) -> None:
    raw = RawOrg(patient.plain_url)
    raw.login()
    for _ in range(40):
        job = raw.json("POST", "/jobs/ingest", json={"object": "Account", "operation": "insert"})["id"]
        head = [
            f"PUT {DATA}/jobs/ingest/{job}/batches HTTP/1.1",
            "Host: x",
            f"Authorization: Bearer {raw.token}",
            "Content-Type: text/csv",
            "Content-Length: 100000",
        ]
        opened(patient, sockets).sendall("\r\n".join([*head, "", "Name"]).encode())

    assert raw.create("Account", Name="Acme").startswith("001")
    raw.http.close()
