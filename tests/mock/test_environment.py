"""`specforce mock env`: the variables that lead clients to a fake org, as each shell reads them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from specforce_mockserver.cli import main
from specforce_mockserver.environment import CLIENTS, SHELLS, Place, variables

PROXY = "http://127.0.0.1:8080"
ODD = """/tmp/o'dd "dir" $HOME `x` \\back"""
SHOW = "import json, os; print(json.dumps(dict(os.environ)))"


def printed(capsys: pytest.CaptureFixture[str], *options: str) -> list[str]:
    assert main(["env", *options]) == 0
    return capsys.readouterr().out.splitlines()


def test_a_plain_org_needs_its_address_and_an_identity(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, "--client", "specforce", "--url", "http://127.0.0.1:9/") == [
        "export SALESFORCE_LOGIN_URL='http://127.0.0.1:9'",
        "export SALESFORCE_CLIENT_ID='test-client'",
        "export SALESFORCE_CLIENT_SECRET='test-secret'",
    ]


def test_with_a_proxy_clients_ask_salesforces_hosts(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(capsys, "--proxy", PROXY, "--ca", "ca.pem", "--shell", "dotenv", "--org", "Beta")
    found = dict(line.split("=", 1) for line in lines)

    assert found["SALESFORCE_LOGIN_URL"] == '"https://beta.my.salesforce.com"'
    assert found["HTTPS_PROXY"] == found["https_proxy"] == f'"{PROXY}"'
    bundles = ("REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SALESFORCE_VERIFY")
    assert {found[name] for name in bundles} == {f'"{Path.cwd() / "ca.pem"}"'}


def test_without_a_proxy_a_named_org_is_below_its_path() -> None:
    assert variables(Place("http://127.0.0.1:9/orgs/beta"), "specforce")["SALESFORCE_LOGIN_URL"].endswith("/orgs/beta")


@pytest.mark.parametrize("client", CLIENTS)
def test_every_client_is_told_of_the_proxy_and_the_bundle(client: str) -> None:
    values = set(variables(Place(proxy=PROXY, ca="/ca.pem"), client).values())

    assert values >= {PROXY, "/ca.pem"}


@pytest.mark.parametrize("options", [["--proxy", PROXY], ["--url", "https://127.0.0.1:8443"]])
def test_what_can_not_be_trusted_is_refused(capsys: pytest.CaptureFixture[str], options: list[str]) -> None:
    assert main(["env", *options]) == 2
    assert "--ca" in capsys.readouterr().err


def test_a_shell_reads_back_what_was_meant() -> None:
    line = SHELLS["bash"]("CURL_CA_BUNDLE", ODD)
    bash = shutil.which("bash")
    assert bash is not None
    read = subprocess.run(
        [bash, "-c", f"{line}\n{sys.executable} -c '{SHOW}'"], capture_output=True, text=True, check=True
    )

    assert json.loads(read.stdout)["CURL_CA_BUNDLE"] == ODD


@pytest.mark.parametrize(
    ("shell", "line"),
    [
        ("fish", "set -gx A 'it\\'s \\\\ here'"),
        ("powershell", "$Env:A = 'it''s \\ here'"),
        ("dotenv", 'A="it\'s \\\\ here"'),
    ],
)
def test_other_shells_get_their_own_quotes(shell: str, line: str) -> None:
    assert SHELLS[shell]("A", "it's \\ here") == line
