"""Bulk API 1.0 by raw HTTP: jobs of one content type, batches, their results; nothing of a client library."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.mock.raw_org import VERSION

if TYPE_CHECKING:
    import httpx

    from tests.mock.raw_org import RawOrg

Json = Any
NAMESPACE = "http://www.force.com/2009/06/asyncapi/dataload"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
MEDIA_TYPES = {
    "CSV": "text/csv", "JSON": "application/json", "XML": "application/xml",
    "ZIP_CSV": "zip/csv", "ZIP_JSON": "zip/json", "ZIP_XML": "zip/xml",
}  # fmt: skip
MAX_POLLS = 60
ENDED = {"Completed", "Failed", "NotProcessed"}


def job_xml(**elements: str) -> str:
    """A `jobInfo` document with these elements, in this order."""
    inside = "".join(f"<{name}>{text}</{name}>" for name, text in elements.items())
    return f'<?xml version="1.0" encoding="UTF-8"?><jobInfo xmlns="{NAMESPACE}">{inside}</jobInfo>'


def records_xml(*records: str) -> str:
    """An `sObjects` document of records that are given as XML."""
    inside = "".join(f"<sObject>{record}</sObject>" for record in records)
    return f'<sObjects xmlns="{NAMESPACE}" xmlns:xsi="{XSI}">{inside}</sObjects>'


def facts(answer: httpx.Response) -> dict[str, Json]:
    """A job or batch as it was told, in JSON or XML; all values as texts where XML told it."""
    if answer.headers["content-type"].startswith("application/json"):
        found: dict[str, Json] = answer.json()
        return found
    return {local(element): element.text or "" for element in ET.fromstring(answer.content)}


def local(element: ET.Element) -> str:
    """The name of an element without its namespace, which must be the API's."""
    assert element.tag.startswith(f"{{{NAMESPACE}}}"), element.tag
    return element.tag.removeprefix(f"{{{NAMESPACE}}}")


@dataclass
class BatchClient:
    """Requests of one content type to one org."""

    raw: RawOrg
    content_type: str = "CSV"

    def send(self, method: str, path: str, **options: Json) -> httpx.Response:
        """Send a request below `/services/async/67.0`, with the session's header and no other."""
        headers = {"X-SFDC-Session": self.raw.token} | options.pop("headers", {})
        version = options.pop("version", VERSION)
        return self.raw.http.request(method, f"/services/async/{version}{path}", headers=headers, **options)

    def job(self, operation: str = "insert", sobject: str = "Contact", *, headers: Json = None, **more: Json) -> str:
        """Make a job and return its id."""
        body = {"operation": operation, "object": sobject, "contentType": self.content_type, **more}
        answer = self.send("POST", "/job", json=body, headers=headers or {})
        assert answer.status_code == 201, answer.text
        job_id: str = answer.json()["id"]
        return job_id

    def post(self, job_id: str, content: str | bytes, **headers: str) -> httpx.Response:
        """Send a batch of the content type."""
        media_type = {"Content-Type": f"{MEDIA_TYPES[self.content_type]}; charset=UTF-8"}
        return self.send("POST", f"/job/{job_id}/batch", content=content, headers=media_type | headers)

    def add(self, job_id: str, content: str | bytes) -> str:
        """Add a batch and return its id."""
        answer = self.post(job_id, content)
        assert answer.status_code == 201, answer.text
        return str(facts(answer)["id"])

    def batch(self, job_id: str, batch_id: str) -> dict[str, Json]:
        """A batch as it stands."""
        return facts(self.send("GET", f"/job/{job_id}/batch/{batch_id}"))

    def ended(self, job_id: str, content: str | bytes) -> tuple[str, dict[str, Json]]:
        """Add a batch and wait for its end; its id, and how it is told."""
        batch_id = self.add(job_id, content)
        found: dict[str, Json] = {}
        for _ in range(MAX_POLLS):
            found = self.batch(job_id, batch_id)
            if found["state"] in ENDED:
                return batch_id, found
        raise AssertionError(f"batch {batch_id} is still {found.get('state')}")

    def result(self, job_id: str, batch_id: str, result_id: str = "") -> httpx.Response:
        """The results of a batch, or one of them."""
        return self.send("GET", f"/job/{job_id}/batch/{batch_id}/result" + (f"/{result_id}" if result_id else ""))

    def loaded(self, content: str | bytes, operation: str = "insert", sobject: str = "Contact", **more: Json) -> str:
        """What became of the records of one batch, as its results tell it."""
        job_id = self.job(operation, sobject, **more)
        batch_id, told = self.ended(job_id, content)
        assert told["state"] == "Completed", told
        return self.result(job_id, batch_id).text

    def failure(self, content: str, operation: str = "insert", sobject: str = "Contact", **more: Json) -> str:
        """The stateMessage of a batch that must fail."""
        _, told = self.ended(self.job(operation, sobject, **more), content)
        assert told["state"] == "Failed", told
        return str(told["stateMessage"])

    def states(self, job_id: str) -> list[str]:
        """The states of all batches, in order."""
        return re.findall(r'(?:"state":"|<state>)(\w+)', self.send("GET", f"/job/{job_id}/batch").text)


def refused(answer: httpx.Response) -> tuple[int, str, str]:
    """Status, exceptionCode and exceptionMessage of a refusal, in JSON or XML."""
    found = facts(answer)
    return answer.status_code, found["exceptionCode"], found["exceptionMessage"]
