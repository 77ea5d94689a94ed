"""`specforce whoami`: log in and say as whom."""

from __future__ import annotations

import json

import typer

from specforce.cli.connection import ApiVersion, AsJson, InstanceUrl, Profile, connect
from specforce.cli.outcome import reported


def whoami(
    profile: Profile = None,
    instance_url: InstanceUrl = None,
    api_version: ApiVersion = None,
    as_json: AsJson = False,
) -> None:
    """Log in, and print the user, the organization and the address."""
    with reported(as_json=as_json), connect(profile, instance_url, api_version) as sf:
        user = sf.auth.get_user_info().to_dict()
        document = {
            "username": user.get("preferred_username"),
            "name": user.get("name"),
            "user_id": user.get("user_id"),
            "organization_id": user.get("organization_id"),
            "instance_url": sf.session.instance_url(),
            "api_version": sf.api_version,
        }
        if as_json:
            typer.echo(json.dumps(document))
            return
        width = max(len(name) for name in document)
        for name, value in document.items():
            typer.echo(f"{name.replace('_', ' '):<{width}}  {value}")
