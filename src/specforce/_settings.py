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

from specforce._login_settings import LOGIN_SETTINGS, login_of
from specforce._stored_logins import load
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
    Setting("private_key_file", "SALESFORCE_PRIVATE_KEY_FILE", _text, "logs in by JWT bearer: a PEM file with the key"),
    Setting("private_key", "SALESFORCE_PRIVATE_KEY", _secret, "logs in by JWT bearer: the key itself, as PEM text"),
    Setting("private_key_passphrase", "SALESFORCE_PRIVATE_KEY_PASSPHRASE", _secret, "of an encrypted key"),
    Setting("audience", "SALESFORCE_AUDIENCE", _text, "whom JWT assertions are for, if not as `login_url` says"),
    Setting("sf_cli_org", "SALESFORCE_SF_CLI_ORG", _text, "logs in as the `sf` command does: its alias or username"),
    Setting("redirect_uri", "SALESFORCE_REDIRECT_URI", _text, "where a browser comes back to, on this machine"),
    Setting("scope", "SALESFORCE_SCOPE", _text, "scopes that a login by a person asks for"),
    Setting("flow", "SALESFORCE_FLOW", _text, "which login, where several would do; `web` and `device` ask a person"),
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
    Setting("max_api_fraction", "SALESFORCE_MAX_API_FRACTION", _seconds, "share of the API quota to use: `0.9`"),
    Setting("token_store", "SALESFORCE_TOKEN_STORE", _secret, "the URL of a store to share tokens by"),
)
PROFILE_VARIABLE = "SALESFORCE_PROFILE"
FILE_VARIABLE = "SALESFORCE_CONFIG"

_WHO = frozenset({"flow", "client_id", "username", "refresh_token", "sf_cli_org", "access_token"})
_WHO_AND_WHERE = _WHO - {"refresh_token"} | {"login_url", "instance_url", "audience", "redirect_uri"}


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
    found = _found(arguments, environ, profile, profile_first=profile_first)
    names = {setting.name for setting in SETTINGS}
    options = {name: value for name, value in arguments.items() if name not in names and value is not None}
    options |= {name: value for name, value in found.items() if name not in LOGIN_SETTINGS}
    return login_of_settings(found), options


def settings_of_a_new_login(
    arguments: Mapping[str, Any], profile: str, environ: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The login's settings and the client's, from arguments, the environment and the profile's table if it has one.

    Raises:
        InputError: a value can't be read.
    """
    found = _found(arguments, environ, _table(profile, environ, needed=False), profile_first=False)
    login = {name: value for name, value in found.items() if name in LOGIN_SETTINGS}
    return login, {name: value for name, value in found.items() if name not in LOGIN_SETTINGS}


def names_a_login(environ: Mapping[str, str]) -> bool:
    """Whether the environment says who logs in: by a profile, or by a setting."""
    variables = [each.variable for each in SETTINGS if each.name in _WHO]
    return any(environ.get(name, "").strip() for name in (PROFILE_VARIABLE, *variables))


def _found(
    arguments: Mapping[str, Any],
    environ: Mapping[str, str],
    profile: Mapping[str, object] | None,
    *,
    profile_first: bool,
) -> dict[str, Any]:
    """Each setting from the first place that has it."""
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
    return found


def read_profile(name: str, environ: Mapping[str, str]) -> dict[str, object]:
    """One profile's settings: its table, and over it what `specforce login` keeps for it.

    Raises:
        InputError: no such file or profile and no login, not TOML, or a setting that there is none of.
    """
    stored = load(profile_file(environ).parent, name)
    table = _table(name, environ, needed=stored is None)
    return table | (stored or {})


def _table(name: str, environ: Mapping[str, str], *, needed: bool) -> dict[str, object]:
    path = profile_file(environ)
    try:
        profiles = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if not needed:
            return {}
        raise InputError(
            f"there is no profile {name!r}: `specforce login --profile {name}` makes one, "
            f"or a table of it in {path} (or in the file that {FILE_VARIABLE} names)"
        ) from None
    except OSError as error:
        raise InputError(f"profile {name!r}: {path} can't be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path} isn't TOML: {error}") from None
    if not isinstance(profiles.get(name), dict):
        if not needed:
            return {}
        known = ", ".join(sorted(profiles)) or "none"
        raise InputError(
            f"{path} has no profile {name!r}: it has {known}; `specforce login --profile {name}` makes one"
        )
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


def login_of_settings(given: Mapping[str, Any]) -> Credentials:
    """The login that settings make.

    Raises:
        InputError: there isn't enough to log in with, or a setting can't be used.
    """
    try:
        return login_of(given)
    except KeyError as error:
        name = str(error.args[0])
        variable = next(setting.variable for setting in SETTINGS if setting.name == name)
        raise InputError(
            f"not enough to log in with: {name} is missing (argument, {variable}, or the profile)"
        ) from None
