"""Scenarios of OpenAPI documents of the org's objects."""

from __future__ import annotations

from typing import Any

from tests.contract.stage import API_VERSION, Scene, Stage, scenario

Json = Any
PATH = "/async/specifications/oas3"
ACCOUNTS = {"resources": [f"/services/data/v{API_VERSION}/sobjects/Account/*"]}


def _describes_accounts(found: Json) -> bool:
    return found["openapi"].startswith("3.0") and "AccountSObject" in found["components"]["schemas"]


@scenario("createSpecification")
def create_specification(_: Stage) -> Scene:
    return Scene({}, {"href": lambda it: it.startswith(f"/v{API_VERSION}{PATH}/")}, body=ACCOUNTS, status=202)


@scenario("getSpecification")
def get_specification(stage: Stage) -> Scene:
    locator = stage.request("POST", PATH, json=ACCOUNTS).json()["href"].rpartition("/")[2]
    assert stage.request("GET", f"{PATH}/{locator}").status_code == 202
    return Scene({"locator": locator}, _describes_accounts)
