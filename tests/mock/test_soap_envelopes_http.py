"""Envelopes, endpoints and faults of the SOAP API over raw HTTP."""

from __future__ import annotations

import gzip
import re
from typing import TYPE_CHECKING

import pytest

from specforce_mockserver.registry import PROVIDERS
from tests.mock.reference import REFERENCE, row
from tests.mock.soap_client import (
    CONVERT,
    DOCUMENT,
    FAULTS,
    LOGIN,
    OWN,
    PARTNER,
    create,
    fault,
    names,
    parsed,
    post,
    results,
    text,
)
from tests.mock.soap_rows import holding

if TYPE_CHECKING:
    from specforce_mockserver.org import Org
    from tests.mock.raw_org import RawOrg


def change_password(old: str, new: str) -> str:
    return f"<changeOwnPassword><oldPassword>{old}</oldPassword><newPassword>{new}</newPassword></changeOwnPassword>"


@row("soap.md#2", "| UnexpectedErrorFault |")
@row("soap.md#2", "<soapenv:Envelope")
@row("soap.md#2", "<faultcode>")
@row("soap.md#2", "<detail>")
@row("soap.md#2", "</soapenv:Fault>")
@row("soap.md#2", "faultcode = `sf:`(fns) + ExceptionCode; faultstring = `CODE: message`")
def test_a_fault_says_its_code_three_times(raw: RawOrg) -> None:
    answer = post(raw, "<getUserInfo/>", session="no such session")
    detail = parsed(answer.content).find(f".//{FAULTS}UnexpectedErrorFault")

    code, message = fault(answer)
    assert code == "sf:INVALID_SESSION_ID"
    assert message.startswith("INVALID_SESSION_ID: Invalid Session ID found in SessionHeader")
    assert detail is not None
    assert detail.findtext(f"{FAULTS}exceptionCode") == "INVALID_SESSION_ID"
    assert detail.get(TYPE) == "sf:UnexpectedErrorFault"
    assert message == f"INVALID_SESSION_ID: {detail.findtext(f'{FAULTS}exceptionMessage')}"


@pytest.mark.parametrize(
    ("body", "kind", "code"),
    [
        ("<query><queryString>SELEC</queryString></query>", "MalformedQueryFault", "MALFORMED_QUERY"),
        ("<query><queryString>SELECT Nope FROM Lead</queryString></query>", "InvalidFieldFault", "INVALID_FIELD"),
        ("<query><queryString>SELECT Id FROM Nope</queryString></query>", "InvalidSObjectFault", "INVALID_TYPE"),
        ("<search><searchString>FIND</searchString></search>", "MalformedSearchFault", "MALFORMED_SEARCH"),
        ("<describeSObject><sObjectType>Nope</sObjectType></describeSObject>", "InvalidSObjectFault", "INVALID_TYPE"),
        ("<queryMore><queryLocator>x</queryLocator></queryMore>", "InvalidQueryLocatorFault", "INVALID_QUERY_LOCATOR"),
        ("<findDuplicatesByIds><ids>x</ids></findDuplicatesByIds>", "InvalidIdFault", "MALFORMED_ID"),
        (change_password("wrong", "correct horse 7"), "InvalidOldPasswordFault", "INVALID_OLD_PASSWORD"),
        (change_password("password", "x"), "InvalidNewPasswordFault", "INVALID_NEW_PASSWORD"),
        (LOGIN.format(password="wrong"), "LoginFault", "INVALID_LOGIN"),
    ],
)
@row("soap.md#1", "| Success |")
@row("soap.md#2", "InvalidFieldFault, InvalidSObjectFault, MalformedQueryFault, MalformedSearchFault")
@row("soap.md#2", "| InvalidQueryLocatorFault |")
@row("soap.md#2", "| InvalidIdFault |")
@row("soap.md#2", "| InvalidNewPasswordFault / InvalidOldPasswordFault |")
@row("soap.md#2", "| LoginFault |")
@row("soap.md#2", "| ApiQueryFault |")
@row("soap.md#2", "| ApiFault (`fault`) |")
def test_the_kind_of_a_fault_follows_from_its_code(raw: RawOrg, body: str, kind: str, code: str) -> None:
    answer = post(raw, body, path="/services/Soap/u/64.0")

    assert fault(answer)[0] == f"sf:{code}"
    detail = parsed(answer.content).find(f".//{FAULTS}{kind}")
    assert detail is not None
    assert detail.findtext(f"{FAULTS}exceptionCode") == code
    assert detail.findtext(f"{FAULTS}exceptionMessage")
    of_queries = kind in {"InvalidFieldFault", "InvalidSObjectFault", "MalformedQueryFault", "MalformedSearchFault"}
    places = [detail.findtext(f"{FAULTS}{name}") for name in ("row", "column")]
    assert places == (["-1", "-1"] if of_queries else [None, None])


@row("soap.md#1", "soap header `LimitInfoHeader`")
@row("soap.md#3", "| LimitInfoHeader (out) |")
@row("soap.md#8", "| LimitInfo |")
def test_answers_tell_how_much_of_the_days_limit_is_used(raw: RawOrg) -> None:
    limits = [parsed(post(raw, "<getServerTimestamp/>").content).find(f".//{OWN}limitInfo") for _ in range(2)]
    assert [names(each) for each in limits if each is not None] == [["current", "limit", "type"]] * 2
    first, second = [int(text(each, "current") or 0) for each in limits if each is not None]
    assert second == first + 1


TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
BOMB = '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><r>&b;&b;</r>'


@pytest.mark.parametrize(
    "content",
    [
        "",
        "not xml",
        BOMB,
        "<Envelope/>",
        "<a>" * 10_000,
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"/>',
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body/></e:Envelope>',
        DOCUMENT.format(namespace="urn:other", session="", headers="", body="<getUserInfo/>"),
        DOCUMENT.format(namespace=PARTNER, session="", headers="", body="<noSuchOperation/>"),
        DOCUMENT.format(namespace=PARTNER, session="", headers="", body="<logout/><logout/>"),
    ],
)
@row("soap.md#2", "Parse errors: `soapenv:Client` with no detail")
def test_what_is_no_message_is_a_client_fault(raw: RawOrg, content: str) -> None:
    answer = raw.http.post("/services/Soap/u/67.0", content=content.encode(), headers={"SOAPAction": '""'})

    assert fault(answer)[0] == "soapenv:Client"
    assert "<detail" not in answer.text


def test_elements_that_are_missing_or_unknown_are_client_faults(raw: RawOrg) -> None:
    assert fault(post(raw, "<query/>"))[0] == "soapenv:Client"
    assert fault(post(raw, "<query><queryString>x</queryString><more/></query>"))[0] == "soapenv:Client"


def test_a_message_that_is_too_large_is_a_fault(raw: RawOrg) -> None:
    body = f"<query><queryString>{'x' * 51_000_000}</queryString></query>"

    assert fault(post(raw, body))[0] == "sf:EXCEEDED_MAX_SIZE_REQUEST"


@pytest.mark.parametrize(
    "path", ["/services/Soap", "/services/Soap/u", "/services/Soap/x/67.0", "/services/Soap/u/v67"]
)
def test_other_places_are_faults(raw: RawOrg, path: str) -> None:
    assert fault(post(raw, "<getUserInfo/>", path=path))[0] == "soapenv:Client"


@row("soap.md#2", "Retired version: HTTP 500 UNSUPPORTED_API_VERSION")
@row("errors_and_limits.md#1", "| SOAP |")
@row("errors_and_limits.md#3", "| UNSUPPORTED_API_VERSION |")
def test_a_version_that_is_retired_is_a_fault(raw: RawOrg) -> None:
    assert fault(post(raw, "<getUserInfo/>", path="/services/Soap/u/20.0")) == (
        "sf:UNSUPPORTED_API_VERSION",
        "UNSUPPORTED_API_VERSION: Invalid Api version specified on URL",
    )


@row("soap.md#1", "| Login endpoint |")
@row("soap.md#1", "| Call endpoint |")
@row("soap.md#1", "| `{V}` |")
def test_the_path_may_name_the_org(raw: RawOrg) -> None:
    (result,) = results(post(raw, LOGIN.format(password="passwordtoken"), path="/services/Soap/u/64.0"))
    path = (text(result, "serverUrl") or "").removeprefix(raw.url)
    assert results(post(raw, "<getUserInfo/>", path=path, session=text(result, "sessionId")))
    assert results(post(raw, "<getUserInfo/>", path="/services/Soap/u/67.0/00DSf0000000001"))


@row("soap.md#1", "Enterprise")
def test_the_enterprise_endpoint_speaks_its_own_namespaces(raw: RawOrg) -> None:
    lead = create(raw, "Lead", LastName="Ek", Company="Ek AB")
    own = "urn:enterprise.soap.sforce.com"
    body = CONVERT.format(lead=lead, status="Closed - Converted", extra="", without="true")
    answer = post(raw, body, path="/services/Soap/c/59.0", namespace=own)

    assert results(answer)[0].findtext(f"{{{own}}}success") == "true"
    record = (
        '<sObjects xsi:type="n:Account" xmlns:n="urn:sobject.enterprise.soap.sforce.com"><n:Name>A</n:Name></sObjects>'
    )
    answer = post(raw, f"<create>{record}</create>", path="/services/Soap/c/59.0", namespace=own)
    assert results(answer)[0].findtext(f"{{{own}}}success") == "true"
    assert fault(post(raw, "<getUserInfo/>", path="/services/Soap/c/59.0"))[0] == "soapenv:Client"


def test_faults_that_were_planned_hit_soap_too(raw: RawOrg, org: Org) -> None:
    org.faults.add(
        {"kind": "status", "operation": "soap.getUserInfo", "status": 503, "error_code": "SERVER_UNAVAILABLE"}
    )

    assert fault(post(raw, "<getUserInfo/>"))[0] == "sf:SERVER_UNAVAILABLE"
    assert results(post(raw, "<getUserInfo/>"))


def test_an_operation_without_rules_is_known_and_says_that_it_is_not_served(
    raw: RawOrg, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(PROVIDERS, "soap.describeNouns")
    body = "<describeNouns><onlyRenamed>true</onlyRenamed><includeFields>true</includeFields></describeNouns>"
    found = fault(post(raw, body))

    assert found[0] == "sf:NOT_IMPLEMENTED"
    assert "soap.describeNouns" in found[1]


@row("soap.md#1", "<soapenv:Envelope")
@row("soap.md#1", "<soapenv:Header>")
@row("soap.md#1", "<soapenv:Body>")
@row("soap.md#1", "</soapenv:Envelope>")
def test_the_references_own_envelope_creates_its_record(raw: RawOrg) -> None:
    text_of_file = (REFERENCE / "soap.md").read_text("utf-8")
    (example,) = re.findall(r"<soapenv:Envelope[^`]*<urn:create>[^`]*</soapenv:Envelope>", text_of_file)

    answer = raw.http.post(
        "/services/Soap/u/66.0", content=example.replace("00D..!AQ..", raw.token), headers={"SOAPAction": "create"}
    )

    (result,) = results(answer)
    found = raw.get(f"/sobjects/Lead/{text(result, 'id')}")
    assert (found["LastName"], found["Company"], found["Fax"]) == ("Ek", "Ek AB", None)


@row("soap.md#1", "| Transport |")
def test_a_request_says_its_action_whatever_it_is(raw: RawOrg) -> None:
    document = DOCUMENT.format(namespace=PARTNER, session=raw.token, headers="", body="<getUserInfo/>").encode()
    action = {"SOAPAction": "anything", "Content-Type": "text/xml; charset=UTF-8"}

    answer = raw.http.post("/services/Soap/u/67.0", content=document, headers=action)
    assert results(answer)
    assert answer.headers["content-type"].lower() == "text/xml; charset=utf-8"
    assert fault(raw.http.post("/services/Soap/u/67.0", content=document))[0] == "soapenv:Client"
    assert fault(raw.http.get("/services/Soap/u/67.0", headers=action))[0] == "soapenv:Client"


@row("soap.md#1", "| gzip |")
def test_messages_are_compressed_either_way(raw: RawOrg) -> None:
    document = DOCUMENT.format(namespace=PARTNER, session=raw.token, headers="", body="<describeGlobal/>").encode()
    headers = {"SOAPAction": "", "Content-Encoding": "gzip", "Accept-Encoding": "gzip"}

    answer = raw.http.post("/services/Soap/u/67.0", content=gzip.compress(document), headers=headers)

    assert results(answer)
    assert answer.headers["content-encoding"] == "gzip"


HEADERS = {
    "CallOptions": "<client>x</client><defaultNamespace>y</defaultNamespace>",
    "AssignmentRuleHeader": "<useDefaultRule>true</useDefaultRule>",
    "MruHeader": "<updateMru>true</updateMru>",
    "EmailHeader": "<triggerAutoResponseEmail>false</triggerAutoResponseEmail>"
    "<triggerOtherEmail>false</triggerOtherEmail><triggerUserEmail>false</triggerUserEmail>",
    "AllowFieldTruncationHeader": "<allowFieldTruncation>false</allowFieldTruncation>",
    "DisableFeedTrackingHeader": "<disableFeedTracking>true</disableFeedTracking>",
    "StreamingEnabledHeader": "<streamingEnabled>false</streamingEnabled>",
    "DuplicateRuleHeader": "<allowSave>true</allowSave><includeRecordDetails>false</includeRecordDetails>"
    "<runAsCurrentUser>true</runAsCurrentUser>",
    "LocaleOptions": "<language>en_US</language><localizeErrors>true</localizeErrors>",
    "PackageVersionHeader": "<packageVersions><majorNumber>1</majorNumber><minorNumber>2</minorNumber>"
    "<namespace>x</namespace></packageVersions>",
    "OwnerChangeOptions": "<options><type>KeepAccountTeam</type><execute>true</execute></options>",
    "DebuggingHeader": "<categories><category>Db</category><level>Info</level></categories>"
    "<debugLevel>None</debugLevel>",
}  # fmt: skip


@row("soap.md#3", "| SessionHeader |")
@row("soap.md#3", "All non-login ops take SessionHeader + CallOptions")
@row("soap.md#8", "| PackageVersion |")
@row("soap.md#8", "| OwnerChangeOption |")
@row("soap.md#8", "| LogInfo |")
@holding("3", [*HEADERS.keys() - {"DebuggingHeader"}, "DebuggingHeader / DebuggingInfo(out)"])
def test_a_change_takes_every_header_of_its_rows(raw: RawOrg) -> None:
    account = create(raw, "Account", Name="A")
    headers = "".join(f"<{name}>{value}</{name}>" for name, value in HEADERS.items())
    change = f"<sObjects><o:type>Account</o:type><o:Id>{account}</o:Id><o:Phone>1</o:Phone></sObjects>"

    (result,) = results(post(raw, f"<update>{change}</update>", headers=headers))

    assert text(result, "success") == "true"
