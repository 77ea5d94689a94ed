"""Scenarios of the OAuth endpoints."""

from __future__ import annotations

from tests.contract.stage import CREDENTIALS, Scene, Stage, scenario

CLIENT = {"client_id": CREDENTIALS["client_id"], "client_secret": CREDENTIALS["client_secret"]}


@scenario("requestToken")
def request_token(stage: Stage) -> Scene:
    return Scene({}, {"token_type": "Bearer", "instance_url": stage.url}, body=CREDENTIALS)


@scenario("revokeToken")
def revoke_token(stage: Stage) -> Scene:
    token = stage.request("POST", "/services/oauth2/token", data=CREDENTIALS, token=None).json()["access_token"]
    return Scene({}, lambda value: value is None, body={"token": token})


@scenario("introspectToken")
def introspect_token(stage: Stage) -> Scene:
    asked = {"token": stage.token, "token_type_hint": "access_token", **CLIENT}
    return Scene({}, {"active": True, "client_id": CLIENT["client_id"], "username": "user@example.com"}, body=asked)


@scenario("getUserInfo")
def get_user_info(stage: Stage) -> Scene:
    return Scene({}, {"preferred_username": "user@example.com", "active": True})
