"""The WSDLs that the org hands out, over raw HTTP; zeep talks by them in tests/thirdparty."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from tests.mock.reference import row
from tests.mock.soap_rows import table

if TYPE_CHECKING:
    from tests.mock.raw_org import RawOrg

WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
SOAP = "{http://schemas.xmlsoap.org/wsdl/soap/}"
XSD = "{http://www.w3.org/2001/XMLSchema}"


@row("soap.md#10", "definitions targetNamespace")
@pytest.mark.parametrize(("name", "endpoint"), [("partner", "u"), ("enterprise", "c")])
def test_a_wsdl_has_the_skeleton_that_the_reference_says(raw: RawOrg, name: str, endpoint: str) -> None:
    answer = raw.send("GET", f"/services/wsdl/{name}")
    assert answer.headers["content-type"].lower() == "text/xml; charset=utf-8"
    root = ET.fromstring(answer.content)

    assert root.get("targetNamespace") == f"urn:{name}.soap.sforce.com"
    targets = [each.get("targetNamespace") for each in root.iter(f"{XSD}schema")]
    assert sorted(map(str, targets)) == sorted(
        f"urn:{part}{name}.soap.sforce.com" for part in ("", "sobject.", "fault.")
    )
    operations = {each.get("name") for each in root.findall(f"{WSDL}portType/{WSDL}operation")}
    assert operations == table("7").keys() - {"Operation"}
    messages = {each.get("name"): each for each in root.findall(f"{WSDL}message")}
    for operation in operations:
        parts = [messages[f"{operation}{end}"].find(f"{WSDL}part") for end in ("Request", "Response")]
        assert [part.get("name") for part in parts if part is not None] == ["parameters", "parameters"]
    binding = root.find(f"{WSDL}binding/{SOAP}binding")
    assert binding is not None
    assert binding.attrib == {"style": "document", "transport": "http://schemas.xmlsoap.org/soap/http"}
    assert {each.get("soapAction") for each in root.iter(f"{SOAP}operation")} == {""}
    address = root.find(f"{WSDL}service[@name='SforceService']/{WSDL}port[@name='Soap']/{SOAP}address")
    assert address is not None
    assert address.get("location") == f"{raw.url}/services/Soap/{endpoint}/67.0"


def test_the_enterprise_wsdl_has_the_orgs_own_objects(raw: RawOrg) -> None:
    text = raw.send("GET", "/services/wsdl/enterprise").text

    assert '<xsd:complexType name="Thing__c">' in text
    assert '<xsd:element name="Things__r" type="tns:QueryResult"' in text
    assert '<xsd:element name="Account__r" type="ens:Account"' in text


def test_a_wsdl_is_for_those_who_are_logged_in(raw: RawOrg) -> None:
    assert raw.http.get("/services/wsdl/enterprise").status_code == 401
