"""Keys, ID tokens, registered apps and doors of the OAuth server, over raw HTTP."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256

from tests.mock.raw_org import CLIENT
from tests.mock.reference import row

if TYPE_CHECKING:
    from specforce_mockserver.org import Org
    from tests.mock.raw_org import RawOrg

CALLBACK = "http://localhost:1717/callback"
ASKED = {"client_id": "test-client", "redirect_uri": CALLBACK, "state": "s t", "nonce": "n-1"}
PERSON = {"username": "user@example.com", "password": "password"}


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def claims(raw: RawOrg, token: str) -> Any:
    """The claims of a token, whose signature must be one of the published key's."""
    (key,) = raw.http.get("/id/keys").json()["keys"]
    assert (key["kty"], key["alg"], key["use"]) == ("RSA", "RS256", "sig")
    header, body, signature = token.split(".")
    assert json.loads(decoded(header)) == {"alg": "RS256", "kid": key["kid"], "typ": "JWT"}
    n, e = (int.from_bytes(decoded(key[name]), "big") for name in ("n", "e"))
    RSAPublicNumbers(e, n).public_key().verify(decoded(signature), f"{header}.{body}".encode(), PKCS1v15(), SHA256())
    return json.loads(decoded(body))


def allowed(raw: RawOrg, **asked: str) -> tuple[str, dict[str, str]]:
    """Where a person's yes leads: the part of the URL that it is in, and what it says."""
    answer = raw.http.post("/login", data={**ASKED, **asked, **PERSON})
    assert answer.status_code == 302, answer.text
    where = urlsplit(answer.headers["location"])
    part = "fragment" if where.fragment else "query"
    return part, {name: values[0] for name, values in parse_qs(getattr(where, part)).items()}


@row("auth.md#1", "| `/id/keys` |")
@row("auth.md#3", "| id_token |")
def test_an_id_token_comes_with_openid_and_is_signed_by_the_published_key(raw: RawOrg, org: Org) -> None:
    _, answer = allowed(raw, response_type="code", scope="api openid")
    form = {"grant_type": "authorization_code", "code": answer["code"], "redirect_uri": CALLBACK, **CLIENT}
    body = raw.http.post("/services/oauth2/token", data=form).json()
    told = claims(raw, body["id_token"])

    now = int(org.clock.now())
    half = hashlib.sha256(body["access_token"].encode()).digest()[:16]
    assert (told["iss"], told["sub"], told["aud"]) == (raw.url, body["id"], "test-client")
    assert (told["iat"], told["exp"] > now, told["nonce"], decoded(told["at_hash"])) == (now, True, "n-1", half)
    _, plain = allowed(raw, response_type="code", scope="api")
    assert "id_token" not in raw.http.post("/services/oauth2/token", data={**form, "code": plain["code"]}).json()


@row("auth.md#2", "| User-agent (implicit) |")
@row("auth.md#3", "| state |")
def test_the_user_agent_flow_answers_in_the_fragment(raw: RawOrg) -> None:
    part, answer = allowed(raw, response_type="token")
    assert (part, answer["state"], answer["token_type"], "refresh_token" in answer) == (
        "fragment",
        "s t",
        "Bearer",
        False,
    )
    raw.token = answer["access_token"]
    assert raw.get("/limits")

    part, answer = allowed(raw, response_type="token id_token", scope="api openid")
    assert (part, claims(raw, answer["id_token"])["nonce"]) == ("fragment", "n-1")
    part, answer = allowed(raw, response_type="id_token", scope="api")
    assert (part, answer["error"]) == ("fragment", "invalid_scope")


@row("auth.md#1", "| `/services/oauth2/register` |")
def test_an_app_is_registered_and_may_log_in(raw: RawOrg) -> None:
    asked = {"redirect_uris": ["https://client.example/callback"], "client_name": "Client"}
    answer = raw.send("POST", "/services/oauth2/register", json=asked)
    app = answer.json()
    assert (answer.status_code, {name: app[name] for name in asked}) == (201, asked)

    form = {"response_type": "code", "redirect_uri": asked["redirect_uris"][0], "client_id": app["client_id"]}
    location = raw.http.post("/login", data={**form, **PERSON}).headers["location"]
    (code,) = parse_qs(urlsplit(location).query)["code"]
    redeemed = {"grant_type": "authorization_code", "code": code, "redirect_uri": form["redirect_uri"]}
    names = {name: app[name] for name in ("client_id", "client_secret")}
    assert raw.http.post("/services/oauth2/token", data={**redeemed, **names}).status_code == 200

    public = raw.json("POST", "/services/oauth2/register", json={**asked, "token_endpoint_auth_method": "none"})
    assert "client_secret" not in public
    assert raw.http.post("/services/oauth2/register", json=asked).status_code == 401


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", "invalid_client_metadata"),
        (b"[]", "invalid_client_metadata"),
        (b"{}", "invalid_redirect_uri"),
        (b'{"redirect_uris": []}', "invalid_redirect_uri"),
        (b'{"redirect_uris": ["nowhere"]}', "invalid_redirect_uri"),
        (b'{"redirect_uris": [1]}', "invalid_redirect_uri"),
    ],
)
def test_what_is_no_registration_is_refused(raw: RawOrg, content: bytes, error: str) -> None:
    headers = {"Content-Type": "application/json"}
    answer = raw.send("POST", "/services/oauth2/register", content=content, headers=headers)

    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_a_token_opens_the_user_interface_once(raw: RawOrg) -> None:
    form = {"access_token": raw.token, "redirect_uri": "/lightning/page/home"}
    url = raw.http.post("/services/oauth2/singleaccess", data=form).json()["frontdoor_uri"]

    first, again = raw.http.get(url), raw.http.get(url)

    assert (first.status_code, first.headers["location"]) == (302, "/lightning/page/home")
    assert first.headers["set-cookie"].startswith(f"sid={raw.token};")
    assert again.status_code == 400


@pytest.mark.parametrize("path", ["https://evil.example/", "//evil.example", "/\\evil.example", "home"])
def test_a_door_leads_nowhere_but_into_the_org(raw: RawOrg, path: str) -> None:
    answer = raw.http.post("/services/oauth2/singleaccess", data={"access_token": raw.token, "redirect_uri": path})

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    refused = raw.http.post("/services/oauth2/singleaccess", data={"access_token": "no"})
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")


@row("auth.md#1", "| `/.well-known/auth-configuration` |")
def test_the_login_page_tells_its_org(raw: RawOrg, org: Org) -> None:
    assert raw.http.get("/.well-known/auth-configuration").json()["OrganizationId"] == org.identity.org_id
