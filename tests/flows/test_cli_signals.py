"""Ctrl-C, signals and closed pipes at the command line, in real processes: what goes on is said, nothing is left."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.flows.bulk_org import accounts, table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from specforce.testing import FakeOrg

CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}


@contextmanager
def running(org: FakeOrg, folder: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """The command line in a process of its own, its temporary files in `folder`."""
    login = {"LOGIN_URL": org.url, "CLIENT_ID": "test-client", "CLIENT_SECRET": "test-secret"}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SALESFORCE_")}
    environment |= {f"SALESFORCE_{name}": value for name, value in login.items()} | {"TMPDIR": str(folder)}
    with subprocess.Popen(
        [sys.executable, "-c", "from specforce.cli import main; main()", *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "accounts.csv"
    path.write_bytes(table(accounts(5)))
    return path


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("number", CODES)
def test_a_load_that_is_told_to_stop_says_which_job_goes_on(
    org: FakeOrg, source: Path, temporary: Path, number: signal.Signals
) -> None:
    org.faults.add("getIngestJob", "hang")
    failures = source.with_name("failures.csv")

    with running(org, temporary, "load", str(source), "Account", "--failures", str(failures)) as process:
        assert org.org.faults.wait_until_hanging()
        process.send_signal(number)
        out, err = process.communicate(timeout=30)

    assert process.returncode == CODES[number]
    assert "5 unknown" in out
    assert len(failures.read_text().splitlines()) == 6
    assert "goes on with 5 rows (UploadComplete): specforce jobs show 750" in err
    assert err.splitlines()[-1].startswith("error: interrupted")
    assert list(temporary.iterdir()) == []


def test_a_load_that_is_told_to_stop_while_it_reads_results_names_the_job(
    org: FakeOrg, source: Path, temporary: Path
) -> None:
    org.faults.add("getIngestSuccessfulResults", "hang")

    with running(org, temporary, "load", str(source), "Account") as process:
        assert org.org.faults.wait_until_hanging()
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=30)

    assert process.returncode == 143
    assert "5 unknown" in out
    assert "ended (JobComplete), its results weren't read to their end: specforce jobs show 750" in err


def test_a_load_that_is_told_to_stop_aborts_its_jobs_if_asked(org: FakeOrg, source: Path, temporary: Path) -> None:
    org.faults.add("getIngestJob", "hang")

    with running(org, temporary, "load", str(source), "Account", "--abort-on-interrupt", "--json") as process:
        assert org.org.faults.wait_until_hanging()
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=30)

    assert process.returncode == 143
    assert [job["state"] for job in json.loads(out)["jobs"]] == ["Aborted"]
    assert json.loads(err) == {"error": "Stopped", "message": "interrupted by SIGTERM"}
    assert list(temporary.iterdir()) == []


def test_a_load_that_aborts_its_jobs_names_them(org: FakeOrg, source: Path, temporary: Path) -> None:
    org.faults.add("getIngestJob", "hang")

    with running(org, temporary, "load", str(source), "Account", "--abort-on-interrupt") as process:
        assert org.org.faults.wait_until_hanging()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)

    assert process.returncode == 130
    assert "was aborted with 5 rows: specforce jobs show 750" in err


@pytest.mark.parametrize(("option", "fate"), [((), "goes on"), (("--abort-on-interrupt",), "was asked to stop")])
def test_an_export_that_is_told_to_stop_says_what_becomes_of_its_job(
    org: FakeOrg, temporary: Path, option: tuple[str, ...], fate: str
) -> None:
    org.faults.add("getQueryJob", "hang")
    target = temporary / "out.csv"

    with running(org, temporary, "export", "SELECT Id FROM Account", "-o", str(target), *option) as process:
        assert org.org.faults.wait_until_hanging()
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=30)

    assert process.returncode == 143
    assert f" {fate}: specforce jobs show 750" in err
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("form", [("query", "--json"), ("query", "--format", "csv"), ("export", "-o", "-")])
def test_a_reader_that_has_enough_ends_the_command_quietly(
    org: FakeOrg, temporary: Path, form: tuple[str, ...]
) -> None:
    org.seed({"Account": [{"Name": "x" * 200} for _ in range(2000)]})
    command, *options = form

    with running(org, temporary, command, "SELECT Id, Name FROM Account", *options) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read()
        assert process.wait(timeout=30) == 141

    assert said == ""
    assert list(temporary.iterdir()) == []
