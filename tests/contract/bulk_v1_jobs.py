"""Jobs and batches of Bulk API 1.0 in a real org, by raw HTTP."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from tests.contract.stage import API_VERSION, MAX_POLLS

if TYPE_CHECKING:
    import httpx

    from tests.contract.stage import Stage

Json = Any
NAMESPACE: Final = "http://www.force.com/2009/06/asyncapi/dataload"
MEDIA_TYPES: Final = {"CSV": "text/csv", "JSON": "application/json", "XML": "application/xml"}
CONTACTS: Final = {
    "CSV": "FirstName,LastName\nAda,Lovelace\nNobody,\n",
    "JSON": '[{"FirstName":"Ada","LastName":"Lovelace"},{"FirstName":"Nobody"}]',
    "XML": f'<sObjects xmlns="{NAMESPACE}"><sObject><LastName>Lovelace</LastName></sObject>'
    "<sObject><FirstName>Nobody</FirstName></sObject></sObjects>",
}
_ENDED: Final = re.compile(r"Completed|Failed|NotProcessed")


class BatchStage:
    """Makes jobs of one content type, and batches that are done.

    Attributes:
        content_type: CSV, JSON or XML.
    """

    def __init__(self, stage: Stage, content_type: str = "JSON") -> None:
        self._stage = stage
        self.content_type = content_type

    def request(self, method: str, path: str, **options: Json) -> httpx.Response:
        """Send one request below `/services/async/67.0`; it must succeed."""
        headers = {"X-SFDC-Session": self._stage.token, **options.pop("headers", {})}
        path = f"/services/async/{API_VERSION}{path}"
        return self._stage.request(method, path, token=None, headers=headers, **options)

    def job(self, operation: str = "insert", **members: Json) -> str:
        """Make a job of contacts and return its id."""
        wanted = {"object": "Contact", "operation": operation, "contentType": self.content_type, **members}
        made: str = self.request("POST", "/job", json=wanted).json()["id"]
        return made

    def add(self, job_id: str, content: str | None = None) -> str:
        """Add a batch, by default of two contacts of which one is refused, and return its id."""
        content = CONTACTS[self.content_type] if content is None else content
        headers = {"Content-Type": MEDIA_TYPES[self.content_type]}
        added = self.request("POST", f"/job/{job_id}/batch", content=content, headers=headers).text
        found = re.search(r"751\w{15}", added)
        assert found, added
        return found[0]

    def done(self, job_id: str, content: str | None = None) -> str:
        """Add a batch, wait for its end and return its id."""
        batch_id = self.add(job_id, content)
        for _ in range(MAX_POLLS):
            told = self.request("GET", f"/job/{job_id}/batch/{batch_id}").text
            state = re.search(r'(?:"state":"|<state>)(\w+)', told)
            if state and _ENDED.fullmatch(state[1]):
                return batch_id
        raise AssertionError(f"batch {batch_id} never came to its end")

    def queried(self, soql: str) -> tuple[str, str, str]:
        """Run a query; the ids of its job, its batch and its first result."""
        job_id = self.job("query")
        batch_id = self.done(job_id, soql)
        listed = self.request("GET", f"/job/{job_id}/batch/{batch_id}/result").text
        found = re.search(r"752\w{12}", listed)
        assert found, listed
        return job_id, batch_id, found[0]
