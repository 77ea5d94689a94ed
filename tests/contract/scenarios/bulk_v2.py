"""Scenarios of Bulk API 2.0."""

from __future__ import annotations

import csv
import io
from typing import Any

from tests.contract.stage import API_VERSION, Scene, Stage, scenario

Json = Any
CONTACTS = b"FirstName,LastName\nAda,Lovelace\nNobody,\n"
SOQL = "SELECT Id, LastName FROM Contact"


def _rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"))))


def _ids(records: list[Json]) -> set[str]:
    return {record["id"] for record in records}


def _is_none(value: Json) -> bool:
    return value is None


@scenario("createIngestJob")
def create_ingest_job(_: Stage) -> Scene:
    job = {"object": "Contact", "operation": "insert", "lineEnding": "CRLF", "columnDelimiter": "TAB"}
    return Scene({}, {**job, "state": "Open", "apiVersion": float(API_VERSION), "contentType": "CSV"}, body=job)


@scenario("createIngestJobMultipart")
def create_ingest_job_multipart(_: Stage) -> Scene:
    job = {"object": "Contact", "operation": "insert"}
    return Scene({}, {**job, "state": "UploadComplete"}, body={"job": job, "content": CONTACTS.decode()})


@scenario("uploadIngestJobData")
def upload_ingest_job_data(stage: Stage) -> Scene:
    job_id = stage.ingest_job(state="Open")
    return Scene({"job_id": job_id}, _is_none, body=CONTACTS.decode(), status=201)


@scenario("updateIngestJob")
def update_ingest_job(stage: Stage) -> Scene:
    job_id = stage.ingest_job(CONTACTS, state="Open")
    state = {"state": "UploadComplete"}
    return Scene({"job_id": job_id}, {"id": job_id, **state}, body=state)


@scenario("getIngestJob")
def get_ingest_job(stage: Stage) -> Scene:
    job_id = stage.ingest_job(CONTACTS)
    counts = {"numberRecordsProcessed": 2, "numberRecordsFailed": 1}
    return Scene({"job_id": job_id}, {"id": job_id, "state": "JobComplete", "jobType": "V2Ingest", **counts})


@scenario("listIngestJobs")
def list_ingest_jobs(stage: Stage) -> Scene:
    job_ids = {stage.ingest_job(CONTACTS), stage.ingest_job(state="Open")}
    return Scene(
        {"jobType": "V2Ingest"},
        {"done": True, "records": lambda found: _ids(found) == job_ids},
    )


@scenario("deleteIngestJob")
def delete_ingest_job(stage: Stage) -> Scene:
    return Scene({"job_id": stage.ingest_job(CONTACTS)}, _is_none, status=204)


@scenario("getIngestSuccessfulResults")
def get_ingest_successful_results(stage: Stage) -> Scene:
    def loaded(content: bytes) -> bool:
        (row,) = _rows(content)
        return row["LastName"] == "Lovelace" and row["sf__Created"] == "true" and row["sf__Id"].startswith("003")

    return Scene({"job_id": stage.ingest_job(CONTACTS)}, loaded)


@scenario("getIngestFailedResults")
def get_ingest_failed_results(stage: Stage) -> Scene:
    def refused(content: bytes) -> bool:
        (row,) = _rows(content)
        return row["FirstName"] == "Nobody" and row["sf__Error"].startswith("REQUIRED_FIELD_MISSING:")

    return Scene({"job_id": stage.ingest_job(CONTACTS)}, refused)


@scenario("getIngestUnprocessedRecords")
def get_ingest_unprocessed_records(stage: Stage) -> Scene:
    job_id = stage.ingest_job(b"LastName,Nonsense__c\nLovelace,1\n", state="Failed")
    return Scene({"job_id": job_id}, lambda content: [row["LastName"] for row in _rows(content)] == ["Lovelace"])


@scenario("createQueryJob")
def create_query_job(_: Stage) -> Scene:
    job = {"operation": "query", "query": SOQL}
    return Scene({}, {"operation": "query", "object": "Contact", "state": "UploadComplete"}, body=job)


@scenario("getQueryJob")
def get_query_job(stage: Stage) -> Scene:
    stage.create("Contact", LastName="Lovelace")
    job_id = stage.query_job(SOQL)
    return Scene({"job_id": job_id}, {"id": job_id, "state": "JobComplete", "numberRecordsProcessed": 1})


@scenario("getQueryJobResults")
def get_query_job_results(stage: Stage) -> Scene:
    for name in ("Lovelace", "Ek", 'Å, "the" 1st\nof many'):
        stage.create("Contact", LastName=name)
    wanted = sorted(("Lovelace", "Ek", 'Å, "the" 1st\nof many'))
    return Scene(
        {"job_id": stage.query_job(SOQL), "maxRecords": 3},
        lambda content: sorted(row["LastName"] for row in _rows(content)) == wanted,
    )


@scenario("listQueryJobResultPages")
def list_query_job_result_pages(stage: Stage) -> Scene:
    stage.create("Contact", LastName="Lovelace")
    job_id = stage.query_job(SOQL)
    return Scene(
        {"job_id": job_id},
        {"done": True, "resultPages": [{"resultUrl": lambda url: f"/jobs/query/{job_id}/results" in url}]},
    )


@scenario("updateQueryJob")
def update_query_job(stage: Stage) -> Scene:
    job_id = stage.query_job(SOQL, state="UploadComplete")
    return Scene({"job_id": job_id}, {"id": job_id, "state": "Aborted"}, body={"state": "Aborted"})


@scenario("deleteQueryJob")
def delete_query_job(stage: Stage) -> Scene:
    return Scene({"job_id": stage.query_job(SOQL)}, _is_none, status=204)


@scenario("listQueryJobs")
def list_query_jobs(stage: Stage) -> Scene:
    job_ids = {stage.query_job(SOQL), stage.query_job(SOQL, state="UploadComplete")}
    return Scene(
        {"jobType": "V2Query"},
        {"done": True, "records": lambda found: _ids(found) == job_ids},
    )
