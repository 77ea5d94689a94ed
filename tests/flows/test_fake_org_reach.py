"""The fake org by TLS and through its proxy: both halves and the command line, with nothing but a bundle to trust."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from specforce.auth import ClientCredentials, RefreshToken, SoapLogin, StaticToken
from specforce.errors import ConnectFailed, NotFound, TransportError
from specforce.testing import FakeOrg
from specforce_mockserver.settings import OrgSettings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.halves import Half

LOGIN = "https://login.salesforce.com"
MY_DOMAIN = "https://acme.my.salesforce.com"
BETA = "https://beta.my.salesforce.com"


@pytest.fixture(scope="module")
def org() -> Iterator[FakeOrg]:
    with FakeOrg(tls=True, proxy=True) as org:
        yield org


@pytest.fixture
def by_tls(org: FakeOrg) -> dict[str, Any]:
    return {"verify": org.ca_bundle}


@pytest.fixture
def by_proxy(org: FakeOrg) -> dict[str, Any]:
    return {"verify": org.ca_bundle, "proxy": org.proxy_url}


def test_a_client_that_trusts_the_bundle_works_by_tls(half: Half, org: FakeOrg, by_tls: dict[str, Any]) -> None:
    sf = half.login(org.auth(), **by_tls)

    saved = half.run(sf.sobject("Account").create({"Name": "Acme"}))

    assert half.run(sf.sobject("Account").get(saved.id))["Name"] == "Acme"
    assert org.url.startswith("https://127.0.0.1:")


def test_a_client_that_does_not_is_told_what_to_do(half: Half, org: FakeOrg) -> None:
    with pytest.raises(ConnectFailed, match="verify="):
        half.run(half.login(org.auth()).rest.get_limits())


@pytest.mark.filterwarnings("ignore::specforce.auth._retirements.RetirementWarning")
@pytest.mark.parametrize("kind", ["refresh token", "client credentials", "soap"])
def test_a_login_at_salesforces_own_hosts_goes_through_the_proxy(
    half: Half, org: FakeOrg, by_proxy: dict[str, Any], kind: str
) -> None:
    if kind == "refresh token":
        login: Any = RefreshToken("test-client", "test-refresh-token", "test-secret", login_url=LOGIN)
    elif kind == "soap":
        login = SoapLogin("user@example.com", "password", "token", login_url=LOGIN)
    else:
        login = ClientCredentials("test-client", "test-secret", login_url=MY_DOMAIN)
    sf = half.login(login, **by_proxy)

    assert len(half.run(sf.query("SELECT Id FROM Organization").all())) == 1
    asked = {request.headers["host"] for request in org.requests if request.operation == "query"}
    assert asked == {"acme.my.salesforce.com"}


def test_bulk_jobs_go_through_the_proxy(half: Half, org: FakeOrg, by_proxy: dict[str, Any], tmp_path: Path) -> None:
    sf = half.login(ClientCredentials("test-client", "test-secret", login_url=MY_DOMAIN), **by_proxy)
    org.reset()

    report = half.run(sf.bulk.load(iter([{"Name": f"Row {number}"} for number in range(5_000)]), "Account"))
    rows = half.run(sf.bulk.export("SELECT Id, Name FROM Account").to_csv(tmp_path / "accounts.csv"))

    assert (report.succeeded, rows) == (5_000, 5_000)


def test_the_proxy_refuses_other_hosts(half: Half, by_proxy: dict[str, Any]) -> None:
    login = ClientCredentials("test-client", "test-secret", login_url="https://salesforce.example.com")

    with pytest.raises(TransportError, match="403"):
        half.run(half.login(login, **by_proxy).rest.get_limits())


@pytest.mark.parametrize("way", ["plain", "tls", "proxy", "another"])
def test_the_command_line_finds_an_org_by_the_variables_that_lead_to_it(
    way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from typer.testing import CliRunner

    from specforce.cli.app import app

    for name in [name for name in os.environ if name.startswith("SALESFORCE_")]:
        monkeypatch.delenv(name)
    with FakeOrg(tls=way == "tls", proxy=way in {"proxy", "another"}) as org:
        for name, value in (org.another("beta") if way == "another" else org).environment("specforce").items():
            monkeypatch.setenv(name, value)
        outcome = CliRunner().invoke(app, ["whoami", "--json"])

    assert outcome.exit_code == 0, outcome.output
    assert ("user@beta.example.com" if way == "another" else "user@example.com") in outcome.output


def test_the_command_prints_the_variables() -> None:
    from typer.testing import CliRunner

    from specforce.cli.app import app

    outcome = CliRunner().invoke(app, ["mock", "env", "--client", "curl", "--proxy", "http://h:1", "--ca", "/ca.pem"])

    assert outcome.exit_code == 0
    assert "export HTTPS_PROXY='http://h:1'" in outcome.output.splitlines()


def test_an_org_keeps_its_authority_where_it_is_told_to(half: Half, tmp_path: Path) -> None:
    for _ in range(2):
        with FakeOrg(tls=True, ca_dir=tmp_path) as org:
            assert org.ca_bundle == tmp_path / "ca.pem"
            sf = half.login(org.auth(), verify=tmp_path / "ca.pem")
            half.run(sf.rest.get_limits())
            half.close(sf)
    with FakeOrg() as plain:
        assert (plain.ca_bundle, plain.proxy_url) == (None, None)


@pytest.mark.parametrize("domain", ["my.salesforce.com", "example.org"])
def test_further_domains_are_a_setting(half: Half, domain: str) -> None:
    settings = OrgSettings(further_domains=("example.org",))
    with FakeOrg(proxy=True, settings=settings) as org, org.another("beta", settings=settings):
        login = ClientCredentials("test-client", "test-secret", login_url=f"https://beta.{domain}")
        sf = half.login(login, verify=org.ca_bundle, proxy=org.proxy_url)
        half.run(sf.rest.get_limits())
        half.close(sf)
        assert org.requests == []


def test_a_folder_with_something_else_in_the_place_of_an_authority_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ca-key.pem").write_text("mine")

    with pytest.raises(ValueError, match="isn't the authority of a fake org"):
        FakeOrg(tls=True, ca_dir=tmp_path)


def test_another_org_shares_nothing_but_the_process(half: Half, org: FakeOrg, by_proxy: dict[str, Any]) -> None:
    org.reset()
    with org.another("beta", clock="manual") as beta:
        one, two = half.login(org.auth(), verify=org.ca_bundle), half.login(beta.auth(), verify=beta.ca_bundle)
        through = half.login(ClientCredentials("test-client", "test-secret", login_url=BETA), **by_proxy)
        half.run(two.sobject("Account").create({"Name": "Beta"}))
        beta.faults.add("getLimits", times=None)
        beta.seed({"Contact": [{"LastName": "Ek"}]})

        assert half.run(one.query("SELECT Id FROM Account").all()) == []
        assert [each["Name"] for each in half.run(through.query("SELECT Name FROM Account").all())] == ["Beta"]
        assert len(half.run(through.query("SELECT Id FROM Contact").all())) == 1
        half.run(one.rest.get_limits())
        assert {request.operation for request in org.requests} >= {"query", "getLimits"}
        assert beta.org.clock.kind == "manual"
        with pytest.raises(ValueError, match="already"):
            org.another("Beta")

    with pytest.raises(NotFound):
        half.run(half.login(StaticToken("t", beta.url), verify=org.ca_bundle).rest.get_limits())
    with org.another("beta") as anew:
        assert anew.requests == []
