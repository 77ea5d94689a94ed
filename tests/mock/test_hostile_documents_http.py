"""XML, CSV and SOQL with bad intentions: answered at once, refused clearly, and nobody else notices. Raw HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.mock.bulk_client import BulkClient
from tests.mock.raw_org import DATA

if TYPE_CHECKING:
    from tests.mock.hostile import Stranger
    from tests.mock.raw_org import RawOrg

ENTITIES = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
LAUGHS = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{ENTITIES}]>'
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l9 SYSTEM "file:///etc/passwd">]>'
JOB = (
    '<jobInfo xmlns="http://www.force.com/2009/06/asyncapi/dataload"><operation>insert</operation>'
    "<object>{}</object><contentType>CSV</contentType></jobInfo>"
)
LOGIN = (
    '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>'
    '<login xmlns="urn:partner.soap.sforce.com"><username>{}</username><password>x</password></login>'
    "</e:Body></e:Envelope>"
)
QUERY = (
    '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:partner.soap.sforce.com">'
    "<e:Header><SessionHeader><sessionId>{}</sessionId></SessionHeader></e:Header>"
    "<e:Body><query><queryString>{}</queryString></query></e:Body></e:Envelope>"
)
HOSTILE_XML = {
    "laughs": LAUGHS + "{0}",
    "a file": OUTSIDE + "{0}",
    "an external document": '<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">{0}',
    "deep": "<a>" * 50_000,
    "many attributes": "<a " + " ".join(f'a{n}="x"' for n in range(20_000)) + "/>",
    "cut off": "<jobInfo><operation>in",
    "no XML": "{{}}",
    "NUL": "<a>\0</a>",
    "nothing": "",
}


XML_DOORS = {
    "/services/Soap/u/67.0": (LOGIN, "text/xml"),
    "/services/Soap/c/67.0": (LOGIN, "text/xml"),
    "/services/async/67.0/job": (JOB, "application/xml"),
    f"{DATA}/sobjects/Account": ("<Account><Name>{}</Name></Account>", "application/xml"),
}


@pytest.mark.parametrize("document", HOSTILE_XML.values(), ids=HOSTILE_XML)
@pytest.mark.parametrize("path", XML_DOORS)
def test_xml_that_explodes_or_looks_around_is_refused(
    raw: RawOrg, stranger: Stranger, document: str, path: str
) -> None:
    inner, media_type = XML_DOORS[path]
    body = document.format(inner.format("&l9;")).encode()

    seen = stranger.send("POST", path, body, {**stranger.headers, "Content-Type": media_type, "SOAPAction": '""'})

    assert not seen.unforeseen
    assert seen.status in {400, 406, 415} or (seen.status == 500 and b"Fault" in seen.body)
    assert b"root:" not in seen.body
    assert b"hahaha" not in seen.body
    assert raw.mock("GET", "health")["status"] == "ok"


HOSTILE_CSV = {
    "NULs": b"LastName\n" + b"\0" * 1000,
    "an open quote": b'LastName\n"' + b"x" * 100_000,
    "no UTF-8": b"LastName\n\xff\xfe\n",
    "a wide header": b",".join(b"C%d" % number for number in range(50_000)) + b"\n",
    "a wide row": b"LastName\n" + b"x," * 50_000,
    "a huge cell": b"LastName\n" + b"x" * 2_000_000 + b"\n",
    "the header twice": b"LastName,LastName\nA,B\n",
    "no header": b"\n\n\n",
    "a formula": b"LastName\n=cmd|' /C calc'!A0\n",
    "XML": b"<a/>",
    "one byte": b"x",
    "only commas": b",,,,,\n,,,,,\n",
}


@pytest.mark.parametrize("data", HOSTILE_CSV.values(), ids=HOSTILE_CSV)
def test_csv_that_is_none_ends_its_job_and_no_other(raw: RawOrg, data: bytes) -> None:
    with BulkClient(raw.url) as bulk:
        job_id = bulk.open_job()
        bulk.upload(job_id, data)
        bulk.close(job_id)
        ended = bulk.ended(f"/jobs/ingest/{job_id}")
        well = bulk.load(b"LastName\nEk\n")

    assert ended["state"] in {"Failed", "JobComplete"}
    assert "InternalServerError" not in ended.get("errorMessage", "")
    assert (well.state, well.counts) == ("JobComplete", (1, 0, 0))


SOQL = {
    "deep parentheses": "SELECT Id FROM Account WHERE " + "(" * 9000 + "Name = 'A'" + ")" * 9000,
    "a chain of NOT": "SELECT Id FROM Account WHERE " + "NOT " * 9000 + "Name = 'A'",
    "many conditions": "SELECT Id FROM Account WHERE " + " OR ".join(["Name = 'A'"] * 6000),
    "a long list": "SELECT Id FROM Account WHERE Name IN (" + ",".join(["'A'"] * 20_000) + ")",
    "a long path": "SELECT " + ".".join(["Owner"] * 15_000) + ".Id FROM Account",
    "many fields": "SELECT " + ",".join(["Name"] * 20_000) + " FROM Account",
    "nested subqueries": "SELECT " + "(SELECT Id, " * 5000 + "Id FROM Account" + ")" * 5000,
    "an open text": "SELECT Id FROM Account WHERE Name = '" + "\\" * 90_001,
    "beyond 100,000 characters": "SELECT Id FROM Account WHERE Name = '" + "x" * 100_001 + "'",
}


@pytest.mark.parametrize("soql", SOQL.values(), ids=SOQL)
def test_soql_of_absurd_depth_and_size_is_answered_at_once(raw: RawOrg, soql: str) -> None:
    asked = {"operation": "query", "query": soql}
    job = raw.send("POST", "/jobs/query", json=asked, timeout=10)
    soap = raw.http.post(
        "/services/Soap/u/67.0",
        content=QUERY.format(raw.token, soql).encode(),
        headers={"Content-Type": "text/xml", "SOAPAction": '""'},
        timeout=10,
    )

    assert job.status_code in {200, 400}
    assert soap.status_code in {200, 500}
    assert "UNKNOWN_EXCEPTION" not in soap.text + job.text
