"""A fake org leaves no temporary directory behind, however it ends."""

from __future__ import annotations

import gc
import os
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from specforce.testing import FakeOrg

if TYPE_CHECKING:
    from pathlib import Path

UNFINISHED = """
from specforce.testing import FakeOrg
org = FakeOrg().__enter__()
org.seed({"Account": [{"Name": "Acme"}]})
"""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files of this test go."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def test_an_org_that_is_left_leaves_nothing(temporary: Path) -> None:
    with FakeOrg() as org:
        org.seed({"Account": [{"Name": "Acme"}]})
        assert list(temporary.iterdir())

    assert list(temporary.iterdir()) == []


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")  # its socket and connections, which is what is tested
def test_an_org_that_was_never_entered_goes_with_its_last_holder(temporary: Path) -> None:
    FakeOrg()
    gc.collect()

    assert list(temporary.iterdir()) == []


def test_an_org_whose_port_is_taken_leaves_nothing(temporary: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="in use"):
            FakeOrg(port=taken.getsockname()[1])

    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("end", ["", "raise SystemExit(3)", "raise RuntimeError"])
def test_a_process_that_ends_inside_an_org_leaves_nothing(temporary: Path, end: str) -> None:
    subprocess.run([sys.executable, "-c", f"{UNFINISHED}\n{end}"], env=os.environ, capture_output=True, check=False)

    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_served_org_that_is_told_to_stop_leaves_nothing(temporary: Path, number: signal.Signals) -> None:
    command = [sys.executable, "-m", "specforce_mockserver", "serve", "--port", "0", "--print-url"]
    with subprocess.Popen(command, env=os.environ, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("http://")
        assert list(temporary.iterdir())
        process.send_signal(number)
        assert process.wait(timeout=30) == 0

    assert list(temporary.iterdir()) == []
