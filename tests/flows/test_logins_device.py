"""The device login against the fake org, in both halves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from specforce.auth import DeviceCode, DeviceFlow
from specforce.errors import AuthError, TransportTimeout
from tests.halves import HOST, INSTANCE, Half, ScriptedServer, json_answer
from tests.persons import Person

if TYPE_CHECKING:
    from collections.abc import Callable

    from specforce.testing import FakeOrg

CODES = {"device_code": "d", "user_code": "U", "verification_uri": f"{HOST}/setup/connect", "interval": 5}
TOKEN = {"access_token": "t", "instance_url": INSTANCE, "token_type": "Bearer", "refresh_token": "r"}
LIMITS = {"DailyApiRequests": {"Max": 1, "Remaining": 1}}


def login(org: FakeOrg, show: Callable[[DeviceCode], object], **changes: Any) -> DeviceFlow:
    return DeviceFlow("test-client", "test-secret", login_url=org.url, show=show, **changes)


def refusal(error: str) -> Any:
    return json_answer({"error": error, "error_description": "no"}, 400)


def test_a_person_types_the_code_and_the_refresh_token_renews_the_login(org: FakeOrg, half: Half) -> None:
    sf = half.login(login(org, lambda code: Person().type_code(code.verification_uri, code.user_code)))

    assert half.run(sf.auth.get_user_info()).preferred_username == "user@example.com"
    org.expire_tokens()
    half.run(sf.rest.get_limits())

    operations = [each.operation for each in org.requests]
    assert operations.count("requestDeviceCode") == 1
    assert operations.count("requestToken") == 2
    assert half.clock.slept == [5]


def test_a_device_waits_as_long_as_it_is_told_and_longer_when_it_is_too_fast(half: Half) -> None:
    server = ScriptedServer(json_answer(LIMITS))
    server.login_answers = [
        json_answer(CODES),
        refusal("authorization_pending"),
        refusal("slow_down"),
        refusal("authorization_pending"),
        json_answer(TOKEN),
    ]
    auth = DeviceFlow("key", login_url=HOST, show=lambda _code: None)

    half.run(half.connect(server, auth).rest.get_limits())

    assert half.clock.slept == [5, 5, 10, 10]
    assert server.logins[0] == {"response_type": "device_code", "client_id": "key", "scope": "api refresh_token"}
    assert server.logins[-1] == {"grant_type": "device", "client_id": "key", "code": "d"}


def test_a_poll_that_gets_lost_is_made_again_later(half: Half) -> None:
    server = ScriptedServer(json_answer(LIMITS))
    server.login_answers = [
        json_answer(CODES),
        httpx.ReadTimeout("late"),
        refusal("authorization_pending"),
        json_answer(TOKEN),
    ]

    half.run(half.connect(server, DeviceFlow("key", login_url=HOST, show=lambda _code: None)).rest.get_limits())

    assert half.clock.slept == [5, 10, 10]


def test_polls_that_all_get_lost_end_the_login_in_time(half: Half) -> None:
    server = ScriptedServer(json_answer(LIMITS))
    server.login_answers = [json_answer(CODES), httpx.ReadTimeout("late")]
    auth = DeviceFlow("key", login_url=HOST, show=lambda _code: None, timeout_s=60)

    with pytest.raises(TransportTimeout):
        half.run(half.connect(server, auth).rest.get_limits())

    assert half.clock.slept == [5, 10, 20]


def test_a_person_who_says_no_ends_the_login(org: FakeOrg, half: Half) -> None:
    sf = half.login(login(org, lambda code: Person("deny").type_code(code.verification_uri, code.user_code)))

    with pytest.raises(AuthError) as caught:
        half.run(sf.rest.get_limits())

    assert caught.value.error == "access_denied"


def test_nobody_at_the_page_ends_the_login_in_time(org: FakeOrg, half: Half) -> None:
    with pytest.raises(AuthError, match="nobody typed the code within 60 s"):
        half.run(half.login(login(org, lambda _code: None, timeout_s=60)).rest.get_limits())

    assert sum(half.clock.slept) <= 60


def test_codes_that_end_while_nobody_types_end_the_login(org: FakeOrg, half: Half) -> None:
    sf = half.login(login(org, lambda _code: org.advance(3600)))

    with pytest.raises(AuthError) as caught:
        half.run(sf.rest.get_limits())

    assert caught.value.error == "invalid_grant"


def test_an_unknown_app_gets_no_code(org: FakeOrg, half: Half) -> None:
    auth = DeviceFlow("nobody", login_url=org.url, show=lambda _code: pytest.fail("there is no code"))

    with pytest.raises(AuthError, match="client_id") as caught:
        half.run(half.login(auth).rest.get_limits())

    assert caught.value.error == "invalid_client_id"


def test_without_a_function_standard_error_says_what_to_type(
    org: FakeOrg, half: Half, capsys: pytest.CaptureFixture[str]
) -> None:
    org.log_in_automatically()
    half.run(half.login(DeviceFlow("test-client", login_url=org.url)).rest.get_limits())

    assert f"Open {org.url}/setup/connect and type" in capsys.readouterr().err
