"""Setting the stage in a real org, by raw HTTP: what must be there before a call, and what the call must answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Json = Any
API_VERSION = "67.0"
CREDENTIALS = {"grant_type": "client_credentials", "client_id": "test-client", "client_secret": "test-secret"}
MAX_POLLS = 50
LOOPBACK: dict[str, Json] = {
    "timeout": 30.0,
    "trust_env": False,
    "verify": False,
}  # plain http: no certificates to load


class Stage:
    """An org that a scenario prepares; every answer that isn't a success stops the scenario.

    Attributes:
        url: the org's base URL.
        token: an access token of its default user.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.token = ""
        self._http = httpx.Client(base_url=url, **LOOPBACK)

    def __enter__(self) -> Self:
        try:
            granted = self.request("POST", "/services/oauth2/token", data=CREDENTIALS, token=None).json()
        except BaseException:
            self._http.close()
            raise
        self.token = granted["access_token"]
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def request(self, method: str, path: str, *, token: str | None = "own", **options: Json) -> httpx.Response:
        """Send one request; `path` under /services/data/v67.0 unless it starts with /services or /__mock."""
        if not path.startswith(("/services", "/__mock")):
            path = f"/services/data/v{API_VERSION}{path}"
        headers = dict(options.pop("headers", {}))
        if token is not None:
            headers["Authorization"] = f"Bearer {self.token if token == 'own' else token}"
        answer = self._http.request(method, path, headers=headers, **options)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer

    @staticmethod
    def reset(url: str) -> None:
        """Bring the org at `url` back to its first state."""
        answer = httpx.post(f"{url}/__mock/reset", **LOOPBACK)
        assert answer.is_success, f"reset: {answer.status_code} {answer.text}"

    def create(self, sobject: str, **fields: Json) -> str:
        """Create one record and return its id."""
        record_id: str = self.request("POST", f"/sobjects/{sobject}", json=fields).json()["id"]
        return record_id

    def delete(self, sobject: str, record_id: str) -> None:
        """Delete one record."""
        self.request("DELETE", f"/sobjects/{sobject}/{record_id}")

    def ingest_job(self, csv: bytes | None = None, *, state: str = "JobComplete", **job: Json) -> str:
        """Make an ingest job, by default of contacts, and bring it to `state`; return its id."""
        wanted = {"object": "Contact", "operation": "insert", **job}
        job_id: str = self.request("POST", "/jobs/ingest", json=wanted).json()["id"]
        if csv is not None:
            headers = {"Content-Type": "text/csv"}
            self.request("PUT", f"/jobs/ingest/{job_id}/batches", content=csv, headers=headers)
        if state != "Open":
            self.request("PATCH", f"/jobs/ingest/{job_id}", json={"state": "UploadComplete"})
        if state not in ("Open", "UploadComplete"):
            self._finish(f"/jobs/ingest/{job_id}", state)
        return job_id

    def query_job(self, soql: str, *, state: str = "JobComplete") -> str:
        """Make a query job and bring it to `state`; return its id."""
        job_id: str = self.request("POST", "/jobs/query", json={"operation": "query", "query": soql}).json()["id"]
        if state != "UploadComplete":
            self._finish(f"/jobs/query/{job_id}", state)
        return job_id

    def _finish(self, path: str, state: str) -> None:
        seen = []
        for _ in range(MAX_POLLS):
            seen.append(self.request("GET", path).json()["state"])
            if seen[-1] == state:
                return
        raise AssertionError(f"{path} never came to {state}: {seen}")


@dataclass(frozen=True, slots=True)
class Scene:
    """One call in a prepared org, and what must come back.

    Attributes:
        arguments: parameters under their wire names.
        body: the body's value; text for raw bodies.
        status: the status that the org must answer.
        expect: part of the answer: keys and values that a JSON object must have, or a test of the decoded value.
    """

    arguments: Mapping[str, Json]
    expect: Mapping[str, Json] | Callable[[Json], bool]
    body: Json = None
    status: int = 200


SCENARIOS: dict[str, Callable[[Stage], Scene]] = {}


def scenario(operation_id: str) -> Callable[[Callable[[Stage], Scene]], Callable[[Stage], Scene]]:
    """Register a function as the one that sets the stage for an operation.

    Raises:
        ValueError: the operation has one already.
    """

    def register(prepare: Callable[[Stage], Scene]) -> Callable[[Stage], Scene]:
        if operation_id in SCENARIOS:
            raise ValueError(f"two scenarios for {operation_id}")
        SCENARIOS[operation_id] = prepare
        return prepare

    return register


def holds(expect: Json, actual: Json) -> bool:
    """Whether `actual` has everything that `expect` says, level by level."""
    if callable(expect):
        return bool(expect(actual))
    if isinstance(expect, dict):
        return isinstance(actual, dict) and all(
            key in actual and holds(value, actual[key]) for key, value in expect.items()
        )
    if isinstance(expect, list):
        return isinstance(actual, list) and len(expect) == len(actual) and all(map(holds, expect, actual))
    return bool(expect == actual)
