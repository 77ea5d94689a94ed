"""`specforce login`: log in, and keep what the next login of this profile needs."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from specforce import Salesforce, _settings, _stored_logins
from specforce.auth import WebServer
from specforce.cli.connection import DEFAULT_PROFILE, AsJson, LoginProfile
from specforce.cli.outcome import reported
from specforce.errors import InputError

if TYPE_CHECKING:
    from specforce.auth import Credentials, Token

_KEPT = {
    "jwt": ("login_url", "client_id", "username", "private_key_file", "private_key_passphrase", "audience"),
    "client-credentials": ("login_url", "client_id", "client_secret"),
}


def login(
    profile: LoginProfile = None,
    web: Annotated[bool, typer.Option("--web", help="By a browser on this machine (without another choice).")] = False,
    device: Annotated[bool, typer.Option("--device", help="By a code that you type on any machine.")] = False,
    jwt: Annotated[bool, typer.Option("--jwt", help="By a signed assertion: --username and --key-file.")] = False,
    client_credentials: Annotated[
        bool, typer.Option("--client-credentials", help="As the app itself, at the org's own --login-url.")
    ] = False,
    login_url: Annotated[
        str | None,
        typer.Option("--login-url", help="An org's URL, `login` or `test`; else SALESFORCE_LOGIN_URL."),
    ] = None,
    client_id: Annotated[
        str | None, typer.Option("--client-id", help="The app's consumer key; else SALESFORCE_CLIENT_ID.")
    ] = None,
    username: Annotated[str | None, typer.Option("--username", help="For --jwt: as whom.")] = None,
    key_file: Annotated[Path | None, typer.Option("--key-file", help="For --jwt: the PEM file with the key.")] = None,
    audience: Annotated[str | None, typer.Option("--audience", help="For --jwt: if not as --login-url says.")] = None,
    redirect_uri: Annotated[
        str | None, typer.Option("--redirect-uri", help="For --web: the app's callback URL on this machine.")
    ] = None,
    scope: Annotated[str | None, typer.Option("--scope", help="Scopes to ask for, separated by spaces.")] = None,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="For --web: open it, or print the URL.")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Log in and keep it for a profile. Secrets come from SALESFORCE_* variables or the profile, or are asked for."""
    with reported(as_json=as_json):
        chosen = [
            name
            for name, wanted in (
                ("web", web),
                ("device", device),
                ("jwt", jwt),
                ("client-credentials", client_credentials),
            )
            if wanted
        ]
        if len(chosen) > 1:
            raise InputError(f"one way to log in at a time: --{' or --'.join(chosen)}?")
        flow = chosen[0] if chosen else "web"
        name = profile or os.environ.get(_settings.PROFILE_VARIABLE) or DEFAULT_PROFILE
        given, options = _settings.settings_of_a_new_login(
            {
                "flow": flow,
                "login_url": login_url,
                "client_id": client_id,
                "username": username,
                "private_key_file": str(key_file.expanduser().absolute()) if key_file else None,
                "audience": audience,
                "redirect_uri": redirect_uri,
                "scope": scope,
            },
            name,
            os.environ,
        )
        if flow == "client-credentials" and "client_secret" not in given and sys.stdin.isatty():
            given["client_secret"] = typer.prompt("Consumer secret", hide_input=True, err=True)
        if flow == "jwt" and "private_key_file" not in given:
            raise InputError("a private key is kept by its path: pass --key-file, or SALESFORCE_PRIVATE_KEY_FILE")
        _log_in(name, flow, given, options, browser=browser, as_json=as_json)


def _log_in(
    name: str, flow: str, given: dict[str, Any], options: dict[str, Any], *, browser: bool, as_json: bool
) -> None:
    """Log in, keep it, and say so."""
    folder = _settings.profile_file(os.environ).parent
    store = options.pop("token_store", None)
    login = _presented(_settings.login_of_settings(given), browser=browser)
    with Salesforce(login, **options) as sf:
        token = sf.session.token()
        user = sf.auth.get_user_info()
        where = sf.session.instance_url()
    settings = _kept(flow, given, token)
    if "refresh_token" in settings and store is None:
        settings["token_store"] = _stored_logins.token_store(folder, name)
    kept = _stored_logins.save(folder, name, settings)
    if as_json:
        document = {"profile": name, "username": user.preferred_username, "instance_url": where, "kept_in": kept}
        typer.echo(json.dumps(document))
    else:
        typer.echo(f"logged in to {where} as {user.preferred_username}; profile {name!r}, kept in {kept}")


def _presented(login: Credentials, *, browser: bool) -> Credentials:
    """The login, with the browser or without."""
    return replace(login, open_browser=browser) if isinstance(login, WebServer) else login


def _kept(flow: str, given: dict[str, Any], token: Token) -> dict[str, str]:
    """What the next login needs, and no more."""
    if flow in _KEPT:
        return {"flow": flow} | {name: given[name] for name in _KEPT[flow] if name in given}
    if token.refresh_token is None:
        return {"flow": "token", "access_token": token.access_token, "instance_url": token.instance_url or ""}
    names = ("login_url", "client_id", "client_secret")
    app = {name: given[name] for name in names if name in given}
    return {"flow": "refresh-token", **app, "refresh_token": token.refresh_token}
