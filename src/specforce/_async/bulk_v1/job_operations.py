"""The operations on one job, in the format in which the job is told: JSON for JSON jobs, XML for all others.

Whatever the format, the answers are the same models. Source: reference/bulk_v1.md section 1.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from specforce.bulk_v1 import infos
from specforce_api.bulk_v1 import operations

if TYPE_CHECKING:
    from collections.abc import Callable

    from specforce.bulk_v1.options import ContentType
    from specforce_api.bulk_v1.models import BatchInfo, JobInfo
    from specforce_api.runtime.operation import Body, Operation, OperationInfo, Reply

T = TypeVar("T")
GZIP = ("Content-Encoding", "gzip")


class JobOperations:
    """Makes operations on one job.

    Args:
        job_id: which.
        content_type: of its batches.
    """

    def __init__(self, job_id: str, content_type: ContentType) -> None:
        self.job_id = job_id
        self.content_type: ContentType = content_type
        self._json = content_type == "JSON"

    def get_job(self) -> Operation[JobInfo]:
        """Ask for the job."""
        if self._json:
            return operations.get_job(self.job_id)
        return _read(operations.get_job_xml(self.job_id), infos.read_job_xml)

    def update_job(self, state: str) -> Operation[JobInfo]:
        """Change the job's state; told in JSON, whatever the job's format, as the request is."""
        return operations.update_job(self.job_id, body={"state": state})

    def add_batch(self, body: Body, *, compressed: bool) -> Operation[BatchInfo]:
        """Give the job a batch."""
        raw: Any = body
        operation: Operation[BatchInfo]
        if self._json:
            operation = operations.add_batch_json(self.job_id, body=raw)
        else:
            add = operations.add_batch_csv if self.content_type == "CSV" else operations.add_batch_xml
            operation = _read(add(self.job_id, body=raw), infos.read_batch_xml)
        return replace(operation, headers=(*operation.headers, GZIP)) if compressed else operation

    def list_batches(self) -> Operation[infos.Batches]:
        """Ask for all batches."""
        if not self._json:
            return _read(operations.list_batches_xml(self.job_id), infos.read_batches_xml)
        listed = operations.list_batches(self.job_id)
        return _replaced(listed, lambda reply: infos.Batches(tuple(listed.decode(reply).batch_info)))

    def get_batch(self, batch_id: str) -> Operation[BatchInfo]:
        """Ask for a batch."""
        if self._json:
            return operations.get_batch(self.job_id, batch_id)
        return _read(operations.get_batch_xml(self.job_id, batch_id), infos.read_batch_xml)

    def list_results(self, batch_id: str) -> Operation[list[str]]:
        """Ask for the ids of a query batch's results."""
        if self._json:
            return operations.list_batch_results(self.job_id, batch_id)
        return _read(operations.list_batch_results_xml(self.job_id, batch_id), infos.read_result_ids_xml)


def _read(operation: Operation[bytes], read: Callable[[OperationInfo, Reply], T]) -> Operation[T]:
    """The same operation, its document read."""
    return _replaced(operation, partial(read, operation.info))


def _replaced(operation: Operation[Any], decode: Callable[[Reply], T]) -> Operation[T]:
    changed: Any = replace(operation, decode=decode)
    return changed  # type: ignore[no-any-return]
