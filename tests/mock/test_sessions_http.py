"""Sessions: their end, and the endpoints that tell of tokens and users, over raw HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.mock.raw_org import CLIENT, REFRESH
from tests.mock.reference import row

if TYPE_CHECKING:
    from specforce_mockserver.org import Org
    from tests.mock.raw_org import RawOrg

EXPIRED = (401, [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}])
NO_HEADER = (401, [{"message": "INVALID_HEADER_TYPE", "errorCode": "INVALID_AUTH_HEADER"}])


def introspected(raw: RawOrg, token: str, **form: str) -> Any:
    return raw.http.post("/services/oauth2/introspect", data={"token": token, **CLIENT, **form}).json()


@row("errors_and_limits.md#3", "| INVALID_SESSION_ID | 401 | `Session expired or invalid`")
@row("auth.md#4", "API-side session errors")
def test_an_unknown_token_is_refused_by_every_api(raw: RawOrg) -> None:
    for path in ("/limits", "/sobjects/Account", "/jobs/ingest", "/no/such/path"):
        assert raw.refused("GET", path, headers={"Authorization": "Bearer 00Dxx!no"}) == EXPIRED


@row("errors_and_limits.md#3", "| INVALID_AUTH_HEADER | 401 |")
@pytest.mark.parametrize("header", ["", "Bearer", "Basic abc", "token"])
def test_a_missing_or_malformed_header_is_named_so(raw: RawOrg, header: str) -> None:
    assert raw.refused("GET", "/limits", headers={"Authorization": header}) == NO_HEADER


@row("auth.md#4", "`Authorization: OAuth <t>` is still accepted")
def test_the_old_scheme_name_is_accepted(raw: RawOrg) -> None:
    assert raw.send("GET", "/limits", headers={"Authorization": f"OAuth {raw.token}"}).status_code == 200


def test_a_session_ends_two_hours_after_its_last_use(raw: RawOrg) -> None:
    for _ in range(3):
        raw.mock("POST", "advance", json={"seconds": 7199})
        assert raw.send("GET", "/limits").status_code == 200
    raw.mock("POST", "advance", json={"seconds": 7200})
    assert raw.refused("GET", "/limits") == EXPIRED


@row("auth.md#3", "Revoke: 200, empty body")
def test_a_revoked_access_token_is_dead(raw: RawOrg) -> None:
    answer = raw.http.post("/services/oauth2/revoke", data={"token": raw.token})

    assert (answer.status_code, answer.content) == (200, b"")
    assert raw.refused("GET", "/limits") == EXPIRED


@row("auth.md#1", "| `/services/oauth2/revoke` |")
@row("auth.md#3", "Revoke: 200, empty body")
def test_revoking_a_refresh_token_ends_its_access_tokens(raw: RawOrg) -> None:
    raw.token = raw.http.post("/services/oauth2/token", data=REFRESH).json()["access_token"]
    assert raw.send("GET", "/limits").status_code == 200
    raw.http.post("/services/oauth2/revoke", data={"token": REFRESH["refresh_token"]})

    assert raw.refused("GET", "/limits") == EXPIRED
    assert raw.http.post("/services/oauth2/token", data=REFRESH).json()["error"] == "invalid_grant"


@row("errors_and_limits.md#1", "| OAuth revoke | 400 |")
def test_a_token_that_cant_be_revoked_is_refused_as_form_encoded_text(raw: RawOrg) -> None:
    missing = raw.http.post("/services/oauth2/revoke", data={"other": "x"})
    unknown = raw.http.post("/services/oauth2/revoke", data={"token": "x"})

    text = "error=unsupported_token_type&error_description=this%20token%20type%20is%20not%20supported"
    assert (missing.status_code, missing.text) == (400, text)
    assert (unknown.status_code, unknown.text.split("&")[0]) == (400, "error=invalid_token")


@row("auth.md#1", "| `/services/oauth2/introspect` |")
@row("auth.md#3", "Introspect request:")
@row("auth.md#3", '{"active":true')
def test_introspection_tells_of_a_live_token(raw: RawOrg, org: Org) -> None:
    now = int(org.clock.now())

    assert introspected(raw, raw.token) == {
        "active": True,
        "scope": "api id",
        "client_id": "test-client",
        "username": "user@example.com",
        "sub": f"{raw.url}/id/{org.identity.org_id}/{org.identity.admin_id}",
        "token_type": "access_token",
        "exp": int(org.clock.now() + 7200),
        "iat": now,
        "nbf": now,
    }
    assert introspected(raw, "test-refresh-token")["token_type"] == "refresh_token"


@row("auth.md#3", 'Unknown token → `{"active":false}`')
def test_introspection_of_an_unknown_token_is_no_error_but_of_an_unknown_client_is(raw: RawOrg) -> None:
    assert introspected(raw, "x") == {"active": False}
    assert introspected(raw, raw.token, client_secret="wrong")["error"] == "invalid_client"


@row("auth.md#1", "| `/services/oauth2/userinfo` |")
@row("auth.md#3", "Userinfo (200 JSON)")
def test_userinfo_says_who_and_where(raw: RawOrg, org: Org) -> None:
    body = raw.get("/services/oauth2/userinfo")

    assert (body["user_id"], body["organization_id"]) == (org.identity.admin_id, org.identity.org_id)
    assert (body["preferred_username"], body["email"], body["family_name"]) == ("user@example.com",) * 2 + ("User",)
    assert body["urls"]["rest"] == f"{raw.url}/services/data/v{{version}}/"
    assert {"photos", "address", "zoneinfo", "utcOffset", "updated_at", "is_app_installed"} < set(body)
    assert raw.send("POST", "/services/oauth2/userinfo").json() == body


@row("auth.md#1", "| `/id/{orgId}/{userId}` |")
@row("auth.md#3", "Identity URL body is similar")
def test_the_identity_url_of_a_token_answers_in_the_older_words(raw: RawOrg, org: Org) -> None:
    body = raw.get(f"/id/{org.identity.org_id}/{org.identity.admin_id}")

    assert (body["username"], body["display_name"], body["asserted_user"]) == ("user@example.com", "Admin User", True)
    assert {"nick_name", "first_name", "last_name", "status", "addr_city", "last_modified_date"} < set(body)


@row("errors_and_limits.md#1", "| userinfo / identity |")
@pytest.mark.parametrize(
    ("headers", "word"),
    [({"Authorization": "Bearer no"}, "Bad_OAuth_Token"), ({"Authorization": ""}, "Missing_OAuth_Token")],
)
def test_identity_refusals_are_one_word_of_text(raw: RawOrg, org: Org, headers: dict[str, str], word: str) -> None:
    identity = f"/id/{org.identity.org_id}/{org.identity.admin_id}"
    userinfo = "/services/oauth2/userinfo"
    for method, path in (("GET", userinfo), ("POST", userinfo), ("GET", identity)):
        answer = raw.send(method, path, headers=headers)
        assert (answer.status_code, answer.text) == (403, word)
        assert answer.headers["content-type"].startswith("text/plain")


def test_another_orgs_identity_is_refused(raw: RawOrg, org: Org) -> None:
    wrong_org = raw.send("GET", f"/id/00D000000000001EAA/{org.identity.admin_id}")
    wrong_user = raw.send("GET", f"/id/{org.identity.org_id}/005000000000001AAA")

    assert (wrong_org.status_code, wrong_org.text) == (403, "Wrong_Org")
    assert wrong_user.text == "Bad_Id"
