"""Envelopes, endpoints and faults of the SOAP API over raw HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from specforce_mockserver.registry import PROVIDERS
from tests.mock.reference import row
from tests.mock.soap_client import CONVERT, DOCUMENT, FAULTS, OWN, PARTNER, create, fault, parsed, post, results, text

if TYPE_CHECKING:
    from specforce_mockserver.org import Org
    from tests.mock.raw_org import RawOrg


@row("soap.md#2", "faultcode = `sf:`(fns) + ExceptionCode; faultstring = `CODE: message`")
def test_a_fault_says_its_code_three_times(raw: RawOrg) -> None:
    answer = post(raw, "<getUserInfo/>", session="no such session")
    detail = parsed(answer.content).find(f".//{FAULTS}UnexpectedErrorFault")

    code, message = fault(answer)
    assert code == "sf:INVALID_SESSION_ID"
    assert message.startswith("INVALID_SESSION_ID: Invalid Session ID found in SessionHeader")
    assert detail is not None
    assert detail.findtext(f"{FAULTS}exceptionCode") == "INVALID_SESSION_ID"


@pytest.mark.parametrize(
    ("body", "kind", "code"),
    [
        ("<query><queryString>SELEC</queryString></query>", "MalformedQueryFault", "MALFORMED_QUERY"),
        ("<query><queryString>SELECT Nope FROM Lead</queryString></query>", "InvalidFieldFault", "INVALID_FIELD"),
        ("<query><queryString>SELECT Id FROM Nope</queryString></query>", "InvalidSObjectFault", "INVALID_TYPE"),
        ("<search><searchString>FIND</searchString></search>", "MalformedSearchFault", "MALFORMED_SEARCH"),
        ("<describeSObject><sObjectType>Nope</sObjectType></describeSObject>", "InvalidSObjectFault", "INVALID_TYPE"),
        ("<queryMore><queryLocator>x</queryLocator></queryMore>", "InvalidQueryLocatorFault", "INVALID_QUERY_LOCATOR"),
    ],
)
@row("soap.md#2", "InvalidFieldFault, InvalidSObjectFault, MalformedQueryFault, MalformedSearchFault")
def test_the_kind_of_a_fault_follows_from_its_code(raw: RawOrg, body: str, kind: str, code: str) -> None:
    answer = post(raw, body)

    assert fault(answer)[0] == f"sf:{code}"
    assert parsed(answer.content).find(f".//{FAULTS}{kind}") is not None


@row("soap.md#1", "soap header `LimitInfoHeader`")
def test_answers_tell_how_much_of_the_days_limit_is_used(raw: RawOrg) -> None:
    limits = [parsed(post(raw, "<getServerTimestamp/>").content).find(f".//{OWN}limitInfo") for _ in range(2)]
    first, second = [int(text(each, "current") or 0) for each in limits if each is not None]
    assert second == first + 1


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
    answer = raw.http.post("/services/Soap/u/67.0", content=content.encode())

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
def test_a_version_that_is_retired_is_a_fault(raw: RawOrg) -> None:
    assert fault(post(raw, "<getUserInfo/>", path="/services/Soap/u/20.0"))[0] == "sf:UNSUPPORTED_API_VERSION"


def test_the_path_may_name_the_org(raw: RawOrg) -> None:
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
