"""Grants by SAML and by other tokens, apps that prove themselves by assertions, and hybrid flows, over raw HTTP."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest

from tests.keys import certificate
from tests.mock.raw_org import CLIENT, REFRESH
from tests.mock.reference import row
from tests.mock.test_oauth_jwt_bearer import assertion

if TYPE_CHECKING:
    from specforce_mockserver.org import Org
    from tests.mock.raw_org import RawOrg

EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
KIND = "urn:ietf:params:oauth:token-type:"
BEARER = "urn:ietf:params:oauth:grant-type:saml2-bearer"
WEB_SSO = "urn:oasis:names:tc:SAML:2.0:profiles:SSO:browser"
SAML = (
    '<Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion"><Issuer>{issuer}</Issuer>{signature}'
    '<Subject><NameID>{name}</NameID><SubjectConfirmation><SubjectConfirmationData NotOnOrAfter="{ends}"/>'
    "</SubjectConfirmation></Subject><Conditions><AudienceRestriction><Audience>{audience}</Audience>"
    "</AudienceRestriction></Conditions></Assertion>"
)
SIGNATURE = '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/>'


def saml(**changes: str) -> str:
    """An assertion that the org believes, but for what is changed."""
    values = {
        "issuer": "jwt-app",
        "signature": SIGNATURE,
        "name": "user@example.com",
        "ends": "2100-01-01T00:00:00Z",
        "audience": "https://login.salesforce.com",
    }
    return base64.urlsafe_b64encode(SAML.format(**{**values, **changes}).encode()).decode()


def ask(raw: RawOrg, **form: str) -> tuple[int, Any]:
    answer = raw.http.post("/services/oauth2/token", data=form)
    return answer.status_code, answer.json()


@pytest.fixture(autouse=True)
def signing_app(raw: RawOrg) -> None:
    """An app with a certificate, added over HTTP."""
    raw.mock("POST", "apps", json={"client_id": "jwt-app", "certificate": certificate(), "run_as": "user@example.com"})


@row("auth.md#2", "| SAML bearer |")
@row("auth.md#2", "| SAML assertion |")
@pytest.mark.parametrize("form", [{"grant_type": BEARER}, {"grant_type": "assertion", "assertion_type": WEB_SSO}])
def test_a_saml_assertion_gets_a_token_of_its_subject(raw: RawOrg, form: dict[str, str]) -> None:
    status, body = ask(raw, assertion=saml(), **form)

    assert (status, "refresh_token" in body) == (200, False)
    raw.token = body["access_token"]
    assert raw.json("GET", "/services/oauth2/userinfo")["preferred_username"] == "user@example.com"


@pytest.mark.parametrize(
    ("changes", "error", "description"),
    [
        ({"issuer": "nobody"}, "invalid_client_id", "client identifier invalid"),
        ({"issuer": "test-client"}, "unsupported_grant_type", "grant type not supported"),
        ({"signature": ""}, "invalid_grant", "invalid assertion"),
        ({"name": "nobody"}, "invalid_grant", "user is invalid"),
        ({"ends": "2001-01-01T00:00:00Z"}, "invalid_grant", "token validity expired"),
        ({"ends": "soon"}, "invalid_grant", "invalid assertion"),
        ({"audience": "https://example.com"}, "invalid_grant", "audience is invalid"),
    ],
)
def test_a_saml_assertion_that_says_something_else_is_refused(
    raw: RawOrg, changes: dict[str, str], error: str, description: str
) -> None:
    status, body = ask(raw, grant_type=BEARER, assertion=saml(**changes))

    assert (status, body["error"], body["error_description"]) == (400, error, description)


@pytest.mark.parametrize("text", ["", "%%%", "aGVsbG8", base64.b64encode(b"<a/>").decode(), "é"])
def test_what_is_no_saml_assertion_is_refused(raw: RawOrg, text: str) -> None:
    assert ask(raw, grant_type=BEARER, assertion=text)[0] == 400
    assert ask(raw, grant_type="assertion", assertion=saml())[1]["error"] == "invalid_request"


@row("auth.md#2", "| Token exchange |")
@pytest.mark.parametrize("kind", ["access_token", "refresh_token", "id_token", "jwt", "saml2"])
def test_a_token_is_exchanged_for_one_of_its_user(raw: RawOrg, org: Org, kind: str) -> None:
    _, openid = ask(raw, **REFRESH)
    tokens = {
        "access_token": raw.token,
        "refresh_token": "test-refresh-token",
        "jwt": assertion(org),
        "saml2": saml(),
    }
    exchange = {"grant_type": EXCHANGE, **CLIENT}
    if kind == "id_token":
        form = {"subject_token": raw.token, "subject_token_type": f"{KIND}access_token", "scope": "api openid"}
        tokens["id_token"] = ask(raw, **exchange, **form)[1]["id_token"]

    status, body = ask(raw, **exchange, subject_token=tokens[kind], subject_token_type=f"{KIND}{kind}")
    assert (status, body["access_token"] != openid["access_token"], "refresh_token" in body) == (200, True, False)
    form = {"subject_token": tokens[kind], "subject_token_type": f"{KIND}{kind}", "scope": "api refresh_token"}
    assert "refresh_token" in ask(raw, **exchange, **form)[1]


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"subject_token": "no", "subject_token_type": f"{KIND}access_token"}, "invalid_grant"),
        ({"subject_token": "no", "subject_token_type": f"{KIND}id_token"}, "invalid_grant"),
        ({"subject_token": "no", "subject_token_type": f"{KIND}jwt"}, "invalid_grant"),
        ({"subject_token": "no", "subject_token_type": f"{KIND}magic"}, "invalid_request"),
        ({"subject_token": "no"}, "invalid_request"),
        ({"subject_token": "x", "subject_token_type": "x", "actor_token": "y"}, "unsupported_grant_type"),
    ],
)
def test_what_stands_for_nobody_is_not_exchanged(raw: RawOrg, form: dict[str, str], error: str) -> None:
    status, body = ask(raw, grant_type=EXCHANGE, **CLIENT, **form)

    assert (status, body["error"]) == (400, error)


@row("auth.md#1", "Client authentication at the token endpoint")
def test_an_app_may_prove_itself_by_an_assertion(raw: RawOrg, org: Org) -> None:
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    }
    good = assertion(org, sub="jwt-app", aud=f"{raw.url}/services/oauth2/token")
    assert ask(raw, **form, client_assertion=good)[0] == 200

    forged = assertion(org, "other", sub="jwt-app", aud=raw.url)
    for bad in (
        forged,
        assertion(org, sub="user@example.com", aud=raw.url),
        assertion(org, iss="nobody", sub="nobody"),
    ):
        status, body = ask(raw, **form, client_assertion=bad)
        assert (status, body["error"]) == (400, "invalid_client")


def test_hybrid_flows_bring_sessions_for_pages_too(raw: RawOrg) -> None:
    plain, hybrid = ask(raw, **REFRESH)[1], ask(raw, **{**REFRESH, "grant_type": "hybrid_refresh"})[1]

    kinds = ("lightning", "visualforce", "content")
    added = {f"{kind}_{name}" for kind in kinds for name in ("domain", "sid")} | {"csrf_token"}
    assert hybrid.keys() - plain.keys() == added
