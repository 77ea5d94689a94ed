"""Passwords over raw HTTP: who sets one logs in with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.mock.raw_org import PASSWORD
from tests.mock.reference import row

if TYPE_CHECKING:
    from specforce_mockserver.org import Org
    from tests.mock.raw_org import RawOrg

Json = Any
NEW = "correct horse 7 battery"
NINETY_ONE_DAYS_S = 91 * 86_400


def login(raw: RawOrg, password: str, username: str = "user@example.com") -> int:
    """The status of a login by name and password with security token."""
    form = {**PASSWORD, "username": username, "password": f"{password}token"}
    return raw.http.post("/services/oauth2/token", data=form).status_code


def create_user(raw: RawOrg, org: Org) -> str:
    """A second user, who has no password yet."""
    person = {"LastName": "Ek", "Alias": "ek", "Username": "ek@example.com", "Email": "ek@example.com"}
    keys = {"TimeZoneSidKey": "GMT", "LocaleSidKey": "en_US", "LanguageLocaleKey": "en_US", "EmailEncodingKey": "UTF-8"}
    return raw.create("User", **person, **keys, CommunityNickname="ek", ProfileId=org.identity.profile_id)


def create_self_service_user(raw: RawOrg) -> str:
    """A contact who may log in to the portal."""
    keys = {"TimeZoneSidKey": "GMT", "LocaleSidKey": "en_US", "LanguageLocaleKey": "en_US"}
    contact = raw.create("Contact", LastName="Ek")
    return raw.create(
        "SelfServiceUser", LastName="Ek", Username="ek", Email="ek@example.com", ContactId=contact, **keys
    )


@row("rest.md#5", "User password:")
@row("rest.md#2", "| GET POST DELETE | `/sobjects/User/{id}/password`")
def test_a_password_that_was_set_is_the_one_to_log_in_with(raw: RawOrg, org: Org) -> None:
    path = f"/sobjects/User/{org.identity.admin_id}/password"

    answer = raw.send("POST", path, json={"NewPassword": NEW})

    assert (answer.status_code, answer.content) == (204, b"")
    assert (login(raw, "password"), login(raw, NEW)) == (400, 200)
    changed = raw.query("SELECT LastPasswordChangeDate FROM User")["records"][0]["LastPasswordChangeDate"]
    assert changed is not None


@row("rest.md#5", "User password:")
def test_a_password_that_was_reset_is_answered_and_works(raw: RawOrg, org: Org) -> None:
    made_up = raw.json("DELETE", f"/sobjects/User/{org.identity.admin_id}/password")["NewPassword"]

    assert (login(raw, "password"), login(raw, made_up)) == (400, 200)


def test_every_user_has_a_password_of_their_own(raw: RawOrg, org: Org) -> None:
    user_id = create_user(raw, org)
    assert login(raw, "", "ek@example.com") == 400

    raw.json("POST", f"/sobjects/User/{user_id}/password", json={"NewPassword": NEW})

    assert (login(raw, NEW, "ek@example.com"), login(raw, "password"), login(raw, NEW)) == (200, 200, 400)


@row("rest.md#5", "User password:")
@pytest.mark.parametrize("kind", ["User", "SelfServiceUser"])
def test_a_password_expires_until_a_new_one_is_set(raw: RawOrg, org: Org, kind: str) -> None:
    user_id = org.identity.admin_id if kind == "User" else create_self_service_user(raw)
    path = f"/sobjects/{kind}/{user_id}/password"
    raw.json("POST", path, json={"NewPassword": NEW})
    assert raw.get(path) == {"isExpired": False}

    org.clock.advance(NINETY_ONE_DAYS_S)
    raw.login()

    assert raw.get(path) == {"isExpired": True}
    assert set(raw.json("DELETE", path)) == {"NewPassword"}
    assert raw.get(path) == {"isExpired": False}


@pytest.mark.parametrize("password", ["short1", "onlyletters", "1234567890", "x" * 5])
def test_a_weak_password_is_refused_and_the_old_one_stays(raw: RawOrg, org: Org, password: str) -> None:
    path = f"/sobjects/User/{org.identity.admin_id}/password"

    status, (error,) = raw.refused("POST", path, json={"NewPassword": password})

    assert (status, error["errorCode"]) == (400, "INVALID_NEW_PASSWORD")
    assert login(raw, "password") == 200


def test_a_password_is_not_set_again(raw: RawOrg, org: Org) -> None:
    path = f"/sobjects/User/{org.identity.admin_id}/password"
    raw.json("POST", path, json={"NewPassword": NEW})

    assert raw.refused("POST", path, json={"NewPassword": NEW})[0] == 400


@pytest.mark.parametrize("body", [{}, {"NewPassword": None}, {"NewPassword": 5}, {"newpassword": NEW}, []])
def test_a_request_without_password_is_refused(raw: RawOrg, org: Org, body: Json) -> None:
    assert raw.refused("POST", f"/sobjects/User/{org.identity.admin_id}/password", json=body)[0] == 400


@pytest.mark.parametrize("user_id", ["005000000000000AAA", "nobody", "001000000000000AAA"])
def test_nobody_has_no_password(raw: RawOrg, user_id: str) -> None:
    path = f"/sobjects/User/{user_id}/password"

    assert raw.refused("GET", path)[0] == 404
    assert raw.refused("POST", path, json={"NewPassword": NEW})[0] in {400, 404}
    assert raw.refused("DELETE", path)[0] in {400, 404}


def test_a_new_org_has_the_first_password_again(raw: RawOrg, org: Org) -> None:
    raw.json("POST", f"/sobjects/User/{org.identity.admin_id}/password", json={"NewPassword": NEW})

    raw.mock("POST", "reset")

    assert login(raw, "password") == 200
