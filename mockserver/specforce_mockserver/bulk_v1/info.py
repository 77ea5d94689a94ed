"""jobInfo, batchInfo and their lists, as JSON and as XML.

XML has its elements in the schema's order and leaves out what has no value; JSON has all keys, by name. Source:
reference/bulk_v1.md sections 2 and 3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from specforce_mockserver.clock import on_the_wire, stored
from specforce_mockserver.xml_documents import Element, to_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from specforce_mockserver.bulk.job import Job
    from specforce_mockserver.bulk_v1.job import Batch, BatchJob

NAMESPACE: Final = "http://www.force.com/2009/06/asyncapi/dataload"
_DATES: Final = frozenset({"createdDate", "systemModstamp"})
Facts = dict[str, Any]


def job_facts(job: BatchJob) -> Facts:
    """What there is to know of a job, in the order of its XML."""
    states = [batch.shown_state for batch in job.batches]
    counts = {name: states.count(name) for name in ("Queued", "InProgress", "Completed", "Failed")}
    return {
        "id": job.id,
        "operation": job.operation,
        "object": job.object,
        "createdById": job.created_by_id,
        "createdDate": stored(job.created_s),
        "systemModstamp": stored(job.modified_s),
        "state": job.state,
        "externalIdFieldName": job.external_id_field,
        "concurrencyMode": job.concurrency_mode,
        "contentType": job.shown_type,
        **{f"numberBatches{name}": count for name, count in counts.items()},
        "numberBatchesTotal": sum(counts.values()),
        "numberRecordsProcessed": sum(map(_processed, job.batches)),
        "numberRetries": sum(batch.behaviour.retries for batch in job.batches),
        "apiVersion": float(job.api_version),
        "assignmentRuleId": job.assignment_rule_id,
        "numberRecordsFailed": sum(map(_failed, job.batches)),
        **_times(job.batches),
    }


def batch_facts(batch: Batch) -> Facts:
    """What there is to know of a batch, in the order of its XML."""
    return {
        "id": batch.id,
        "jobId": batch.owner.id,
        "state": batch.shown_state,
        "stateMessage": batch.error_message,
        "createdDate": stored(batch.created_s),
        "systemModstamp": stored(batch.modified_s),
        "numberRecordsProcessed": _processed(batch),
        "numberRecordsFailed": _failed(batch),
        **_times([batch]),
    }


def as_json(facts: Mapping[str, Any]) -> Facts:
    """Facts as a JSON object."""
    return {name: on_the_wire(facts[name]) if name in _DATES else facts[name] for name in sorted(facts)}


def as_element(name: str, facts: Mapping[str, Any]) -> Element:
    """Facts as an element."""
    known = {key: value for key, value in facts.items() if value is not None}
    return Element(NAMESPACE, name, children=[Element(NAMESPACE, key, str(value)) for key, value in known.items()])


def job_json(job: BatchJob) -> Facts:
    """A job in JSON, which has one key more."""
    return as_json({**job_facts(job), "fastPathEnabled": False})


def job_xml(job: BatchJob) -> bytes:
    """A job in XML."""
    return to_bytes(as_element("jobInfo", job_facts(job)))


def batch_xml(batch: Batch) -> bytes:
    """A batch in XML."""
    return to_bytes(as_element("batchInfo", batch_facts(batch)))


def batches_xml(batches: Iterable[Batch]) -> bytes:
    """The batches of a job in XML."""
    listed = [as_element("batchInfo", batch_facts(each)) for each in batches]
    return to_bytes(Element(NAMESPACE, "batchInfoList", children=listed))


def results_xml(ids: Iterable[str]) -> bytes:
    """The ids of a query batch's results in XML."""
    return to_bytes(Element(NAMESPACE, "result-list", children=[Element(NAMESPACE, "result", each) for each in ids]))


def _processed(batch: Job) -> int:
    return max(0, batch.records_processed + batch.behaviour.miscount_processed)


def _failed(batch: Job) -> int:
    return max(0, batch.records_failed + batch.behaviour.miscount_failed)


def _times(batches: Iterable[Job]) -> Facts:
    listed = list(batches)
    return {
        "totalProcessingTime": round(sum(each.total_ms for each in listed)),
        "apiActiveProcessingTime": round(sum(each.active_ms for each in listed)),
        "apexProcessingTime": 0,
    }
