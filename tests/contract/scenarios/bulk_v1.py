"""Scenarios of Bulk API 1.0."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

from tests.contract.bulk_v1_jobs import CONTACTS, NAMESPACE, BatchStage
from tests.contract.stage import API_VERSION, Scene, Stage, scenario

if TYPE_CHECKING:
    from collections.abc import Callable

Json = Any
SOQL = "SELECT LastName FROM Contact"


def _xml(expected: dict[str, str]) -> Callable[[Json], bool]:
    """Whether a document's elements have these texts."""

    def holds(content: Json) -> bool:
        found = {each.tag.removeprefix(f"{{{NAMESPACE}}}"): each.text for each in ET.fromstring(content).iter()}
        return all(found.get(name) == text for name, text in expected.items())

    return holds


def _info(**elements: str) -> str:
    inside = "".join(f"<{name}>{text}</{name}>" for name, text in elements.items())
    return f'<jobInfo xmlns="{NAMESPACE}">{inside}</jobInfo>'


@scenario("createJob")
def create_job(_: Stage) -> Scene:
    job = {"operation": "insert", "object": "Contact", "contentType": "JSON", "concurrencyMode": "Serial"}
    return Scene({}, {**job, "state": "Open", "apiVersion": float(API_VERSION)}, body=job, status=201)


@scenario("createJobXml")
def create_job_xml(_: Stage) -> Scene:
    job = {"operation": "insert", "object": "Contact", "contentType": "CSV"}
    return Scene({}, _xml({**job, "state": "Open"}), body=_info(**job), status=201)


@scenario("getJob")
def get_job(stage: Stage) -> Scene:
    org = BatchStage(stage)
    job_id = org.job()
    org.done(job_id)
    batches = {"numberBatchesTotal": 1, "numberBatchesCompleted": 1}
    records = {"numberRecordsProcessed": 2, "numberRecordsFailed": 1}
    return Scene({"job_id": job_id}, {"id": job_id, "state": "Open", **batches, **records})


@scenario("getJobXml")
def get_job_xml(stage: Stage) -> Scene:
    org = BatchStage(stage, "CSV")
    job_id = org.job()
    org.done(job_id)
    return Scene({"job_id": job_id}, _xml({"id": job_id, "numberRecordsProcessed": "2", "numberRecordsFailed": "1"}))


@scenario("updateJob")
def update_job(stage: Stage) -> Scene:
    job_id = BatchStage(stage).job()
    return Scene({"job_id": job_id}, {"id": job_id, "state": "Closed"}, body={"state": "Closed"})


@scenario("updateJobXml")
def update_job_xml(stage: Stage) -> Scene:
    job_id = BatchStage(stage, "XML").job()
    return Scene({"job_id": job_id}, _xml({"id": job_id, "state": "Aborted"}), body=_info(state="Aborted"))


@scenario("addBatchJson")
def add_batch_json(stage: Stage) -> Scene:
    job_id = BatchStage(stage).job()
    return Scene({"job_id": job_id}, {"jobId": job_id, "state": "Queued"}, body=CONTACTS["JSON"], status=201)


@scenario("addBatchCsv")
def add_batch_csv(stage: Stage) -> Scene:
    job_id = BatchStage(stage, "CSV").job()
    return Scene({"job_id": job_id}, _xml({"jobId": job_id, "state": "Queued"}), body=CONTACTS["CSV"], status=201)


@scenario("addBatchXml")
def add_batch_xml(stage: Stage) -> Scene:
    job_id = BatchStage(stage, "XML").job()
    return Scene({"job_id": job_id}, _xml({"jobId": job_id, "state": "Queued"}), body=CONTACTS["XML"], status=201)


@scenario("addBatchZipCsv")
def add_batch_zip_csv(stage: Stage) -> Scene:
    job_id = BatchStage(stage, "ZIP_CSV").job()
    return Scene({"job_id": job_id}, _xml({"jobId": job_id, "state": "Queued"}), body="PK", status=201)


@scenario("addBatchZipXml")
def add_batch_zip_xml(stage: Stage) -> Scene:
    job_id = BatchStage(stage, "ZIP_XML").job()
    return Scene({"job_id": job_id}, _xml({"jobId": job_id, "state": "Queued"}), body="PK", status=201)


@scenario("addBatchZipJson")
def add_batch_zip_json(stage: Stage) -> Scene:
    job_id = BatchStage(stage, "ZIP_JSON").job()
    return Scene({"job_id": job_id}, _xml({"jobId": job_id, "state": "Queued"}), body="PK", status=201)


@scenario("listBatches")
def list_batches(stage: Stage) -> Scene:
    org = BatchStage(stage)
    job_id = org.job()
    batch_ids = [org.add(job_id), org.add(job_id)]
    return Scene({"job_id": job_id}, {"batchInfo": [{"id": batch_id, "jobId": job_id} for batch_id in batch_ids]})


@scenario("listBatchesXml")
def list_batches_xml(stage: Stage) -> Scene:
    org = BatchStage(stage, "CSV")
    job_id = org.job()
    batch_ids = [org.add(job_id), org.add(job_id)]
    return Scene(
        {"job_id": job_id},
        lambda content: [each.text for each in ET.fromstring(content).iter(f"{{{NAMESPACE}}}id")] == batch_ids,
    )


@scenario("getBatch")
def get_batch(stage: Stage) -> Scene:
    org = BatchStage(stage)
    job_id = org.job()
    batch_id = org.done(job_id)
    expected = {"id": batch_id, "state": "Completed", "numberRecordsProcessed": 2, "numberRecordsFailed": 1}
    return Scene({"job_id": job_id, "batch_id": batch_id}, expected)


@scenario("getBatchXml")
def get_batch_xml(stage: Stage) -> Scene:
    org = BatchStage(stage, "XML")
    job_id = org.job()
    batch_id = org.done(job_id, f'<sObjects xmlns="{NAMESPACE}"><sObject><Foo__c>1</Foo__c></sObject></sObjects>')
    expected = {"state": "Failed", "stateMessage": "InvalidBatch : Field name not found : Foo__c"}
    return Scene({"job_id": job_id, "batch_id": batch_id}, _xml(expected))


@scenario("getBatchRequest")
def get_batch_request(stage: Stage) -> Scene:
    org = BatchStage(stage, "CSV")
    job_id = org.job()
    batch_id = org.add(job_id)
    return Scene({"job_id": job_id, "batch_id": batch_id}, lambda content: content == CONTACTS["CSV"].encode())


@scenario("getBatchResult")
def get_batch_result(stage: Stage) -> Scene:
    org = BatchStage(stage, "JSON")
    job_id = org.job()
    batch_id = org.done(job_id)
    return Scene(
        {"job_id": job_id, "batch_id": batch_id},
        lambda content: [each["success"] for each in json.loads(content)] == [True, False],
    )


@scenario("listBatchResults")
def list_batch_results(stage: Stage) -> Scene:
    job_id, batch_id, result_id = BatchStage(stage).queried(SOQL)
    return Scene({"job_id": job_id, "batch_id": batch_id}, lambda found: found == [result_id])


@scenario("listBatchResultsXml")
def list_batch_results_xml(stage: Stage) -> Scene:
    job_id, batch_id, result_id = BatchStage(stage, "CSV").queried(SOQL)
    return Scene({"job_id": job_id, "batch_id": batch_id}, _xml({"result": result_id}))


@scenario("getQueryResult")
def get_query_result(stage: Stage) -> Scene:
    stage.create("Contact", LastName="Lovelace")
    job_id, batch_id, result_id = BatchStage(stage, "CSV").queried(SOQL)
    return Scene(
        {"job_id": job_id, "batch_id": batch_id, "result_id": result_id},
        lambda content: content == b'"LastName"\n"Lovelace"\n',
    )


@scenario("createTransformationSpec")
def create_transformation_spec(stage: Stage) -> Scene:
    job_id = BatchStage(stage, "CSV").job()
    spec = "Salesforce Field,Csv Header,Value,Hint\nLastName,Surname,,\n"
    return Scene({"job_id": job_id}, lambda found: found is None, body=spec, status=201)
