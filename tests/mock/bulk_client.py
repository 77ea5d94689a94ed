"""Raw HTTP to the fake org's Bulk API 2.0, for tests: no client of ours, nothing hidden."""

from __future__ import annotations

import csv
import io
from typing import Any, Self

import httpx

Json = Any
VERSION = "67.0"
CREDENTIALS = {"grant_type": "client_credentials", "client_id": "test-client", "client_secret": "test-secret"}
MAX_POLLS = 200
CSV = {"Content-Type": "text/csv"}


class BulkClient:
    """Requests below `/services/data/v{version}`, logged in."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=60, trust_env=False, verify=False)
        granted = self._http.post("/services/oauth2/token", data=CREDENTIALS)
        self._http.headers["Authorization"] = f"Bearer {granted.json()['access_token']}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def send(self, method: str, path: str, *, version: str = VERSION, **options: Json) -> httpx.Response:
        """Send one request; a path that begins with /services or /__mock is taken as it is."""
        absolute = path if path.startswith(("/services", "/__mock")) else f"/services/data/v{version}{path}"
        return self._http.request(method, absolute, **options)

    def stream(self, path: str, **options: Json) -> Any:
        """Open a streamed GET."""
        return self._http.stream("GET", f"/services/data/v{VERSION}{path}", **options)

    def json(self, method: str, path: str, *, version: str = VERSION, **options: Json) -> Json:
        """Send one request that must succeed."""
        answer = self.send(method, path, version=version, **options)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def refused(self, method: str, path: str, *, version: str = VERSION, **options: Json) -> tuple[int, str, str]:
        """Send one request that must be refused: status, errorCode and message; nothing else is in the error."""
        answer = self.send(method, path, version=version, **options)
        assert answer.headers["content-type"].startswith("application/json")
        (error,) = answer.json()
        assert list(error) == ["errorCode", "message"]
        return answer.status_code, error["errorCode"], error["message"]

    def plan(self, **plan: Json) -> None:
        """Say how the next jobs behave."""
        self.json("POST", "/__mock/jobs", json=plan)

    def tick(self, times: int = 1) -> None:
        """Move a manual clock."""
        self.json("POST", "/__mock/advance", json={"ticks": times})

    def open_job(self, *, version: str = VERSION, **job: Json) -> str:
        """Make an ingest job, of Contacts unless said otherwise."""
        body = {"object": "Contact", "operation": "insert", **job}
        return str(self.json("POST", "/jobs/ingest", version=version, json=body)["id"])

    def upload(self, job_id: str, data: bytes) -> None:
        """Give a job its data."""
        answer = self.send("PUT", f"/jobs/ingest/{job_id}/batches", content=data, headers=CSV)
        assert (answer.status_code, answer.content) == (201, b"")

    def close(self, job_id: str) -> Json:
        """Close a job's upload."""
        return self.json("PATCH", f"/jobs/ingest/{job_id}", json={"state": "UploadComplete"})

    def abort(self, path: str) -> Json:
        """Abort a job."""
        return self.json("PATCH", path, json={"state": "Aborted"})

    def ended(self, path: str, *, version: str = VERSION) -> Json:
        """Poll a job, without a pause, until it has ended."""
        seen: list[Json] = []
        while len(seen) < MAX_POLLS:
            seen.append(self.json("GET", path, version=version))
            if seen[-1]["state"] in {"JobComplete", "Failed", "Aborted"}:
                return seen[-1]
        raise AssertionError(f"{path} never ended: {seen[-1]}")

    def load(self, data: str | bytes, *, version: str = VERSION, **job: Json) -> Loaded:
        """Load data by a job and fetch what became of it."""
        job_id = self.open_job(version=version, **job)
        self.upload(job_id, data.encode() if isinstance(data, str) else data)
        self.close(job_id)
        info = self.ended(f"/jobs/ingest/{job_id}", version=version)
        return Loaded(info, *(self.result_set(job_id, which) for which in RESULT_SETS))

    def result_set(self, job_id: str, which: str) -> str:
        """One result set of an ingest job, as text."""
        answer = self.send("GET", f"/jobs/ingest/{job_id}/{which}")
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].startswith("text/csv")
        return answer.content.decode()

    def query_job(self, soql: str, *, version: str = VERSION, **job: Json) -> str:
        """Make a query job and wait for its end."""
        body = {"operation": "query", "query": soql, **job}
        job_id = str(self.json("POST", "/jobs/query", version=version, json=body)["id"])
        assert self.ended(f"/jobs/query/{job_id}", version=version)["state"] == "JobComplete"
        return job_id


RESULT_SETS = ("successfulResults", "failedResults", "unprocessedrecords")


class Loaded:
    """A job that has ended, and its result sets."""

    def __init__(self, info: Json, successful: str, failed: str, unprocessed: str) -> None:
        self.info = info
        self.state: str = info["state"]
        self.successful = rows(successful)
        self.failed = rows(failed)
        self.unprocessed = rows(unprocessed)
        self.texts = (successful, failed, unprocessed)

    @property
    def counts(self) -> tuple[int, int, int]:
        """How many rows each result set has."""
        return len(self.successful), len(self.failed), len(self.unprocessed)

    @property
    def errors(self) -> list[str]:
        """The reasons of the refused rows."""
        return [row["sf__Error"] for row in self.failed]


def rows(text: str, delimiter: str = ",") -> list[dict[str, str]]:
    """The rows of a CSV text."""
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))
