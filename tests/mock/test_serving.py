"""`specforce mock serve` as an operation: seeds, crashes, the journal, an end that waits for those it serves."""

from __future__ import annotations

import io
import json
import signal
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from specforce_mockserver import journal as journals
from specforce_mockserver.cli import main
from specforce_mockserver.journal import Journal, Line, as_text
from specforce_mockserver.org import Org
from specforce_mockserver.server import MockServer
from tests.mock.raw_org import CLIENT_CREDENTIALS, DATA, RawOrg

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LINE = Line("2026-01-01T00:00:00.000Z", None, None, "GET", "/a\x1b[2J", None, None, None, "hang", 0, 1.25)


@contextmanager
def serving(*options: str) -> Iterator[tuple[subprocess.Popen[str], RawOrg]]:
    """A process that serves, and a client with a token; killed if a test hasn't ended it."""
    command = [sys.executable, "-m", "specforce_mockserver", "serve", "--port", "0", "--print-url", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        raw = RawOrg(process.stdout.readline().strip())
        raw.login()
        yield process, raw
        raw.http.close()
    finally:
        process.kill()
        process.communicate()


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """The exit code of a process that was told to end, and what it said on stderr."""
    _out, said = process.communicate(timeout=30)
    return process.returncode, said


def refuses(url: str) -> None:
    """Wait until nobody listens any more."""
    address = httpx.URL(url)
    while True:
        try:
            socket.create_connection((address.host, address.port or 0)).close()
        except ConnectionRefusedError:
            return
        except ConnectionResetError:  # it was waiting when the port was closed
            continue


class Upload:
    """A bulk upload of which half has been sent: a call that is under way."""

    def __init__(self, raw: RawOrg) -> None:
        self._job = raw.json("POST", "/jobs/ingest", json={"object": "Account", "operation": "insert"})["id"]
        address = httpx.URL(raw.url)
        self.socket = socket.create_connection((address.host, address.port or 0), timeout=30)
        head = (
            f"PUT {DATA}/jobs/ingest/{self._job}/batches HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {raw.token}\r\n"
        )
        self.socket.sendall(
            f"{head}Content-Type: text/csv\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n".encode()
        )
        assert self.socket.recv(100).startswith(b"HTTP/1.1 100 ")
        self.socket.sendall(b"Name\n")

    def finish(self) -> bytes:
        """Send the rest; what comes back up to the end."""
        self.socket.sendall(b"Acme\n")
        return b"".join(iter(lambda: self.socket.recv(65_536), b""))


def test_records_come_from_files_of_every_kind_in_their_order(tmp_path: Path) -> None:
    (tmp_path / "1.json").write_text('{"Account": [{"Name": "J", "CreatedDate": "2020-01-02T03:04:05.000Z"}]}')
    (tmp_path / "2.toml").write_text(
        '[[Account]]\nName = "T"\n[[Opportunity]]\nName = "O"\nStageName = "Won"\nCloseDate = 2026-01-02\n'
    )
    (tmp_path / "Contact.csv").write_text('LastName,Email\n"Ek, ""B""",ek@example.com\n\nAl,\n', encoding="utf-8-sig")
    (tmp_path / "notes.txt").write_text("no records")
    with serving("--seed", str(tmp_path)) as (process, raw):
        for _ in range(2):
            accounts = raw.query("SELECT Name, CreatedDate FROM Account ORDER BY Name")["records"]
            assert [each["Name"] for each in accounts] == ["J", "T"]
            assert accounts[0]["CreatedDate"] == "2020-01-02T03:04:05.000+0000"
            assert raw.query("SELECT CloseDate FROM Opportunity")["records"][0]["CloseDate"] == "2026-01-02"
            contacts = raw.query("SELECT LastName, Email FROM Contact ORDER BY LastName")["records"]
            assert [(each["LastName"], each["Email"]) for each in contacts] == [
                ("Al", None),
                ('Ek, "B"', "ek@example.com"),
            ]
            raw.mock("POST", "reset")
            raw.login()
        process.terminate()
        assert ended(process) == (0, "")


def test_a_file_of_records_is_put_in_once_where_the_org_is_kept(tmp_path: Path) -> None:
    seed = tmp_path / "Account.csv"
    seed.write_text("Name\nAcme\n")
    for made in (1, 2):
        with serving("--seed", str(seed), "--persist", str(tmp_path / "org.db")) as (process, raw):
            assert raw.query("SELECT COUNT() FROM Account")["totalSize"] == made
            raw.create("Account", Name="Own")
            process.terminate()
            assert ended(process)[0] == 0


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("x.json", "{", "x.json: Expecting"),
        ("x.json", "[]", "by object is wanted"),
        ("x.json", '{"Account": {}}', "Account: a list of records"),
        ("x.json", '{"Nothing__c": []}', "there is no object Nothing__c"),
        ("x.json", '{"Account": [{"Name": "a"}, {"Name": "b", "Fax": 5, "Nope": 1}]}', "Nope"),
        ("x.toml", "[[Account]]\nSic = '1'", "Account[0]: REQUIRED_FIELD_MISSING"),
        ("x.toml", "Account = ", "x.toml: Invalid value"),
        ("Account.csv", "Name,Nope\na,b\n", "Account has no column 'Nope'"),
        ("Account.csv", 'Name\na\n"b\n', "line"),
        ("Account.csv", "Name,Fax\na\n", "Account.csv"),
        ("Nothing__c.csv", "Name\n", "there is no object Nothing__c"),
        ("x.yaml", "", "read from files in"),
    ],
)
def test_records_that_can_not_be_put_in_end_it_with_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: str, why: str
) -> None:
    (tmp_path / name).write_text(content)

    code = main(["serve", "--port", "0", "--seed", str(tmp_path / name), "--persist", str(tmp_path / "org.db")])

    said = capsys.readouterr().err
    assert (code, said.count("\n"), name in said, why in said) == (2, 1, True, True), said


def test_what_was_answered_before_a_crash_is_there_after_it(tmp_path: Path) -> None:
    kept = str(tmp_path / "org.db")
    answered: list[str] = []
    enough = threading.Event()

    def work(url: str, token: str) -> None:
        with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, trust_env=False) as http:
            try:
                while True:
                    made = http.post(f"{DATA}/sobjects/Account", json={"Name": f"Row {len(answered)}"}).json()
                    answered.append(made["id"])
                    if len(answered) == 60:
                        enough.set()
            except httpx.HTTPError:
                return

    with serving("--persist", kept) as (process, raw):
        org_id = raw.mock("GET", "health")["orgId"]
        workers = [threading.Thread(target=work, args=(raw.url, raw.token)) for _ in range(3)]
        for each in workers:
            each.start()
        assert enough.wait(60)
        process.send_signal(signal.SIGKILL)
        process.wait(30)
        for each in workers:
            each.join(30)
    with serving("--persist", kept) as (_process, raw):
        found = {each["Id"] for each in raw.query("SELECT Id FROM Account LIMIT 2000")["records"]}
        assert raw.mock("GET", "health")["orgId"] == org_id
        assert found >= set(answered)
        assert raw.create("Account", Name="After") not in found


def test_a_file_that_another_server_has_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = str(tmp_path / "org.db")
    with serving("--persist", kept):
        assert main(["serve", "--port", "0", "--persist", kept]) == 2

    assert "another fake org keeps its records in" in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_call_under_way_is_answered_before_the_end(number: signal.Signals) -> None:
    with serving("--grace-s", "30") as (process, raw):
        upload = Upload(raw)
        process.send_signal(number)
        refuses(raw.url)
        answer = upload.finish()
        upload.socket.close()
        assert answer.startswith(b"HTTP/1.1 201 ")
        assert b"connection: close" in answer
        assert ended(process) == (0, "")


def test_a_call_that_does_not_end_is_waited_for_no_longer_than_said() -> None:
    with serving("--grace-s", "0.2") as (process, raw):
        upload = Upload(raw)
        process.terminate()
        assert ended(process) == (0, "")
        upload.socket.close()


def test_a_second_signal_ends_the_wait() -> None:
    with serving("--grace-s", "600") as (process, raw):
        upload = Upload(raw)
        process.terminate()
        refuses(raw.url)
        process.terminate()
        assert ended(process) == (0, "")
        upload.socket.close()


def test_a_server_that_has_stopped_can_be_hurried() -> None:
    server = MockServer(Org()).start()
    server.stop()
    server.hurry()
    server.org.close()


def test_the_journal_has_a_line_per_request_and_no_secrets() -> None:
    with serving("--log-format", "json", "--org", "acme", "--org", "beta") as (process, raw):
        token = httpx.post(
            f"{raw.url}/orgs/beta/services/oauth2/token", data=CLIENT_CREDENTIALS, trust_env=False
        ).json()
        secret = token["access_token"]
        headers = {"Authorization": f"Bearer {secret}"}
        httpx.get(f"{raw.url}/orgs/beta{DATA}/limits?token={secret}", headers=headers, trust_env=False)
        httpx.get(f"{raw.url}/orgs/nobody/x", trust_env=False)
        raw.send("GET", "/query", params={"q": "SELECT"})
        process.terminate()
        code, said = ended(process)

    lines: list[dict[str, Any]] = [json.loads(each) for each in said.splitlines()]
    assert code == 0
    assert [(each.get("org"), each.get("operation"), each["status"]) for each in lines] == [
        ("acme", "requestToken", 200),
        ("beta", "requestToken", 200),
        ("beta", "getLimits", 200),
        (None, None, 404),
        ("acme", "query", 400),
    ]
    assert lines[-1]["error_code"] == "MALFORMED_QUERY"
    assert lines[2]["path"] == f"/orgs/beta{DATA}/limits"
    assert not any(each in said for each in (secret, "test-secret", "SELECT"))


def test_people_get_the_journal_as_text() -> None:
    with serving("--log-format", "text") as (process, raw):
        raw.get("/limits")
        process.terminate()
        _code, said = ended(process)

    assert [line.split()[1:5] for line in said.splitlines()] == [
        ["acme", "POST", "/services/oauth2/token", "200"],
        ["acme", "GET", f"{DATA}/limits", "200"],
    ]


def test_a_line_can_not_move_the_terminal_it_is_shown_on() -> None:
    assert as_text(LINE) == "2026-01-01T00:00:00.000Z - GET /a?[2J --- 1.2ms fault=hang"


def test_a_journal_that_nobody_reads_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journals, "MAX_WAITING", 3)
    monkeypatch.setattr(journals, "CLOSE_TIMEOUT_S", 0.01)
    reading = threading.Event()

    class Stuck(io.StringIO):
        def write(self, text: str) -> int:
            reading.wait()
            return super().write(text)

    journal = Journal(Stuck(), "json")
    for _ in range(10):
        journal.note(LINE)
    journal.close()

    assert journal.dropped >= 6
    reading.set()


def test_a_journal_on_a_closed_stream_ends_quietly() -> None:
    stream = io.StringIO()
    stream.close()
    journal = Journal(stream, "text")
    journal.note(LINE)

    journal.close()


def test_whoever_serves_others_is_told() -> None:
    with serving("--host", "0.0.0.0") as (process, _raw):
        process.terminate()
        code, said = ended(process)

    assert (code, "anyone who can reach 0.0.0.0 can use this org" in said) == (0, True)
