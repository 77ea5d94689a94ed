"""The form of every refusal, by the API that says no, over raw HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from tests.mock.raw_org import DATA
from tests.mock.reference import row

if TYPE_CHECKING:
    import httpx

    from tests.mock.raw_org import RawOrg

ASYNC = "/services/async/67.0"
SOAP = "/services/Soap/u/67.0"
NAMESPACE = "{http://www.force.com/2009/06/asyncapi/dataload}"
FAULT = "{http://schemas.xmlsoap.org/soap/envelope/}Fault"
JSON: dict[str, Any] = {"Content-Type": "application/json"}


def is_array(answer: httpx.Response) -> bool:
    """REST's: objects with a message and an errorCode."""
    return all({"message", "errorCode"} <= each.keys() for each in answer.json()) and bool(answer.json())


def is_oauth(answer: httpx.Response) -> bool:
    """OAuth's: an object of two texts."""
    return list(answer.json()) == ["error", "error_description"]


def is_exception_xml(answer: httpx.Response) -> bool:
    """Bulk API 1.0's in XML."""
    names = [each.tag for each in ET.fromstring(answer.content)]
    return names == [f"{NAMESPACE}exceptionCode", f"{NAMESPACE}exceptionMessage"]


def is_exception_json(answer: httpx.Response) -> bool:
    """Bulk API 1.0's in JSON."""
    return list(answer.json()) == ["exceptionCode", "exceptionMessage"]


def is_fault(answer: httpx.Response) -> bool:
    """SOAP's."""
    return ET.fromstring(answer.content).find(f".//{FAULT}") is not None


SHAPES = {
    "array": is_array,
    "oauth": is_oauth,
    "exception-xml": is_exception_xml,
    "exception-json": is_exception_json,
    "fault": is_fault,
}


@row("errors_and_limits.md#1", "| OAuth | 400/401 |")
@row("errors_and_limits.md#1", "| SOAP | 500 |")
@pytest.mark.parametrize(
    ("shape", "status", "method", "path", "options"),
    [
        ("array", 404, "GET", f"{DATA}/nothing", {}),
        ("array", 404, "GET", "/services/data/v99.0/limits", {}),
        ("array", 410, "GET", "/services/data/v20.0/limits", {}),
        ("array", 404, "GET", "/services/data/v67/limits", {}),
        ("array", 404, "GET", "/services/data/v31.0/composite", {}),
        ("array", 405, "DELETE", f"{DATA}/limits", {}),
        ("array", 400, "GET", f"{DATA}/query", {"params": {"q": "x"}}),
        ("array", 400, "POST", f"{DATA}/sobjects/Account", {"content": b"{", "headers": JSON}),
        ("array", 415, "POST", f"{DATA}/sobjects/Account", {"content": b"a", "headers": {"Content-Type": "text/csv"}}),
        ("array", 401, "GET", f"{DATA}/limits", {"headers": {"Authorization": "Bearer no"}}),
        ("array", 401, "GET", f"{DATA}/nothing", {"headers": {"Authorization": "Basic eDp5"}}),
        ("array", 404, "GET", f"{DATA}/jobs/ingest/750000000000001AAA", {}),
        ("array", 404, "GET", f"{DATA}/tooling/nothing", {}),
        ("array", 404, "GET", "/services/apexrest/nothing", {}),
        ("array", 404, "GET", "/services/nothing", {}),
        ("array", 404, "GET", "/nothing", {}),
        ("oauth", 400, "POST", "/services/oauth2/token", {"data": {"grant_type": "magic"}}),
        ("oauth", 400, "POST", "/services/oauth2/token", {"json": {}}),
        ("oauth", 400, "POST", "/services/oauth2/introspect", {"data": {"token": "x"}}),
        ("oauth", 400, "POST", "/services/oauth2/register", {"content": b"[]", "headers": JSON}),
        ("oauth", 400, "POST", "/services/oauth2/singleaccess", {"data": {}}),
        ("exception-xml", 400, "GET", f"{ASYNC}/nothing", {}),
        ("exception-xml", 400, "GET", f"{ASYNC}/job/750000000000001AAA", {}),
        ("exception-xml", 400, "GET", "/services/async/20.0/job/750000000000001AAA", {}),
        ("exception-xml", 400, "POST", f"{ASYNC}/job", {"content": b"<", "headers": {"Content-Type": "text/xml"}}),
        ("exception-json", 400, "POST", f"{ASYNC}/job", {"content": b"{", "headers": JSON}),
        ("exception-json", 400, "GET", f"{ASYNC}/nothing", {"headers": {"Accept": "application/json"}}),
        ("fault", 500, "POST", SOAP, {"content": b"<"}),
        ("fault", 500, "GET", SOAP, {}),
        ("fault", 500, "POST", "/services/Soap/u/20.0", {"content": b"<a/>", "headers": {"SOAPAction": '""'}}),
        ("fault", 500, "POST", "/services/Soap/nothing", {}),
    ],
)
def test_a_refusal_has_the_form_of_its_api(
    raw: RawOrg, *, shape: str, status: int, method: str, path: str, options: dict[str, Any]
) -> None:
    headers = {"X-SFDC-Session": raw.token} | options.get("headers", {})
    answer = raw.send(method, path, **{**options, "headers": headers})

    assert (answer.status_code, SHAPES[shape](answer)) == (status, True), answer.text


def test_a_refusal_in_the_xml_of_rest_is_no_array(raw: RawOrg) -> None:
    answer = raw.send("GET", "/nothing", headers={"Accept": "application/xml"})

    assert (answer.status_code, ET.fromstring(answer.content).tag) == (404, "Errors")
