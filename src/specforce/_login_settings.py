"""From settings to a login: the one that `flow` names, else the first that they suffice for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specforce.auth import (
    ClientCredentials,
    DeviceFlow,
    JwtBearer,
    RefreshToken,
    SfCli,
    SoapLogin,
    StaticToken,
    UsernamePassword,
    WebServer,
)
from specforce_api.runtime.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from specforce.auth import Credentials

    Given = Mapping[str, Any]

LOGIN_SETTINGS = frozenset(
    {
        "flow",
        "login_url",
        "client_id",
        "client_secret",
        "refresh_token",
        "username",
        "password",
        "security_token",
        "private_key",
        "private_key_file",
        "private_key_passphrase",
        "audience",
        "redirect_uri",
        "scope",
        "sf_cli_org",
        "access_token",
    }
)
"""Settings that are a login's alone; all others are the client's."""


def login_of(given: Given) -> Credentials:
    """The login that settings make.

    Args:
        given: settings by name; `instance_url` counts for a token as it is.

    Raises:
        InputError: the flow is unknown, or one of its settings can't be used.
        KeyError: the flow needs a setting that isn't given; the argument is its name.
    """
    flow = given.get("flow") or _deduced(given)
    make = _FLOWS.get(flow)
    if make is None:
        raise InputError(f"flow={flow!r}: it is one of {', '.join(_FLOWS)}")
    return make(given)


def _deduced(given: Given) -> str:
    """In which order settings decide: the more a setting is about one login alone, the earlier it counts."""
    for name, flow in (
        ("access_token", "token"),
        ("sf_cli_org", "sf-cli"),
        ("refresh_token", "refresh-token"),
        ("private_key", "jwt"),
        ("private_key_file", "jwt"),
        ("username", "password"),
    ):
        if name in given:
            return flow
    return "client-credentials"


def _some(given: Given, **names: str) -> dict[str, Any]:
    """Those of the arguments that there is a setting for: argument → setting."""
    return {argument: given[name] for argument, name in names.items() if name in given}


def _token(given: Given) -> Credentials:
    return StaticToken(given["access_token"], given.get("instance_url"))


def _sf_cli(given: Given) -> Credentials:
    return SfCli(given.get("sf_cli_org"))


def _refresh_token(given: Given) -> Credentials:
    login = _some(given, login_url="login_url")
    return RefreshToken(given["client_id"], given["refresh_token"], given.get("client_secret"), **login)


def _jwt(given: Given) -> Credentials:
    key = given["private_key"] if "private_key" in given else given["private_key_file"]
    names = {"login_url": "login_url", "audience": "audience", "passphrase": "private_key_passphrase"}
    optional = _some(given, **names)
    return JwtBearer(given["client_id"], given["username"], key, **optional)


def _password(given: Given) -> Credentials:
    return UsernamePassword(
        given["username"],
        given["password"],
        given["client_id"],
        given["client_secret"],
        given.get("security_token", ""),
        **_some(given, login_url="login_url"),
    )


def _soap(given: Given) -> Credentials:
    login = _some(given, login_url="login_url")
    return SoapLogin(given["username"], given["password"], given.get("security_token", ""), **login)


def _client_credentials(given: Given) -> Credentials:
    return ClientCredentials(given["client_id"], given["client_secret"], login_url=given["login_url"])


def _web(given: Given) -> Credentials:
    optional = _some(given, login_url="login_url", redirect_uri="redirect_uri", scope="scope", login_hint="username")
    return WebServer(given["client_id"], given.get("client_secret"), **optional)


def _device(given: Given) -> Credentials:
    optional = _some(given, login_url="login_url", scope="scope")
    return DeviceFlow(given["client_id"], given.get("client_secret"), **optional)


_FLOWS: dict[str, Callable[[Given], Credentials]] = {
    "token": _token,
    "sf-cli": _sf_cli,
    "refresh-token": _refresh_token,
    "jwt": _jwt,
    "password": _password,
    "soap": _soap,
    "client-credentials": _client_credentials,
    "web": _web,
    "device": _device,
}
