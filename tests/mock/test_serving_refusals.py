"""What `specforce mock serve` can't do ends with a line that says what and where; what it can, without a word."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import httpx
import pytest

from specforce_mockserver.cli import main
from tests.mock.raw_org import DATA
from tests.mock.test_faults_http import plan
from tests.mock.test_serving import ended, serving

if TYPE_CHECKING:
    from pathlib import Path


def said(capsys: pytest.CaptureFixture[str], *options: str) -> str:
    """The one line that a server which can't begin ends with."""
    assert main(["serve", *options]) == 2
    line = capsys.readouterr().err
    assert line.count("\n") == 1, line
    return line.removeprefix("specforce mock: ").strip()


def test_a_taken_port_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        line = said(capsys, "--port", str(port))

    assert line == f"can't listen at 127.0.0.1:{port}: Address already in use"


@pytest.mark.parametrize("port", ["65536", "-1", "http"])
def test_what_is_no_port_is_refused_with_the_options(capsys: pytest.CaptureFixture[str], port: str) -> None:
    with pytest.raises(SystemExit):
        main(["serve", f"--port={port}"])

    assert capsys.readouterr().err.endswith(f"argument --port: invalid port value: '{port}'\n")


@pytest.mark.parametrize("option", ["--seed", "--certificate", "--apps"])
def test_a_file_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path, option: str) -> None:
    missing = tmp_path / "none.json"

    assert said(capsys, "--port", "0", option, str(missing)) == f"{missing}: No such file or directory"


def test_a_file_that_holds_no_records_is_named_and_left_alone(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    other = tmp_path / "notes.txt"
    other.write_text("Not a database, but somebody's notes.")

    assert said(capsys, "--port", "0", "--persist", str(other)) == f"{other}: file is not a database"
    assert said(capsys, "--port", "0", "--persist", str(tmp_path)) == f"{tmp_path}: unable to open database file"
    assert other.read_text() == "Not a database, but somebody's notes."


def test_calls_that_a_plan_holds_up_end_with_the_server_and_nothing_is_said() -> None:
    with serving() as (process, raw):
        plan(raw, kind="hang", operation="getLimits")
        address = httpx.URL(raw.url)
        with socket.create_connection((address.host, address.port or 0), timeout=30) as held:
            held.sendall(f"GET {DATA}/limits HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {raw.token}\r\n\r\n".encode())
            while raw.mock("GET", "faults")[0]["hits"] == 0:
                pass
            process.terminate()
            assert ended(process) == (0, "")
