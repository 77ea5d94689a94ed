"""Settings from arguments, the environment and a profile, in that order; and the table that documents them."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any

import pytest

from specforce import AsyncSalesforce, Salesforce, _settings, _stored_logins
from specforce._login_settings import LOGIN_SETTINGS
from specforce.auth import (
    ClientCredentials,
    DeviceFlow,
    JwtBearer,
    RefreshToken,
    RetirementWarning,
    SfCli,
    StaticToken,
    UsernamePassword,
    WebServer,
)
from specforce.errors import InputError
from tests.covers import covers
from tests.keys import private_pem

URL = "https://acme.my.salesforce.com"
CLIENT = {"SALESFORCE_LOGIN_URL": URL, "SALESFORCE_CLIENT_ID": "id", "SALESFORCE_CLIENT_SECRET": "secret"}
DOCS = Path(__file__).parents[2] / "docs" / "configuration.md"


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the machine's own."""
    for setting in _settings.SETTINGS:
        monkeypatch.delenv(setting.variable, raising=False)
    monkeypatch.delenv("SALESFORCE_PROFILE", raising=False)
    monkeypatch.setenv("SALESFORCE_CONFIG", str(tmp_path / "profiles.toml"))


@pytest.fixture
def profiles(tmp_path: Path) -> Any:
    """Writes the file of profiles."""
    return (tmp_path / "profiles.toml").write_text


def resolved(
    environ: dict[str, str], profile: dict[str, object] | None = None, **arguments: object
) -> tuple[object, dict[str, Any]]:
    return _settings.resolve(arguments, environ, profile)


@pytest.mark.parametrize(
    ("environ", "login"),
    [
        (CLIENT, ClientCredentials("id", "secret", login_url=URL)),
        ({**CLIENT, "SALESFORCE_REFRESH_TOKEN": "r"}, RefreshToken("id", "r", "secret", login_url=URL)),
        (
            {"SALESFORCE_CLIENT_ID": "id", "SALESFORCE_REFRESH_TOKEN": "r"},
            RefreshToken("id", "r", login_url="https://login.salesforce.com"),
        ),
        (
            {**CLIENT, "SALESFORCE_ACCESS_TOKEN": "t", "SALESFORCE_INSTANCE_URL": URL},
            StaticToken("t", URL),
        ),
    ],
    ids=["client credentials", "refresh token", "refresh token of a public client", "token"],
)
def test_the_login_follows_from_what_is_given(environ: dict[str, str], login: object) -> None:
    assert resolved(environ)[0] == login


ACME = {"SALESFORCE_CLIENT_ID": "id", "SALESFORCE_LOGIN_URL": URL}
TOKEN = {"SALESFORCE_ACCESS_TOKEN": "t", "SALESFORCE_INSTANCE_URL": URL}


def jwt(**changes: Any) -> JwtBearer:
    return JwtBearer("id", "u", private_pem().decode(), login_url=URL, **changes)


@pytest.mark.parametrize(
    ("environ", "login"),
    [
        ({**ACME, "SALESFORCE_USERNAME": "u", "SALESFORCE_PRIVATE_KEY": private_pem().decode()}, jwt()),
        (
            {
                **ACME,
                "SALESFORCE_USERNAME": "u",
                "SALESFORCE_PRIVATE_KEY": private_pem().decode(),
                "SALESFORCE_AUDIENCE": "https://a.example",
            },
            jwt(audience="https://a.example"),
        ),
        ({"SALESFORCE_SF_CLI_ORG": "my-org"}, SfCli("my-org")),
        ({"SALESFORCE_FLOW": "sf-cli"}, SfCli()),
        ({**ACME, "SALESFORCE_FLOW": "web"}, WebServer("id", login_url=URL)),
        (
            {
                **CLIENT,
                "SALESFORCE_FLOW": "web",
                "SALESFORCE_REDIRECT_URI": "http://localhost:5/callback",
                "SALESFORCE_SCOPE": "api",
                "SALESFORCE_USERNAME": "u",
            },
            WebServer(
                "id",
                "secret",
                login_url=URL,
                redirect_uri="http://localhost:5/callback",
                scope="api",
                login_hint="u",
            ),
        ),
        ({**ACME, "SALESFORCE_FLOW": "device"}, DeviceFlow("id", login_url=URL)),
        (
            {**CLIENT, **TOKEN, "SALESFORCE_FLOW": "client-credentials"},
            ClientCredentials("id", "secret", login_url=URL),
        ),
        ({**CLIENT, "SALESFORCE_REFRESH_TOKEN": "r", "SALESFORCE_SF_CLI_ORG": "o"}, SfCli("o")),
        ({**TOKEN, "SALESFORCE_SF_CLI_ORG": "o"}, StaticToken("t", URL)),
        (
            {**CLIENT, "SALESFORCE_REFRESH_TOKEN": "r", "SALESFORCE_PRIVATE_KEY": "unused"},
            RefreshToken("id", "r", "secret", login_url=URL),
        ),
    ],
    ids=[
        "jwt by its key",
        "jwt with an audience",
        "the sf command",
        "the sf command's default org",
        "web",
        "web with all that it takes",
        "device",
        "a flow before what else is given",
        "sf before a refresh token",
        "a token before sf",
        "a refresh token before a key",
    ],
)
def test_each_login_has_its_settings_and_its_place(environ: dict[str, str], login: object) -> None:
    assert resolved(environ)[0] == login


def test_a_key_file_and_its_passphrase_log_in_by_jwt(tmp_path: Path) -> None:
    (tmp_path / "server.key").write_bytes(private_pem(passphrase=b"open sesame"))
    profile: dict[str, object] = {"client_id": "id", "username": "u", "private_key_file": str(tmp_path / "server.key")}

    login, _ = resolved({"SALESFORCE_PRIVATE_KEY_PASSPHRASE": "open sesame"}, profile)

    assert isinstance(login, JwtBearer)
    assert login.username == "u"


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"SALESFORCE_FLOW": "magic"}, "it is one of token, sf-cli"),
        ({"SALESFORCE_FLOW": "web"}, "client_id is missing"),
        ({**ACME, "SALESFORCE_FLOW": "jwt", "SALESFORCE_USERNAME": "u"}, "private_key_file is missing"),
        ({**ACME, "SALESFORCE_PRIVATE_KEY": "k"}, "username is missing"),
        ({**ACME, "SALESFORCE_FLOW": "web", "SALESFORCE_REDIRECT_URI": "https://a.example"}, "on this machine"),
    ],
)
def test_a_login_that_lacks_something_names_it(environ: dict[str, str], words: str) -> None:
    with pytest.raises(InputError, match=words):
        resolved(environ)


def test_a_named_profile_s_flow_is_not_the_environment_s_to_change() -> None:
    environ = {
        "SALESFORCE_FLOW": "device",
        "SALESFORCE_SF_CLI_ORG": "other",
        "SALESFORCE_AUDIENCE": "https://o.example",
    }
    profile: dict[str, object] = {"flow": "web", "client_id": "id", "login_url": URL}

    assert _settings.resolve({}, environ, profile)[0] == DeviceFlow("id", login_url=URL)
    login, _ = _settings.resolve({}, environ, profile, profile_first=True)
    assert login == WebServer("id", login_url=URL)


def test_what_a_login_command_keeps_comes_before_the_profile_s_table(profiles: Any, tmp_path: Path) -> None:
    profiles(f'[prod]\nlogin_url = "{URL}"\nclient_id = "table"\nclient_secret = "s"\ntimeout_s = 5\n')
    kept = {"flow": "refresh-token", "client_id": "kept", "refresh_token": "r"}
    _stored_logins.save(tmp_path, "prod", kept)

    found = _settings.read_profile("prod", {"SALESFORCE_CONFIG": str(tmp_path / "profiles.toml")})

    assert _settings.resolve({}, {}, found, profile_first=True)[0] == RefreshToken("kept", "r", "s", login_url=URL)
    assert found["timeout_s"] == 5


def test_every_setting_of_a_login_is_in_the_table() -> None:
    assert {each.name for each in _settings.SETTINGS} >= LOGIN_SETTINGS


def test_username_and_password_log_in_with_a_warning() -> None:
    environ = {
        **CLIENT,
        "SALESFORCE_USERNAME": "u",
        "SALESFORCE_PASSWORD": "p",
        "SALESFORCE_SECURITY_TOKEN": "t",
    }

    with pytest.warns(RetirementWarning):
        login, _ = resolved(environ)

    assert isinstance(login, UsernamePassword)
    assert login.form(None)["password"] == "pt"


def test_arguments_come_before_the_environment_and_that_before_the_profile() -> None:
    profile = {"login_url": "https://p", "client_id": "p", "client_secret": "p", "api_version": "60.0", "timeout_s": 1}
    environ = {"SALESFORCE_CLIENT_ID": "e", "SALESFORCE_API_VERSION": "61.0"}

    login, options = resolved(environ, profile, api_version="62.0", http2=None)

    assert login == ClientCredentials("e", "p", login_url="https://p")
    assert options == {"api_version": "62.0", "timeout_s": 1}


def test_options_without_a_setting_pass_through() -> None:
    assert resolved(CLIENT, transport="x")[1] == {"transport": "x"}


@pytest.mark.parametrize(
    ("variable", "text", "name", "value"),
    [
        ("SALESFORCE_TIMEOUT_S", "2.5", "timeout_s", 2.5),
        ("SALESFORCE_HTTP2", "true", "http2", True),
        ("SALESFORCE_HTTP2", "No", "http2", False),
        ("SALESFORCE_VERIFY", "false", "verify", False),
        ("SALESFORCE_VERIFY", "/etc/ca.pem", "verify", "/etc/ca.pem"),
        ("SALESFORCE_MAX_CONNECTIONS", "5", "max_connections", 5),
        ("SALESFORCE_CLIENT_CERTIFICATE", "cert.pem:key.pem", "client_certificate", ("cert.pem", "key.pem")),
    ],
)
def test_text_becomes_what_the_setting_is(variable: str, text: str, name: str, value: object) -> None:
    assert resolved({**CLIENT, variable: text})[1][name] == value


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("SALESFORCE_TIMEOUT_S", "soon"),
        ("SALESFORCE_TIMEOUT_S", "-1"),
        ("SALESFORCE_MAX_CONNECTIONS", "1.5"),
        ("SALESFORCE_HTTP2", "perhaps"),
    ],
)
def test_text_that_makes_no_sense_is_refused_by_its_variable(variable: str, text: str) -> None:
    with pytest.raises(InputError, match=variable):
        resolved({**CLIENT, variable: text})


def test_what_is_missing_is_named_with_its_variable() -> None:
    with pytest.raises(InputError, match=r"client_secret is missing .*SALESFORCE_CLIENT_SECRET"):
        resolved({"SALESFORCE_LOGIN_URL": URL, "SALESFORCE_CLIENT_ID": "id"})


def test_a_blank_variable_counts_as_not_set() -> None:
    with pytest.raises(InputError, match="client_id is missing"):
        resolved({**CLIENT, "SALESFORCE_CLIENT_ID": " "})


@pytest.mark.parametrize("client", [Salesforce, AsyncSalesforce])
def test_a_client_is_made_from_the_environment(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in CLIENT.items():
        monkeypatch.setenv(name, value)

    assert client.from_env(api_version="65.0").api_version == "65.0"


@pytest.mark.parametrize("client", [Salesforce, AsyncSalesforce])
def test_a_client_is_made_from_a_profile(client: Any, profiles: Any) -> None:
    profiles(f'[prod]\nlogin_url = "{URL}"\nclient_id = "id"\nclient_secret = "secret"\napi_version = "66.0"\n')

    assert client.from_profile("prod").api_version == "66.0"


def test_a_named_profile_isnt_sent_elsewhere_by_variables_left_over() -> None:
    environ = {
        "SALESFORCE_LOGIN_URL": "https://other.my.salesforce.com",
        "SALESFORCE_INSTANCE_URL": "https://other.my.salesforce.com",
        "SALESFORCE_ACCESS_TOKEN": "other-token",
        "SALESFORCE_CLIENT_SECRET": "secret",
        "SALESFORCE_API_VERSION": "60.0",
    }
    profile = {"login_url": "https://acme.my.salesforce.com", "client_id": "key", "api_version": "66.0"}

    login, options = _settings.resolve({}, environ, profile, profile_first=True)

    assert login == ClientCredentials("key", "secret", login_url="https://acme.my.salesforce.com")
    assert options == {"api_version": "66.0"}


def test_the_environment_may_name_the_profile(profiles: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    profiles(f'[prod]\nlogin_url = "{URL}"\nclient_id = "id"\nclient_secret = "secret"\n')
    monkeypatch.setenv("SALESFORCE_PROFILE", "prod")

    assert Salesforce.from_env().api_version == "67.0"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[dev]\n", "no profile 'prod': it has dev"),
        ("[prod", "isn't TOML"),
        ("[prod]\nclient_idd = 'x'\n", "did you mean client_id"),
        ("[prod]\nclient_id = 5\n", "client_id: text is wanted"),
    ],
)
def test_a_profile_that_can_not_be_used_says_why(text: str, words: str, profiles: Any) -> None:
    profiles(text)

    with pytest.raises(InputError, match=words):
        Salesforce.from_profile("prod")


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(InputError, match=r"specforce login --profile prod.*profiles\.toml.*SALESFORCE_CONFIG"):
        Salesforce.from_profile("prod")


def test_the_file_is_in_the_user_s_configuration_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _settings.profile_file({"XDG_CONFIG_HOME": "/cfg"}) == Path("/cfg/specforce/profiles.toml")
    assert _settings.profile_file({}) == Path("~/.config/specforce/profiles.toml").expanduser()


def test_the_documented_table_is_the_one_in_use() -> None:
    rows = re.findall(r"^\| `(\w+)` \| `(\w+)` \| (.*) \|$", DOCS.read_text(), re.MULTILINE)

    assert rows == [(setting.name, setting.variable, setting.meaning) for setting in _settings.SETTINGS]


def test_a_secret_is_not_in_the_message_about_it() -> None:
    with pytest.raises(InputError) as caught:
        resolved({**CLIENT, "SALESFORCE_ACCESS_TOKEN": "s3cret\nx", "SALESFORCE_INSTANCE_URL": URL})

    assert "s3cret" not in str(caught.value)


def test_a_token_alone_does_not_say_where_its_org_is() -> None:
    with pytest.raises(InputError, match="instance_url"):
        Salesforce(StaticToken("t"))


def test_what_is_no_login_is_refused() -> None:
    with pytest.raises(InputError, match="str"):
        Salesforce("token")  # type: ignore[arg-type]


@covers("C22", "C23")
def test_every_option_of_the_client_reaches_its_connections() -> None:
    options = {
        "timeout_s": 5.0,
        "connect_timeout_s": 2.0,
        "proxy": "http://p:1",
        "verify": False,
        "client_certificate": "c.pem",
        "http2": True,
        "max_connections": 7,
        "max_idle_connections": 3,
        "idle_timeout_s": 1.0,
        "max_response_bytes": 9,
    }
    sf = Salesforce(StaticToken("t", URL), **options)  # type: ignore[arg-type]

    made = sf.session._http.options
    assert {name: getattr(made, name) for name in options} == options


@covers("C1")
def test_the_default_timeout_is_sixty_seconds() -> None:
    """connector.md, C1."""
    options = Salesforce(StaticToken("t", URL)).session._http.options

    assert (options.timeout_s, options.connect_timeout_s) == (60, 10)


def test_nothing_warns_about_logins_that_stay() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ClientCredentials("id", "secret", login_url=URL)
        RefreshToken("id", "r")


@pytest.mark.parametrize("client", [Salesforce, AsyncSalesforce])
@pytest.mark.parametrize("setting", [{"retry": 5}, {"hooks": print}, {"timeout_s": 0}, {"proxy": "proxy:1"}], ids=str)
def test_a_client_refuses_a_setting_of_another_kind(client: Any, setting: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=next(iter(setting))):
        client(StaticToken("t", URL), **setting)
