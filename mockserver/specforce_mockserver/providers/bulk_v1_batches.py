"""Bulk API 1.0 batches: add, look at, list, what they were given, what became of it.

Source: reference/bulk_v1.md sections 1, 3, 4 and 6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from specforce_mockserver.bulk.work import LONGEST_WAIT_S
from specforce_mockserver.bulk_v1 import info
from specforce_mockserver.bulk_v1.jobs import BatchJobs
from specforce_mockserver.calls import Answer, ApiError, FileSlice, Upload
from specforce_mockserver.registry import provides

if TYPE_CHECKING:
    from pathlib import Path

    from specforce_mockserver.bulk_v1.job import Batch
    from specforce_mockserver.calls import Call

XML: Final = "application/xml"
MAX_BYTES: Final = 10 * 1024 * 1024
MAX_CHARACTERS: Final = 10_000_000


@provides("addBatchJson", blocking=True)
def add_batch_json(call: Call) -> Answer:
    """Add a batch to a JSON job."""
    return Answer(info.as_json(info.batch_facts(_add(call))), 201)


@provides("addBatchCsv", blocking=True)
def add_batch_csv(call: Call) -> Answer:
    """Add a batch to a CSV job."""
    return Answer(status=201, content=info.batch_xml(_add(call)), media_type=XML)


@provides("addBatchXml", blocking=True)
def add_batch_xml(call: Call) -> Answer:
    """Add a batch to an XML job."""
    return Answer(status=201, content=info.batch_xml(_add(call)), media_type=XML)


@provides("addBatchZipCsv", blocking=True)
@provides("addBatchZipXml", blocking=True)
@provides("addBatchZipJson", blocking=True)
def add_batch_zip(call: Call) -> Answer:
    """Add a batch with files to a job of such batches."""
    return Answer(status=201, content=info.batch_xml(_add(call)), media_type=XML)


@provides("listBatches", blocking=True)
def list_batches(call: Call) -> Answer:
    """The batches of a job, in JSON."""
    jobs = call.org.part(BatchJobs)
    job = jobs.find(call.params["job_id"])
    listed = jobs.poll(job, lambda: [info.as_json(info.batch_facts(each)) for each in job.batches])
    return Answer({"batchInfo": listed})


@provides("listBatchesXml", blocking=True)
def list_batches_xml(call: Call) -> Answer:
    """The batches of a job, in XML."""
    jobs = call.org.part(BatchJobs)
    job = jobs.find(call.params["job_id"])
    return Answer(content=jobs.poll(job, lambda: info.batches_xml(job.batches)), media_type=XML)


@provides("getBatch", blocking=True)
def get_batch(call: Call) -> Answer:
    """Say how far a batch is, in JSON."""
    batch = _batch(call)
    return Answer(call.org.part(BatchJobs).poll_batch(batch, lambda: info.as_json(info.batch_facts(batch))))


@provides("getBatchXml", blocking=True)
def get_batch_xml(call: Call) -> Answer:
    """Say how far a batch is, in XML."""
    batch = _batch(call)
    return Answer(content=call.org.part(BatchJobs).poll_batch(batch, lambda: info.batch_xml(batch)), media_type=XML)


@provides("getBatchRequest", blocking=True)
def get_batch_request(call: Call) -> Answer:
    """What a batch was given, byte for byte."""
    batch = _batch(call)
    return Answer(content=FileSlice(batch.request), media_type=batch.owner.batch_type)


@provides("getBatchResult", blocking=True)
def get_batch_result(call: Call) -> Answer:
    """What became of a batch's records."""
    batch = _done(call)
    return _file(batch, batch.outcomes)


@provides("listBatchResults", blocking=True)
def list_batch_results(call: Call) -> Answer:
    """The ids of a query batch's results, in JSON."""
    return Answer([each.id for each in _done(call).results])


@provides("listBatchResultsXml", blocking=True)
def list_batch_results_xml(call: Call) -> Answer:
    """The ids of a query batch's results, in XML."""
    return Answer(content=info.results_xml(each.id for each in _done(call).results), media_type=XML)


@provides("getQueryResult", blocking=True)
def get_query_result(call: Call) -> Answer:
    """One result of a query batch."""
    batch = _done(call)
    found = next((each for each in batch.results if each.id == call.params["result_id"][: len(each.id)]), None)
    if found is None:
        raise ApiError(400, "InvalidBatch", "Records not found for this batch")
    return _file(batch, found.path)


def _batch(call: Call) -> Batch:
    return call.org.part(BatchJobs).find_batch(call.params["job_id"], call.params["batch_id"])


def _done(call: Call) -> Batch:
    """A batch whose results can be read.

    Raises:
        ApiError: 400 InvalidBatch, it isn't Completed [S].
    """
    batch = _batch(call)
    if batch.state != "JobComplete" or not batch.wait_settled(LONGEST_WAIT_S):
        raise ApiError(400, "InvalidBatch", "Records not processed")
    return batch


def _file(batch: Batch, path: Path) -> Answer:
    length = max(0, path.stat().st_size - batch.behaviour.truncate_bytes)
    return Answer(content=FileSlice(path, 0, length), media_type=batch.owner.media_type)


def _add(call: Call) -> Batch:
    """Add a batch.

    Raises:
        ApiError: 400 ClientInputError, it is too large [E]; 400 InvalidBatch, it is of another format than the job.
    """
    jobs = call.org.part(BatchJobs)
    job = jobs.find(call.params["job_id"])
    upload = cast("Upload", call.body)
    if job.batch_type != call.operation.media_type:
        message = f"The job takes batches of {job.batch_type}, not of {call.operation.media_type}"
        raise ApiError(400, "InvalidBatch", message)
    long = not job.zipped and upload.size_bytes > MAX_CHARACTERS and _characters(upload) > MAX_CHARACTERS
    if upload.size_bytes > MAX_BYTES or long:
        raise ApiError(400, "ClientInputError", f"Failed to read request. Exceeded max size limit of {MAX_CHARACTERS}")
    return jobs.add_batch(job, upload)


def _characters(upload: Upload) -> int:
    with upload.open() as file:
        return len(file.read().decode("utf-8", "replace"))
