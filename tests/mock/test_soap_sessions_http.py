"""Logins, sessions and passwords over SOAP, raw HTTP."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from tests.mock.reference import row
from tests.mock.soap_client import LOGIN, OWN, fault, names, post, results, text

if TYPE_CHECKING:
    from specforce_mockserver.org import Org
    from tests.mock.raw_org import RawOrg


@row("soap.md#6", "Order of LoginResult in XML is alphabetical")
def test_a_login_answers_its_elements_in_alphabetical_order(raw: RawOrg) -> None:
    (result,) = results(post(raw, LOGIN.format(password="passwordtoken"), path="/services/Soap/u/64.0"))

    assert names(result) == [
        "metadataServerUrl", "passwordExpired", "sandbox", "serverUrl", "sessionId", "userId", "userInfo",
    ]  # fmt: skip
    user = result.find(f"{OWN}userInfo")
    assert user is not None
    assert names(user)[8] == "organizationId"
    assert re.fullmatch(re.escape(raw.url) + r"/services/Soap/u/64\.0/00D\w{12}", text(result, "serverUrl") or "")


@row("auth.md#1", "/services/Soap/u/{v}")
def test_the_session_of_a_login_is_good_for_rest_until_the_logout(raw: RawOrg) -> None:
    (result,) = results(post(raw, LOGIN.format(password="passwordtoken"), path="/services/Soap/u/64.0"))
    session = text(result, "sessionId") or ""

    raw.token = session
    assert raw.get("/limits")
    assert results(post(raw, "<logout/>")) == []
    assert raw.send("GET", "/limits").status_code == 401


@row("soap.md#2", "Bad login text")
def test_a_bad_login_says_so(raw: RawOrg) -> None:
    code, message = fault(post(raw, LOGIN.format(password="password"), path="/services/Soap/u/64.0"))

    assert code == "sf:INVALID_LOGIN"
    assert message == "INVALID_LOGIN: Invalid username, password, security token; or user locked out."


def test_login_is_gone_from_version_65(raw: RawOrg) -> None:
    fault(post(raw, LOGIN.format(password="passwordtoken"), path="/services/Soap/u/65.0"))


def test_a_password_that_was_set_logs_in(raw: RawOrg, org: Org) -> None:
    user = org.identity.admin_id
    results(post(raw, f"<setPassword><userId>{user}</userId><password>correct horse 7</password></setPassword>"))
    results(post(raw, LOGIN.format(password="correct horse 7token"), path="/services/Soap/u/64.0"))

    (result,) = results(post(raw, f"<resetPassword><userId>{user}</userId></resetPassword>"))
    made = text(result, "password")
    results(post(raw, LOGIN.format(password=f"{made}token"), path="/services/Soap/u/64.0"))


@row("soap.md#7", "changeOwnPassword")
def test_a_user_changes_their_own_password(raw: RawOrg, org: Org) -> None:
    change = "<changeOwnPassword><oldPassword>{}</oldPassword><newPassword>{}</newPassword></changeOwnPassword>"
    wrong = post(raw, change.format("wrong", "correct horse 7"))
    assert fault(wrong)[0] == "sf:INVALID_OLD_PASSWORD"
    assert b"InvalidOldPasswordFault" in wrong.content
    assert fault(post(raw, change.format("password", "x")))[0] == "sf:INVALID_NEW_PASSWORD"

    results(post(raw, change.format("password", "correct horse 7")))
    login = post(raw, LOGIN.format(password="correct horse 7token"), path="/services/Soap/u/64.0")
    assert results(login)
    assert "correct horse" not in str([entry.public() for entry in org.requests])


@row("soap.md#7", "invalidateSessions")
def test_sessions_are_ended(raw: RawOrg) -> None:
    ids = "".join(f"<sessionIds>{escape(each)}</sessionIds>" for each in ("unknown", raw.token))
    unknown, own = results(post(raw, f"<invalidateSessions>{ids}</invalidateSessions>"))

    assert (text(unknown, "success"), text(own, "success")) == ("false", "true")
    assert fault(post(raw, "<getUserInfo/>"))[0] == "sf:INVALID_SESSION_ID"


def test_the_request_log_knows_the_operation_and_no_secret(raw: RawOrg, org: Org) -> None:
    post(raw, "<getUserInfo/>")
    post(raw, LOGIN.format(password="passwordtoken"), path="/services/Soap/u/64.0")

    (asked,) = org.requests.of("soap.getUserInfo")
    (login,) = org.requests.of("soap.login")
    assert raw.token not in (asked.body or "")
    assert "passwordtoken" not in (login.body or "")
