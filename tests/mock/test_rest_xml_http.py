"""The REST API in XML, over raw HTTP: what is asked for as XML is the same as in JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from tests.mock.reference import row

if TYPE_CHECKING:
    import httpx

    from tests.mock.raw_org import RawOrg

XML = {"Accept": "application/xml"}
BODY = {"Content-Type": "application/xml; charset=UTF-8"}


def document(answer: httpx.Response) -> ET.Element:
    assert answer.headers["content-type"] == "application/xml;charset=UTF-8"
    return ET.fromstring(answer.content)


def test_a_record_is_created_changed_and_read_in_xml(raw: RawOrg) -> None:
    content = "<Account><Name>A &amp; B</Name><NumberOfEmployees>7</NumberOfEmployees></Account>"
    made = document(raw.send("POST", "/sobjects/Account", content=content, headers={**XML, **BODY}))
    assert (made.tag, made.findtext("success")) == ("Result", "true")
    record_id = made.findtext("id") or ""

    change = (
        '<x xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><Site>N</Site><NumberOfEmployees xsi:nil="true"/></x>'
    )
    assert raw.send("PATCH", f"/sobjects/Account/{record_id}.xml", content=change, headers=BODY).status_code == 204

    found = document(raw.send("GET", f"/sobjects/Account/{record_id}.xml"))
    assert (found.tag, found.get("type"), found.get("url")) == (
        "Account", "Account", f"/services/data/v67.0/sobjects/Account/{record_id}",
    )  # fmt: skip
    assert (found.findtext("Name"), found.findtext("Site"), found.findtext("IsDeleted")) == ("A & B", "N", "false")
    employees = found.find("NumberOfEmployees")
    assert employees is not None
    assert employees.get("{http://www.w3.org/2001/XMLSchema-instance}nil") == "true"


def test_a_query_has_an_element_for_each_record(raw: RawOrg) -> None:
    for name in "AB":
        raw.create("Account", Name=name)

    page = document(raw.send("GET", "/query", params={"q": "SELECT Name FROM Account ORDER BY Name"}, headers=XML))

    assert (page.tag, page.findtext("totalSize"), page.findtext("done")) == ("QueryResult", "2", "true")
    assert [(each.get("type"), each.findtext("Name")) for each in page.findall("records")] == [
        ("Account", "A"), ("Account", "B"),
    ]  # fmt: skip


@row("errors_and_limits.md#1", "| REST XML |")
def test_errors_are_xml_too(raw: RawOrg) -> None:
    for answer, status, code in (
        (raw.send("GET", "/nothing.xml"), 404, "NOT_FOUND"),
        (raw.send("GET", "/query.xml", params={"q": "x"}), 400, "MALFORMED_QUERY"),
        (raw.send("GET", "/limits", headers={**XML, "Authorization": "Bearer no"}), 401, "INVALID_SESSION_ID"),
        (raw.send("POST", "/sobjects/Account", content="<a", headers={**XML, **BODY}), 400, "XML_PARSER_ERROR"),
    ):
        found = document(answer)
        assert (answer.status_code, found.tag, found.findtext("Error/errorCode")) == (status, "Errors", code)


@pytest.mark.parametrize("path", ["/services/data", "/tabs", "/sobjects", "/sobjects/Account/describe", "/recent"])
def test_the_end_of_a_path_says_which_form_is_wanted(raw: RawOrg, path: str) -> None:
    document(raw.send("GET", f"{path}.xml", headers={"Accept": "application/json"}))

    assert raw.send("GET", f"{path}.json", headers=XML).json() == raw.get(path)


def test_an_external_id_may_end_like_a_form(raw: RawOrg) -> None:
    record_id = raw.create("Account", Name="A", Code__c="a.xml")

    assert raw.send("GET", "/sobjects/Account/Code__c/a.xml").text.count(record_id)
    assert raw.refused("GET", f"/sobjects/Account/{record_id}.txt")[0] == 404


def test_lists_and_booleans_of_a_body_are_told_by_the_spec(raw: RawOrg) -> None:
    raw.create("Account", Name="Acme")
    body = (
        "<s><q>Acme</q><fields>Id</fields><sobjects><name>Account</name></sobjects><overallLimit>5</overallLimit></s>"
    )

    found = document(raw.send("POST", "/parameterizedSearch", content=body, headers={**XML, **BODY}))

    assert len(found.findall("searchRecords")) == 1


def test_other_media_types_are_no_bodies(raw: RawOrg) -> None:
    headers = {"Content-Type": "text/csv"}
    status, (error,) = raw.refused("POST", "/sobjects/Account", content=b"Name\nA", headers=headers)

    assert (status, error["errorCode"]) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize("number", ["many", "9" * 5_000, "1.5"])
def test_a_value_of_the_wrong_type_is_refused_where_the_document_begins(raw: RawOrg, number: str) -> None:
    body = f"<Account><Name>Acme</Name><NumberOfEmployees>{number}</NumberOfEmployees></Account>"

    status, (error,) = raw.refused("POST", "/sobjects/Account", content=body, headers=BODY)

    assert (status, error["errorCode"]) == (400, "JSON_PARSER_ERROR")
    assert error["message"].endswith("[line:1, column:1]")
