"""The JWT bearer grant, over raw HTTP: what is believed, and in which words everything else is refused."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from specforce_mockserver.cli import main
from specforce_mockserver.oauth.apps import app_of, load_apps
from specforce_mockserver.org import Org
from specforce_mockserver.settings import App, OrgSettings
from tests.keys import certificate, private_key, public_pem
from tests.mock.reference import row

if TYPE_CHECKING:
    from pathlib import Path

    from tests.mock.raw_org import RawOrg

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def encoded(document: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()


def assertion(org: Org, owner: str = "app", header: object = None, **changes: Any) -> str:
    """An assertion that the org believes, but for what is changed; a claim of None is left out."""
    claims = {
        "iss": "jwt-app",
        "sub": "user@example.com",
        "aud": "https://login.salesforce.com",
        "exp": int(org.clock.now()) + 180,
    } | changes
    content = f"{encoded(header or {'alg': 'RS256'})}.{encoded({k: v for k, v in claims.items() if v is not None})}"
    signature = private_key(owner).sign(content.encode(), PKCS1v15(), SHA256())
    return f"{content}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def ask(raw: RawOrg, text: str) -> tuple[int, Any]:
    answer = raw.http.post("/services/oauth2/token", data={"grant_type": GRANT, "assertion": text})
    return answer.status_code, answer.json()


@pytest.fixture(autouse=True)
def jwt_app(raw: RawOrg) -> None:
    """An app with a certificate, added over HTTP."""
    raw.mock("POST", "apps", json={"client_id": "jwt-app", "certificate": certificate()})


@row("auth.md#2", "| JWT bearer |")
def test_a_signed_assertion_gets_a_token_of_its_subject_and_no_refresh_token(raw: RawOrg, org: Org) -> None:
    status, body = ask(raw, assertion(org))

    assert (status, body["scope"], "refresh_token" in body) == (200, "api id", False)
    raw.token = body["access_token"]
    assert raw.json("GET", "/services/oauth2/userinfo")["preferred_username"] == "user@example.com"


@row("auth.md#2", "| JWT bearer |")
@pytest.mark.parametrize("audience", ["https://test.salesforce.com", "https://login.salesforce.com/", "THE ORG"])
def test_the_audience_is_a_login_host_or_the_org_itself(raw: RawOrg, org: Org, audience: str) -> None:
    assert ask(raw, assertion(org, aud=raw.url if audience == "THE ORG" else audience))[0] == 200


@row("auth.md#4", "| invalid_grant | `invalid assertion` |")
@pytest.mark.parametrize(
    "make",
    [
        lambda org: assertion(org, owner="somebody else"),
        lambda org: assertion(org, header={"alg": "none"}),
        lambda org: assertion(org, header={"alg": "HS256"}),
        lambda org: assertion(org, exp=None),
        lambda org: assertion(org, exp="soon"),
        lambda org: assertion(org, exp=float("nan")),
        lambda org: assertion(org)[:-8],
        lambda _org: "nonsense",
        lambda _org: "a.b.c",
        lambda _org: f"{encoded([])}.{encoded([])}.",
        lambda _org: "é.ü.ø",
    ],
)
def test_what_is_forged_or_malformed_is_an_invalid_assertion(raw: RawOrg, org: Org, make: Any) -> None:
    status, body = ask(raw, make(org))

    assert (status, body["error"]) == (400, "invalid_grant")


@row("auth.md#4", "| invalid_grant | `invalid assertion` |")
def test_a_forged_signature_is_refused_in_these_words(raw: RawOrg, org: Org) -> None:
    expected = {"error": "invalid_grant", "error_description": "invalid assertion"}

    assert ask(raw, assertion(org, owner="somebody else")) == (400, expected)


@row("auth.md#4", "`audience is invalid`")
def test_an_assertion_for_somebody_else_has_an_invalid_audience(raw: RawOrg, org: Org) -> None:
    expected = {"error": "invalid_grant", "error_description": "audience is invalid"}

    assert ask(raw, assertion(org, aud="https://elsewhere.example")) == (400, expected)


def test_an_end_written_as_text_is_read(raw: RawOrg, org: Org) -> None:
    """As simple-salesforce writes it."""
    ends_s = int(org.clock.now())

    assert ask(raw, assertion(org, exp=str(ends_s + 180)))[0] == 200
    assert ask(raw, assertion(org, exp=str(ends_s - 1)))[1]["error_description"] == "token validity expired"


@row("auth.md#2", "`exp` ≤ 3 min ahead")
@pytest.mark.parametrize("ends_in_s", [-1, 3600])
def test_an_assertion_that_ended_or_ends_too_late_is_refused(raw: RawOrg, org: Org, ends_in_s: int) -> None:
    status, body = ask(raw, assertion(org, exp=int(org.clock.now()) + ends_in_s))

    assert (status, body["error"]) == (400, "invalid_grant")


@row("auth.md#4", "`user hasn't approved this consumer`")
def test_a_user_who_has_not_approved_the_app_is_refused(raw: RawOrg, org: Org) -> None:
    app = {"client_id": "jwt-app", "certificate": certificate(), "admin_approved": False}
    raw.mock("POST", "apps", json=app)

    expected = {"error": "invalid_grant", "error_description": "user hasn't approved this consumer"}
    assert ask(raw, assertion(org)) == (400, expected)


def test_a_user_who_is_not_there_is_refused(raw: RawOrg, org: Org) -> None:
    status, body = ask(raw, assertion(org, sub="nobody@example.com"))

    assert (status, body["error"]) == (400, "invalid_grant")


@row("auth.md#4", "| invalid_client_id | `client identifier invalid` |")
def test_an_app_that_is_not_there_is_an_invalid_client_id(raw: RawOrg, org: Org) -> None:
    expected = {"error": "invalid_client_id", "error_description": "client identifier invalid"}

    assert ask(raw, assertion(org, iss="nobody")) == (400, expected)


@row("auth.md#4", "unsupported_grant_type", "flow not enabled on app")
def test_an_app_without_a_certificate_does_not_offer_the_flow(raw: RawOrg, org: Org) -> None:
    assert ask(raw, assertion(org, iss="test-client"))[1]["error"] == "unsupported_grant_type"


def test_a_public_key_serves_as_a_certificate(raw: RawOrg, org: Org) -> None:
    raw.mock("POST", "apps", json={"client_id": "other", "certificate": public_pem("other")})

    assert ask(raw, assertion(org, owner="other", iss="other"))[0] == 200


def test_apps_are_listed_without_secrets_and_taken_away(raw: RawOrg, org: Org) -> None:
    listed = raw.mock("GET", "apps")

    assert [each["client_id"] for each in listed] == ["test-client", "jwt-app"]
    assert "test-secret" not in json.dumps(listed)
    raw.mock("DELETE", "apps/jwt-app")
    assert ask(raw, assertion(org))[1]["error"] == "invalid_client_id"
    assert raw.send("DELETE", "/__mock/apps/jwt-app").status_code == 404


@pytest.mark.parametrize(
    "app",
    [
        {},
        {"client_id": 5},
        {"client_id": "a", "secret": "x"},
        {"client_id": "a", "certificate": "nonsense"},
        {"client_id": "a", "certificate": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"},
    ],
)
def test_an_app_that_makes_no_sense_is_refused(raw: RawOrg, app: dict[str, Any]) -> None:
    assert raw.send("POST", "/__mock/apps", json=app).status_code == 400


def test_a_reset_brings_the_apps_of_the_settings_back() -> None:
    org = Org(settings=OrgSettings(certificate=certificate(), apps=(App("more"),)))
    org.apps.put(App("added"))

    org.reset()

    assert [each.client_id for each in org.apps.listed()] == ["test-client", "more"]
    org.close()


def test_apps_come_from_toml_with_their_certificates_in_files_beside(tmp_path: Path) -> None:
    (tmp_path / "a.crt").write_text(certificate())
    (tmp_path / "apps.toml").write_text('[a]\ncertificate_file = "a.crt"\nrun_as = "u"\n[b]\nclient_secret = "s"\n')

    assert load_apps(tmp_path / "apps.toml") == (App("a", certificate=certificate(), run_as="u"), App("b", "s"))


@pytest.mark.parametrize("text", ["nonsense", "a = 5", "[a]\nsecret = 's'", "[a]\nrun_as = 5"])
def test_toml_that_makes_no_sense_names_its_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "apps.toml").write_text(text)

    with pytest.raises(ValueError, match=r"apps\.toml"):
        load_apps(tmp_path / "apps.toml")


def test_a_command_with_a_bad_certificate_ends_with_a_message(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.pem").write_text("nonsense")

    assert main(["serve", "--port", "0", "--certificate", str(tmp_path / "bad.pem")]) == 2
    assert "certificate" in capsys.readouterr().err


def test_an_app_is_named_by_its_consumer_key() -> None:
    assert app_of({"client_id": "a"}) == App("a")
