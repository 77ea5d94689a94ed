"""Scenarios of passwords."""

from __future__ import annotations

from typing import Any

from tests.contract.stage import Scene, Stage, scenario

Json = Any
NEW = {"NewPassword": "correct horse 7 battery"}
KEYS = {"TimeZoneSidKey": "GMT", "LocaleSidKey": "en_US", "LanguageLocaleKey": "en_US"}


def _user(stage: Stage) -> str:
    found = stage.request("GET", "/query", params={"q": "SELECT Id FROM User"}).json()
    user_id: str = found["records"][0]["Id"]
    return user_id


def _self_service_user(stage: Stage) -> str:
    contact = stage.create("Contact", LastName="Ek")
    who = {"LastName": "Ek", "Username": "ek", "Email": "ek@example.com"}
    return stage.create("SelfServiceUser", ContactId=contact, **who, **KEYS)


def _nothing(value: Json) -> bool:
    return value is None


def _made_up(password: str) -> bool:
    return len(password) >= 8


@scenario("getUserPassword")
def get_user_password(stage: Stage) -> Scene:
    return Scene({"user_id": _user(stage)}, {"isExpired": False})


@scenario("setUserPassword")
def set_user_password(stage: Stage) -> Scene:
    return Scene({"user_id": _user(stage)}, _nothing, body=NEW, status=204)


@scenario("resetUserPassword")
def reset_user_password(stage: Stage) -> Scene:
    return Scene({"user_id": _user(stage)}, {"NewPassword": _made_up})


@scenario("getSelfServiceUserPassword")
def get_self_service_user_password(stage: Stage) -> Scene:
    return Scene({"user_id": _self_service_user(stage)}, {"isExpired": False})


@scenario("setSelfServiceUserPassword")
def set_self_service_user_password(stage: Stage) -> Scene:
    return Scene({"user_id": _self_service_user(stage)}, _nothing, body=NEW, status=204)


@scenario("resetSelfServiceUserPassword")
def reset_self_service_user_password(stage: Stage) -> Scene:
    return Scene({"user_id": _self_service_user(stage)}, {"NewPassword": _made_up})
