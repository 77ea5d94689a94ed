"""Which org a command talks to: the same settings as the library's, arguments before environment before profile."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from specforce import Salesforce, _settings, _stored_logins

DEFAULT_PROFILE = "default"
LoginProfile = Annotated[
    str | None,
    typer.Option("--profile", "-p", help="Under which profile it is kept; else SALESFORCE_PROFILE, else `default`."),
]

Profile = Annotated[
    str | None,
    typer.Option("--profile", "-p", help="Named profile of the configuration file; else SALESFORCE_PROFILE."),
]
InstanceUrl = Annotated[
    str | None,
    typer.Option("--instance-url", help="The org's URL; else SALESFORCE_INSTANCE_URL, else the login's answer."),
]
ApiVersion = Annotated[str | None, typer.Option("--api-version", help="Such as 67.0; else SALESFORCE_API_VERSION.")]
AsJson = Annotated[bool, typer.Option("--json", help="Machine-readable output, errors included.")]


def connect(profile: str | None, instance_url: str | None, api_version: str | None) -> Salesforce:
    """Open a client from the options, the environment and the profile; nothing is sent yet.

    Where none of them says who logs in, the login that `specforce login` kept without a profile counts.
    """
    given = {
        name: value
        for name, value in (("instance_url", instance_url), ("api_version", api_version))
        if value is not None
    }
    chosen = profile or (DEFAULT_PROFILE if _only_the_default_login_is_there() else None)
    if chosen is not None:
        return Salesforce.from_profile(chosen, **given)
    return Salesforce.from_env(**given)


def _only_the_default_login_is_there() -> bool:
    if _settings.names_a_login(os.environ):
        return False
    return _stored_logins.load(_settings.profile_file(os.environ).parent, DEFAULT_PROFILE) is not None
