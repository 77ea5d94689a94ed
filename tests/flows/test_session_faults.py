"""Logins, tokens and a network that misbehaves, against the fake org: a clear error or the right answer."""

from __future__ import annotations

import gc
import socket
import subprocess
import sys
import threading
import warnings
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from specforce import Retry, Salesforce
from specforce.auth import ClientCredentials, RefreshToken, RetirementWarning, StaticToken, UsernamePassword
from specforce.errors import (
    ApiError,
    AuthError,
    ConnectFailed,
    ConnectionCut,
    DecodeError,
    InputError,
    InvalidSession,
    NotFound,
    RequestLimitExceeded,
    ServerUnavailable,
    TransportTimeout,
    UnableToLockRow,
)
from tests.covers import covers

if TYPE_CHECKING:
    from pathlib import Path

    from specforce.testing import FakeOrg
    from tests.halves import Half

QUERY = "SELECT Id FROM Account"


def rows(half: Half, sf: Any) -> list[Any]:
    return list(half.run(sf.query(QUERY, batch_size=200).all()))


@pytest.fixture
def filled(org: FakeOrg) -> FakeOrg:
    """An org with three pages of accounts."""
    org.seed({"Account": [{"Name": f"n{number}"} for number in range(450)]})
    return org


def logins(org: FakeOrg) -> int:
    return len([request for request in org.requests if request.operation == "requestToken"])


def test_each_login_works(half: Half, org: FakeOrg) -> None:
    with pytest.warns(RetirementWarning, match="Summer '23"):
        password = UsernamePassword(
            "user@example.com", "password", "test-client", "test-secret", "token", login_url=org.url
        )
    for auth in (
        org.auth(),
        RefreshToken("test-client", "test-refresh-token", "test-secret", login_url=org.url),
        password,
    ):
        assert rows(half, half.login(auth)) == []


@pytest.mark.parametrize(
    ("auth", "error", "advice"),
    [
        (lambda url: ClientCredentials("test-client", "wrong", login_url=url), "invalid_client", "client_secret"),
        (lambda url: ClientCredentials("nobody", "test-secret", login_url=url), "invalid_client_id", "client_id"),
        (
            lambda url: RefreshToken("test-client", "used-up", "test-secret", login_url=url),
            "invalid_grant",
            "revoked, rotated or ran out",
        ),
    ],
    ids=["secret", "client id", "refresh token"],
)
def test_wrong_credentials_say_what_to_change(half: Half, org: FakeOrg, auth: Any, error: str, advice: str) -> None:
    with pytest.raises(AuthError) as caught:
        rows(half, half.login(auth(org.url)))

    assert caught.value.error == error
    assert advice in caught.value.hint
    assert logins(org) == 1


def test_a_wrong_password_says_what_to_change(half: Half, org: FakeOrg) -> None:
    with pytest.warns(RetirementWarning):
        auth = UsernamePassword("user@example.com", "wrong", "test-client", "test-secret", login_url=org.url)

    with pytest.raises(AuthError, match="security token"):
        rows(half, half.login(auth))


def test_an_address_that_is_no_org_says_so(half: Half, org: FakeOrg) -> None:
    auth = ClientCredentials("test-client", "test-secret", login_url=f"{org.url}/not/here")

    with pytest.raises(AuthError, match="login_url"):
        rows(half, half.login(auth))


@covers("D1")
def test_an_expired_token_is_renewed_between_two_pages(half: Half, filled: FakeOrg) -> None:
    """A 401 in the middle is not final."""
    filled.faults.add("queryMore", "expire_tokens", skip=1)

    assert len(rows(half, half.login(filled.auth()))) == 450
    assert logins(filled) == 2


def test_a_token_expired_by_time_is_renewed(half: Half, filled: FakeOrg) -> None:
    sf = half.login(filled.auth())
    rows(half, sf)
    filled.advance(24 * 3600)

    assert len(rows(half, sf)) == 450
    assert logins(filled) == 2


def test_a_revoked_static_token_is_an_invalid_session(half: Half, filled: FakeOrg) -> None:
    sf = half.login(filled.auth())
    token = half.run(sf.session.token())
    half.run(sf.logout(revoke=True))

    with pytest.raises(InvalidSession):
        rows(half, half.login(StaticToken(token.access_token, filled.url)))


@covers("D16")
def test_a_closed_client_leaves_the_token_to_others(half: Half, filled: FakeOrg) -> None:
    one = half.login(filled.auth())
    token = half.run(one.session.token())
    other = half.login(StaticToken(token.access_token, filled.url))

    half.close(one)

    assert len(rows(half, other)) == 450


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "cut", "after_bytes": 100},
        {"kind": "drop_before"},
        {"kind": "drop_after"},
        {"kind": "status", "status": 503},
        {"kind": "status", "status": 502, "body": "<html>bad gateway</html>"},
        {"kind": "status", "status": 503, "headers": {"Retry-After": "7"}},
        {"kind": "expire_tokens"},
        {"kind": "status", "status": 401},
    ],
    ids=lambda fault: "-".join(str(value) for value in fault.values()),
)
@pytest.mark.parametrize("operation", ["query", "queryMore"])
def test_a_query_survives_one_fault_of_any_page(
    half: Half, filled: FakeOrg, operation: str, fault: dict[str, Any]
) -> None:
    filled.faults.add(operation, **fault)

    records = rows(half, half.login(filled.auth()))

    assert len({record["Id"] for record in records}) == len(records) == 450


def test_retry_after_is_waited_for(half: Half, filled: FakeOrg) -> None:
    filled.faults.add("query", status=503, headers={"Retry-After": "7"})

    rows(half, half.login(filled.auth()))

    assert 7 <= sum(half.clock.slept) < 8


def test_a_cut_answer_that_says_it_is_whole_is_no_answer(half: Half, filled: FakeOrg) -> None:
    filled.faults.add("query", "truncate", after_bytes=200)

    with pytest.raises(DecodeError, match="query"):
        rows(half, half.login(filled.auth()))


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"kind": "cut", "after_bytes": 100}, ConnectionCut),
        ({"kind": "drop_before"}, ConnectionCut),
        ({"kind": "status", "status": 503}, ServerUnavailable),
        ({"kind": "status", "status": 500}, ServerUnavailable),
        ({"kind": "hang"}, TransportTimeout),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else "",
)
def test_a_fault_that_stays_is_its_error(
    half: Half, filled: FakeOrg, fault: dict[str, Any], kind: type[Exception]
) -> None:
    filled.faults.add("query", times=None, **fault)

    with pytest.raises(kind, match="query"):
        rows(half, half.login(filled.auth(), timeout_s=0.2))

    filled.faults.clear()


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "cut"])
def test_a_write_of_unknown_outcome_is_not_sent_twice(half: Half, org: FakeOrg, kind: Any) -> None:
    org.faults.add("createRecord", kind, times=None)

    with pytest.raises(ConnectionCut):
        half.run(half.login(org.auth()).sobject("Account").create({"Name": "Acme"}))

    assert len([request for request in org.requests if request.operation == "createRecord"]) == 1


def test_a_locked_row_is_tried_again(half: Half, org: FakeOrg) -> None:
    org.faults.add("createRecord", status=400, error_code="UNABLE_TO_LOCK_ROW")

    assert half.run(half.login(org.auth()).sobject("Account").create({"Name": "Acme"})).created


def test_a_row_that_stays_locked_is_its_error(half: Half, org: FakeOrg) -> None:
    org.faults.add("createRecord", status=400, error_code="UNABLE_TO_LOCK_ROW", times=None)

    with pytest.raises(UnableToLockRow, match="short-lived"):
        half.run(half.login(org.auth(), retry=Retry(attempts=2)).sobject("Account").create({"Name": "Acme"}))


def test_a_used_up_daily_quota_is_not_asked_again(half: Half, org: FakeOrg) -> None:
    org.faults.add("query", status=403, times=None)

    with pytest.raises(RequestLimitExceeded, match="get_limits"):
        rows(half, half.login(org.auth()))

    assert len([request for request in org.requests if request.operation == "query"]) == 1


def test_too_many_requests_at_once_is_waited_out(half: Half, org: FakeOrg) -> None:
    org.faults.add("query", status=403, message="ConcurrentRequests (Concurrent API Requests) Limit exceeded.", times=2)

    assert rows(half, half.login(org.auth())) == []


def test_a_proxy_s_page_is_named_as_one(half: Half, org: FakeOrg) -> None:
    org.faults.add("query", status=407, body="<html>Please authenticate</html>")

    with pytest.raises(ApiError, match="web page"):
        rows(half, half.login(org.auth()))


def test_a_login_page_in_place_of_a_token_is_named_as_one(half: Half, org: FakeOrg) -> None:
    org.faults.add("requestToken", status=200, body="<html>Please authenticate</html>")

    with pytest.raises(AuthError, match="login_url"):
        rows(half, half.login(org.auth()))


def test_a_host_that_is_not_there_can_not_be_connected_to(half: Half) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"

        with pytest.raises(ConnectFailed, match="127"):
            rows(half, half.login(ClientCredentials("a", "b", login_url=url)))

    assert len(half.clock.slept) == 3


def test_a_server_that_speaks_no_tls_can_not_be_connected_to(half: Half, org: FakeOrg) -> None:
    auth = ClientCredentials("a", "b", login_url=org.url.replace("http://", "https://"))

    with pytest.raises(ConnectFailed, match="SSL"):
        rows(half, half.login(auth))


def test_a_proxy_that_is_not_there_is_named(half: Half, org: FakeOrg) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        proxy = f"http://me:s3cret@127.0.0.1:{unused.getsockname()[1]}"

        with pytest.raises(ConnectFailed) as caught:
            rows(half, half.login(org.auth(), proxy=proxy))

    assert f"through the proxy http://{proxy.rpartition('@')[2]}" in str(caught.value)
    assert "proxy=" in caught.value.hint
    assert "s3cret" not in str(caught.value)


def test_a_client_that_is_dropped_leaves_no_open_socket(org: FakeOrg) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        sf = Salesforce(org.auth())
        sf.query(QUERY).all()
        del sf
        gc.collect()

    assert not [warning for warning in caught if warning.category is ResourceWarning]


def test_requests_go_through_the_proxy(half: Half, org: FakeOrg) -> None:
    """The fake org stands in for a proxy: it gets the whole URL of a host that doesn't exist."""
    auth = ClientCredentials("test-client", "test-secret", login_url="http://nowhere.invalid")

    sf = half.login(auth, proxy=org.url)

    assert half.run(sf.session.token()).access_token


def test_a_proxy_that_refuses_is_named(half: Half) -> None:
    class Refusing(BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            self.send_error(407)

        def log_message(self, format: str, *_: object) -> None:  # noqa: A002 - the name that its base gives it
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Refusing) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        place = f"127.0.0.1:{server.server_port}"
        auth = ClientCredentials("a", "b", login_url="https://acme.my.salesforce.com")

        with pytest.raises(ConnectFailed, match=rf"through the proxy http://{place}: 407") as caught:
            half.run(half.login(auth, proxy=f"http://me:s3cret@{place}").session.token())

        server.shutdown()
        thread.join()

    assert "let you in" in caught.value.hint
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("read", ["query", "get_limits"])
def test_a_web_page_in_place_of_an_answer_is_named_as_one(half: Half, org: FakeOrg, read: str) -> None:
    page: dict[str, Any] = {
        "status": 200,
        "body": "<html>Please sign in</html>",
        "headers": {"Content-Type": "text/html"},
    }
    org.faults.add("query" if read == "query" else "getLimits", **page)
    sf = half.login(org.auth())

    with pytest.raises(DecodeError, match="web page") as caught:
        half.run(sf.query(QUERY).all() if read == "query" else sf.rest.get_limits())

    assert "sign in" in caught.value.body


def test_what_is_not_found_is_named(half: Half, org: FakeOrg) -> None:
    account = half.login(org.auth()).sobject("Account")

    with pytest.raises(NotFound, match=r"sobject Account, record_id 001000000000001AAA") as caught:
        half.run(account.get("001000000000001AAA"))

    assert caught.value.target == {"sobject": "Account", "record_id": "001000000000001AAA"}


def test_a_forked_process_makes_connections_of_its_own(tmp_path: Path) -> None:
    """The child neither reads the parent's answers nor closes its connections."""
    script = tmp_path / "forking.py"
    script.write_text(FORKING)

    run = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stderr
    before, child, after = run.stdout.split()
    assert before == after != child


FORKING = """
import json, os, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from specforce import Salesforce
from specforce.auth import StaticToken

class Ports(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        body = json.dumps({"port": self.client_address[1]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *args):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Ports)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
sf = Salesforce(StaticToken("t", f"http://127.0.0.1:{server.server_port}"))

def port():
    return sf.rest.list_resources()["port"]

print(port(), flush=True)
child = os.fork()
if not child:
    print(port(), flush=True)
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
print(port(), flush=True)
sf.close()
"""


def test_a_closed_client_says_so(half: Half, org: FakeOrg) -> None:
    sf = half.login(org.auth())
    half.close(sf)

    with pytest.raises(InputError, match="closed"):
        rows(half, sf)
