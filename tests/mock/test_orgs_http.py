"""Many orgs in one process: found by path, by host and by login; made and ended over HTTP; sharing nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from specforce_mockserver.clock import Clock
from specforce_mockserver.network.authority import Authority
from specforce_mockserver.network.hosts import Hosts
from specforce_mockserver.org import Org
from specforce_mockserver.orgs import Orgs, settings_for
from specforce_mockserver.server import MockServer
from specforce_mockserver.settings import App, OrgSettings
from tests.mock.raw_org import CLIENT, CLIENT_CREDENTIALS, DATA, RawOrg
from tests.mock.reference import row

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = ("acme", "beta", "gamma--dev")
TOKEN = "/services/oauth2/token"
LOGIN = "https://login.salesforce.com"
SOAP_LOGIN = (
    '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>'
    '<login xmlns="urn:partner.soap.sforce.com">'
    "<username>user@beta.example.com</username><password>passwordtoken</password></login></e:Body></e:Envelope>"
)


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    authority = Authority()
    first, *others = [settings_for(name) for name in NAMES]
    orgs = Orgs(Org(settings=first), strict=True)
    for each in others:
        orgs.make(each)
    with MockServer(orgs, authority=authority, proxied=Hosts(), check_answers=True) as server:
        yield server
    orgs.close()
    authority.close()


@pytest.fixture
def raws(server: MockServer) -> Iterator[dict[str, RawOrg]]:
    """A client with a token to each, all as new."""
    found: dict[str, RawOrg] = {}
    for org in server.orgs:
        org.reset()
        name = org.settings.my_domain
        found[name] = raw = RawOrg(f"{server.url}/orgs/{name}")
        raw.login()
    yield found
    for raw in found.values():
        raw.http.close()


@pytest.fixture
def proxied(server: MockServer) -> Iterator[httpx.Client]:
    with httpx.Client(proxy=server.proxy_url, verify=False, trust_env=False, timeout=30) as client:
        yield client


def password(name: str) -> dict[str, str]:
    return {"grant_type": "password", "username": f"user@{name}.example.com", "password": "passwordtoken", **CLIENT}


def test_an_org_below_a_path_gives_addresses_below_it(server: MockServer, raws: dict[str, RawOrg]) -> None:
    token = raws["beta"].http.post(TOKEN, data=CLIENT_CREDENTIALS).json()

    assert token["instance_url"] == f"{server.url}/orgs/beta"
    assert token["id"].startswith(f"{server.url}/orgs/beta/id/00D")
    answered = httpx.get(token["id"], headers={"Authorization": f"Bearer {token['access_token']}"}, trust_env=False)
    assert answered.json()["username"] == "user@beta.example.com"


@row("auth.md#1", "org login + all APIs")
@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("acme.my.salesforce.com", "acme"),
        ("BETA.my.salesforce.com", "beta"),
        ("gamma--dev.sandbox.my.salesforce.com", "gamma--dev"),
        ("beta.lightning.force.com", "beta"),
    ],
)
def test_an_org_is_at_the_hosts_of_its_name(server: MockServer, proxied: httpx.Client, host: str, name: str) -> None:
    token = proxied.post(f"https://{host}{TOKEN}", data=CLIENT_CREDENTIALS).json()

    org = server.orgs.named(name)
    assert org is not None
    assert token["id"].split("/")[-2] == org.identity.org_id


def test_an_org_is_at_a_local_host_of_its_name_without_a_proxy(server: MockServer) -> None:
    host = f"beta.localhost:{server.port}"
    token = httpx.post(f"{server.url}{TOKEN}", data=CLIENT_CREDENTIALS, headers={"Host": host}, trust_env=False).json()

    assert token["instance_url"] == f"http://{host}"
    assert token["access_token"].startswith(server.orgs.named("beta").identity.org_id[:15])  # type: ignore[union-attr]


@pytest.mark.parametrize("host", ["nobody.my.salesforce.com", "www.salesforce.com", "salesforce.com"])
def test_a_host_of_no_org_is_nobodys(proxied: httpx.Client, host: str) -> None:
    answer = proxied.post(f"https://{host}{TOKEN}", data=CLIENT_CREDENTIALS)

    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html;charset=UTF-8")


@pytest.mark.parametrize(
    "path", ["/orgs/nobody/services/data", "/orgs/", "/orgs//services/data", "/orgs/%2e%2e/x", "/orgs/a%2fb/"]
)
def test_a_path_of_no_org_is_nobodys(server: MockServer, path: str) -> None:
    assert httpx.get(f"{server.url}{path}", trust_env=False).status_code == 404


def test_a_host_that_says_nothing_is_the_first_orgs(server: MockServer) -> None:
    health = httpx.get(f"{server.url}/__mock/health", trust_env=False).json()

    assert health["orgId"] == server.org.identity.org_id


def test_at_the_shared_host_a_username_finds_its_org(server: MockServer, proxied: httpx.Client) -> None:
    for name in NAMES:
        token = proxied.post(f"{LOGIN}{TOKEN}", data=password(name)).json()
        assert token["instance_url"] == f"https://{name}.my.salesforce.com"
        assert token["access_token"].startswith(server.orgs.named(name).identity.org_id[:15])  # type: ignore[union-attr]
        headers = {"Authorization": f"Bearer {token['access_token']}"}
        assert proxied.get(f"{token['instance_url']}{DATA}/limits", headers=headers).status_code == 200
        user = proxied.get(f"{LOGIN}/services/oauth2/userinfo", headers=headers).json()
        assert user["preferred_username"] == f"user@{name}.example.com"
        assert proxied.post(f"{LOGIN}/services/oauth2/revoke", data={"token": token["access_token"]}).status_code == 200
        assert proxied.get(f"{token['instance_url']}{DATA}/limits", headers=headers).status_code == 401


def test_at_the_shared_host_a_soap_login_finds_its_org(proxied: httpx.Client) -> None:
    headers = {"Content-Type": "text/xml", "SOAPAction": "login"}
    answer = proxied.post(f"{LOGIN}/services/Soap/u/64.0", content=SOAP_LOGIN, headers=headers)

    assert "<serverUrl>https://beta.my.salesforce.com/services/Soap/u/64.0/" in answer.text


def test_at_the_shared_host_a_code_and_a_refresh_token_find_the_org_that_gave_them(proxied: httpx.Client) -> None:
    asked = {"response_type": "code", "client_id": "test-client", "redirect_uri": "http://localhost:1/callback"}
    typed = {**asked, "username": "user@beta.example.com", "password": "password"}
    came_back = proxied.post(f"{LOGIN}/login", data=typed).headers["location"]
    code = httpx.URL(came_back).params["code"]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": asked["redirect_uri"], **CLIENT}
    token = proxied.post(f"{LOGIN}{TOKEN}", data=form).json()
    again = {"grant_type": "refresh_token", "refresh_token": token["refresh_token"], **CLIENT}

    assert token["instance_url"] == "https://beta.my.salesforce.com"
    assert proxied.post(f"{LOGIN}{TOKEN}", data=again).json()["instance_url"] == "https://beta.my.salesforce.com"


def test_at_the_shared_host_an_app_finds_the_org_that_has_it(server: MockServer, proxied: httpx.Client) -> None:
    gamma = server.orgs.named("gamma--dev")
    assert gamma is not None
    gamma.apps.put(App("gammas-own"))
    begun = proxied.post(f"{LOGIN}{TOKEN}", data={"response_type": "device_code", "client_id": "gammas-own"})
    gamma.reset()

    assert begun.json()["verification_uri"].startswith("https://gamma--dev.my.salesforce.com/")


@pytest.mark.parametrize("name", ["nobody", "acme"])
def test_a_login_that_no_org_knows_fails_as_any(proxied: httpx.Client, name: str) -> None:
    answer = proxied.post(f"{LOGIN}{TOKEN}", data=password(name) | {"password": "wrong"})

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    "assertion", ["", "a.b.c", "a." + "W10" + ".c", "a.e30.c", "a." + "W1tb" * 5000 + ".c", "....", "a.\x00.c"]
)
def test_an_assertion_that_is_none_is_refused_at_the_shared_host(proxied: httpx.Client, assertion: str) -> None:
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion}

    assert proxied.post(f"{LOGIN}{TOKEN}", data=form).status_code == 400


@row("auth.md#4", "token without API rights")
def test_a_token_of_one_org_is_none_at_another(raws: dict[str, RawOrg], proxied: httpx.Client) -> None:
    stolen = {"Authorization": f"Bearer {raws['acme'].token}"}

    assert raws["acme"].send("GET", "/limits").status_code == 200
    for path in (
        f"{DATA}/limits",
        f"{DATA}/query?q=SELECT+Id+FROM+User",
        f"{DATA}/jobs/ingest",
        "/services/apexrest/x",
    ):
        assert raws["beta"].http.get(path, headers=stolen).status_code == 401, path
        assert proxied.get(f"https://beta.my.salesforce.com{path}", headers=stolen).status_code == 401, path
    refused = raws["beta"].http.get("/services/oauth2/userinfo", headers=stolen)
    assert (refused.status_code, refused.text) == (403, "Bad_OAuth_Token")


def test_records_jobs_limits_clocks_faults_and_logs_are_each_orgs_own(raws: dict[str, RawOrg]) -> None:
    acme, beta = raws["acme"], raws["beta"]
    acme.create("Account", Name="Acme")
    job = acme.json("POST", "/jobs/ingest", json={"object": "Account", "operation": "insert"})["id"]
    acme.mock("POST", "faults", json={"kind": "status", "operation": "getLimits", "status": 503})
    acme.mock("POST", "advance", json={"seconds": 3600})

    assert beta.query("SELECT Id FROM Account")["records"] == []
    assert beta.send("GET", f"/jobs/ingest/{job}").status_code == 404
    assert beta.mock("GET", "faults") == []
    assert beta.mock("GET", "health")["now"] < acme.mock("GET", "health")["now"]
    assert {each["operation"] for each in beta.mock("GET", "requests")} <= {
        "requestToken",
        "query",
        "getIngestJob",
        None,
    }
    used = [each.get("/limits")["DailyApiRequests"] for each in (beta, raws["gamma--dev"])]
    assert used[0]["Remaining"] < used[1]["Remaining"]
    assert acme.send("GET", "/limits").status_code == 503


def test_orgs_are_made_listed_and_ended_over_http(server: MockServer) -> None:
    with httpx.Client(base_url=server.url, trust_env=False) as http:
        made = http.post(
            "/__mock/orgs", json={"name": "New", "clock": "manual", "settings": {"username": "n@n.example"}}
        )
        listed = http.get("/__mock/orgs").json()
        assert made.status_code == 201
        assert made.json() == listed[-1]
        assert (made.json()["name"], made.json()["url"]) == ("new", f"{server.url}/orgs/new")
        assert (made.json()["clock"], made.json()["username"]) == ("manual", "n@n.example")
        assert http.post(f"/orgs/new{TOKEN}", data=CLIENT_CREDENTIALS).status_code == 200
        assert http.delete("/__mock/orgs/new").status_code == 204
        assert http.post(f"/orgs/new{TOKEN}", data=CLIENT_CREDENTIALS).status_code == 404
        assert [each["name"] for each in http.get("/__mock/orgs").json()] == list(NAMES)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "truncated"),
        (b"[]", "object"),
        (b"{}", "name"),
        (b'{"name": "acme"}', "already"),
        (b'{"name": "ACME"}', "already"),
        (b'{"name": "../etc"}', "name"),
        (b'{"name": "a.b"}', "name"),
        (b'{"name": ""}', "name"),
        (b'{"name": "x", "clock": "sundial"}', "sundial"),
        (b'{"name": "x", "colour": "red"}', "colour"),
        (b'{"name": "x", "settings": {"username": 5}}', "username"),
        (b'{"name": "x", "settings": {"certificate": "no"}}', "certificate"),
    ],
)
def test_an_org_that_can_not_be_is_refused_with_the_reason(server: MockServer, body: bytes, why: str) -> None:
    answer = httpx.post(f"{server.url}/__mock/orgs", content=body, trust_env=False)

    assert answer.status_code == 400
    assert why in answer.json()[0]["message"]
    assert len(server.orgs) == len(NAMES)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("DELETE", "nobody", 404), ("DELETE", "acme", 400), ("PUT", "acme", 405), ("DELETE", "", 405)],
)
def test_what_can_not_be_done_to_orgs_is_refused(server: MockServer, method: str, path: str, status: int) -> None:
    assert httpx.request(method, f"{server.url}/__mock/orgs/{path}", trust_env=False).status_code == status


def test_orgs_that_come_and_go_at_once_dont_see_each_other(server: MockServer) -> None:
    def live(number: int) -> Any:
        name = f"org-{number}"
        with httpx.Client(base_url=server.url, trust_env=False, timeout=60) as http:
            assert http.post("/__mock/orgs", json={"name": name}).status_code == 201
            raw = RawOrg(f"{server.url}/orgs/{name}")
            raw.login()
            raw.create("Account", Name=name)
            seen = [each["Name"] for each in raw.query("SELECT Name FROM Account")["records"]]
            raw.http.close()
            assert http.delete(f"/__mock/orgs/{name}").status_code == 204
            return seen == [name]

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(live, range(24)))
    assert len(server.orgs) == len(NAMES)


def test_one_org_alone_answers_at_every_host_until_it_gets_company() -> None:
    with MockServer(Org(settings=OrgSettings(), clock=Clock("manual"))) as server:
        at = {"Host": "whatever.my.salesforce.com"}
        with httpx.Client(base_url=server.url, trust_env=False) as http:
            token = http.post(TOKEN, data=CLIENT_CREDENTIALS, headers=at).json()
            assert token["instance_url"] == "http://whatever.my.salesforce.com"
            http.post("/__mock/orgs", json={"name": "whatever"})
            assert (
                http.get(
                    f"{DATA}/limits", headers=at | {"Authorization": f"Bearer {token['access_token']}"}
                ).status_code
                == 401
            )
            assert http.get("/__mock/orgs").json()[1]["clock"] == "manual"
    server.orgs.close()


def test_two_orgs_never_have_the_same_id() -> None:
    first = Org(settings=settings_for("acme"))
    orgs = Orgs(first)
    with pytest.raises(ValueError, match="organization_id"):
        orgs.make(settings_for("beta", OrgSettings(organization_id=first.identity.org_id)))
    orgs.close()
