"""SOAP by hand, for tests: the content of a Body goes out in an envelope, the results or the fault come back."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    import httpx

    from tests.mock.raw_org import RawOrg

ENVELOPE = "{http://schemas.xmlsoap.org/soap/envelope/}"
PARTNER = "urn:partner.soap.sforce.com"
RECORDS = "{urn:sobject.partner.soap.sforce.com}"
FAULTS = "{urn:fault.partner.soap.sforce.com}"
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
OWN = f"{{{PARTNER}}}"
DOCUMENT = (
    '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns="{namespace}" '
    'xmlns:o="urn:sobject.partner.soap.sforce.com" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    "<e:Header><SessionHeader><sessionId>{session}</sessionId></SessionHeader>{headers}</e:Header>"
    "<e:Body>{body}</e:Body></e:Envelope>"
)
LOGIN = "<login><username>user@example.com</username><password>{password}</password></login>"
CONVERT = (
    "<convertLead><leadConverts>{extra}<convertedStatus>{status}</convertedStatus>"
    "<doNotCreateOpportunity>{without}</doNotCreateOpportunity><leadId>{lead}</leadId>"
    "<overwriteLeadSource>false</overwriteLeadSource><sendNotificationEmail>false</sendNotificationEmail>"
    "</leadConverts></convertLead>"
)


def post(
    raw: RawOrg,
    body: str,
    *,
    headers: str = "",
    session: str | None = None,
    path: str = "/services/Soap/u/67.0",
    namespace: str = PARTNER,
) -> httpx.Response:
    """Send the content of a Body."""
    document = DOCUMENT.format(
        namespace=namespace, session=escape(raw.token if session is None else session), headers=headers, body=body
    )
    return raw.http.post(
        path, content=document.encode(), headers={"Content-Type": "text/xml; charset=UTF-8", "SOAPAction": '""'}
    )


def parsed(content: bytes) -> ET.Element:
    """The root of an answer."""
    return ET.fromstring(content)


def results(answer: httpx.Response) -> list[ET.Element]:
    """The results of an answer that must be a success."""
    assert answer.status_code == 200, answer.text
    found = parsed(answer.content).find(f"{ENVELOPE}Body")
    assert found is not None
    return list(found[0])


def fault(answer: httpx.Response) -> tuple[str, str]:
    """The faultcode and the faultstring of a refusal."""
    assert answer.status_code == 500, answer.text
    found = parsed(answer.content).find(f"{ENVELOPE}Body/{ENVELOPE}Fault")
    assert found is not None
    return found.findtext("faultcode") or "", found.findtext("faultstring") or ""


def text(element: ET.Element, name: str) -> str | None:
    return element.findtext(f"{OWN}{name}")


def names(element: ET.Element) -> list[str]:
    return [child.tag.rpartition("}")[2] for child in element]


def create(raw: RawOrg, kind: str, **fields: str) -> str:
    """Create a record that must be accepted; its Id."""
    given = "".join(f"<o:{name}>{escape(value)}</o:{name}>" for name, value in fields.items())
    (result,) = results(post(raw, f"<create><sObjects><o:type>{kind}</o:type>{given}</sObjects></create>"))
    assert text(result, "success") == "true", ET.tostring(result)
    return text(result, "id") or ""


def convert(
    raw: RawOrg, lead: str, *, status: str = "Closed - Converted", extra: str = "", without: str = "false"
) -> ET.Element:
    return results(post(raw, CONVERT.format(lead=lead, status=status, extra=extra, without=without)))[0]
