"""The server: start, stop, command line, records on file."""

from __future__ import annotations

import json
import signal
import ssl
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import httpx
import pytest

from specforce_mockserver import coverage
from specforce_mockserver.cli import main
from specforce_mockserver.org import Org
from specforce_mockserver.registry import PROVIDERS
from specforce_mockserver.server import MockServer
from tests.mock.raw_org import RawOrg

if TYPE_CHECKING:
    from pathlib import Path

COMMAND = [sys.executable, "-m", "specforce_mockserver"]
OWN_OPERATIONS = {
    "submitLogin",
    "openDevicePage",
    "submitDeviceCode",
    "openFrontdoor",
    "getPartnerWsdl",
    "getEnterpriseWsdl",
}


def serve(*options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*COMMAND, "serve", "--port", "0", "--print-url", *options], stdout=subprocess.PIPE, text=True
    )


def stop(process: subprocess.Popen[str]) -> int:
    process.send_signal(signal.SIGTERM)
    code = process.wait(timeout=20)
    assert process.stdout is not None
    process.stdout.close()
    return code


def url_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_the_first_line_is_the_url_and_it_answers() -> None:
    process = serve()
    try:
        url = url_of(process)
        health = httpx.get(f"{url}/__mock/health", trust_env=False).json()
    finally:
        code = stop(process)

    assert url.startswith("http://127.0.0.1:")
    assert (health["clock"], code) == ("real", 0)


def test_references_to_objects_that_are_not_there_are_said(tmp_path: Path) -> None:
    field = {"name": "Gone__c", "type": "reference", "referenceTo": ["Nowhere__c"]}
    document = {"name": "Thing__c", "keyPrefix": "a00", "fields": [{"name": "Id", "type": "id"}, field]}
    (tmp_path / "Thing__c.json").write_text(json.dumps(document))
    command = [*COMMAND, "serve", "--port", "0", "--print-url", "--schema", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        said = process.stderr.read()

    assert said == "references point at objects that the schema lacks: Thing__c.Gone__c at Nowhere__c\n"


def test_a_persisted_org_goes_on_where_it_stopped(tmp_path: Path) -> None:
    schema = tmp_path / "own.toml"
    schema.write_text(
        '[Thing__c.fields]\nName = { type = "string(80) autoNumber nameField", displayFormat = "T-{00}" }\n'
    )
    options = (
        "--persist",
        str(tmp_path / "org.db"),
        "--schema",
        str(schema),
        "--client-secret",
        "other",
        "--clock",
        "manual",
    )
    names: list[str] = []
    for _ in range(2):
        process = serve(*options)
        raw = RawOrg(url_of(process))
        form = {"grant_type": "client_credentials", "client_id": "test-client", "client_secret": "other"}
        raw.token = raw.http.post("/services/oauth2/token", data=form).json()["access_token"]
        raw.create("Thing__c")
        names = [each["Name"] for each in raw.query("SELECT Name FROM Thing__c ORDER BY Name")["records"]]
        raw.http.close()
        assert stop(process) == 0

    assert names == ["T-01", "T-02"]


def test_orgs_are_served_by_name_and_kept_in_a_folder(tmp_path: Path) -> None:
    names: list[list[str]] = []
    for _ in range(2):
        process = serve("--org", "acme", "--org", "beta", "--persist", str(tmp_path / "orgs"))
        url = url_of(process)
        for name in ("acme", "beta"):
            raw = RawOrg(f"{url}/orgs/{name}")
            raw.login()
            raw.create("Account", Name=name)
            names.append([each["Name"] for each in raw.query("SELECT Name FROM Account")["records"]])
            raw.http.close()
        listed = httpx.get(f"{url}/__mock/orgs", trust_env=False).json()
        assert [each["username"] for each in listed] == ["user@acme.example.com", "user@beta.example.com"]
        assert stop(process) == 0

    assert names == [["acme"], ["beta"], ["acme"] * 2, ["beta"] * 2]
    assert {each.name for each in (tmp_path / "orgs").glob("*.db")} == {"acme.db", "beta.db"}


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--org", "a b"], "can't be an org's name"),
        (["--org", "a", "--org", "A"], "there is an org a already"),
        (["--proxy", "--proxy-domain", "a b"], "isn't a domain name"),
        (["--tls", "--tls-name", "a/b"], "isn't the name of a host"),
        (["--tls", "--ca-dir", "/proc/nowhere"], "/proc/nowhere"),
    ],
)
def test_an_option_that_can_not_be_used_ends_with_a_line_that_says_why(
    capsys: pytest.CaptureFixture[str], options: list[str], why: str
) -> None:
    code = main(["serve", "--port", "0", *options])

    said = capsys.readouterr().err
    assert (code, said.count("\n"), why in said) == (2, 1, True), said


def test_the_bundle_follows_the_url_and_makes_clients_trust_it(tmp_path: Path) -> None:
    process = serve("--tls", "--print-ca", "--ca-dir", str(tmp_path))
    url, bundle = url_of(process), url_of(process)
    try:
        trusting = ssl.create_default_context(cafile=bundle)
        assert httpx.get(f"{url}/__mock/health", verify=trusting, trust_env=False).status_code == 200
    finally:
        assert stop(process) == 0

    assert (url.startswith("https://127.0.0.1:"), bundle) == (True, str(tmp_path / "ca.pem"))


@pytest.mark.parametrize(
    "text", ["[Thing__c", '[Thing__c.fields]\nA__c = "strong(3)"', '[Thing.fields]\nA = "string"', "Thing__c = 3"]
)
def test_a_bad_schema_ends_with_a_line_that_names_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    schema = tmp_path / "own.toml"
    schema.write_text(text)

    code = main(["serve", "--schema", str(schema)])

    said = capsys.readouterr().err
    assert (code, said.count("\n"), str(schema) in said or "Thing" in said) == (2, 1, True)


def test_coverage_is_printed_for_people_and_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["coverage", "--json"]) == 0
    served = json.loads(capsys.readouterr().out)
    assert main(["coverage"]) == 0

    assert served == coverage()
    assert served["getLimits"] == "stateful"
    assert len(capsys.readouterr().out.splitlines()) == len(served)


def test_every_provider_is_of_an_operation() -> None:
    assert set(PROVIDERS) - OWN_OPERATIONS <= set(coverage())


def test_a_server_starts_and_stops_again_and_again_without_leftovers() -> None:
    threads = set(threading.enumerate())
    for _ in range(3):
        with MockServer() as server:
            assert httpx.get(f"{server.url}/services/data", trust_env=False).status_code == 200
        with pytest.raises(httpx.ConnectError):
            httpx.get(server.url, trust_env=False)

    assert set(threading.enumerate()) <= threads


def test_two_orgs_in_one_process_dont_see_each_other() -> None:
    with MockServer() as first, MockServer() as second:
        raws = [RawOrg(each.url) for each in (first, second)]
        for each in raws:
            each.login()
        raws[0].create("Account", Name="Acme")
        assert raws[1].query("SELECT COUNT() FROM Account")["totalSize"] == 0
        assert raws[1].send("GET", "/limits", headers={"Authorization": f"Bearer {raws[0].token}"}).status_code == 401
        for each in raws:
            each.http.close()


def test_stopping_lets_go_of_a_call_that_hangs() -> None:
    org = Org()
    org.faults.add({"kind": "hang", "operation": "listVersions"})
    server = MockServer(org).start()
    ends: list[bool] = []

    def call() -> None:
        try:
            httpx.get(f"{server.url}/services/data", timeout=30, trust_env=False)
        except httpx.HTTPError:
            ends.append(True)

    caller = threading.Thread(target=call)
    caller.start()
    assert org.faults.wait_until_hanging()
    server.stop()
    caller.join(20)
    org.close()

    assert ends == [True]


def test_the_workdir_of_a_temporary_org_is_removed() -> None:
    org = Org()
    directory = org.database.workdir
    assert directory.is_dir()

    org.close()

    assert not directory.exists()


def test_a_server_that_can_not_answer_says_why_instead_of_starting(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_options: object) -> None:
        raise LookupError("no routes")

    monkeypatch.setattr("specforce_mockserver.server.Front", broken)
    server = MockServer()

    with pytest.raises(RuntimeError, match="didn't start: no routes") as caught:
        server.start()

    assert isinstance(caught.value.__cause__, LookupError)
