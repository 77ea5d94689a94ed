"""Logins as values: their forms, their warnings, and what each refusal of the token endpoint says to change."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest

from specforce.auth import ClientCredentials, RefreshToken, RetirementWarning, StaticToken, Token, UsernamePassword
from specforce.auth._hints import hint_for
from specforce.errors import AuthError, DecodeError, InputError, ServerUnavailable
from tests.halves import HOST, INSTANCE, Half, ScriptedServer, json_answer

ROOT = Path(__file__).parents[2]
LIMITS = json_answer({"DailyApiRequests": {"Max": 15000, "Remaining": 14998}})


def refused(half: Half, answer: httpx.Response) -> AuthError:
    """What a client raises when the token endpoint answers so."""
    server = ScriptedServer(LIMITS)
    server.login_answers = [answer]
    with pytest.raises(AuthError) as caught:
        half.run(half.connect(server).rest.get_limits())
    assert len(server.logins) == 1
    return caught.value


def reference_rows() -> list[tuple[str, str]]:
    """`(error, error_description)` of every row of the reference's table that a token endpoint can answer."""
    text = (ROOT / "specs" / "reference" / "auth.md").read_text()
    table = text[text.index("OAuth errors") :]
    rows: list[tuple[str, str]] = []
    for errors, descriptions in re.findall(r"^\| ([a-z_, -]+) \| (.*?) \|", table, re.MULTILINE):
        quoted = re.findall(r"`([^`]+)`", descriptions) or [""]
        rows += [(error.strip(), description) for error in errors.split(",") for description in quoted]
    return [row for row in rows if row[0] not in {"error", "authorization_pending"}]


def test_the_reference_has_its_table() -> None:
    assert len(reference_rows()) > 30


@pytest.mark.parametrize(("error", "description"), reference_rows())
def test_every_refusal_of_the_reference_says_what_to_change(error: str, description: str) -> None:
    assert len(hint_for(error, description)) > 15


@pytest.mark.parametrize(
    ("error", "description", "advice"),
    [
        ("invalid_grant", "authentication failure", "security token"),
        ("invalid_grant", "expired access/refresh token", "log in anew"),
        ("invalid_grant", "expired authorization code", "works once"),
        ("invalid_grant", "invalid code verifier", "start the login again"),
        ("invalid_grant", "user hasn't approved this consumer", "pre-authorize the user"),
        ("invalid_grant", "ip restricted", "network rules"),
        ("invalid_grant", "inactive user", "activate the user"),
        ("invalid_grant", "token validity expired", "clock"),
        ("invalid_grant", "retry your request", "too many logins"),
        ("invalid_client_id", "client identifier invalid", "client_id"),
        ("invalid_client", "invalid client credentials", "client_secret"),
        ("unsupported_grant_type", "grant type not supported", "switch this login on"),
        ("redirect_uri_mismatch", "redirect_uri must match configuration", "callback URLs"),
        ("inactive_user", "", "activate the user"),
        ("OAUTH_APP_BLOCKED", "this app is blocked by admin", "an admin must"),
        ("invalid_app_access", "user is not admin approved to access this app", "an admin must"),
    ],
)
def test_the_refusals_that_people_meet_say_what_to_change(error: str, description: str, advice: str) -> None:
    assert advice in hint_for(error, description)


def test_the_same_error_has_different_advice_by_its_description() -> None:
    hints = {
        hint_for("invalid_grant", text) for text in ("authentication failure", "expired access/refresh token", "?")
    }

    assert len(hints) == 3


def test_a_refusal_keeps_the_endpoint_s_words_and_adds_advice(half: Half) -> None:
    answer = json_answer({"error": "invalid_grant", "error_description": "no client credentials user enabled"}, 400)

    error = refused(half, answer)

    assert (error.error, error.description, error.status) == (
        "invalid_grant",
        "no client credentials user enabled",
        400,
    )
    assert "Run As user" in str(error)


def test_a_refusal_in_form_encoding_is_read_too(half: Half) -> None:
    error = refused(
        half, httpx.Response(400, text="error=invalid_client&error_description=invalid%20client%20credentials")
    )

    assert (error.error, error.description) == ("invalid_client", "invalid client credentials")


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(404, text="<html>Not Found</html>", headers={"content-type": "text/html"}),
        httpx.Response(400, text=""),
        httpx.Response(302, headers={"location": "https://elsewhere.example/login"}),
        httpx.Response(200, text="<html>Log in</html>", headers={"content-type": "text/html"}),
        httpx.Response(200, text='{"access_token": "00D'),
        json_answer({"token_type": "Bearer"}),
        json_answer({"access_token": "", "instance_url": INSTANCE, "token_type": "Bearer"}),
        json_answer({"access_token": "t", "instance_url": "nonsense://", "token_type": "Bearer"}),
        json_answer(["access_token"]),
    ],
)
def test_an_answer_that_no_token_endpoint_gives_points_at_the_login_url(half: Half, answer: httpx.Response) -> None:
    assert "login_url" in refused(half, answer).hint


def test_a_token_endpoint_that_is_down_is_no_refusal(half: Half) -> None:
    server = ScriptedServer(LIMITS)
    server.login_answers = [httpx.Response(503, text="<html>Maintenance</html>")]

    with pytest.raises(ServerUnavailable):
        half.run(half.connect(server).rest.get_limits())

    assert len(server.logins) == 4


def test_an_error_of_the_login_shows_no_secret(half: Half) -> None:
    answer = json_answer({"error": "invalid_grant", "error_description": "client_secret=test-secret is wrong"}, 400)

    error = refused(half, answer)

    assert "test-secret" not in f"{error} {vars(error)}"


def test_the_password_login_warns_with_dates_where_it_is_made() -> None:
    with pytest.warns(RetirementWarning, match="Summer '23") as caught:
        UsernamePassword("user", "pass", "id", "secret")

    assert caught[0].filename == __file__


def test_the_form_of_each_login() -> None:
    with pytest.warns(RetirementWarning):
        password = UsernamePassword("user", "pass", "id", "secret", "token")

    assert ClientCredentials("id", "secret", login_url=HOST).form(None) == {
        "grant_type": "client_credentials",
        "client_id": "id",
        "client_secret": "secret",
    }
    assert RefreshToken("id", "r").form(None) == {
        "grant_type": "refresh_token",
        "client_id": "id",
        "refresh_token": "r",
    }
    assert RefreshToken("id", "r", "s").form(Token("t", refresh_token="newer")) == {
        "grant_type": "refresh_token",
        "client_id": "id",
        "client_secret": "s",
        "refresh_token": "newer",
    }
    assert password.form(None) == {
        "grant_type": "password",
        "client_id": "id",
        "client_secret": "secret",
        "username": "user",
        "password": "passtoken",
    }


def test_form_values_travel_encoded(half: Half) -> None:
    server = ScriptedServer(LIMITS)

    half.run(half.connect(server, ClientCredentials("i&d=", "s+c ét", login_url=HOST)).rest.get_limits())

    assert server.logins[0]["client_id"] == "i&d="
    assert server.logins[0]["client_secret"] == "s+c ét"


@pytest.mark.parametrize("token", ["", " ", "a b", "t\n", "t\r\nX-Evil: 1"])
def test_what_can_not_be_a_token_is_refused_without_showing_it(token: str) -> None:
    with pytest.raises(InputError, match="access token") as caught:
        StaticToken(token, INSTANCE)

    assert "Evil" not in str(caught.value)


@pytest.mark.parametrize(
    "make",
    [
        lambda: ClientCredentials("", "secret", login_url=HOST),
        lambda: ClientCredentials("id", " ", login_url=HOST),
        lambda: RefreshToken("id", ""),
    ],
)
def test_a_blank_credential_is_refused(make: object) -> None:
    with pytest.raises(InputError, match="is empty"):
        make()  # type: ignore[operator]


def test_a_function_that_returns_no_token_is_named(half: Half) -> None:
    with pytest.raises(InputError, match="returned a int"):
        half.run(half.connect(ScriptedServer(LIMITS), lambda: 5, instance_url=INSTANCE).rest.get_limits())


def test_a_login_that_names_no_instance_needs_one(half: Half) -> None:
    with pytest.raises(InputError, match="instance_url="):
        half.run(half.connect(ScriptedServer(LIMITS), lambda: "t").rest.get_limits())


def test_a_json_answer_of_another_kind_is_no_model(half: Half) -> None:
    with pytest.raises(DecodeError, match="getLimits"):
        half.run(half.connect(ScriptedServer(json_answer({"DailyApiRequests": 5}))).rest.get_limits())
