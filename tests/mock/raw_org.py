"""Raw HTTP to the fake org, for tests: a client that adds a token and a version, and knows nothing else."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx

from specforce_mockserver.server import MockServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specforce_mockserver.org import Org

Json = Any
VERSION = "67.0"
DATA = f"/services/data/v{VERSION}"
CLIENT = {"client_id": "test-client", "client_secret": "test-secret"}
CLIENT_CREDENTIALS = {"grant_type": "client_credentials", **CLIENT}
REFRESH = {"grant_type": "refresh_token", "refresh_token": "test-refresh-token", **CLIENT}
PASSWORD = {"grant_type": "password", "username": "user@example.com", "password": "passwordtoken", **CLIENT}

SCHEMA = """
[Account.fields]
Code__c = "string(10) externalId unique"
Group__c = "string(10) externalId"
Grade__c = "double(4, 1) externalId"

[Thing__c.fields]
Name = { type = "string(80) autoNumber nameField", displayFormat = "T-{0000}" }
Account__c = { type = "reference(Account)", childRelationshipName = "Things__r" }
Kind__c = "picklist(Red, Blue) restrictedPicklist"
Tags__c = "multipicklist(A, B, C) restrictedPicklist"
Size__c = "double(4, 1)"
Count__c = "int(3)"
On__c = "date"
At__c = "datetime"
Opens__c = "time"
Sold__c = "boolean"
Email__c = "email"
Serial__c = { type = "string(5) unique", caseSensitive = true }
Place__c = "location"
Photo__c = "base64"
Fixed__c = "string(10) createOnly"

[Part__c.fields]
Thing__c = "reference(Thing__c) masterDetail"
Code__c = "string(10) externalId unique"

[Lock__c.fields]
Account__c = { type = "reference(Account) restrictedDelete", childRelationshipName = "Locks__r" }
"""


class RawOrg:
    """Requests to one server."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = httpx.Client(base_url=url, timeout=30, trust_env=False, verify=False)
        self.token = ""

    def login(self) -> None:
        """Get a token by client credentials."""
        self.token = self.http.post("/services/oauth2/token", data=CLIENT_CREDENTIALS).json()["access_token"]

    def send(self, method: str, path: str, *, version: str = VERSION, **options: Json) -> httpx.Response:
        """Send a request with the token; a path is below the version unless it is one of the host's own."""
        if not path.startswith(("/services", "/__mock", "/id")):
            path = f"/services/data/v{version}{path}"
        headers = {"Authorization": f"Bearer {self.token}"} | options.pop("headers", {})
        return self.http.request(method, path, headers=headers, **options)

    def json(self, method: str, path: str, **options: Json) -> Json:
        """Send a request that must succeed; its JSON, None without a body."""
        answer = self.send(method, path, **options)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def get(self, path: str, **options: Json) -> Json:
        """The JSON of a GET that must succeed."""
        return self.json("GET", path, **options)

    def create(self, sobject: str, **fields: Json) -> str:
        """Create a record that must be accepted; its Id."""
        record_id: str = self.json("POST", f"/sobjects/{sobject}", json=fields)["id"]
        return record_id

    def refused(self, method: str, path: str, **options: Json) -> tuple[int, list[Json]]:
        """The status and the error array of a request that must be refused."""
        answer = self.send(method, path, **options)
        assert answer.status_code >= 400, answer.text
        return answer.status_code, answer.json()

    def refused_create(self, sobject: str, **fields: Json) -> Json:
        """The one error of a record that must be refused with 400."""
        status, errors = self.refused("POST", f"/sobjects/{sobject}", json=fields)
        assert status == 400, errors
        (error,) = errors
        return error

    def query(self, soql: str, **options: Json) -> Json:
        """The first page of a query."""
        return self.get("/query", params={"q": soql}, **options)

    def mock(self, method: str, path: str, **options: Json) -> Json:
        """A request to the administration."""
        return self.json(method, f"/__mock/{path}", **options)


@contextmanager
def serving(org: Org) -> Iterator[RawOrg]:
    """A client with a token to an org of a test's own; both end with the block."""
    with MockServer(org, check_answers=True) as server:
        client = RawOrg(server.url)
        client.login()
        yield client
        client.http.close()
    org.close()
