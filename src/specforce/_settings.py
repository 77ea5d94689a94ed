"""Settings from arguments, the environment and a named profile, in that order, and the table of them all.

`SETTINGS` is that table: docs/configuration.md shows it, and a test holds the two together. A profile is a table of a
TOML file:

    [prod]
    login_url = "https://acme.my.salesforce.com"
    client_id = "3MVG9..."

Each setting is looked up by itself, so that a profile may hold the addresses and the environment the secrets.
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from specforce.auth import ClientCredentials, RefreshToken, StaticToken, UsernamePassword
from specforce_api.runtime.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from specforce.auth import Credentials


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its name in arguments and profiles, its environment variable, how its text is read."""

    name: str
    variable: str
    read: Callable[[str, object], object]
    meaning: str


def _text(name: str, value: object) -> str:
    if isinstance(value, str) and value.strip():
        return value
    raise InputError(f"{name}: text is wanted, not {value!r}")


def _secret(name: str, value: object) -> str:
    if isinstance(value, str) and value.strip():
        return value
    raise InputError(f"{name} is empty, or isn't text")


def _version(name: str, value: object) -> str:
    if isinstance(value, str | float) or type(value) is int:
        return str(value)
    raise InputError(f"{name}={value!r}: an API version looks like '67.0'")


def _seconds(name: str, value: object) -> float:
    try:
        number = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else -1.0
    except ValueError:
        number = -1.0
    if number <= 0:
        raise InputError(f"{name}={value!r}: a number above 0 is wanted")
    return number


def _count(name: str, value: object) -> int:
    number = _seconds(name, value)
    if number != int(number):
        raise InputError(f"{name}={value!r}: a whole number is wanted")
    return int(number)


def _flag(name: str, value: object) -> bool:
    known = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    found = value if isinstance(value, bool) else known.get(str(value).strip().lower())
    if found is None:
        raise InputError(f"{name}={value!r}: true or false is wanted")
    return found


def _flag_or_path(name: str, value: object) -> bool | str:
    try:
        return _flag(name, value)
    except InputError:
        return _text(name, value)


def _paths(name: str, value: object) -> tuple[str, ...]:
    parts = cast("list[object]", value) if isinstance(value, list) else str(value).split(os.pathsep)
    return tuple(_text(name, part) for part in parts)


SETTINGS = (
    Setting("login_url", "SALESFORCE_LOGIN_URL", _text, "where to log in, such as `https://acme.my.salesforce.com`"),
    Setting("client_id", "SALESFORCE_CLIENT_ID", _text, "the app's consumer key"),
    Setting("client_secret", "SALESFORCE_CLIENT_SECRET", _secret, "the app's consumer secret"),
    Setting("refresh_token", "SALESFORCE_REFRESH_TOKEN", _secret, "logs in by refresh token"),
    Setting("username", "SALESFORCE_USERNAME", _text, "logs in by username and password"),
    Setting("password", "SALESFORCE_PASSWORD", _secret, "the user's password"),
    Setting("security_token", "SALESFORCE_SECURITY_TOKEN", _secret, "appended to the password"),
    Setting("access_token", "SALESFORCE_ACCESS_TOKEN", _secret, "a token to use as it is, without a login"),
    Setting("instance_url", "SALESFORCE_INSTANCE_URL", _text, "where the APIs are, if not where the login says"),
    Setting("api_version", "SALESFORCE_API_VERSION", _version, "such as `67.0`"),
    Setting("timeout_s", "SALESFORCE_TIMEOUT_S", _seconds, "seconds without a byte before a request is given up"),
    Setting("connect_timeout_s", "SALESFORCE_CONNECT_TIMEOUT_S", _seconds, "seconds to connect"),
    Setting("proxy", "SALESFORCE_PROXY", _text, "`http://[user:password@]host:port`"),
    Setting("verify", "SALESFORCE_VERIFY", _flag_or_path, "a CA bundle or folder to trust, or `false` for no check"),
    Setting("client_certificate", "SALESFORCE_CLIENT_CERTIFICATE", _paths, "a PEM file, or certificate and key"),
    Setting("http2", "SALESFORCE_HTTP2", _flag, "`true` to speak HTTP/2"),
    Setting("max_connections", "SALESFORCE_MAX_CONNECTIONS", _count, "open connections at a time"),
    Setting("max_idle_connections", "SALESFORCE_MAX_IDLE_CONNECTIONS", _count, "how many of them stay open unused"),
    Setting("idle_timeout_s", "SALESFORCE_IDLE_TIMEOUT_S", _seconds, "seconds that they do"),
    Setting("max_response_bytes", "SALESFORCE_MAX_RESPONSE_BYTES", _count, "the largest answer that is read whole"),
    Setting("token_store", "SALESFORCE_TOKEN_STORE", _secret, "the URL of a store to share tokens by"),
)
PROFILE_VARIABLE = "SALESFORCE_PROFILE"
FILE_VARIABLE = "SALESFORCE_CONFIG"

_CREDENTIALS = frozenset(
    {
        "login_url",
        "client_id",
        "client_secret",
        "refresh_token",
        "username",
        "password",
        "security_token",
        "access_token",
    }
)


_WHO_AND_WHERE = frozenset({"login_url", "instance_url", "client_id", "username", "access_token"})


def resolve(
    arguments: Mapping[str, Any],
    environ: Mapping[str, str],
    profile: Mapping[str, object] | None,
    *,
    profile_first: bool = False,
) -> tuple[Credentials, dict[str, Any]]:
    """Credentials and client options from three places.

    Args:
        arguments: settings by name, and any other option of the client; `None` counts as not given.
        profile: a profile's table, `None` for none.
        profile_first: the caller named the profile: the environment comes after it, and says neither who logs in nor
            where, so that no variable left over sends a profile's secret to another org.

    Raises:
        InputError: a value can't be read, or there isn't enough to log in with.
    """
    found: dict[str, Any] = {}
    for setting in SETTINGS:
        text = "" if profile_first and setting.name in _WHO_AND_WHERE else environ.get(setting.variable, "")
        in_profile = profile is not None and setting.name in profile
        if arguments.get(setting.name) is not None:
            found[setting.name] = arguments[setting.name]
        elif text.strip() and not (profile_first and in_profile):
            found[setting.name] = setting.read(setting.variable, text)
        elif profile is not None and in_profile:
            found[setting.name] = setting.read(setting.name, profile[setting.name])
    names = {setting.name for setting in SETTINGS}
    options = {name: value for name, value in arguments.items() if name not in names and value is not None}
    options |= {name: value for name, value in found.items() if name not in _CREDENTIALS}
    return _credentials({name: value for name, value in found.items() if name in _CREDENTIALS}, found), options


def read_profile(name: str, environ: Mapping[str, str]) -> dict[str, object]:
    """One profile's table.

    Raises:
        InputError: no such file or profile, not TOML, or a setting that there is none of.
    """
    path = profile_file(environ)
    try:
        profiles = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(
            f"profile {name!r}: {path} can't be read: {error.strerror}; {FILE_VARIABLE} names it"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path} isn't TOML: {error}") from None
    if not isinstance(profiles.get(name), dict):
        known = ", ".join(sorted(profiles)) or "none"
        raise InputError(f"{path} has no profile {name!r}: it has {known}")
    profile = cast("dict[str, object]", profiles[name])
    for key in profile:
        names = [setting.name for setting in SETTINGS]
        if key not in names:
            close = get_close_matches(key, names, 1)
            hint = f" (did you mean {close[0]}?)" if close else ""
            raise InputError(f"{path}, profile {name!r}: there is no setting {key!r}{hint}")
    return profile


def profile_file(environ: Mapping[str, str]) -> Path:
    """The file that holds the profiles."""
    if environ.get(FILE_VARIABLE):
        return Path(environ[FILE_VARIABLE]).expanduser()
    folder = environ.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(folder).expanduser() / "specforce" / "profiles.toml"


def _credentials(given: dict[str, str], settings: Mapping[str, Any]) -> Credentials:
    """The login that the settings suffice for: a token as it is, else refresh token, password, client credentials."""
    login = {"login_url": given["login_url"]} if "login_url" in given else {}
    try:
        if "access_token" in given:
            return StaticToken(given["access_token"], settings.get("instance_url"))
        if "refresh_token" in given:
            return RefreshToken(given["client_id"], given["refresh_token"], given.get("client_secret"), **login)
        if "username" in given:
            return UsernamePassword(
                given["username"],
                given["password"],
                given["client_id"],
                given["client_secret"],
                given.get("security_token", ""),
                **login,
            )
        return ClientCredentials(given["client_id"], given["client_secret"], login_url=given["login_url"])
    except KeyError as error:
        name = str(error.args[0])
        variable = next(setting.variable for setting in SETTINGS if setting.name == name)
        raise InputError(
            f"not enough to log in with: {name} is missing (argument, {variable}, or the profile)"
        ) from None
