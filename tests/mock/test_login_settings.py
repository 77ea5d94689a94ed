"""Logins to orgs that are set otherwise: rotation, no run-as user, a blocked flow. One org each, over raw HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specforce_mockserver.org import Org
from specforce_mockserver.server import MockServer
from specforce_mockserver.settings import App, OrgSettings
from tests.mock.raw_org import CLIENT_CREDENTIALS, PASSWORD, REFRESH, RawOrg
from tests.mock.reference import row

if TYPE_CHECKING:
    from collections.abc import Callable


def serve(settings: OrgSettings, test: Callable[[RawOrg], None], *, check_answers: bool = True) -> None:
    org = Org(settings=settings)
    try:
        with MockServer(org, check_answers=check_answers) as server:
            raw = RawOrg(server.url)
            test(raw)
            raw.http.close()
    finally:
        org.close()


def ask(raw: RawOrg, form: dict[str, str]) -> Any:
    return raw.http.post("/services/oauth2/token", data=form).json()


@row("auth.md#3", "**Refresh token rotation** [P]")
def test_rotation_gives_a_new_refresh_token_and_voids_the_old_one() -> None:
    def test(raw: RawOrg) -> None:
        first = ask(raw, REFRESH)["refresh_token"]
        second = ask(raw, {**REFRESH, "refresh_token": first})["refresh_token"]
        assert len({REFRESH["refresh_token"], first, second}) == 3
        for used in (REFRESH["refresh_token"], first):
            expected = {"error": "invalid_grant", "error_description": "expired access/refresh token"}
            assert ask(raw, {**REFRESH, "refresh_token": used}) == expected

    serve(OrgSettings(rotates_refresh_tokens=True), test)


def test_a_rotated_token_that_comes_back_may_end_all_that_came_of_it() -> None:
    """Whether Salesforce does so is doubtful: a setting, off by default."""

    def test(raw: RawOrg) -> None:
        first = ask(raw, REFRESH)["refresh_token"]
        newest = ask(raw, {**REFRESH, "refresh_token": first})
        ask(raw, REFRESH)
        assert ask(raw, {**REFRESH, "refresh_token": newest["refresh_token"]})["error"] == "invalid_grant"
        bearer = {"Authorization": f"Bearer {newest['access_token']}"}
        assert raw.http.get("/services/data/v67.0/limits", headers=bearer).status_code == 401

    serve(OrgSettings(rotates_refresh_tokens=True, revokes_on_reuse=True), test)


@row("auth.md#4", "no client credentials user enabled")
def test_client_credentials_need_a_run_as_user() -> None:
    def test(raw: RawOrg) -> None:
        refused = {"error": "invalid_grant", "error_description": "no client credentials user enabled"}
        assert ask(raw, CLIENT_CREDENTIALS) == refused

    serve(OrgSettings(run_as_enabled=False), test)


@row("auth.md#4", "| invalid_grant | `authentication failure`", "flow blocked by the org setting")
def test_a_blocked_password_flow_looks_like_a_wrong_password() -> None:
    def test(raw: RawOrg) -> None:
        assert ask(raw, PASSWORD) == {"error": "invalid_grant", "error_description": "authentication failure"}

    serve(OrgSettings(password_flow=False), test)


def test_a_public_app_has_no_secret_to_send() -> None:
    def test(raw: RawOrg) -> None:
        form = {"grant_type": "client_credentials", "client_id": "public"}
        assert ask(raw, form)["token_type"] == "Bearer"
        assert ask(raw, {**form, "client_secret": "guess"})["error"] == "invalid_client"

    serve(OrgSettings(apps=(App("public", None, run_as="user@example.com"),)), test)


@row("errors_and_limits.md#3", "| INVALID_SESSION_ID | 401 | `This session is not valid")
@row("auth.md#4", "API-side session errors", "not valid for use with the REST API")
def test_a_token_without_the_api_scope_is_no_session_for_rest() -> None:
    def test(raw: RawOrg) -> None:
        raw.login()
        status, errors = raw.refused("GET", "/limits")
        expected = {
            "message": "This session is not valid for use with the REST API",
            "errorCode": "INVALID_SESSION_ID",
        }
        assert (status, errors) == (401, [expected])

    serve(OrgSettings(scope="id"), test)


def test_the_public_url_is_what_clients_are_told() -> None:
    def test(raw: RawOrg) -> None:
        assert ask(raw, CLIENT_CREDENTIALS)["instance_url"] == "https://acme.example"

    serve(OrgSettings(public_url="https://acme.example"), test)


@row("auth.md#4", "Shape, HTTP 400", "With `format=urlencoded`/`xml`")
def test_other_formats_than_json_are_answered_when_asked_for() -> None:
    def test(raw: RawOrg) -> None:
        for given, begins in (("xml", "<?xml"), ("urlencoded", "access_token=00D")):
            answer = raw.http.post("/services/oauth2/token", data={**CLIENT_CREDENTIALS, "format": given})
            assert answer.text.startswith(begins)
            assert given in answer.headers["content-type"]
        refused = raw.http.post("/services/oauth2/token", data={"format": "urlencoded"})
        expected = "error=unsupported_grant_type&error_description=grant+type+not+supported"
        assert (refused.status_code, refused.text) == (400, expected)

    serve(OrgSettings(), test, check_answers=False)
