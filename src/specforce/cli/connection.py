"""Which org a command talks to: the same settings as the library's, arguments before environment before profile."""

from __future__ import annotations

from typing import Annotated

import typer

from specforce import Salesforce

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
    """Open a client from the options, the environment and the profile; nothing is sent yet."""
    given = {
        name: value
        for name, value in (("instance_url", instance_url), ("api_version", api_version))
        if value is not None
    }
    if profile is not None:
        return Salesforce.from_profile(profile, **given)
    return Salesforce.from_env(**given)
