"""`specforce logout`: forget what `specforce login` kept, and end it at Salesforce if that is wanted."""

from __future__ import annotations

import json
import os
from typing import Annotated

import typer

from specforce import Salesforce, _settings, _stored_logins
from specforce.cli.connection import DEFAULT_PROFILE, AsJson, LoginProfile
from specforce.cli.outcome import reported
from specforce.errors import AuthError, InputError


def logout(
    profile: LoginProfile = None,
    revoke: Annotated[
        bool, typer.Option("--revoke", help="End it at Salesforce too, for everyone who has these tokens.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Forget the login of a profile."""
    with reported(as_json=as_json):
        name = profile or os.environ.get(_settings.PROFILE_VARIABLE) or DEFAULT_PROFILE
        folder = _settings.profile_file(os.environ).parent
        if _stored_logins.load(folder, name) is None:
            raise InputError(f"no login is kept for profile {name!r}")
        revoked = revoke and _revoke(name)
        _stored_logins.forget(folder, name)
        if as_json:
            typer.echo(json.dumps({"profile": name, "revoked": revoked}))
        else:
            typer.echo(f"logged out of profile {name!r}" + (", and its tokens are revoked" if revoked else ""))


def _revoke(profile: str) -> bool:
    """End the tokens of a login: the newest refresh token, with every access token that came from it.

    Returns:
        `False` where Salesforce says that it has ended already.
    """
    with Salesforce.from_profile(profile) as sf:
        try:
            token = sf.session.token()
        except AuthError:
            return False
        sf.auth.revoke_token(body={"token": token.refresh_token or token.access_token})
        return True
