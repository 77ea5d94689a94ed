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


@scenario("postUserInfo")
def post_user_info(stage: Stage) -> Scene:
    return Scene({}, {"preferred_username": "user@example.com", "active": True})


@scenario("requestDeviceCode")
def request_device_code(stage: Stage) -> Scene:
    asked = {"response_type": "device_code", "client_id": CLIENT["client_id"], "scope": "api refresh_token"}
    return Scene({}, {"verification_uri": f"{stage.url}/setup/connect", "interval": 5}, body=asked)


@scenario("authorize")
def authorize(_stage: Stage) -> Scene:
    asked = {
        "response_type": "code",
        "client_id": CLIENT["client_id"],
        "redirect_uri": "http://localhost:1717/callback",
    }
    return Scene(asked, lambda page: b"<form" in page)


@scenario("getIdentity")
def get_identity(stage: Stage) -> Scene:
    user = stage.request("GET", "/services/oauth2/userinfo").json()
    place = {"org_id": user["organization_id"], "user_id": user["user_id"], "version": "latest"}
    return Scene(place, {"username": "user@example.com", "organization_id": user["organization_id"]})


@scenario("getOpenIdConfiguration")
def get_open_id_configuration(stage: Stage) -> Scene:
    return Scene({}, {"issuer": stage.url, "token_endpoint": f"{stage.url}/services/oauth2/token"})


@scenario("listSigningKeys")
def list_signing_keys(_stage: Stage) -> Scene:
    return Scene({}, lambda value: [key["kty"] for key in value["keys"]] == ["RSA"])


@scenario("getAuthConfiguration")
def get_auth_configuration(stage: Stage) -> Scene:
    user = stage.request("GET", "/services/oauth2/userinfo").json()
    return Scene({}, {"OrganizationId": user["organization_id"]})


@scenario("registerClient")
def register_client(_stage: Stage) -> Scene:
    asked = {"redirect_uris": ["https://client.example/callback"], "client_name": "Client"}
    return Scene({}, asked, body=asked, status=201)


@scenario("requestSingleAccess")
def request_single_access(stage: Stage) -> Scene:
    asked = {"access_token": stage.token, "redirect_uri": "/lightning/page/home"}
    door = f"{stage.url}/secur/frontdoor.jsp?otp="
    return Scene({}, lambda value: value["frontdoor_uri"].startswith(door), body=asked)
