"""Calls that an org must refuse: what is asked, and the status and code that must come back.

Source: specs/reference/errors_and_limits.md#3, rest.md#5 and #7, bulk_v2.md#7, auth.md#4.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from specforce_api.runtime.errors import ApiError
from tests.contract.bulk_v1_jobs import BatchStage
from tests.contract.cases import Ask
from tests.contract.exchange import Wire, call
from tests.contract.specification import operations
from tests.contract.stage import API_VERSION, CREDENTIALS, Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx

Json = Any
NO_ID = "001000000000000AAA"
NO_JOB = "750000000000000AAA"


def _nothing(_: Stage) -> Mapping[str, Json]:
    return {}


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refused call.

    Attributes:
        operation_id: what is called.
        status: what must come back.
        code: Salesforce's errorCode, or OAuth's `error`.
        arguments: parameters under their wire names.
        body: the body's value.
        prepare: sets the stage; what it returns is added to the arguments.
        breaks_spec: the request itself isn't as specified, so a judge of requests may say so.
    """

    operation_id: str
    status: int
    code: str
    arguments: Mapping[str, Json] = field(default_factory=dict[str, Json])
    body: Json = None
    prepare: Callable[[Stage], Mapping[str, Json]] = _nothing
    breaks_spec: bool = False

    def __str__(self) -> str:
        return f"{self.operation_id}-{self.status}-{self.code}"

    def provoke(self, stage: Stage, base_url: str) -> httpx.Response:
        """Make the call and hold the raised error to what it must say.

        Raises:
            AssertionError: it isn't refused, or otherwise.
        """
        operation = operations()[self.operation_id]
        wire = Wire(base_url, stage.token, API_VERSION)
        with pytest.raises(ApiError) as caught:
            call(operation, Ask({**self.arguments, **self.prepare(stage)}, self.body), wire)
        assert caught.value.status == self.status
        assert self.code in (caught.value.error_code, *_words(caught.value.body))
        assert wire.response is not None
        return wire.response


def _words(body: str) -> list[str]:
    """The bare word of an identity endpoint, or OAuth's `error`."""
    return [body, *(part.strip('"{} ') for pair in body.split(",") for part in pair.split(":", 1))]


def _deleted_account(stage: Stage) -> Mapping[str, Json]:
    record_id = stage.create("Account", Name="Gone")
    stage.delete("Account", record_id)
    return {"record_id": record_id}


def _account(stage: Stage) -> Mapping[str, Json]:
    return {"record_id": stage.create("Account", Name="Acme")}


def _taken_code(stage: Stage) -> Mapping[str, Json]:
    stage.create("Account", Name="Acme", Code__c="A-1")
    return {}


def _finished_ingest(stage: Stage) -> Mapping[str, Json]:
    return {"job_id": stage.ingest_job(b"LastName\nLovelace\n")}


def _loaded_ingest(stage: Stage) -> Mapping[str, Json]:
    return {"job_id": stage.ingest_job(b"LastName\nLovelace\n", state="Open")}


def _open_ingest(stage: Stage) -> Mapping[str, Json]:
    return {"job_id": stage.ingest_job(state="Open")}


def _closed_batch_job(stage: Stage) -> Mapping[str, Json]:
    org = BatchStage(stage, "CSV")
    job_id = org.job()
    org.request("POST", f"/job/{job_id}", json={"state": "Closed"})
    return {"job_id": job_id}


def _queued_batch(stage: Stage) -> Mapping[str, Json]:
    org = BatchStage(stage, "CSV")
    job_id = org.job()
    return {"job_id": job_id, "batch_id": org.add(job_id)}


def _queued_query(stage: Stage) -> Mapping[str, Json]:
    return {"job_id": stage.query_job("SELECT Id FROM Contact", state="UploadComplete")}


ACCOUNT = {"sobject": "Account"}
UNKNOWN_GRANT = {**CREDENTIALS, "grant_type": "magic"}
REFUSALS = [
    Refusal("requestToken", 400, "invalid_client_id", body={**CREDENTIALS, "client_id": "nobody"}),
    Refusal("requestToken", 400, "invalid_client", body={**CREDENTIALS, "client_secret": "wrong"}),
    Refusal("requestToken", 400, "unsupported_grant_type", body=UNKNOWN_GRANT, breaks_spec=True),
    Refusal("describeSObject", 404, "NOT_FOUND", {"sobject": "Nothing__c"}),
    Refusal("createRecord", 400, "REQUIRED_FIELD_MISSING", {"sobject": "Contact"}, {"FirstName": "Ada"}),
    Refusal("createRecord", 400, "INVALID_FIELD", ACCOUNT, {"Name": "Acme", "Nonsense__c": 1}),
    Refusal("createRecord", 400, "STRING_TOO_LONG", ACCOUNT, {"Name": "x" * 256}),
    Refusal("createRecord", 400, "DUPLICATE_VALUE", ACCOUNT, {"Name": "Acme", "Code__c": "A-1"}, _taken_code),
    Refusal("createRecord", 404, "NOT_FOUND", {"sobject": "Nothing__c"}, {"Name": "Acme"}),
    Refusal("getRecord", 404, "NOT_FOUND", {**ACCOUNT, "record_id": NO_ID}),
    Refusal("getRecord", 404, "ENTITY_IS_DELETED", ACCOUNT, prepare=_deleted_account),
    Refusal("getRecord", 400, "INVALID_FIELD", {**ACCOUNT, "fields": ["Nonsense__c"]}, prepare=_account),
    Refusal("updateRecord", 400, "INVALID_FIELD", ACCOUNT, {"Nonsense__c": 1}, _account),
    Refusal("updateRecord", 404, "INVALID_CROSS_REFERENCE_KEY", {**ACCOUNT, "record_id": NO_ID}, {"Name": "Acme"}),
    Refusal("deleteRecord", 404, "INVALID_CROSS_REFERENCE_KEY", {**ACCOUNT, "record_id": NO_ID}),
    Refusal("deleteRecord", 404, "ENTITY_IS_DELETED", ACCOUNT, prepare=_deleted_account),
    Refusal("getRecordByExternalId", 404, "NOT_FOUND", {**ACCOUNT, "field": "Code__c", "value": "none"}),
    Refusal("getRecordByExternalId", 404, "NOT_FOUND", {**ACCOUNT, "field": "Nonsense__c", "value": "none"}),
    Refusal("query", 400, "MALFORMED_QUERY", {"q": "SELECT Id FROM Account WHERE"}),
    Refusal("query", 400, "INVALID_FIELD", {"q": "SELECT Nonsense__c FROM Account"}),
    Refusal("query", 400, "INVALID_TYPE", {"q": "SELECT Id FROM Nothing__c"}),
    Refusal("queryMore", 400, "INVALID_QUERY_LOCATOR", {"locator": "01g000000000001AAA-2000"}),
    Refusal("search", 400, "MALFORMED_SEARCH", {"q": "Acme"}),
    Refusal("createIngestJob", 400, "INVALIDJOB", body={"object": "Nothing__c", "operation": "insert"}),
    Refusal("createIngestJob", 400, "API_ERROR", body={"object": "Account", "operation": "x"}, breaks_spec=True),
    Refusal("getIngestJob", 404, "NOT_FOUND", {"job_id": NO_JOB}),
    Refusal("uploadIngestJobData", 400, "BULK_API_ERROR", body="LastName\nEk\n", prepare=_loaded_ingest),
    Refusal("updateIngestJob", 400, "INVALIDJOBSTATE", body={"state": "Aborted"}, prepare=_finished_ingest),
    Refusal("deleteIngestJob", 400, "API_ERROR", prepare=_open_ingest),
    Refusal("createQueryJob", 400, "API_ERROR", body={"operation": "query", "query": "SELECT FROM"}),
    Refusal("getQueryJob", 404, "NOT_FOUND", {"job_id": NO_JOB}),
    Refusal("deleteQueryJob", 400, "API_ERROR", prepare=_queued_query),
    Refusal("createJob", 400, "InvalidJob", body={"object": "Nothing__c", "operation": "insert"}),
    Refusal("createJob", 400, "InvalidJob", body={"object": "Contact", "operation": "INSERT"}, breaks_spec=True),
    Refusal("getJob", 400, "InvalidJob", {"job_id": NO_JOB}),
    Refusal("getJobXml", 400, "InvalidJob", {"job_id": NO_JOB}),
    Refusal("addBatchCsv", 400, "InvalidJobState", body="LastName\nEk\n", prepare=_closed_batch_job),
    Refusal("getBatchResult", 400, "InvalidBatch", prepare=_queued_batch),
]
