"""The token endpoint, over raw HTTP."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING, Any

import pytest

from tests.mock.raw_org import CLIENT, CLIENT_CREDENTIALS, PASSWORD, REFRESH
from tests.mock.reference import row

if TYPE_CHECKING:
    import httpx

    from specforce_mockserver.org import Org
    from tests.mock.raw_org import RawOrg

TOKEN = "/services/oauth2/token"


def ask(raw: RawOrg, form: dict[str, str], **options: Any) -> httpx.Response:
    return raw.http.post(TOKEN, data=form, **options)


def refusal(raw: RawOrg, form: dict[str, str], **options: Any) -> tuple[int, str, str]:
    answer = ask(raw, form, **options)
    body = answer.json()
    assert answer.headers["content-type"] == "application/json;charset=UTF-8"
    assert answer.headers["cache-control"] == "no-cache, no-store"
    assert set(body) == {"error", "error_description"}
    return answer.status_code, body["error"], body["error_description"]


@row("auth.md#1", "| `/services/oauth2/token` |")
@row("auth.md#2", "| Client credentials |")
@row("auth.md#3", "| access_token |")
@row("auth.md#3", "| instance_url |")
@row("auth.md#3", "| token_type |")
@row("auth.md#3", "| issued_at |")
@row("auth.md#3", "| scope |")
@row("auth.md#3", "| id |")
@row("auth.md#3", '{"access_token"')
def test_client_credentials_give_a_token_and_say_where_it_is_good(raw: RawOrg, org: Org) -> None:
    body = ask(raw, CLIENT_CREDENTIALS).json()

    org_id, _, secret = body["access_token"].partition("!")
    assert (org_id, len(secret) >= 80) == (org.identity.org_id[:15], True)
    assert body["instance_url"] == raw.url
    assert body["id"] == f"{raw.url}/id/{org.identity.org_id}/{org.identity.admin_id}"
    assert (body["token_type"], body["scope"]) == ("Bearer", "api id")
    assert body["issued_at"] == str(org.clock.now_ms())
    assert list(body) == ["access_token", "signature", "scope", "instance_url", "id", "token_type", "issued_at"]


@row("auth.md#3", "| signature |")
def test_the_signature_is_an_hmac_of_id_and_issued_at(raw: RawOrg) -> None:
    body = ask(raw, CLIENT_CREDENTIALS).json()

    digest = hmac.new(b"test-secret", f"{body['id']}{body['issued_at']}".encode(), hashlib.sha256).digest()
    assert body["signature"] == base64.b64encode(digest).decode()


@row("auth.md#3", "Refresh response: same keys")
@row("auth.md#3", "There is normally **no `expires_in`**")
@row("auth.md#3", "| refresh_token |")
@row("auth.md#2", "| Refresh |")
@row("auth.md#2", "| Username-password (ROPC) |")
@pytest.mark.parametrize("form", [CLIENT_CREDENTIALS, PASSWORD, REFRESH], ids=lambda form: form["grant_type"])
def test_opaque_tokens_say_nothing_of_their_end_and_bring_no_refresh_token(raw: RawOrg, form: dict[str, str]) -> None:
    body = ask(raw, form).json()

    assert "expires_in" not in body
    assert "refresh_token" not in body
    assert raw.send("GET", "/limits", headers={"Authorization": f"Bearer {body['access_token']}"}).status_code == 200


@row("auth.md#1", "Client authentication at the token endpoint")
def test_a_client_may_name_itself_by_http_basic(raw: RawOrg) -> None:
    form = {"grant_type": "client_credentials"}

    assert ask(raw, form, auth=("test-client", "test-secret")).status_code == 200
    assert refusal(raw, form, auth=("test-client", "no"))[1:] == ("invalid_client", "invalid client credentials")


def test_a_multipart_form_is_as_good(raw: RawOrg) -> None:
    parts = {name: (None, value) for name, value in CLIENT_CREDENTIALS.items()}

    assert raw.http.post(TOKEN, files=parts).json()["token_type"] == "Bearer"


@row("auth.md#4", "Shape, HTTP 400")
@row("errors_and_limits.md#1", "| OAuth | 400/401 |")
@row("auth.md#4", "| invalid_client_id |")
def test_an_unknown_client_is_refused(raw: RawOrg) -> None:
    wrong = {**CLIENT_CREDENTIALS, "client_id": "nobody"}

    assert refusal(raw, wrong) == (400, "invalid_client_id", "client identifier invalid")


@row("auth.md#4", "| unsupported_grant_type |")
@pytest.mark.parametrize("grant", [{}, {"grant_type": "magic"}])
def test_an_unknown_or_missing_grant_is_refused(raw: RawOrg, grant: dict[str, str]) -> None:
    assert refusal(raw, {**CLIENT, **grant}) == (400, "unsupported_grant_type", "grant type not supported")


@row("auth.md#4", "| unsupported_grant_type |", "JSON sent")
def test_a_json_body_is_no_grant(raw: RawOrg) -> None:
    answer = raw.http.post(TOKEN, json=CLIENT_CREDENTIALS)

    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")


@row("auth.md#4", "| invalid_grant | `authentication failure`")
@pytest.mark.parametrize(
    "wrong", [{"password": "password"}, {"password": "wrongtoken"}, {"username": "nobody@example.com"}]
)
def test_a_wrong_password_token_or_user_is_an_authentication_failure(raw: RawOrg, wrong: dict[str, str]) -> None:
    assert refusal(raw, {**PASSWORD, **wrong}) == (400, "invalid_grant", "authentication failure")


@row("auth.md#4", "expired access/refresh token")
def test_an_unknown_refresh_token_is_expired(raw: RawOrg) -> None:
    refused = refusal(raw, {**REFRESH, "refresh_token": "5Aep861gone"})

    assert refused == (400, "invalid_grant", "expired access/refresh token")


@row("auth.md#4", "request not supported on this domain")
def test_client_credentials_need_the_orgs_own_host(raw: RawOrg) -> None:
    refused = refusal(raw, CLIENT_CREDENTIALS, headers={"Host": "login.salesforce.com"})

    assert refused == (400, "invalid_grant", "request not supported on this domain")
    assert ask(raw, PASSWORD, headers={"Host": "login.salesforce.com"}).status_code == 200
