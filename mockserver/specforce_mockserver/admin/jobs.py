"""Bulk jobs as they stand, and plans for the next ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specforce_mockserver.admin.orders import Order, carries
from specforce_mockserver.bulk.job import Job
from specforce_mockserver.bulk.jobs import BulkJobs
from specforce_mockserver.bulk_v1.job import Batch
from specforce_mockserver.bulk_v1.jobs import BatchJobs
from specforce_mockserver.calls import Answer, empty
from specforce_mockserver.clock import stored

if TYPE_CHECKING:
    from specforce_mockserver.org import Org


@carries("listJobs")
def jobs(order: Order) -> Answer:
    """The jobs of Bulk API 2.0 and the batches of Bulk API 1.0."""
    return Answer([described(each) for each in all_jobs(order.org)])


@carries("planJob")
def plan_job(order: Order) -> Answer:
    """Say how the next jobs go."""
    order.org.part(BulkJobs).plans.add(order.body)
    return empty()


@carries("setJobDefaults")
def set_job_defaults(order: Order) -> Answer:
    """Say how jobs go that no plan is for."""
    order.org.part(BulkJobs).plans.set_default(**order.body)
    return empty()


@carries("deleteJobPlans")
def clear_job_plans(order: Order) -> Answer:
    """Forget plans and defaults."""
    order.org.part(BulkJobs).plans.clear()
    return empty()


def all_jobs(org: Org) -> list[Job]:
    """Everything that the two Bulk APIs work on, oldest first."""
    batches = [batch for job in org.part(BatchJobs).listed() for batch in job.batches]
    return sorted([*org.part(BulkJobs).listed(Job), *batches], key=lambda job: (job.created_s, job.id))


def described(job: Job) -> dict[str, Any]:
    """A job, or a batch of Bulk API 1.0, as the administration shows it."""
    batch = job if isinstance(job, Batch) else None
    return {
        "id": job.id,
        "api": "bulk_v2" if batch is None else "bulk_v1",
        "jobId": None if batch is None else batch.owner.id,
        "kind": job.kind,
        "operation": job.operation,
        "object": job.object,
        "state": job.state if batch is None else batch.shown_state,
        "recordsProcessed": job.records_processed,
        "recordsFailed": job.records_failed,
        "created": stored(job.created_s),
        "changed": stored(job.modified_s),
        "errorMessage": job.error_message,
    }
