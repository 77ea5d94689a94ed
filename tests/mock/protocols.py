"""One record written by every protocol, so that one test holds them all to a rule.

A writer gets a client, an object and the record's fields as JSON, and answers the refusal's code and message: two
empty texts where the record was saved.
"""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from tests.mock.bulk_client import BulkClient
from tests.mock.bulk_v1_client import BatchClient
from tests.mock.raw_org import DATA, VERSION

if TYPE_CHECKING:
    from tests.mock.raw_org import RawOrg

Json = Any
Fields = dict[str, Json]
Verdict = tuple[str, str]
Writer = Callable[["RawOrg", str, Fields], Verdict]
SAVED: Verdict = ("", "")
PARTNER = "urn:partner.soap.sforce.com"
ENVELOPE = (
    '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:partner.soap.sforce.com" '
    'xmlns:o="urn:sobject.partner.soap.sforce.com"><e:Header><SessionHeader><sessionId>{session}</sessionId>'
    "</SessionHeader>{headers}</e:Header><e:Body>{body}</e:Body></e:Envelope>"
)


def _row(raw: RawOrg, sobject: str, fields: Fields) -> Verdict:
    answer = raw.send("POST", f"/sobjects/{sobject}", json=fields)
    return _array(answer.status_code, answer.json())


def _array(status: int, body: Json) -> Verdict:
    return SAVED if status < 300 else (body[0]["errorCode"], body[0]["message"])


def _collection(raw: RawOrg, sobject: str, fields: Fields) -> Verdict:
    record = {"attributes": {"type": sobject}, **fields}
    (result,) = raw.json("POST", "/composite/sobjects", json={"records": [record]})
    return _result(result)


def _result(result: Json) -> Verdict:
    return SAVED if result["success"] else (result["errors"][0]["statusCode"], result["errors"][0]["message"])


def _tree(raw: RawOrg, sobject: str, fields: Fields) -> Verdict:
    record = {"attributes": {"type": sobject, "referenceId": "one"}, **fields}
    answer = raw.send("POST", f"/composite/tree/{sobject}", json={"records": [record]})
    (result,) = answer.json()["results"]
    return _result({"success": answer.status_code == 201, **result})


def _subrequest(sobject: str, fields: Fields) -> Json:
    return {"method": "POST", "url": f"{DATA}/sobjects/{sobject}", "referenceId": "one", "body": fields}


def _composite(raw: RawOrg, sobject: str, fields: Fields) -> Verdict:
    body = {"compositeRequest": [_subrequest(sobject, fields)]}
    (result,) = raw.json("POST", "/composite", json=body)["compositeResponse"]
    return _array(result["httpStatusCode"], result["body"])


def _graph(raw: RawOrg, sobject: str, fields: Fields) -> Verdict:
    body = {"graphs": [{"graphId": "g", "compositeRequest": [_subrequest(sobject, fields)]}]}
    (graph,) = raw.json("POST", "/composite/graph", json=body)["graphs"]
    (result,) = graph["graphResponse"]["compositeResponse"]
    return _array(result["httpStatusCode"], result["body"])


def _batch(raw: RawOrg, sobject: str, fields: Fields) -> Verdict:
    request = {"method": "POST", "url": f"v{VERSION}/sobjects/{sobject}", "richInput": fields}
    (result,) = raw.json("POST", "/composite/batch", json={"batchRequests": [request]})["results"]
    return _array(result["statusCode"], result["result"])


def soap(raw: RawOrg, body: str, headers: str = "") -> list[ET.Element]:
    """The results of a SOAP call that must be answered, in the namespace-less form of `plain`."""
    document = ENVELOPE.format(session=escape(raw.token), headers=headers, body=body)
    answer = raw.http.post(
        f"/services/Soap/u/{VERSION}",
        content=document.encode(),
        headers={"Content-Type": "text/xml; charset=UTF-8", "SOAPAction": '""'},
    )
    assert answer.status_code == 200, answer.text
    root = ET.fromstring(answer.content)
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    found = root.find("Body")
    assert found is not None
    return list(found[0])


def soap_record(sobject: str, fields: Fields) -> str:
    """The content of an `sObjects` element."""
    inside = "".join(f"<o:{name}>{escape(cell(value))}</o:{name}>" for name, value in fields.items())
    return f"<o:type>{sobject}</o:type>{inside}"


def cell(value: Json) -> str:
    """A JSON value as CSV and XML have it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def soap_verdict(result: ET.Element) -> Verdict:
    """What a SaveResult says."""
    if result.findtext("success") == "true":
        return SAVED
    return result.findtext("errors/statusCode") or "", result.findtext("errors/message") or ""


def _soap_create(raw: RawOrg, sobject: str, fields: Fields) -> Verdict:
    (result,) = soap(raw, f"<create><sObjects>{soap_record(sobject, fields)}</sObjects></create>")
    return soap_verdict(result)


def csv_text(fields: Fields) -> str:
    """A header and one row."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([fields.keys(), [cell(each) for each in fields.values()]])
    return text.getvalue()


def _bulk_v2(raw: RawOrg, sobject: str, fields: Fields) -> Verdict:
    with BulkClient(raw.url) as client:
        loaded = client.load(csv_text(fields), object=sobject)
    assert loaded.state == "JobComplete", loaded.info
    return SAVED if not loaded.errors else _bulk_error(loaded.errors[0])


def _bulk_error(text: str) -> Verdict:
    """Code and message of `CODE:message:FIELDS --`."""
    code, _, rest = text.partition(":")
    return code, rest.rpartition(":")[0]


def _bulk_v1(raw: RawOrg, sobject: str, fields: Fields) -> Verdict:
    (result,) = json.loads(BatchClient(raw, "JSON").loaded(json.dumps([fields]), sobject=sobject))
    return _result(result)


def _bulk_v1_csv(raw: RawOrg, sobject: str, fields: Fields) -> Verdict:
    (result,) = csv.DictReader(io.StringIO(BatchClient(raw).loaded(csv_text(fields), sobject=sobject)))
    return SAVED if result["Success"] == "true" else _bulk_error(result["Error"])


INSERTS: dict[str, Writer] = {
    "row": _row,
    "collection": _collection,
    "tree": _tree,
    "composite": _composite,
    "graph": _graph,
    "batch": _batch,
    "SOAP": _soap_create,
    "Bulk 2.0": _bulk_v2,
    "Bulk 1.0 JSON": _bulk_v1,
    "Bulk 1.0 CSV": _bulk_v1_csv,
}
