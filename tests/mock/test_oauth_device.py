"""The device flow over raw HTTP: two codes, a page, and polls that wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from specforce_mockserver.clock import Clock
from specforce_mockserver.org import Org
from specforce_mockserver.server import MockServer
from tests.mock.raw_org import CLIENT, RawOrg
from tests.mock.reference import row

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "/services/oauth2/token"
PAGE = "/setup/connect"
PERSON = {"username": "user@example.com", "password": "password", "decision": "allow"}


@pytest.fixture
def timed() -> Iterator[RawOrg]:
    """An org whose time a test moves, where polls can come too early."""
    org = Org(clock=Clock("manual"))
    with MockServer(org, check_answers=True) as server:
        raw = RawOrg(server.url)
        raw.login()
        yield raw
        raw.http.close()
    org.close()


def start(raw: RawOrg, **changes: str) -> dict[str, Any]:
    form = {"response_type": "device_code", "client_id": "test-client", **changes}
    answer = raw.http.post(TOKEN, data=form)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def poll(raw: RawOrg, code: str, **changes: str) -> tuple[int, Any]:
    answer = raw.http.post(TOKEN, data={"grant_type": "device", "client_id": "test-client", "code": code, **changes})
    return answer.status_code, answer.json()


def decide(raw: RawOrg, user_code: str, **changes: str) -> str:
    answer = raw.http.post(PAGE, data={"user_code": user_code, **PERSON, **changes})
    assert answer.status_code == 200
    return answer.text


@row("auth.md#2", "| Device, start |")
@row("auth.md#2", "Device start is `POST /services/oauth2/token`")
@row("auth.md#2", '{"device_code"')
def test_a_device_gets_two_codes_an_address_and_an_interval(raw: RawOrg) -> None:
    codes = start(raw)

    assert set(codes) == {"device_code", "user_code", "verification_uri", "interval"}
    assert (len(codes["user_code"]), codes["verification_uri"], codes["interval"]) == (8, raw.url + PAGE, 5)


@row("auth.md#2", "| Device, poll |")
@row("auth.md#4", "| authorization_pending |")
def test_a_device_waits_for_its_user_and_gets_a_token_once(raw: RawOrg) -> None:
    codes = start(raw)
    assert poll(raw, codes["device_code"])[1]["error"] == "authorization_pending"
    assert poll(raw, codes["device_code"])[0] == 400

    assert "connected" in decide(raw, codes["user_code"].lower())

    status, body = poll(raw, codes["device_code"])
    assert (status, body["scope"]) == (200, "refresh_token api id")
    renewed = {"grant_type": "refresh_token", "refresh_token": body["refresh_token"], **CLIENT}
    assert raw.http.post(TOKEN, data=renewed).status_code == 200
    assert poll(raw, codes["device_code"])[1]["error"] == "invalid_grant"


def test_the_page_for_codes_is_a_form(raw: RawOrg) -> None:
    page = raw.http.get(PAGE, params={"user_code": "<AB>"})

    assert all(f'name="{name}"' in page.text for name in ("user_code", "username", "password", "decision"))
    assert "&lt;AB&gt;" in page.text


@row("auth.md#4", "| slow_down |")
def test_a_device_that_asks_too_often_is_told_and_has_to_wait_longer(timed: RawOrg) -> None:
    code = start(timed)["device_code"]
    assert poll(timed, code)[1]["error"] == "authorization_pending"

    too_fast = {"error": "slow_down", "error_description": "polling too quickly for the token endpoint."}
    assert poll(timed, code) == (400, too_fast)

    timed.mock("POST", "advance", json={"seconds": 9})
    assert poll(timed, code)[1]["error"] == "slow_down"
    timed.mock("POST", "advance", json={"seconds": 15})
    assert poll(timed, code)[1]["error"] == "authorization_pending"


def test_a_user_who_says_no_ends_it(raw: RawOrg) -> None:
    codes = start(raw)
    assert "denied" in decide(raw, codes["user_code"], decision="deny")

    assert poll(raw, codes["device_code"])[1]["error"] == "access_denied"
    assert "isn&#x27;t valid" in decide(raw, codes["user_code"])


def test_codes_end_with_time(raw: RawOrg, org: Org) -> None:
    codes = start(raw)
    org.clock.advance(3600)

    assert poll(raw, codes["device_code"])[1]["error"] == "invalid_grant"
    assert "isn&#x27;t valid" in decide(raw, codes["user_code"])


def test_a_wrong_login_at_the_page_decides_nothing(raw: RawOrg) -> None:
    codes = start(raw)

    assert "check your username" in decide(raw, codes["user_code"], password="guess")
    assert poll(raw, codes["device_code"])[1]["error"] == "authorization_pending"


@row("auth.md#4", "| invalid_client_id | `client identifier invalid` |")
def test_an_unknown_app_gets_no_codes(raw: RawOrg) -> None:
    answer = raw.http.post(TOKEN, data={"response_type": "device_code", "client_id": "nobody"})

    expected = {"error": "invalid_client_id", "error_description": "client identifier invalid"}
    assert (answer.status_code, answer.json()) == (400, expected)


def test_a_code_belongs_to_the_app_that_began(raw: RawOrg) -> None:
    raw.mock("POST", "apps", json={"client_id": "other"})

    assert poll(raw, start(raw)["device_code"], client_id="other")[1]["error"] == "invalid_grant"


def test_automatic_logins_allow_at_once(raw: RawOrg) -> None:
    raw.mock("PATCH", "logins", json={"automatic": True})

    assert poll(raw, start(raw)["device_code"])[0] == 200


def test_a_user_who_allowed_an_app_in_person_has_approved_it(raw: RawOrg, org: Org) -> None:
    from tests.keys import certificate
    from tests.mock.test_oauth_jwt_bearer import GRANT, assertion

    app = {"client_id": "jwt-app", "certificate": certificate(), "admin_approved": False}
    raw.mock("POST", "apps", json=app)
    form = {"grant_type": GRANT, "assertion": assertion(org)}
    assert raw.http.post(TOKEN, data=form).status_code == 400

    decide(raw, start(raw, client_id="jwt-app")["user_code"])

    assert raw.http.post(TOKEN, data=form).status_code == 200


def test_faults_hit_the_start_of_a_device_by_its_own_name(raw: RawOrg, org: Org) -> None:
    raw.mock("POST", "faults", json={"operation": "requestDeviceCode", "kind": "status", "status": 503})

    answer = raw.http.post(TOKEN, data={"response_type": "device_code", "client_id": "test-client"})

    assert answer.status_code == 503
    assert [each.operation for each in org.requests][-1] == "requestDeviceCode"
