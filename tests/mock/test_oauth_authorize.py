"""The web server flow over raw HTTP: the login page, the code, and what the token endpoint makes of it."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.mock.raw_org import CLIENT
from tests.mock.reference import row

if TYPE_CHECKING:
    import httpx

    from specforce_mockserver.org import Org
    from tests.mock.raw_org import RawOrg

PAGE = "/services/oauth2/authorize"
LOGIN = "/login"
CALLBACK = "http://localhost:1717/callback"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
ASKED = {
    "response_type": "code",
    "client_id": "test-client",
    "redirect_uri": CALLBACK,
    "state": "st&te",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}
PERSON = {"username": "user@example.com", "password": "password", "decision": "allow"}


def returned(answer: httpx.Response) -> dict[str, str]:
    """The parameters that a browser brings back to the app."""
    assert answer.status_code == 302, answer.text
    assert answer.headers["location"].startswith(CALLBACK + "?")
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def code(raw: RawOrg, **changes: str) -> str:
    """The code that the person's answer on the page gives."""
    return returned(raw.http.post(LOGIN, data={**ASKED, **changes, **PERSON}))["code"]


def redeem(raw: RawOrg, given: str, **changes: str) -> tuple[int, Any]:
    form = {"grant_type": "authorization_code", "code": given, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
    answer = raw.http.post("/services/oauth2/token", data={**form, **CLIENT, **changes})
    return answer.status_code, answer.json()


@row("auth.md#1", "| `/services/oauth2/authorize` |")
@row("auth.md#2", "| Web server (code) step 1 |")
def test_the_page_is_a_form_that_sends_all_it_was_opened_with(raw: RawOrg) -> None:
    page = raw.http.get(PAGE, params={**ASKED, "login_hint": '"><b>'})

    assert (page.status_code, page.headers["content-type"]) == (200, "text/html;charset=UTF-8")
    assert 'name="state" value="st&amp;te"' in page.text
    assert 'name="username" value="&quot;&gt;&lt;b&gt;"' in page.text
    assert all(f'name="{name}"' in page.text for name in ASKED)
    assert f'action="{LOGIN}"' in page.text


@row("auth.md#2", "| Web server step 2 |")
@row("auth.md#2", "Authorization code: single use", "code_challenge = base64url(SHA-256(verifier))")
def test_a_code_gets_a_token_of_the_person_and_a_refresh_token(raw: RawOrg) -> None:
    status, body = redeem(raw, code(raw))

    assert (status, body["scope"]) == (200, "refresh_token api id")
    raw.token = body["access_token"]
    assert raw.json("GET", "/services/oauth2/userinfo")["preferred_username"] == "user@example.com"
    renewed = {"grant_type": "refresh_token", "refresh_token": body["refresh_token"], **CLIENT}
    assert raw.http.post("/services/oauth2/token", data=renewed).status_code == 200


@row("auth.md#2", "| Web server step 2 |", "if scope has `refresh_token`")
@pytest.mark.parametrize(
    ("scope", "brings"), [("api", False), ("api refresh_token", True), ("id offline_access", True)]
)
def test_a_refresh_token_comes_if_the_scope_has_it(raw: RawOrg, scope: str, brings: bool) -> None:
    _, body = redeem(raw, code(raw, scope=scope))

    assert (body["scope"], "refresh_token" in body) == (scope, brings)


def test_the_state_comes_back_as_it_was(raw: RawOrg) -> None:
    assert returned(raw.http.post(LOGIN, data={**ASKED, **PERSON}))["state"] == "st&te"


@row("auth.md#4", "expired authorization code")
def test_a_code_works_once(raw: RawOrg) -> None:
    given = code(raw)
    assert redeem(raw, given)[0] == 200

    expected = {"error": "invalid_grant", "error_description": "expired authorization code"}
    assert redeem(raw, given) == (400, expected)


@row("auth.md#2", "Authorization code: single use, lives 15 minutes")
@row("auth.md#4", "expired authorization code")
def test_a_code_lives_15_minutes(raw: RawOrg, org: Org) -> None:
    given = code(raw)
    org.clock.advance(900)

    assert redeem(raw, given)[1]["error_description"] == "expired authorization code"


@pytest.mark.parametrize("changes", [{"code_verifier": "w" * 43}, {"code_verifier": ""}])
def test_a_code_needs_its_verifier(raw: RawOrg, changes: dict[str, str]) -> None:
    status, body = redeem(raw, code(raw), **changes)

    assert (status, body["error"]) == (400, "invalid_grant")


def test_an_unknown_code_or_one_of_another_app_is_refused(raw: RawOrg) -> None:
    raw.mock("POST", "apps", json={"client_id": "other"})

    assert redeem(raw, "nonsense")[1]["error"] == "invalid_grant"
    assert redeem(raw, code(raw), client_id="other", client_secret="")[1]["error"] == "invalid_grant"


@row("auth.md#4", "`redirect_uri must match configuration`")
def test_a_code_is_redeemed_with_the_redirect_uri_that_it_was_sent_to(raw: RawOrg) -> None:
    expected = {"error": "redirect_uri_mismatch", "error_description": "redirect_uri must match configuration"}

    assert redeem(raw, code(raw), redirect_uri="http://localhost:1718/callback") == (400, expected)


def test_a_public_app_needs_no_secret(raw: RawOrg) -> None:
    raw.mock("POST", "apps", json={"client_id": "public"})
    given = code(raw, client_id="public")

    form = {"grant_type": "authorization_code", "code": given, "redirect_uri": CALLBACK, "client_id": "public"}
    answer = raw.http.post("/services/oauth2/token", data={**form, "code_verifier": VERIFIER})
    assert answer.status_code == 200


@row("auth.md#4", "error=invalid_client_id&error_description=client%20identifier%20invalid")
def test_an_unknown_app_is_shown_and_nobody_is_sent_anywhere(raw: RawOrg) -> None:
    page = raw.http.get(PAGE, params={**ASKED, "client_id": "nobody"})

    assert "location" not in page.headers
    assert "error=invalid_client_id&error_description=client%20identifier%20invalid" in page.text


@row("auth.md#4", "`redirect_uri must match configuration`")
@pytest.mark.parametrize(
    "redirect_uri",
    [
        "",
        "https://evil.example/callback",
        "http://localhost:1717/other",
        "http://localhost:1717/callback/x",
        "http://localhost:1@evil.example/callback",
        "http://localhost:*/callback",
    ],
)
def test_a_redirect_uri_that_is_not_the_app_s_own_gets_nothing(raw: RawOrg, redirect_uri: str) -> None:
    for answer in (
        raw.http.get(PAGE, params={**ASKED, "redirect_uri": redirect_uri}),
        raw.http.post(LOGIN, data={**ASKED, **PERSON, "redirect_uri": redirect_uri}),
    ):
        assert "location" not in answer.headers
        assert "error=redirect_uri_" in answer.text


@row("auth.md#4", "On authorize: redirect with `?error=..&error_description=..&state=..`")
@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "magic"}, "unsupported_response_type"),
        ({"response_type": "code token"}, "unsupported_response_type"),
        ({"scope": "api web"}, "invalid_scope"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
    ],
)
def test_what_can_not_be_granted_goes_back_as_an_error_with_the_state(
    raw: RawOrg, changes: dict[str, str], error: str
) -> None:
    back = returned(raw.http.get(PAGE, params={**ASKED, **changes}))

    assert (back["error"], back["state"], "code" in back) == (error, "st&te", False)


def test_a_person_who_says_no_goes_back_with_an_error(raw: RawOrg) -> None:
    back = returned(raw.http.post(LOGIN, data={**ASKED, **PERSON, "decision": "deny"}))

    assert (back["error"], back["state"]) == ("access_denied", "st&te")


@pytest.mark.parametrize("wrong", [{"username": "nobody@example.com"}, {"password": "guess"}, {"password": ""}])
def test_a_wrong_login_is_asked_again(raw: RawOrg, wrong: dict[str, str]) -> None:
    page = raw.http.post(LOGIN, data={**ASKED, **PERSON, **wrong})

    assert page.status_code == 200
    assert "check your username and password" in page.text
    assert "guess" not in page.text


def test_automatic_logins_ask_nobody_until_a_reset(raw: RawOrg, org: Org) -> None:
    raw.mock("PATCH", "logins", json={"automatic": True})

    assert redeem(raw, returned(raw.http.get(PAGE, params=ASKED))["code"])[0] == 200
    org.reset()
    assert raw.http.get(PAGE, params=ASKED).status_code == 200


def test_a_setting_of_logins_that_makes_no_sense_is_refused(raw: RawOrg) -> None:
    assert raw.send("PATCH", "/__mock/logins", json={"automatic": "yes"}).status_code == 400


@row("auth.md#1", "| `/.well-known/openid-configuration` |")
@row("auth.md#1", "Discovery document keys seen")
def test_discovery_names_the_endpoints(raw: RawOrg) -> None:
    found = raw.http.get("/.well-known/openid-configuration").json()

    assert found["issuer"] == raw.url
    assert found["authorization_endpoint"] == raw.url + PAGE
    assert found["token_endpoint_auth_methods_supported"] == [
        "client_secret_post",
        "client_secret_basic",
        "private_key_jwt",
    ]
