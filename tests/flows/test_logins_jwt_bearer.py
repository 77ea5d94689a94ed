"""The JWT bearer login against the fake org, in both halves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from specforce.auth import JwtBearer
from specforce.errors import AuthError
from tests.keys import certificate, private_key, private_pem

if TYPE_CHECKING:
    from pathlib import Path

    from specforce.testing import FakeOrg
    from tests.halves import Half

USER = "user@example.com"


@pytest.fixture(autouse=True)
def jwt_app(org: FakeOrg) -> None:
    """An app with a certificate."""
    org.add_app("jwt-app", certificate=certificate())


def test_a_key_file_logs_in_and_again_when_the_session_ends(org: FakeOrg, half: Half, tmp_path: Path) -> None:
    file = tmp_path / "server.key"
    file.write_bytes(private_pem(passphrase=b"open sesame"))
    sf = half.login(JwtBearer("jwt-app", USER, file, passphrase="open sesame", login_url=org.url))

    assert half.run(sf.rest.get_limits())
    org.expire_tokens()
    assert half.run(sf.auth.get_user_info()).preferred_username == USER

    assert [each.operation for each in org.requests].count("requestToken") == 2


@pytest.mark.parametrize(
    ("changes", "error", "advice"),
    [
        ({"client_id": "nobody"}, "invalid_client_id", "client_id"),
        ({"client_id": "test-client"}, "unsupported_grant_type", "switch this login on"),
        ({"username": "nobody@example.com"}, "invalid_grant", "check the username"),
        ({"key": private_key("somebody else")}, "invalid_grant", "isn't the app's certificate"),
        ({"audience": "https://elsewhere.example"}, "invalid_grant", "audience"),
    ],
)
def test_each_refusal_says_what_to_change(
    org: FakeOrg, half: Half, changes: dict[str, Any], error: str, advice: str
) -> None:
    given: dict[str, Any] = {"client_id": "jwt-app", "username": USER, "key": private_key()} | changes
    sf = half.login(JwtBearer(**given, login_url=org.url))

    with pytest.raises(AuthError, match=advice) as caught:
        half.run(sf.rest.get_limits())

    assert (caught.value.error, caught.value.status) == (error, 400)


def test_a_user_who_has_not_approved_the_app_is_told_how_to(org: FakeOrg, half: Half) -> None:
    org.add_app("jwt-app", certificate=certificate(), admin_approved=False)

    with pytest.raises(AuthError, match="pre-authorize the user"):
        half.run(half.login(JwtBearer("jwt-app", USER, private_key(), login_url=org.url)).rest.get_limits())


def test_a_clock_behind_the_server_s_is_named_as_the_reason(org: FakeOrg, half: Half) -> None:
    org.advance(600)

    with pytest.raises(AuthError, match=r"this machine's clock is \d+ s behind the server's"):
        half.run(half.login(JwtBearer("jwt-app", USER, private_key(), login_url=org.url)).rest.get_limits())
